"""A second run over 5,000 unchanged small files: what it costs beyond the same command over one unchanged file, and the
proof that it loads no model, starts no parser process and writes nothing to the store. RAGD_BENCH_FILES: another number of
files."""

import os
import re
import shutil
import statistics

import measure
from measure import Chroma, Proxy, check, ragd

ROUNDS = 5
# What the first text loads, what the first parsed document loads, and what starts a process, whatever its purpose.
WORK = re.compile(r"^(ai\.onnxruntime\.\S+|ai\.djl\.\S+|dev\.ragd\.embed\.WordPieces|org\.apache\.tika\.parser\.\S+|"
                  r"java\.lang\.Process(?:Builder|Impl))\s", re.M)


def benchmark():
    n = int(os.environ.get("RAGD_BENCH_FILES", "5000"))
    work = measure.folder("unchanged")
    many, one = work / "many", work / "one"
    many.mkdir(), one.mkdir()
    # Small files of real text: a paragraph or two each.
    text = "".join(p.read_text(errors="replace") for p in measure.texts()[:400])
    check(len(text) >= n * 300, "too little text")
    for i in range(n):
        folder = many / f"{i // 100:03d}"
        folder.mkdir(exist_ok=True)
        (folder / f"{i:05d}.txt").write_text(text[i * 300:(i + 1) * 300])
    shutil.copy(many / "000" / "00000.txt", one)
    try:
        with Chroma() as chroma:
            homes = {many: work / "home-many", one: work / "home-one"}
            short = {"RAGD_INDEX_CHUNK_TOKENS": "128"}
            for docs, home in homes.items():
                ragd(home, chroma.url, "index", docs, "--collection", docs.name, env=short, ok=(0, 3))
            costs = {docs: [] for docs in homes}
            for _ in range(ROUNDS):  # alternating
                for docs, home in homes.items():
                    run = ragd(home, chroma.url, "index", docs, "--collection", docs.name, env=short, ok=(0, 3))
                    costs[docs].append((run.cpu, run.wall))
            classes = work / "classes"
            proxy = Proxy(chroma.port)
            stored = chroma.count("many")
            proof = ragd(homes[many], proxy.url, "index", many, "--collection", "many", ok=(0, 3), interval=0.01,
                         env={**short, "RAGD_JAVA_OPTS": f"-Xlog:class+load:file={classes}:none"})
            check(len(proxy.requests) > 0, "the proxy saw no request")
            check(chroma.count("many") == stored, "the number of records changed")
        names = classes.read_text()
        check("dev.ragd.jobs.index.Scanner" in names, "the class log does not show the index job")
        loaded = sorted(set(WORK.findall(names)))
        base = statistics.median(c for c, _ in costs[one])
        full = statistics.median(c for c, _ in costs[many])
        print(proof.out.strip())
        print(f"{n} files, {stored} chunks; medians of {ROUNDS} alternating runs")
        print(f"one unchanged file:     {base:6.2f} CPU-s, {statistics.median(w for _, w in costs[one]):6.2f} s wall"
              f"  {[round(c, 2) for c, _ in costs[one]]}")
        print(f"{n} unchanged files: {full:6.2f} CPU-s, {statistics.median(w for _, w in costs[many]):6.2f} s wall"
              f"  {[round(c, 2) for c, _ in costs[many]]}")
        print(f"beyond start-up:        {full - base:6.2f} CPU-s (target <= 1.0)")
        print(f"classes of model, tokenizer, parser, child process that were loaded: {loaded or 'none'}")
        print(f"child processes seen: {sorted(proof.starts) or 'none'}, their CPU {proof.children:.2f} s")
        print(f"requests to the store: {len(proxy.requests)}, of which writes: {proxy.writes() or 'none'}")
        print(f"classes loaded: {len(names.splitlines())}")
    finally:
        shutil.rmtree(work, ignore_errors=True)


measure.main(benchmark)
