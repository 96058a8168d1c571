"""What the local stores cost: exact search against the memory's bandwidth, ragd's layer over the bare index, durable writes,
opening, bytes, and recall under filters. Settings: RAGD_BENCH_LOCAL_K, thousands of vectors in a collection (100); its double is
opened. RAGD_BENCH_LOCAL_KINDS, some of flat, hnsw, ivfflat and lucene. RAGD_BENCH_LOCAL_MB, megabytes that no cache holds (1500)."""

import os
import shutil
import time

import ann_engines
import measure
from ann_engines import DIMENSION, Data
from measure import check

KINDS = os.environ.get("RAGD_BENCH_LOCAL_KINDS", "flat hnsw ivfflat lucene").split()
LARGE = int(os.environ.get("RAGD_BENCH_LOCAL_MB", "1500"))
FULL = 4 * DIMENSION
NATIVE = measure.CACHE / "native"
COMPILED = ["-XX:TieredStopAtLevel=4"]
"""Servers run long: Java as it is by default. What a command does once is measured as bin/launch starts it."""


def benchmark():
    thousands = int(os.environ.get("RAGD_BENCH_LOCAL_K", "100"))
    data, double, small = Data(f"{thousands}k"), Data(f"{2 * thousands}k"), Data("1k")
    measure.ragd(measure.CACHE / "home", None, "--version")  # makes the archive of classes
    work = measure.folder("local")
    try:
        flat(data)
        layers(work, small, Data(f"{max(2, thousands // 5)}k"))
        sizes = {kind: fill(work, data, kind) for kind in KINDS}
        upserts(work, data)
        openings(work, small, double)
        print(f"bytes a vector on disk, ids included, {data.count:,} vectors (floats alone {FULL}):")
        for kind, size in sizes.items():
            print(f"  {kind:8} {size:7.0f}  {size / FULL:.2f} of the floats")
        filters(work, data)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def bench(main, *arguments, flags=(), memory=None, jar="ragd.jar"):
    """The words NAME=NUMBER that one of the classes prints, and the run."""
    run = measure.java(main, *arguments, flags=[*flags, *([f"-Xmx{memory}m"] if memory else [])], jar=jar)
    words = dict(word.split("=") for word in run.out.split() if "=" in word)
    return {name: float(value) for name, value in words.items()}, run


def flat(data):
    """Beside reading as many bytes: those of the data, which caches may hold, and LARGE megabytes, which none does."""
    megabytes = data.count * DIMENSION * 4 // 1_000_000
    exact = ann_engines.exact()
    read = lambda mb: float(ann_engines.run([exact, "stream", mb]).split()[0])
    before = read(megabytes), read(LARGE)
    got, _ = bench("LocalStoreBench", "flat", data.base, data.queries, DIMENSION, NATIVE, LARGE * 1_000_000 // 4 // DIMENSION,
                   flags=COMPILED, memory=ann_engines.heap(data))
    after = read(megabytes), read(LARGE)
    for name, size, alone in (("single", megabytes, max(before[0], after[0])), ("large", LARGE, max(before[1], after[1]))):
        speed = got[f"{name}_bytes_per_second"]
        print(f"flat, {size} MB, one query at a time: {speed / 1e9:.1f} GB/s, {got[f'{name}_queries_per_second']:.0f} queries per"
              f" CPU-second; reading as much alone {alone / 1e9:.1f} GB/s: ratio {speed / alone:.2f} (target >= 0.90)")
    print(f"flat, a thousand queries at once: {got['batch_queries_per_second']:.0f} queries per CPU-second,"
          f" {got['batch_flops'] / 1e9:.0f} GFLOP/s; on all processors {got['batch_all_wall_queries_per_second']:.0f}"
          " queries per second", flush=True)


def layers(work, small, larger):
    print("a search through the port, ids and scores, beside the bare index (target <= 10 us more):")
    for kind, data in (("flat", small), ("hnsw", larger)):
        if kind not in KINDS:
            continue
        got, _ = bench("LocalStoreBench", "layer", data.base, data.queries, DIMENSION, NATIVE, work / f"layer-{kind}", kind,
                       flags=COMPILED, memory=ann_engines.heap(data))
        print(f"  {kind}, {data.count:,} vectors: {got['port_micros']:.1f} us, bare {got['bare_micros']:.1f} us:"
              f" {got['port_micros'] - got['bare_micros']:+.1f} us", flush=True)


