"""Migrations killed by SIGKILL, on every pair of stores: at every chunk boundary, in every step, between a write and its answer,
at random instants, stopped by SIGTERM, and with a lost job database. Prints the table of docs/kill-tests.md.
RAGD_BENCH_KILLS: random kills for each pair (100); RAGD_BENCH_PAIRS: some pairs, as 'faiss snapshot, lucene faiss'."""

import os
import subprocess

import measure
from measure import check


def benchmark():
    table = measure.ROOT / "target" / "kill-tests.md"
    table.unlink(missing_ok=True)
    done = subprocess.run(
        ["./mvnw", "-q", "-B", "-Pquick", "verify", "-Dtest=NONE", "-Dsurefire.failIfNoSpecifiedTests=false",
         "-Dit.test=MigrateKillIT", f"-Dragd.kills={os.environ.get('RAGD_BENCH_KILLS', '100')}",
         f"-Dragd.kills.pairs={os.environ.get('RAGD_BENCH_PAIRS', '')}"],
        cwd=measure.ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if table.exists():
        print(table.read_text().strip())
    check(done.returncode == 0, done.stdout[-6000:])


measure.main(benchmark)
