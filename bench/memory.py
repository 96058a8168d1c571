"""Resident memory of ragd's own process while it indexes: 100,000 small chunks from many small files, read off at a quarter,
at half and at the end; and a quarter of them from one file. RAGD_BENCH_CHUNKS: another number."""

import os
import shutil
import time

import measure
from measure import Chroma, check, ragd

TOKENS = {"RAGD_INDEX_CHUNK_TOKENS": "16", "RAGD_INDEX_CHUNK_OVERLAP": "0"}
BYTES_PER_CHUNK = 52  # of this text at that size; a little more than enough
FILE = 2_000


def benchmark():
    chunks = int(os.environ.get("RAGD_BENCH_CHUNKS", "100000"))
    work = measure.folder("memory")
    try:
        text = "".join(p.read_text(errors="replace") for p in measure.texts())
        check(len(text) >= chunks * BYTES_PER_CHUNK, "too little text")
        text = text[:chunks * BYTES_PER_CHUNK]
        many, big = work / "many", work / "big"
        many.mkdir(), big.mkdir()
        for i in range(0, len(text), FILE):
            folder = many / f"{i // FILE // 200:04d}"
            folder.mkdir(exist_ok=True)
            (folder / f"{i // FILE:06d}.txt").write_text(text[i:i + FILE])
        (big / "all.txt").write_text(text[:len(text) // 4])
        with Chroma() as chroma:
            small = index(chroma, many, work / "home-many", chunks)
            marks = {share: next(s for s in small.samples if s[2] >= chunks * share) for share in (0.25, 0.5, 0.99)}
            print(f"{chroma.count('many')} chunks from {len(text) // FILE + 1} small files:"
                  f" peak {small.peak:.0f} MB (target <= 700); {small.cpu:.0f} CPU-s, {small.wall:.0f} s wall")
            for share, (_, rss, count) in marks.items():
                until = max(s[1] for s in small.samples if s[2] <= count)
                print(f"  at {count:6d} chunks: resident {rss:.0f} MB, highest so far {until:.0f} MB")
            parsed = small.out.strip().splitlines()
            print("  " + parsed[0] if parsed else "")
        with Chroma() as chroma:
            one = index(chroma, big, work / "home-big", chunks // 4)
            print(f"{chroma.count('big')} chunks from one file: peak {one.peak:.0f} MB")
    finally:
        shutil.rmtree(work, ignore_errors=True)


def index(chroma, docs, home, expected):
    last = [0.0, 0]

    def count():
        if time.monotonic() - last[0] > 5:
            last[:] = [time.monotonic(), chroma.count(docs.name)]
        return last[1]

    run = ragd(home, chroma.url, "index", docs, "--collection", docs.name, env=TOKENS, ok=(0, 3), sample=count,
               interval=0.25)
    stored = chroma.count(docs.name)
    check(stored >= expected, f"{stored} chunks, expected {expected}: BYTES_PER_CHUNK is too small")
    run.samples.append((run.wall, run.samples[-1][1], stored))
    return run


measure.main(benchmark)
