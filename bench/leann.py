"""The LEANN store on real text: recall against embeddings that are made again, of learned and untrained codes and of the graph,
within margins and with one number for all queries, with filters, and with a rule that stops early; then the whole store with
the real model: what building costs beside embedding once, its memory, bytes a chunk, and `ragd search` beside the same in the
faiss and chromadb stores. RAGD_BENCH_LEANN_N: chunks for each comparison of methods, and for the stores at last. Texts and
vectors are kept in .cache/ann. Draws leann-recall.svg and leann-bytes.svg into the folder that RAGD_BENCH_LEANN_RESULTS names,
if any."""

import math
import os
import pathlib
import random
import re
import shutil
import statistics
import struct

import measure
from measure import check

FLAGS = ("-Xmx1200m", "-XX:TieredStopAtLevel=4")
SPANS, HELD_OUT = 1000, 600
QUESTIONS = 60


def benchmark():
    *methods, store = (int(n) for n in os.environ.get("RAGD_BENCH_LEANN_N", "10000 36000 100000 12000").split())
    results = os.environ.get("RAGD_BENCH_LEANN_RESULTS")
    work, cache = measure.folder("leann"), measure.CACHE / "model"
    try:
        texts, vectors = embedded(work, cache, max([n + HELD_OUT for n in methods] + [store]))
        curves = work / "curves"
        for n in methods:
            out = run("MethodBench", vectors, texts, cache, n, SPANS, HELD_OUT, curves)
            check("graph, all:" in out, "no graph was measured")
        if methods:
            run("MethodBench", vectors, texts, cache, methods[-1], SPANS, HELD_OUT, curves, "bytes")
        if results:
            (pathlib.Path(results) / "leann-recall.svg").write_text(picture(curves.read_text()))
            (pathlib.Path(results) / "leann-bytes.svg").write_text(by_bytes(curves.read_text(), methods[-1]))
        if store:
            stores(work / "home", vectors, texts, cache, store)
        print("targets: index without text <= 60 bytes a chunk; at 100k recall@10 >= 0.95 with <= 40 embeddings, recall@3 >= 0.95"
              " with <= 15; build <= 1.2 of embedding once, <= 800 MB; ragd search -k 3 within 3 times of faiss")
    finally:
        shutil.rmtree(work, ignore_errors=True)


def embedded(work, cache, count):
    """The chunks that ragd would index of the other benchmarks' text and more, and the vectors of the first of them: more are
    added behind those that are there, so the order of the folders must stay."""
    kept = measure.CACHE / "ann"
    kept.mkdir(parents=True, exist_ok=True)
    texts, vectors = kept / "leann.texts", kept / "leann.vectors"
    if not vectors.exists() or vectors.stat().st_size < 4 * 384 * count:
        docs = work / "docs"
        manual, kernel = measure.pages(), measure.texts()
        pages = measure.copy(manual, docs / "html", 5_500_000)
        files = measure.copy(kernel, docs / "rst", 18_000_000)
        if count > 40_000:
            measure.copy(measure.files("python3.11-doc", "*.rst.txt"), docs / "s-python", 10_000_000)
            measure.copy(measure.files("perl-doc", "*.pod"), docs / "t-perl", 8_000_000)
            measure.copy(measure.files("git-doc", "*.txt"), docs / "u-git", 2_500_000)
            measure.copy(measure.files("cmake-doc", "*.rst.txt"), docs / "v-cmake", 2_000_000)
            measure.copy(manual[pages:], docs / "w-html", 9_000_000)
            measure.copy(kernel[files:], docs / "x-rst", 3_000_000)
        measure.java("ChunkTexts", "chunk", docs, cache, texts)
        out = measure.java("ChunkTexts", "vectors", texts, cache, os.cpu_count(), count, vectors).out
        check(out.strip() == f"vectors={count}", f"there are fewer chunks than {count}: {out}")
    return texts, vectors


