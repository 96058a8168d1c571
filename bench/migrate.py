"""Migrations by the command as users start it, beside what the stores can do at most: raw pages and raw upserts of a Chroma
server, and a bare loop over the same adapters. Settings: RAGD_BENCH_RECORDS, records of the local pairs (100000);
RAGD_BENCH_CHROMA_RECORDS, of the pairs with the server (20000, half of them in each round); RAGD_BENCH_MILLION=yes: memory
at a million records, faiss -> snapshot, too; RAGD_BENCH_MIGRATE, some of chroma local memory resume."""

import datetime
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

import measure
from measure import Chroma, check, java, ragd

RECORDS = int(os.environ.get("RAGD_BENCH_RECORDS", "100000"))
CHROMA_RECORDS = int(os.environ.get("RAGD_BENCH_CHROMA_RECORDS", "20000"))
MILLION = os.environ.get("RAGD_BENCH_MILLION") == "yes"
PARTS = os.environ.get("RAGD_BENCH_MIGRATE", "chroma local memory resume").split()
FLAT = {"RAGD_STORAGE_FAISS_INDEX": "flat"}
NAME = "documents"
# What bin/launch gives migrations instead of the collector and the compiler's limits in measure.FLAGS, for the loop they are
# compared with.
COMPILED_AS_MIGRATIONS = [
    "-XX:-UseSerialGC", "-XX:+UseParallelGC",
    "-XX:TieredStopAtLevel=4", "-XX:Tier3InvocationThreshold=200", "-XX:Tier3MinInvocationThreshold=100",
    "-XX:Tier3CompileThreshold=2000", "-XX:Tier4InvocationThreshold=100000", "-XX:Tier4MinInvocationThreshold=50000",
    "-XX:Tier4CompileThreshold=200000", "-XX:Tier4BackEdgeThreshold=1000000", "-XX:MaxInlineLevel=6",
    "-XX:FreqInlineSize=120", "-XX:InlineSmallCode=800"]


def benchmark():
    work = measure.folder("migrate")
    try:
        text = work / "text"
        text.write_text("".join(p.read_text(errors="replace") for p in measure.texts()))
        start = startup(work, text)
        if "chroma" in PARTS:
            chroma(work, text)
        home = work / "home"
        if {"local", "memory", "resume"} & set(PARTS):
            fill(home, text, RECORDS)
        if "local" in PARTS:
            local(work, home)
        if "memory" in PARTS:
            memory(work, home, text)
        if "resume" in PARTS:
            resume(work, home, start)
    finally:
        shutil.rmtree(work, ignore_errors=True)


class Migration:
    """A run of `ragd migrate`: its report, and seconds and CPU seconds of its own process in each step."""

    def __init__(self, home, url, source, target, collection=NAME, to_collection=None, env=None):
        self.run = ragd(home, url, "migrate", "--from", source, "--to", target, "--collection", collection,
                        "--to-collection", to_collection or collection, "--json", env={**FLAT, **(env or {})}, interval=0.02)
        answer = json.loads(self.run.out)
        check(answer["verification"]["status"] == "VERIFIED", self.run.out)
        report = json.loads(pathlib.Path(answer["reports"]["json"]).read_text())
        self.records = report["copied"]
        self.batches = report["partitions"]
        self.seconds, self.cpu = {}, {}
        for step in report["steps"]:
            began = datetime.datetime.fromisoformat(step["started"].replace("Z", "+00:00")).timestamp()
            self.seconds[step["step"]] = step["seconds"]
            self.cpu[step["step"]] = self._cpu(began + step["seconds"]) - self._cpu(began)

    def _cpu(self, moment):
        """CPU seconds of the process until then, between the two nearest looks at it."""
        times = self.run.cpu_samples
        after = next((i for i, (at, _) in enumerate(times) if at >= moment), len(times) - 1)
        (t0, c0), (t1, c1) = times[max(0, after - 1)], times[after]
        return c1 if t1 <= t0 else c0 + (c1 - c0) * min(1, max(0, (moment - t0) / (t1 - t0)))

    def rate(self):
        return self.records / self.seconds["copy"]

    def line(self):
        steps = ", ".join(f"{name} {self.seconds[name]:.1f} s ({self.cpu[name]:.1f} CPU-s)" for name in self.seconds)
        share = self.seconds["verify"] / self.seconds["copy"]
        return (f"{self.records:,} records in {self.batches} batches, {self.run.cpu:.1f} CPU-s, peak {self.run.peak:.0f} MB with mapped files, {self.run.anon:.0f} without:"
                f" {steps}; verify / copy {share:.2f} (target <= 0.40)")


