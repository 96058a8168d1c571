"""What indexing costs beyond embedding: a whole `ragd index` run over real text (its JVM and the parser processes; the
Chroma server listed apart) against the embedder alone on the very same chunk texts. Half of the texts are embedded alone
before the run that is measured and half after it, so that a machine that is busier at one time than at another does not
tilt the ratio. RAGD_BENCH_SMALL=1: a tenth of the text."""

import os
import shutil

import measure
from measure import Chroma, check, java, ragd


def benchmark():
    share = 10 if os.environ.get("RAGD_BENCH_SMALL") else 1
    work = measure.folder("overhead")
    docs, home, cache = work / "docs", work / "home", measure.CACHE / "model"
    files = measure.copy(measure.texts(), docs / "rst", 10_000_000 // share)
    files += measure.copy(measure.pages(), docs / "html", 5_500_000 // share)
    threads = os.cpu_count()
    try:
        with Chroma() as chroma:
            texts = work / "texts"
            chunked = java("ChunkTexts", "chunk", docs, cache, texts)
            first = embed(texts, cache, threads, 0)
            before = chroma.cpu()
            run = ragd(home, chroma.url, "index", docs, "--json", ok=(0, 3))
            server = chroma.cpu() - before
            second = embed(texts, cache, threads, 1)
            stored = chroma.count("documents")
            same = java("ChunkTexts", "compare", chroma.url, "documents", texts)
        chunks = int(value(chunked.out, "texts"))
        check(chunks == stored, f"{chunks} chunks were embedded alone, {stored} are in the store")
        check("equal" in same.out, f"other texts are in the store: {same.out}")
        alone = first + second
        print(f"{files} files, {chunks} chunks, {threads} threads; texts in the store equal those embedded alone")
        print(f"embedder alone:   {alone:8.1f} CPU-s ({chunks / alone:.1f} per CPU-second)")
        print(f"ragd index:       {run.cpu:8.1f} CPU-s (JVM {run.own:.1f}, parser processes {run.children:.1f}),"
              f" {run.wall:.0f} s wall, peak {run.peak:.0f} MB")
        print(f"Chroma server:    {server:8.1f} CPU-s (not in the ratio)")
        print(f"ratio ragd index / embedder alone: {run.cpu / alone:.3f} (target <= 1.15)")
    finally:
        shutil.rmtree(work, ignore_errors=True)


def embed(texts, cache, threads, part):
    return float(value(java("ChunkTexts", "embed", texts, cache, threads, part, 2).out, "cpu"))


def value(text, name):
    return next(word.split("=")[1] for word in text.split() if word.startswith(name + "="))


measure.main(benchmark)