def run(name, *arguments):
    return ran(name, *arguments, flags=FLAGS).out


def ran(name, *arguments, flags=()):
    run = measure.java(f"dev.ragd.store.leann.{name}", *arguments, flags=flags, bench_libraries=True)
    print(run.out, end="", flush=True)
    return run


def stores(home, vectors, texts, cache, count):
    """The same chunks in leann, faiss and chromadb, and questions to them by the command, in turn."""
    home.mkdir()
    (home / "cache").symlink_to(cache)
    arguments = (vectors, texts, cache, count, home)
    build = ran("LeannBench", "build", *arguments)
    check("build of" in build.out, "nothing was built")
    print(f"  memory of the build: peak {build.peak:.0f} MB, its own without mapped files {build.anon:.0f} MB", flush=True)
    ran("LeannBench", "faiss", *arguments)
    out = run("LeannBench", "search", *arguments, 100)
    check(re.search(r"recall@10 [01]\.", out), "no search was measured")
    check("update of" in ran("LeannBench", "update", *arguments).out, "nothing was updated")
    questions = spans(texts, count)
    with measure.Chroma() as chroma:
        migrated = measure.ragd(home, chroma.url, "migrate", "--from", "faiss", "--to", "chromadb")
        check("It is in use" in migrated.out, f"chromadb was not filled: {migrated.out}")
        for k in (3, 10):
            runs = {name: [] for name in ("leann", "faiss", "chromadb")}
            for turn, question in enumerate([questions[0], *questions]):
                for name in runs:
                    found = measure.ragd(home, chroma.url, "search", "--backend", name, "-k", k, question)
                    check(found.out.count("doc-") >= k, f"too little was found: {found.out}")
                    if turn > 0:
                        runs[name].append(found)
            beside = sorted(r.wall for r in runs["faiss"])
            for name, list_ in runs.items():
                walls = sorted(r.wall for r in list_)
                print(f"ragd search -k {k} --backend {name:9s} of {count}: p50 {middle(walls):.2f} s, p95 {late(walls):.2f} s,"
                      f" {late(walls) / late(beside):.2f} of faiss at p95;"
                      f" {statistics.median(r.own for r in list_):.2f} CPU-s", flush=True)


def middle(walls):
    return walls[len(walls) // 2]


def late(walls):
    return walls[len(walls) * 95 // 100]


def spans(file, count):
    """Spans of 4 to 14 words of chunks here and there."""
    chunks, chance = [], random.Random(3)
    with open(file, "rb") as f:
        for _ in range(count):
            chunks.append(f.read(struct.unpack(">i", f.read(4))[0]).decode())
    found = []
    while len(found) < QUESTIONS:
        words = re.findall(r"[A-Za-z][A-Za-z_'-]*", chance.choice(chunks))
        if len(words) >= 14:
            length = chance.randint(4, 14)
            at = chance.randint(0, len(words) - length)
            found.append(" ".join(words[at:at + length]))
    return found


# --- picture ---------------------------------------------------------------------------------------------------------

LOOKS = {  # colour, dashes
    "learned, within margins": ("#0550ae", ""),
    "learned": ("#54aeff", ""),
    "2 bits": ("#1a7f37", ""),
    "1 bit": ("#7a5c00", ""),
    "graph, 3 %": ("#ff8182", "6 3"),
    "graph, 10 %": ("#cf222e", "6 3"),
    "graph, 30 %": ("#8a4baf", "6 3"),
    "graph, all": ("#57606a", "6 3"),
}
WIDTH, HEIGHT, LEFT, TOP, TALL, BROAD = 560, 470, 60, 40, 330, 480
LEAST, FEWEST, MOST = 0.6, 3, 2000


def picture(curves):
    """An SVG of recall@10: a panel for each number of chunks, a curve for each method, one legend below."""
    rows = [line.split("\t") for line in curves.splitlines()]
    sizes = sorted({int(r[0]) for r in rows})
    width = WIDTH * len(sizes)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}"'
        ' font-family="DejaVu Sans, Verdana, Helvetica, Arial, sans-serif" font-size="12" fill="#1f2328">',
        "<title>recall@10 against embeddings that are made again</title>",
        f'<rect width="{width}" height="{HEIGHT}" fill="#ffffff"/>']
    for i, n in enumerate(sizes):
        parts.append(f'<g transform="translate({i * WIDTH} 0)">{panel(n, [r for r in rows if int(r[0]) == n])}</g>')
    parts += legend({r[1]: r[2] for r in rows if r[1] in LOOKS})
    return "\n".join(parts) + "\n</svg>\n"


