"""Years of cron runs, compressed: reindex runs over a folder in which files are added, edited, renamed and deleted at random; some
runs are killed by SIGKILL and left to the next one. At the end the collection must be what a fresh index of the folder is,
record by record; CPU time, memory and disk must not have grown; nothing may be left behind.
RAGD_BENCH_SOAK: runs (500); RAGD_BENCH_SOAK_KILLS (50); RAGD_BENCH_SOAK_STORE (chromadb, with the server that ragd starts and
stops); RAGD_BENCH_SEED repeats a choice."""

import collections
import json
import os
import pathlib
import random
import re
import shutil
import signal
import statistics
import subprocess
import time

import measure
from measure import ROOT, check, ragd

FILES = 200
RUNS = int(os.environ.get("RAGD_BENCH_SOAK", "500"))
KILLS = int(os.environ.get("RAGD_BENCH_SOAK_KILLS", str(RUNS // 10)))
STORE = os.environ.get("RAGD_BENCH_SOAK_STORE", "chromadb")
SEED = int(os.environ.get("RAGD_BENCH_SEED", str(time.time_ns() % 1_000_000)))


class Folder:
    """Documents that change: as many come as go, so that a run has the same work in the end as in the beginning."""

    def __init__(self, path, rng):
        self.path, self.rng, self.number = path, rng, 0
        self.text = "".join(p.read_text(errors="replace") for p in measure.texts()[:200])
        path.mkdir(parents=True)
        for _ in range(FILES):
            self.add()

    def piece(self):
        at = self.rng.randrange(len(self.text) - 2000)
        return self.text[at:at + self.rng.randrange(300, 1500)]

    def add(self):
        folder = self.path / f"part{self.rng.randrange(7)}"
        folder.mkdir(exist_ok=True)
        self.number += 1
        (folder / f"{self.number:05d}.{self.rng.choice(['txt', 'md'])}").write_text(self.piece())

    def files(self):
        return sorted(p for p in self.path.rglob("*") if p.is_file())

    def change(self):
        chosen = self.rng.sample(self.files(), 6)
        for file in chosen[:2]:
            file.write_text(file.read_text() + "\n\n" + self.piece()[:200])
        chosen[2].write_text(self.piece())
        chosen[3].rename(chosen[3].with_name("renamed-" + chosen[3].name[-60:]))
        for file in chosen[4:]:
            file.unlink()
        self.add(), self.add()


def left_behind(home, temporary):
    """Processes that name the home, and what lies in the folder for temporary files."""
    processes = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if str(home) in line or str(temporary) in line:
                processes.append(f"{entry.name}: {line[:150]}")
    return processes, sorted(str(p.relative_to(temporary)) for p in temporary.iterdir())


def size(folder):
    """Bytes and files in a folder, without what is downloaded once; and the bytes by place, numbers and ids as stars."""
    files = [p for p in folder.rglob("*") if p.is_file() and not p.is_symlink() and "cache" not in p.parts]
    parts = collections.Counter()
    for file in files:
        parts[re.sub(r"[0-9a-f]{8}-[0-9a-f-]+|[0-9]+", "*", "/".join(file.relative_to(folder).parts[:3]))] += file.stat().st_size
    return sum(parts.values()), len(files), parts


def killed_run(command, env, seconds):
    process = subprocess.Popen([str(c) for c in command], env={**measure.environment(), **env}, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def benchmark():
    rng = random.Random(SEED)
    work = measure.folder("soak")
    home, temporary = work / "home", work / "tmp"
    home.mkdir(), temporary.mkdir()
    (home / "chroma").symlink_to(measure.chroma_programs())
    folder = Folder(work / "docs", rng)
    env = {"RAGD_HOME": str(home), "RAGD_STORAGE_BACKEND": STORE, "RAGD_INDEX_CHUNK_TOKENS": "60",
           "RAGD_INDEX_CHUNK_OVERLAP": "10", "RAGD_JAVA_OPTS": f"-Djava.io.tmpdir={temporary}"}
    index = ("index", folder.path, "--quiet", "--json")
    # Not the last: what a kill leaves undone, the next run does.
    to_kill = set(rng.sample(range(5, RUNS - 1), KILLS))
    runs, hits, after_kill = [], 0, False
    try:
        print(f"store {STORE}, seed {SEED}, {RUNS} runs, {KILLS} of them to be killed")
        ragd(home, None, *index, env=env)
        for turn in range(RUNS):
            folder.change()
            if turn in to_kill:
                typical = statistics.median(r["wall"] for r in runs[-9:])
                after_kill = killed_run([ROOT / "ragd", *index], env, rng.random() * typical)
                hits += after_kill
                continue
            run = ragd(home, None, *index, env=env, interval=0.02)
            files = json.loads(run.out)["files"]
            bytes_, count, parts = size(home)
            runs.append({"turn": turn, "cpu": run.own, "wall": run.wall, "peak": run.peak, "bytes": bytes_, "files": count, "parts": parts,
                         "clean": not after_kill, "indexed": files["indexed"]})
            after_kill = False
            processes, _ = left_behind(home, temporary)
            check(not processes, f"left behind by run {turn}: {processes}")
            if len(runs) % 50 == 0:
                print(f"  run {turn + 1}: {run.own:.2f} CPU-s, {run.wall:.1f} s, peak {run.peak:.0f} MB, home "
                      f"{bytes_ / 1e6:.1f} MB in {count} files", flush=True)
        listed = ragd(home, None, "collections", "list", "--json", env=env)
        fresh = {**env, "RAGD_INDEX_COLLECTION": "fresh"}
        ragd(home, None, "index", folder.path, "--json", env=fresh)
        verify = ragd(home, None, "verify", "--from", STORE, "--to", STORE, "--collection", "fresh", "--to-collection",
                      "documents", "--json", env=env, ok=(0, 4))
        result = json.loads(verify.out)["verification"]
        processes, files = left_behind(home, temporary)
        tmp = sorted(str(p.relative_to(home)) for p in home.rglob("*") if p.name.endswith(".tmp") or ".part" in p.name)
    finally:
        shutil.rmtree(work, ignore_errors=True)

    calm = [r for r in runs if r["clean"]]
    early = [r for r in calm if RUNS * 0.1 <= r["turn"] < RUNS * 0.2]
    late = [r for r in calm if r["turn"] >= RUNS * 0.9]
    print(f"killed: {hits} of {KILLS} hit; runs that finished: {len(runs)}")
    for what, unit in ("cpu", "CPU-s"), ("wall", "s"), ("peak", "MB"), ("bytes", "bytes in the home"), ("files", "files in the home"):
        a, b = (statistics.median(r[what] for r in part) for part in (early, late))
        target = " (target within 0.10)" if what in ("cpu", "peak", "bytes") else ""
        print(f"{what + ':':7s}runs {early[0]['turn']} to {early[-1]['turn']}: {a:,.2f}; last {len(late)}: {b:,.2f} {unit}; "
              f"{b / a - 1:+.2f}{target}")
    first, last = early[-1]["parts"], late[-1]["parts"]
    for place, grown in sorted(((p, last[p] - first[p]) for p in {*first, *last}), key=lambda pg: -abs(pg[1]))[:8]:
        if abs(grown) > 0.005 * early[-1]["bytes"]:
            print(f"  {place}: {first[place]:,} to {last[place]:,} bytes")
    print(f"the collection against a fresh index of the folder: {result['status']}, {result}")
    print(f"processes left: {processes or 'none'}; temporary files left: {files or 'none'}; half-written files in the home: "
          f"{tmp or 'none'}")
    print(f"collections: {listed.out.strip()[:600]}")
    check(result["status"] == "VERIFIED", "the collection is not what a fresh index is")


measure.main(benchmark)
