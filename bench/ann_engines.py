"""What the benchmark "ann" searches in and with: data, programs, and one process for each engine."""

import contextlib
import hashlib
import os
import pathlib
import re
import shutil
import struct
import subprocess
import time

import measure
from measure import CACHE, ROOT, check

FOLDER = CACHE / "ann"
SOURCES = ROOT / "bench" / "ann"
DIMENSION = 384
QUERIES = 1000
K = 10
EF_CONSTRUCTION = int(os.environ.get("RAGD_BENCH_ANN_EFC", "200"))


# --- data ------------------------------------------------------------------------------------------------------------


class Data:
    """Vectors, held-out queries, and for each query the set of its nearest. Kept in the cache; written whole or not at all.

    name: "docs" for the embedded documentation, or thousands of vectors in clusters: "50k"
    """

    def __init__(self, name):
        self.name = name
        FOLDER.mkdir(parents=True, exist_ok=True)
        embedded = name == "docs"
        check(embedded or re.fullmatch(r"[1-9]\d*k", name), f"'{name}' is no data: expected docs, or 50k, 200k and the like")
        chunks = int(os.environ.get("RAGD_BENCH_ANN_CHUNKS", "26000"))
        stem = FOLDER / (f"docs-{chunks}" if embedded else name)
        self.base, self.queries, truth = (stem.with_suffix(s) for s in (".base", ".queries", ".truth"))
        self.texts = FOLDER / "texts" if embedded else None
        if not truth.exists():
            if embedded:
                self._embed(chunks, stem.with_suffix(".vectors"))
            else:
                measure.java("AnnData", "clusters", int(name[:-1]) * 1000, QUERIES, DIMENSION, self.base, self.queries)
            part = stem.with_suffix(".part")
            run([exact(), "truth", self.base, self.queries, DIMENSION, K, part])
            part.rename(truth)
        self.count = self.base.stat().st_size // 4 // DIMENSION
        self.truth = [frozenset(map(int, line.split())) for line in truth.read_text().splitlines()]

    def _embed(self, chunks, vectors):
        """The chunks that ragd would index of the text of the other benchmarks; evenly spaced ones are held out."""
        if not vectors.exists():
            docs = measure.folder("ann")
            try:
                measure.copy(measure.texts(), docs / "rst", 10_000_000)
                measure.copy(measure.pages(), docs / "html", 5_500_000)
                measure.java("ChunkTexts", "chunk", docs, CACHE / "model", self.texts)
            finally:
                shutil.rmtree(docs, ignore_errors=True)
            part = vectors.with_suffix(".part")
            measure.java("ChunkTexts", "vectors", self.texts, CACHE / "model", os.cpu_count(), chunks, part)
            part.rename(vectors)
        rows = vectors.read_bytes()
        size = 4 * DIMENSION
        count = len(rows) // size
        check(count > 2 * QUERIES, f"{count} chunks are too few")
        held = {(2 * i + 1) * count // (2 * QUERIES) for i in range(QUERIES)}
        self.queries.write_bytes(b"".join(rows[i * size:(i + 1) * size] for i in sorted(held)))
        self.base.write_bytes(b"".join(rows[i * size:(i + 1) * size] for i in range(count) if i not in held))

    def recall(self, file):
        """The share of right answers in a file of int32[queries][k]."""
        found = struct.unpack(f"<{QUERIES * K}i", file.read_bytes())
        return sum(len(self.truth[q].intersection(found[q * K:(q + 1) * K])) for q in range(QUERIES)) / QUERIES / K

    def describe(self):
        if self.texts:
            return f"{self.count:,} embedded chunks of documentation, {DIMENSION} dimensions"
        return f"{self.count:,} vectors in clusters, {DIMENSION} dimensions"


# --- programs --------------------------------------------------------------------------------------------------------


def run(command, **more):
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)
    check(done.returncode == 0, f"{' '.join(map(str, command))[:300]} ended with {done.returncode}:\n{done.stderr[-3000:]}")
    return done.stdout


def compiled(name, *flags):
    """A program from bench/ann, for this very processor."""
    source = SOURCES / f"{name}.cpp"
    state = hashlib.sha256(source.read_bytes() + (SOURCES / "vectors.h").read_bytes()).hexdigest()[:12]
    program = FOLDER / f"{name}-{state}"
    if not program.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        part = program.with_suffix(".part")
        run(["g++", "-std=c++17", "-O3", "-march=native", "-pthread", *flags, "-o", part, source])
        part.rename(program)
    return program


def exact():
    return compiled("exact", "-ffast-math")


def hnswlib():
    return compiled("hnswlib", "-I", measure.package("libhnswlib-dev") / "usr/include")


def version(java):
    text = subprocess.run([java, "-version"], stderr=subprocess.PIPE, text=True).stderr
    return int(re.search(r'version "(\d+)', text)[1])


def new_java():
    """A JDK whose Vector API the peers can use."""
    named = os.environ.get("RAGD_BENCH_JDK")
    homes = [pathlib.Path(named)] if named else sorted(pathlib.Path("/usr/lib/jvm").glob("*"))
    found = {version(home / "bin" / "java"): home for home in homes if (home / "bin" / "javac").exists()}
    check(found and max(found) >= 25, "the peers need a JDK 25 or newer; name its folder in RAGD_BENCH_JDK")
    return found[max(found)]


