"""How the benchmarks run commands and read what they cost.

CPU seconds are user and system time of a process and of all its descendants. This process adopts orphans
(PR_SET_CHILD_SUBREAPER), so that a parser process that outlives its parent by an instant is counted too. A Chroma server
is started here, outside of what is measured, and its CPU time is read separately.
"""

import ctypes
import http.client
import http.server
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
TICKS = os.sysconf("SC_CLK_TCK")

ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


class Broken(Exception):
    """The measurement says nothing."""


def check(condition, message):
    if not condition:
        raise Broken(message)


def main(benchmark):
    try:
        benchmark()
    except Broken as e:
        sys.exit(f"broken measurement: {e}")


# --- processes -------------------------------------------------------------------------------------------------------


def stat(pid):
    """(own CPU seconds, CPU seconds of children that were waited for) of a process, dead or alive."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS, (int(fields[13]) + int(fields[14])) / TICKS


def memory(pid):
    """(VmRSS, VmHWM, RssAnon) in MB; the last is the program's own memory, without mapped files. None when the process has no memory any more."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    values = {line.split(":")[0]: line.split()[1] for line in status.splitlines() if line.startswith(("Vm", "Rss"))}
    names = ("VmRSS", "VmHWM", "RssAnon")
    return tuple(int(values[name]) / 1024 for name in names) if "VmRSS" in values else None


def environment():
    """Without the settings of benchmarks, which ragd does not know and says so."""
    return {name: value for name, value in os.environ.items() if not name.startswith("RAGD_BENCH")}


class Run:
    """One finished command.

    own: CPU seconds of the command's process; children: of its descendants; peak: VmHWM in MB; anon: the most RssAnon seen; samples: (wall, VmRSS, sample());
    cpu_samples: (seconds since 1970, own CPU seconds until then);
    starts: command lines of its descendants that were seen
    """

    def __init__(self, command, env=None, interval=0.1, ok=(0,), cwd=None, sample=None):
        started = time.monotonic()
        self.samples, self.cpu_samples, self.peak, self.anon, self.starts = [], [], 0.0, 0.0, set()
        out, err = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        process = subprocess.Popen(
            [str(c) for c in command], env={**environment(), **(env or {})}, stdout=out, stderr=err, cwd=cwd)
        pid = process.pid
        while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            self.cpu_samples.append((time.time(), stat(pid)[0]))
            now = memory(pid)
            if now:
                self.samples.append((time.monotonic() - started, now[0], sample() if sample else None))
                self.peak = max(self.peak, now[1])
                self.anon = max(self.anon, now[2])
            self._children(pid)
            time.sleep(interval)
        self.wall = time.monotonic() - started
        self.own, reaped = stat(pid)
        process.wait()
        self.children = reaped + self._orphans()
        self.cpu = self.own + self.children
        out.seek(0), err.seek(0)
        self.out, self.err = out.read().decode(), err.read().decode()
        self.code = process.returncode
        check(self.code in ok, f"{' '.join(map(str, command))[:300]} ended with {self.code}:\n{self.err[-3000:]}")

    def _children(self, pid):
        try:
            if not pathlib.Path(f"/proc/{pid}/exe").resolve().name.startswith("java"):
                return  # the launcher script, which becomes java
            for task in os.listdir(f"/proc/{pid}/task"):
                for child in pathlib.Path(f"/proc/{pid}/task/{task}/children").read_text().split():
                    line = pathlib.Path(f"/proc/{child}/cmdline").read_text().split("\0")
                    self.starts.add(" ".join(line[:1] + line[-4:]))
        except OSError:
            pass  # gone meanwhile

    @staticmethod
    def _orphans():
        """CPU seconds of descendants that lost their parent; servers that go on are left alone."""
        total = 0.0
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline:
            try:
                found, _, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if found:
                total += usage.ru_utime + usage.ru_stime
            else:
                time.sleep(0.05)
        return total


def ragd(home, url, *arguments, env=None, **more):
    """Runs ./ragd with a home of its own."""
    settings = {"RAGD_HOME": str(home), "RAGD_STORAGE_CHROMADB_URL": url or "", **(env or {})}
    if not url:
        del settings["RAGD_STORAGE_CHROMADB_URL"]
    return Run([ROOT / "ragd", *arguments], env=settings, **more)


JAVA = os.path.join(os.environ["JAVA_HOME"], "bin", "java") if os.environ.get("JAVA_HOME") else "java"
# What bin/launch gives ragd, so that both sides of a ratio are compiled and collected alike.
FLAGS = ["-Xmx320m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:Tier3InvocationThreshold=1000",
         "-XX:Tier3MinInvocationThreshold=500", "-XX:Tier3CompileThreshold=8000", "-Xshare:auto"]


