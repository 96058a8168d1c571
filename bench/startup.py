"""What a command costs that has next to nothing to do: `ragd jobs list`, `ragd --version`, and a reindex of unchanged files, as
the launcher starts them and as `java -jar` starts the one fat jar with Java's defaults. CPU time of the whole command,
alternating."""

import shutil
import statistics

import measure
from measure import JAVA, Run, check, ragd

ROUNDS = 9


def benchmark():
    fat = measure.ROOT / "target" / "ragd.jar"
    check(fat.exists(), f"{fat} is missing")
    work = measure.folder("startup")
    docs, home = work / "docs", work / "home"
    measure.copy(measure.texts(), docs, 60_000)
    settings = {"RAGD_HOME": str(home), "RAGD_STORAGE_BACKEND": "lucene"}
    try:
        ragd(home, None, "index", docs, env=settings, ok=(0, 3))
        commands = {"--version": ["--version"], "jobs list": ["jobs", "list"], "reindex, nothing to do": ["index", docs]}
        ways = {
            "launcher": lambda words: ragd(home, None, *words, env=settings, interval=0.01, ok=(0, 3)),
            "fat jar": lambda words: Run([JAVA, "-jar", fat, *words], env=settings, interval=0.01, ok=(0, 3)),
        }
        costs = {name: {way: [] for way in ways} for name in commands}
        for turn in range(-1, ROUNDS):
            for name, words in commands.items():
                for way, start in ways.items():
                    run = start(words)
                    if turn >= 0:
                        costs[name][way].append((run.cpu, run.wall))
        for name, of in costs.items():
            cpu = {way: statistics.median(c for c, _ in runs) for way, runs in of.items()}
            wall = {way: statistics.median(w for _, w in runs) for way, runs in of.items()}
            print(f"{name + ':':24s}launcher {cpu['launcher']:5.2f} CPU-s, {wall['launcher']:5.2f} s; fat jar "
                  f"{cpu['fat jar']:5.2f} CPU-s, {wall['fat jar']:5.2f} s; ratio of CPU {cpu['launcher'] / cpu['fat jar']:.2f}"
                  + ("" if name == "--version" else " (target <= 0.5)"))
    finally:
        shutil.rmtree(work, ignore_errors=True)


measure.main(benchmark)
