"""The LEANN store on real text: recall against embeddings that are made again, of learned and untrained codes; then the whole
store with the real model: what building costs beside embedding once, bytes a chunk, searches. RAGD_BENCH_LEANN_N: chunks
for the codes alone and for the store."""

import os
import re
import shutil

import measure
from measure import check

BENCH = "dev.ragd.store.leann.LeannBench"
FLAGS = ("-Xmx1g", "-XX:TieredStopAtLevel=4")
HELD_OUT = 400


def benchmark():
    codes, store = (int(n) for n in os.environ.get("RAGD_BENCH_LEANN_N", "20000 12000").split())
    work, cache = measure.folder("leann"), measure.CACHE / "model"
    docs, texts, vectors = work / "docs", work / "texts", work / "vectors"
    try:
        measure.copy(measure.texts(), docs / "rst", 10_000_000)
        measure.copy(measure.pages(), docs / "html", 5_500_000)
        measure.java("ChunkTexts", "chunk", docs, cache, texts)
        measure.java("ChunkTexts", "vectors", texts, cache, os.cpu_count(), max(codes + HELD_OUT, store), vectors)
        out = run("codes", vectors, texts, cache, codes, 500, HELD_OUT)
        check("equal to the file's vectors: true" in out, "the model did not give the same vectors again")
        out = run("store", vectors, texts, cache, store, 100, work / "store")
        check(re.search(r"recall@10 [01]\.", out), "no search was measured")
        print("targets: index without text <= 60 bytes a chunk; at 100k recall@10 >= 0.95 with <= 40 embeddings, recall@3 >= 0.95"
              " with <= 15; build <= 1.2 of embedding once")
    finally:
        shutil.rmtree(work, ignore_errors=True)


def run(*arguments):
    out = measure.java(BENCH, *arguments, flags=FLAGS, bench_libraries=True).out
    print(out, end="", flush=True)
    return out


measure.main(benchmark)
