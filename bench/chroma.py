"""Records per second through the port against the same requests sent raw, block by block in turn, on one Chroma server.
RAGD_BENCH_RECORDS: how many; RAGD_BENCH_GENERATION: 1.0 or 1.5, the server's release."""

import os

import measure
from measure import check, java


def benchmark():
    records = os.environ.get("RAGD_BENCH_RECORDS", "20000")
    out = java("ChromaPortBench", records, 384, os.environ.get("RAGD_BENCH_GENERATION", "1.0"), bench_libraries=True,
               cwd=measure.ROOT).out
    check("upsert" in out, out)
    print(out.strip())
    print("(targets: upsert and read >= 0.95)")


measure.main(benchmark)