def panel(n, rows):
    def x(count):
        return LEFT + math.log(count / FEWEST) / math.log(MOST / FEWEST) * BROAD

    def y(recall):
        return TOP + (1 - recall) / (1 - LEAST) * TALL

    parts = [f'<text x="{LEFT}" y="22" font-size="14" font-weight="bold">{n:,} chunks</text>']
    for tick in (5, 10, 20, 50, 100, 200, 500, 1000, 2000):
        parts.append(f'<line x1="{x(tick):.1f}" y1="{TOP}" x2="{x(tick):.1f}" y2="{TOP + TALL}" stroke="#d8dee4"/>'
                     f'<text x="{x(tick):.1f}" y="{TOP + TALL + 16}" text-anchor="middle" fill="#59636e">{tick}</text>')
    for tick in (0.6, 0.7, 0.8, 0.9, 0.95, 1.0):
        parts.append(f'<line x1="{LEFT}" y1="{y(tick):.1f}" x2="{LEFT + BROAD}" y2="{y(tick):.1f}" stroke="#d8dee4"/>'
                     f'<text x="{LEFT - 6}" y="{y(tick) + 4:.1f}" text-anchor="end" fill="#59636e">{tick:g}</text>')
    parts.append(f'<text x="{LEFT + BROAD / 2}" y="{TOP + TALL + 36}" text-anchor="middle">embeddings made again per search'
                 f'</text><text transform="translate(16 {TOP + TALL / 2}) rotate(-90)" text-anchor="middle">recall@10</text>')
    for method, (colour, dashes) in LOOKS.items():
        points = sorted((float(r[4]), float(r[5])) for r in rows if r[1] == method and r[3] == "10")
        inside = [(c, r) for c, r in points if r >= LEAST and FEWEST <= c <= MOST]
        path = " ".join(f"{x(c):.1f},{y(r):.1f}" for c, r in inside)
        parts.append(f'<polyline points="{path}" fill="none" {stroke(colour, dashes)}/>')
        parts += [f'<circle cx="{x(c):.1f}" cy="{y(r):.1f}" r="2.6" fill="{colour}"/>' for c, r in inside]
    return "\n".join(parts)


BY_BYTES = {  # method: legend, colour, dashes, and where the numbers are
    "bytes, learned": ("codes, learned, 16 to 96 bytes", "#0550ae", "", 'text-anchor="end"', (-7, 12)),
    "bytes, untrained": ("codes, untrained, 1, 2 and 4 bits", "#1a7f37", "", "", (6, -6)),
    "graph": ("graph: all that is seen embedded, 30 % of it, 10 %", "#cf222e", "6 3", "", (6, -6)),
}