def peer_classes():
    """The class path of the peers in Java."""
    libraries, classes = FOLDER / "peers", FOLDER / "classes"
    run([SOURCES / "mvnw", "-B", "-q", f"-Dpeers={libraries}", "dependency:copy-dependencies"])
    path = f"{ROOT / 'target' / 'test-classes'}:{libraries}/*"
    run([new_java() / "bin" / "javac", "-nowarn", "-d", classes, "-cp", path, *SOURCES.glob("*.java")])
    return f"{classes}:{path}"


# --- engines ---------------------------------------------------------------------------------------------------------


class Engine:
    """Something to compare.

    command: (data, folder, m) to a command line; None for one that is searched in the process of another, `within`, but for
    texts as well. tuned: whether it is built with several numbers of links, and searched with several widths. slow: whether
    its builds take many times as long as those of others.
    """

    def __init__(self, name, label, command=None, *, peer=False, tuned=True, slow=False, within=None):
        self.name, self.label, self.command = name, label, command
        self.peer, self.tuned, self.slow, self.within = peer, tuned, slow, within


def peers():
    java, path = new_java() / "bin" / "java", peer_classes()

    def native(data, folder, m):
        return [hnswlib(), data.base, data.queries, DIMENSION, folder, m, EF_CONSTRUCTION]

    def jvm(main):
        return lambda data, folder, m: [
            java, f"-Xmx{heap(data)}m", "-XX:+UseParallelGC", "--add-modules", "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED", "-cp", path,
            main, data.base, data.queries, DIMENSION, folder, m, EF_CONSTRUCTION]

    return [
        Engine("hnswlib", f"hnswlib {deb_version('libhnswlib-dev')}", native, peer=True),
        Engine("lucene10", f"Lucene {jar_version('lucene-core')}, JDK {version(java)}", jvm("LucenePeer"), peer=True, slow=True),
        Engine("jvector", f"JVector {jar_version('jvector')}, JDK {version(java)}", jvm("JVectorPeer"), peer=True, slow=True),
    ]


def own():
    """ragd's engines: the bare index, and stores through the port."""

    def ragd(main, *more):
        path = ":".join([str(ROOT / "target" / "test-classes"), str(ROOT / "target" / "classes"),
                         (ROOT / "target" / "bench.cp").read_text().strip()])
        return lambda data, folder, m: [
            measure.JAVA, f"-Xmx{heap(data)}m", "-XX:+UseSerialGC", "-cp", path, f"dev.ragd.bench.{main}",
            data.base, data.queries, DIMENSION, folder, m, EF_CONSTRUCTION,
            *(data.texts or "-" if word == "TEXTS" else word for word in more)]

    java, native = f"JDK {version(measure.JAVA)}", CACHE / "native"
    engines = [Engine("faiss", f"FAISS index alone, {java}", ragd("AnnFaiss", "hnsw", native))]
    for kind, label, tuned in (
            ("hnsw", "ragd faiss (hnsw)", True), ("flat", "ragd faiss (flat)", False), ("lucene", "ragd lucene", False)):
        name = kind if kind == "lucene" else f"faiss-{kind}"
        store = Engine(name, f"{label}, {java}", ragd("AnnStore", kind, "TEXTS", native), tuned=tuned)
        engines += [store, Engine(f"{name}-texts", f"{label} with texts, {java}", tuned=tuned, within=store)]
    return engines


def heap(data):
    """Megabytes for a few copies of the vectors."""
    return 500 + data.count * DIMENSION * 4 * 4 // 1_000_000


def deb_version(package):
    measure.package(package)
    return sorted((CACHE / "debs").glob(f"{package}_*.deb"))[-1].name.split("_")[1].split("-")[0]


def jar_version(artifact):
    return next((FOLDER / "peers").glob(f"{artifact}-[0-9]*.jar")).stem.split("-")[-1]


class Session:
    """A process that holds one index; see AnnSession.java for what it understands."""

    def __init__(self, engine, data, m):
        self.engine, self.data, self.m = engine, data, m
        self.folder = measure.folder(f"ann-{engine.name}")
        self.log = open(self.folder / "log", "w+")
        command = [str(c) for c in engine.command(data, self.folder, m)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True, cwd=self.folder)
        self._answer()

    def _answer(self):
        line = self.process.stdout.readline().strip()
        if not line:
            self.log.flush()
            log = (self.folder / "log").read_text()
            raise measure.Broken(f"{self.engine.label} ended with {self.process.wait()}:\n{log[-3000:]}")
        return line

    def cpu(self):
        """CPU seconds of all its threads so far, those that ended included: the process's own clock, in nanoseconds."""
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def ask(self, *words):
        """(answer, CPU seconds)"""
        before = self.cpu()
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        answer = self._answer()
        return answer, self.cpu() - before

    def peak(self):
        return measure.memory(self.process.pid)[1]

    def build(self):
        """CPU seconds, wall seconds, bytes on disk."""
        answer, cpu = self.ask("build")
        nanos, size = map(int, answer.split())
        return cpu, nanos / 1e9, size

    def recall(self, width):
        self.ask("ids", width, self.folder / "ids")
        return self.data.recall(self.folder / "ids")

    def search(self, threads, width, count, texts=False):
        """CPU seconds per query, queries per second by the wall clock."""
        answer, cpu = self.ask("texts" if texts else "search", threads, width, count)
        return cpu / count, count * 1e9 / int(answer)

    def close(self):
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