def words(run):
    return {name: float(value) for name, value in (word.split("=") for word in run.out.split())}


def fill(home, text, records):
    run = java("MigrateStores", "fill", home / "data/faiss", home / "cache", text, records, flags=["-Xmx1g"])
    check(words(run)["records"] == records, run.out)


def startup(work, text):
    """CPU seconds that a migration of 20 records takes until its first batch is written."""
    home = work / "tiny"
    fill(home, text, 20)
    ragd(home, None, "--version")  # makes the archives of classes
    Migration(home, None, "faiss", f"snapshot:{work}/tiny-0")
    costs = []
    for i in range(1, 4):
        costs.append(first_record(home, f"snapshot:{work}/tiny-{i}", 1)[0])
    start = sorted(costs)[1]
    print(f"start-up: {start:.2f} CPU-s until 20 records are written", flush=True)
    return start


def chroma(work, text):
    """Halves in turn: raw, migrated, migrated, raw."""
    half = CHROMA_RECORDS // 2
    home = work / "home-chroma"
    fill(home, text, half)
    with Chroma() as server:
        raw_write, raw_read, write, read = [], [], [], []

        def raw(name):
            before = server.cpu()
            raw_write.append(half / words(java("MigrateStores", "upserts", server.url, name, text, half, bench_libraries=True))["seconds"])
            print(f"  raw upserts: {raw_write[-1]:.0f} records/s, {server.cpu() - before:.1f} CPU-s in the server", flush=True)

        def ours(name):
            before = server.cpu()
            done = Migration(home, server.url, "faiss", "chromadb", to_collection=name)
            write.append(done.rate())
            print(f"  faiss -> chromadb: {done.rate():.0f} records/s, {server.cpu() - before:.1f} CPU-s in the server; {done.line()}",
                  flush=True)

        raw("raw-1"), ours("ours-1"), ours("ours-2"), raw("raw-2")
        for turn in (1, 2):
            for part in (("raw", "ours") if turn == 1 else ("ours", "raw")):
                if part == "raw":
                    seconds = words(java("MigrateStores", "pages", server.url, f"raw-{turn}", half, bench_libraries=True))["seconds"]
                    raw_read.append(half / seconds)
                    print(f"  raw pages: {raw_read[-1]:.0f} records/s", flush=True)
                else:
                    done = Migration(work / f"home-read-{turn}", server.url, "chromadb", "faiss", f"raw-{turn}")
                    read.append(done.rate())
                    print(f"  chromadb -> faiss: {done.rate():.0f} records/s; {done.line()}", flush=True)
    mean = lambda rates: len(rates) / sum(1 / rate for rate in rates)
    print(f"chromadb -> faiss, 2 x {half:,} records: {mean(read):.0f} records/s against {mean(raw_read):.0f} of raw pages:"
          f" {mean(read) / mean(raw_read):.2f} (target >= 0.90)")
    print(f"faiss -> chromadb, 2 x {half:,} records: {mean(write):.0f} records/s against {mean(raw_write):.0f} of raw upserts:"
          f" {mean(write) / mean(raw_write):.2f} (target >= 0.95)", flush=True)