def java(main_class, *arguments, flags=(), bench_libraries=False, jar="ragd.jar", **more):
    """Runs one of the classes in dev.ragd.bench, or of another package, beside the jar that is measured."""
    name = main_class if "." in main_class else f"dev.ragd.bench.{main_class}"
    jar = ROOT / "target" / "ragd" / jar
    archive = next(iter(jar.parent.glob(f"{jar.stem}-*.jsa")), None)
    path = [str(jar), str(ROOT / "target" / "test-classes")]
    if bench_libraries:
        path = [str(ROOT / "target" / "test-classes"), str(ROOT / "target" / "classes"),
                (ROOT / "target" / "bench.cp").read_text().strip()]
    share = [f"-XX:SharedArchiveFile={archive}", "-Xlog:disable"] if archive and not bench_libraries else []
    return Run([JAVA, *FLAGS, *share, *flags, "-cp", ":".join(path), name, *arguments], **more)


def folder(prefix):
    return pathlib.Path(tempfile.mkdtemp(prefix=f"ragd-bench-{prefix}-"))


# --- the store -------------------------------------------------------------------------------------------------------


def chroma_programs():
    """The folder into which ragd installs Chroma servers, with one in it; ragd installs it at the first use."""
    home = CACHE / "home"
    entries = lambda: list(home.glob("chroma/*/node_modules/chromadb/dist/cli.mjs"))
    if not entries():
        ragd(home, None, "backend", "health")
    check(entries(), "ragd installed no Chroma server")
    return home / "chroma"


class Chroma:
    """A Chroma server of our own on a loopback port, with an empty folder."""

    def __init__(self):
        entry = sorted(chroma_programs().glob("*/node_modules/chromadb/dist/cli.mjs"))[-1]
        self.data = folder("chroma")
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        program = os.environ.get("RAGD_BENCH_CHROMA")
        command = [program] if program else ["node", str(entry)]
        self.process = subprocess.Popen(
            [*command, "run", "--path", str(self.data), "--port", str(self.port), "--host", "127.0.0.1"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(300):
            try:
                urllib.request.urlopen(self.url + "/api/v2/heartbeat", timeout=2).read()
                return
            except OSError:
                time.sleep(0.1)
        raise Broken("the Chroma server does not answer")

    def cpu(self):
        own, children = stat(self.process.pid)
        return own + children

    def count(self, collection):
        """How many records a collection has; 0 while there is none."""
        base = self.url + "/api/v2/tenants/default_tenant/databases/default_database/collections/"
        try:
            found = json.load(urllib.request.urlopen(base + collection, timeout=10))
            return int(urllib.request.urlopen(base + found["id"] + "/count", timeout=10).read())
        except OSError:
            return 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.data, ignore_errors=True)


class Proxy:
    """Stands between ragd and the server and notes every request."""

    READS = ("/get", "/query", "/count", "pre-flight-checks", "heartbeat", "version", "identity", "openapi.json")

    def __init__(self, port):
        self.requests = noted = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                noted.append((self.command, self.path))
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                upstream = http.client.HTTPConnection("127.0.0.1", port)
                upstream.request(self.command, self.path, body, {"Content-Type": "application/json"})
                response = upstream.getresponse()
                data = response.read()
                self.send_response(response.status)
                self.send_header("Content-Type", response.getheader("Content-Type", "application/json"))
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = answer

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def writes(self):
        return [f"{m} {p}" for m, p in self.requests
                if m != "GET" and not (m == "POST" and p.split("?")[0].endswith(self.READS))]


# --- text ------------------------------------------------------------------------------------------------------------


def package(name):
    """The files of a Debian package, unpacked into the cache."""
    target = CACHE / name
    if not target.exists():
        debs = CACHE / "debs"
        debs.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "download", name], cwd=debs, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        part = CACHE / f".{name}.part"
        subprocess.run(["dpkg-deb", "-x", sorted(debs.glob(f"{name}_*.deb"))[-1], part], check=True)
        part.rename(target)
    return target


def texts():
    """Real documents in a fixed order: the kernel's documentation in reStructuredText without translations."""
    sources = package("linux-doc-6.1") / "usr/share/doc/linux-doc-6.1/html/_sources"
    return sorted(p for p in sources.rglob("*.txt") if p.is_file() and "translations" not in p.parts)


def pages():
    """Real HTML in a fixed order: PostgreSQL's manual."""
    return sorted(p for p in (package("postgresql-doc-15") / "usr/share").rglob("*.html") if p.is_file())


def files(name, pattern):
    """Files of a package in a fixed order, once each."""
    return sorted(p for p in package(name).rglob(pattern) if p.is_file() and not p.is_symlink())


def copy(files, target, limit):
    """Copies files, numbered, until they have so many bytes; links are followed."""
    target.mkdir(parents=True, exist_ok=True)
    size = n = 0
    for file in files:
        if size >= limit:
            break
        data = file.read_bytes()
        (target / f"{n:05d}-{file.name}").write_bytes(data)
        size += len(data)
        n += 1
    check(size >= limit, f"only {size} bytes of text for {target}")
    return n
