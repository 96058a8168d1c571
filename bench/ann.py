"""Recall against speed: ragd's engines beside hnswlib, Lucene and JVector, in one run, taking turns. See ann_report.py for
what is made of the numbers. Settings, besides those of README.md: RAGD_BENCH_ANN_ENGINES, some of the names only."""

import contextlib
import math
import os
import pathlib
import time

import ann_engines
import ann_report
import measure
from ann_engines import Data, Session
from measure import check

WIDTHS = (10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768)
"""How widely a graph is searched (ef)."""
DEFAULT = 0
"""As widely as an engine does by itself."""
ROUNDS = 3
SECONDS = 0.15
"""The least time that one measurement takes,"""
LEAST = 200
"""and the least searches."""
LARGE = 100_000
"""Of more vectors, engines that build slowly are built with the first M only: they would take most of the time."""


def benchmark():
    names = os.environ.get("RAGD_BENCH_ANN_DATA", "50k 200k docs").split()
    links = [int(m) for m in os.environ.get("RAGD_BENCH_ANN_M", "16 32").split()]
    out = pathlib.Path(os.environ.get("RAGD_BENCH_ANN_OUT", measure.ROOT / "docs" / "ann"))
    engines = ann_engines.own() + ann_engines.peers()
    wanted = os.environ.get("RAGD_BENCH_ANN_ENGINES", "").split()
    unknown = set(wanted) - {e.name for e in engines}
    check(not unknown, f"no such engines: {unknown}; there are {[e.name for e in engines]}")
    engines = [e for e in engines if not wanted or e.name in wanted]
    for name in names:
        data = Data(name)
        print(f"-- {data.describe()}, {ann_engines.QUERIES} queries, recall@{ann_engines.K}", flush=True)
        started, stolen = time.monotonic(), Others()
        runs = []
        for i, m in enumerate(links):
            once = lambda e: not e.tuned or (e.slow and data.count > LARGE)
            runs += measured([e for e in engines if i == 0 or not once(e)], data, m, stolen)
        result = ann_report.result(data, engines, runs, stolen.share(), time.monotonic() - started)
        ann_report.write(out, result)
        print(ann_report.table(result), flush=True)


class Others:
    """What other work took of the machine while engines were measured, one at a time."""

    def __init__(self):
        self.own = self.all = self.seconds = 0.0

    @contextlib.contextmanager
    def watch(self, own):
        """own: gives the CPU seconds of what is measured"""
        before, busy, start = own(), self._busy(), time.monotonic()
        yield
        self.own += own() - before
        self.all += self._busy() - busy
        self.seconds += time.monotonic() - start

    @staticmethod
    def _busy():
        line = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()
        return sum(int(line[i]) for i in (1, 2, 3, 6, 7)) / measure.TICKS

    def share(self):
        """Processors that were busy with something else, on average."""
        return max(0.0, self.all - self.own) / max(self.seconds, 1e-9)


def measured(engines, data, m, others):
    """Builds one index after the other, then searches them in turn. A list of runs, see ann_report.result."""
    runs, sessions = [], {}
    with contextlib.ExitStack() as stack:
        for engine in engines:
            links = m if engine.tuned else 0
            if not engine.within:
                session = Session(engine, data, m)
                stack.callback(session.close)
                cpu, wall, size = session.build()
                built = {"m": links, "build_cpu": cpu, "build_wall": wall, "bytes": size / data.count}
                sessions[engine] = session, built
                print(f"   {engine.label}{f', M={links}' if links else ''}: built in {cpu:.1f} CPU-s ({wall:.1f} s),"
                      f" {size / data.count:.0f} bytes a vector", flush=True)
            session, built = sessions[engine.within or engine]
            runs.append(Run(engine, session, {"engine": engine.name, **built}))
        for run in runs:
            run.warm()
        with others.watch(lambda: sum(session.cpu() for session, _ in sessions.values()) + time.process_time()):
            for turn in range(ROUNDS):
                for i in range(max(len(run.points) for run in runs)):
                    for run in runs[turn % len(runs):] + runs[:turn % len(runs)]:
                        run.measure(i)
        for run in runs:
            run.facts["peak"] = run.session.peak()
        print(f"   searched {len(runs)} ways", flush=True)
    return [run.facts for run in runs]


class Run:
    """One index and what is known of it."""

    def __init__(self, engine, session, facts):
        self.engine, self.session, self.facts = engine, session, facts
        self.points = facts["points"] = []

    def warm(self):
        """Compiles what is hot, and finds the widths that lead from a recall below 0.9 to one of 0.995."""
        end = time.monotonic() + 2
        for width in WIDTHS if self.engine.tuned else (DEFAULT,):
            recall = self.session.recall(width)
            if recall < 0.9:
                self.points.clear()
            self.points.append({"width": width, "recall": recall})
            if recall >= 0.995:
                break
        while not self.points[-1].get("count") or time.monotonic() < end:
            for point in self.points:
                cpu, _ = self._search(1, point["width"], point.get("count", LEAST))
                point["count"] = max(LEAST, math.ceil(SECONDS / cpu))

    def measure(self, i):
        """One thread at every width; all processors where the recalls lie that are asked for."""
        if i >= len(self.points):
            return
        point = self.points[i]
        count = point["count"]
        self._note(point, "1", self._search(1, point["width"], count))
        if any(self._brackets(i, recall) for recall in ann_report.RECALLS):
            threads = os.cpu_count()
            self._note(point, "all", self._search(threads, point["width"], threads * count))

    def _search(self, threads, width, count):
        return self.session.search(threads, width, count, texts=self.engine.within is not None)

    def _brackets(self, i, recall):
        """Whether this point is needed to say what happens at a recall."""
        points = self.points
        if points[i]["recall"] < recall:
            return i + 1 < len(points) and points[i + 1]["recall"] >= recall
        return i == 0 or points[i - 1]["recall"] < recall

    @staticmethod
    def _note(point, threads, numbers):
        """The best of the rounds."""
        cpu, qps = numbers
        point["cpu" + threads] = min(cpu, point.get("cpu" + threads, math.inf))
        point["qps" + threads] = max(qps, point.get("qps" + threads, 0.0))


if __name__ == "__main__":
    measure.main(benchmark)