def by_bytes(curves, n):
    """An SVG: bytes a chunk against embeddings that recall@10 0.95 takes, a curve for each family of methods."""
    rows = [line.split("\t") for line in curves.splitlines()]
    rows = [r for r in rows if int(r[0]) == n and r[3] == "10"]
    points = {"graph": [(int(size), needed) for name in ("graph, all", "graph, 30 %", "graph, 10 %")
                        for size in {r[2] for r in rows if r[1] == name}
                        for needed in [crossing(sorted((float(r[4]), float(r[5])) for r in rows if r[1] == name), 0.95)]
                        if needed]}
    for name in ("bytes, learned", "bytes, untrained"):
        points[name] = sorted((int(r[2]), float(r[4])) for r in rows if r[1] == name)

    def x(size):
        return LEFT + math.log(size / 12) / math.log(300 / 12) * BROAD

    def y(count):
        return TOP + (1 - math.log(count / 8) / math.log(MOST / 8)) * TALL

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        ' font-family="DejaVu Sans, Verdana, Helvetica, Arial, sans-serif" font-size="12" fill="#1f2328">',
        "<title>embeddings made again against bytes a chunk</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="22" font-size="14" font-weight="bold">recall@10 = 0.95 among {n:,} chunks</text>']
    for tick in (16, 24, 32, 48, 64, 96, 128, 200):
        parts.append(f'<line x1="{x(tick):.1f}" y1="{TOP}" x2="{x(tick):.1f}" y2="{TOP + TALL}" stroke="#d8dee4"/>'
                     f'<text x="{x(tick):.1f}" y="{TOP + TALL + 16}" text-anchor="middle" fill="#59636e">{tick}</text>')
    for tick in (10, 20, 50, 100, 200, 500, 1000, 2000):
        parts.append(f'<line x1="{LEFT}" y1="{y(tick):.1f}" x2="{LEFT + BROAD}" y2="{y(tick):.1f}" stroke="#d8dee4"/>'
                     f'<text x="{LEFT - 6}" y="{y(tick) + 4:.1f}" text-anchor="end" fill="#59636e">{tick}</text>')
    parts.append(f'<text x="{LEFT + BROAD / 2}" y="{TOP + TALL + 36}" text-anchor="middle">bytes a chunk</text>'
                 f'<text transform="translate(14 {TOP + TALL / 2}) rotate(-90)" text-anchor="middle">embeddings made again per'
                 ' search</text>')
    for i, (name, (label, colour, dashes, anchor, (dx, dy))) in enumerate(BY_BYTES.items()):
        line = f'stroke="{colour}" stroke-width="2"' + (f' stroke-dasharray="{dashes}"' if dashes else "")
        path = " ".join(f"{x(size):.1f},{y(count):.1f}" for size, count in points[name])
        parts.append(f'<polyline points="{path}" fill="none" {line}/>')
        parts += [f'<circle cx="{x(size):.1f}" cy="{y(count):.1f}" r="3" fill="{colour}"/>'
                  f'<text x="{x(size) + dx:.1f}" y="{y(count) + dy:.1f}" font-size="10" fill="{colour}" {anchor}>{count:.0f}</text>'
                  for size, count in points[name]]
        at = TOP + TALL + 54 + i * 17
        parts.append(f'<line x1="{LEFT}" y1="{at}" x2="{LEFT + 30}" y2="{at}" {line}/>'
                     f'<text x="{LEFT + 38}" y="{at + 4}">{label}</text>')
    return "\n".join(parts) + "\n</svg>\n"


def crossing(points, recall):
    """How many embeddings give a recall, between measured points; None when none do."""
    for (below, low), (above, high) in zip(points, points[1:]):
        if low < recall <= high:
            return below + (above - below) * (recall - low) / (high - low)
    return None


def legend(methods):
    for i, (method, size) in enumerate(m for m in methods.items()):
        x, y = 20 + i % 4 * 270, TOP + TALL + 62 + i // 4 * 22
        yield (f'<line x1="{x}" y1="{y}" x2="{x + 30}" y2="{y}" {stroke(*LOOKS[method])}/>'
               f'<text x="{x + 38}" y="{y + 4}">{"codes, " if "graph" not in method else ""}{method}, {size} bytes</text>')


def stroke(colour, dashes):
    return f'stroke="{colour}" stroke-width="2"' + (f' stroke-dasharray="{dashes}"' if dashes else "")


if __name__ == "__main__":
    measure.main(benchmark)