def fill(work, data, kind):
    """Writes a collection that later measurements use; bytes a vector."""
    got, run = bench("LocalStoreBench", "fill", data.base, DIMENSION, NATIVE, work / f"{kind}-{data.name}", kind,
                     flags=COMPILED, memory=ann_engines.heap(data))
    print(f"{kind}: {data.count:,} vectors written and indexed in {run.cpu:.1f} CPU-s ({run.wall:.1f} s), peak {run.peak:.0f} MB",
          flush=True)
    return got["bytes"] / data.count


def upserts(work, data):
    print(f"durable batches of 100 into {data.count:,} vectors (target for flat >= 5,000 vectors/s):")
    for kind in KINDS:
        folder = work / f"upsert-{kind}"
        shutil.copytree(work / f"{kind}-{data.name}", folder)
        got, _ = bench("LocalStoreBench", "upsert", data.queries, DIMENSION, NATIVE, folder, kind, flags=COMPILED,
                       memory=ann_engines.heap(data))
        shutil.rmtree(folder)
        print(f"  {kind:8} {got['upsert_per_second']:7.0f} vectors/s, {got['upsert_per_cpu_second']:.0f} per CPU-second;"
              f" writing and syncing as many bytes alone: {synced(work):.0f}/s", flush=True)


def synced(work):
    """Vectors per second when each hundred are appended to a file that is then synced."""
    bytes_ = os.urandom(100 * (FULL + 500))
    start = time.monotonic()
    with open(work / "synced", "wb") as file:
        for _ in range(50):
            file.write(bytes_)
            file.flush()
            os.fsync(file.fileno())
    return 50 * 100 / (time.monotonic() - start)


def openings(work, small, data):
    """Beside the whole, what a small collection costs: that is loading libraries and classes."""
    nothing = opened()
    print(f"opening {data.count:,} vectors and searching once, beyond starting Java (target <= 100 ms):")
    for kind in KINDS:
        costs = []
        for size in (small, data):
            fill(work, size, kind)
            cpu, own, resident = opened(size.queries, DIMENSION, NATIVE, work / f"{kind}-{size.name}", kind)
            costs.append((1000 * (cpu - nothing[0]), own - nothing[1], resident - nothing[2]))
        (little, _, _), (cpu, own, resident) = costs
        print(f"  {kind:8} {cpu:6.0f} ms CPU, of {small.count:,} vectors {little:.0f} ms; memory {own / 1e6:.0f} MB"
              f" ({own / data.count:.0f} bytes a vector), with mapped files {resident / 1e6:.0f} MB", flush=True)


def opened(*arguments):
    """Medians of five runs, started as bin/launch starts a search: CPU seconds, own bytes, bytes with mapped files."""
    runs = [bench("LocalStoreBench", "open", *arguments, jar="commands.jar") for _ in range(5)]
    columns = zip(*((run.cpu, got["RssAnon"], got["VmRSS"]) for got, run in runs))
    return [sorted(column)[2] for column in columns]


def filters(work, data):
    print("recall@10 under a filter, CPU microseconds per query (target >= 0.99; anywhere: matches are scattered; region:"
          " they lie together, mostly far from the query):")
    for kind in KINDS:
        if kind == "flat":
            continue  # exact
        run = measure.java("FilteredRecall", data.base, data.queries, DIMENSION, NATIVE, work / f"filtered-{kind}", kind,
                           flags=[*COMPILED, f"-Xmx{ann_engines.heap(data)}m"])
        lines = [line.split() for line in run.out.splitlines() if "recall=" in line]
        check(len(lines) == 14, run.out)
        for key in ("anywhere", "region"):
            cells = [f"{float(kept.split('=')[1]):.2%}: {float(recall.split('=')[1]):.3f} in {float(micros.split('=')[1]):.0f}"
                     for name, kept, recall, micros in lines if name == key]
            print(f"  {kind:8} {key:9} {' | '.join(cells)}", flush=True)


if __name__ == "__main__":
    measure.main(benchmark)