def local(work, home):
    jobs, loops = [], []
    for turn in range(2):
        for part in (("loop", "job") if turn == 0 else ("job", "loop")):
            target = work / f"{part}-{turn}"
            if part == "job":
                jobs.append(Migration(home, None, "faiss", f"snapshot:{target}"))
                batch = -(-jobs[-1].records // jobs[-1].batches)
                print(f"faiss(flat) -> snapshot: {jobs[-1].line()}", flush=True)
            else:
                batch = batch_size(home, work, turn)
                loops.append(words(java("MigrateStores", "loop", home / "data/faiss", home / "cache", target, batch,
                                        flags=COMPILED_AS_MIGRATIONS)))
                print(f"  bare loop, batches of {batch}: {loops[-1]['seconds']:.1f} s, {loops[-1]['cpu']:.1f} CPU-s", flush=True)
                shutil.rmtree(target)
    back = Migration(work / "home-back", None, f"snapshot:{work}/job-0", "faiss")
    print(f"snapshot -> faiss(flat): {back.line()}", flush=True)
    there = sum(j.cpu["copy"] for j in jobs) / len(jobs)
    per_core = lambda cpu: RECORDS / cpu
    print(f"faiss(flat) -> snapshot: {per_core(there):,.0f} records/s per core in the copy,"
          f" {per_core(sum(j.cpu['verify'] for j in jobs) / len(jobs)):,.0f} in the verification (target >= 30,000)")
    print(f"snapshot -> faiss(flat): {per_core(back.cpu['copy']):,.0f} records/s per core in the copy,"
          f" {per_core(back.cpu['verify']):,.0f} in the verification (target >= 30,000)")
    loop = {key: sum(l[key] for l in loops) / len(loops) for key in ("seconds", "cpu")}
    wall = sum(j.seconds["copy"] for j in jobs) / len(jobs)
    print(f"batch overhead: copy {there:.2f} CPU-s against {loop['cpu']:.2f} of a bare loop: {there / loop['cpu'] - 1:+.1%};"
          f" by the clock {wall:.1f} s against {loop['seconds']:.1f} s: {wall / loop['seconds'] - 1:+.1%} (target <= 5 %)", flush=True)


def batch_size(home, work, turn):
    """What the job chooses for these records: a dry run says it."""
    run = ragd(home, None, "migrate", "--from", "faiss", "--to", f"snapshot:{work}/dry-{turn}", "--collection", NAME, "--dry-run",
               "--json", env=FLAT)
    plan = json.loads(run.out)["plan"]
    return -(-plan["records"] // plan["partitions"])


def memory(work, home, text):
    sizes = [10_000, RECORDS] + ([1_000_000] if MILLION else [])
    for size in sizes:
        of = home
        if size != RECORDS:
            of = work / f"home-{size}"
            fill(of, text, size)
        target = work / f"memory-{size}"
        done = Migration(of, None, "faiss", f"snapshot:{target}")
        half = [rss for wall, rss, _ in done.run.samples if wall < done.run.wall / 2]
        print(f"memory, {size:,} records: peak {done.run.anon:.0f} MB without mapped files (target <= 512), {done.run.peak:.0f} with, until half time {max(half):.0f} MB;"
              f" {RECORDS and size / done.cpu['copy']:,.0f} records/s per core in the copy; {done.line()}", flush=True)
        shutil.rmtree(target)
        if size != RECORDS:
            shutil.rmtree(of)


def resume(work, home, start):
    batches = -(-RECORDS // batch_size(home, work, "resume"))
    for share in (0.1, 0.5, 0.9):
        target = f"snapshot:{work}/resume-{int(100 * share)}"
        own = work / f"home-resume-{int(100 * share)}"
        shutil.copytree(home / "data", own / "data")
        first_record(own, target, max(1, int(share * batches)))
        cpu, wall = first_record(own, target, 1)
        print(f"resume at {share:.0%} of {RECORDS:,} records: first new record after {cpu:.2f} CPU-s, {cpu - start:+.2f} beyond"
              f" start-up (target <= 3), {wall:.1f} s by the clock", flush=True)
        shutil.rmtree(own)


def first_record(home, target, batches):
    """CPU seconds and seconds until so many further batches are written; then the process is killed."""
    plans = home / "jobs" / "plans"
    env = {**os.environ, **FLAT, "RAGD_HOME": str(home)}
    env.pop("RAGD_STORAGE_CHROMADB_URL", None)
    known = {}
    for file in plans.glob("*.rate"):
        known[file] = len(file.read_text().splitlines())
    began = time.monotonic()
    process = subprocess.Popen([measure.ROOT / "ragd", "migrate", "--from", "faiss", "--to", target, "--collection", NAME],
                               env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            check(process.poll() is None, f"the migration to {target} ended before it could be killed")
            # A run's first line says where it starts; each further one is a batch.
            lines = sum(max(0, len(file.read_text().splitlines()) - known.get(file, 0) - 1) for file in plans.glob("*.rate"))
            if lines >= batches:
                return measure.stat(process.pid)[0], time.monotonic() - began
            time.sleep(0.005)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()


if __name__ == "__main__":
    measure.main(benchmark)
