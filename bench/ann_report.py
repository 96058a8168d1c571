"""The numbers of the benchmark "ann" as a table and a picture.

The folder of results holds a JSON file for each kind of data; README.md and recall-speed.svg are drawn from all of them:
`python3 bench/ann_report.py docs/ann` draws them anew.
"""

import json
import math
import os
import pathlib
import platform
import re
import subprocess
import sys
import time
from xml.sax.saxutils import escape

RECALLS = (0.95, 0.99)


# --- numbers ---------------------------------------------------------------------------------------------------------


def result(data, engines, runs, others, seconds):
    """What one measurement of one kind of data gave."""
    return {
        "data": data.name, "description": data.describe(), "vectors": data.count,
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), "seconds": round(seconds),
        "others": round(others, 2), "machine": machine(),
        "engines": [{"name": e.name, "label": e.label, "peer": e.peer, "runs": [r for r in runs if r["engine"] == e.name]}
                    for e in engines],
    }


def machine():
    text = subprocess.run(["lscpu"], stdout=subprocess.PIPE, text=True, env={**os.environ, "LC_ALL": "C"}).stdout
    facts = dict(re.findall(r"^([^:]+):\s+(.*)$", text, re.M))
    flags = facts.get("Flags", "").split()
    simd = next((name for name in ("avx512f", "avx2", "avx", "sse2") if name in flags), "no SIMD known")
    memory = re.search(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text())
    return (f"{facts.get('Model name', platform.machine())} (family {facts.get('CPU family')}, model {facts.get('Model')}),"
            f" {os.cpu_count()} processors, {simd}, L2 {facts.get('L2 cache')}, L3 {facts.get('L3 cache')},"
            f" {int(memory[1]) / 1e6:.0f} GB, Linux {platform.release()}, {facts.get('Hypervisor vendor') or 'no'} hypervisor")


def at(points, recall, key):
    """A value at a recall that lies between two points: straight lines of the logarithm over log(1 - recall)."""
    points = sorted((p for p in points if key in p), key=lambda p: p["recall"])
    below = [p for p in points if p["recall"] < recall]
    above = [p for p in points if p["recall"] >= recall]
    if not above:
        return None
    # The best of those that are no worse: an engine whose recall is high at its smallest width is not made faster.
    high = best(above, key)
    if not below:
        return high[key]
    low = below[-1]
    share = (depth(recall) - depth(low["recall"])) / (depth(high["recall"]) - depth(low["recall"]))
    return math.exp(math.log(low[key]) + share * (math.log(high[key]) - math.log(low[key])))


def best(points, key):
    return (min if key.startswith("cpu") else max)(points, key=lambda p: p[key])


def depth(recall):
    """How far right a recall stands: 1 for 0.9, 2 for 0.99."""
    return -math.log10(max(1 - recall, 5e-4))


def tuned(engine, recall):
    """(CPU seconds per query, run) with the number of links that is fastest at a recall; None when it is not reached."""
    reached = [(cpu, run["m"], run) for run in engine["runs"] if (cpu := at(run["points"], recall, "cpu1"))]
    if not reached:
        return None
    cpu, _, run = min(reached, key=lambda r: r[:2])
    return cpu, run


def frontier(engine):
    """The points of all runs that no other of the same engine beats in both recall and speed, by recall."""
    points = [p for run in engine["runs"] for p in run["points"] if "cpu1" in p]
    keep, fastest = [], math.inf
    for point in sorted(points, key=lambda p: (-p["recall"], p["cpu1"])):
        if point["cpu1"] < fastest:
            keep.append(point)
            fastest = point["cpu1"]
    return keep[::-1]


# --- table -----------------------------------------------------------------------------------------------------------


def table(result):
    """A table in Markdown for each recall."""
    lines = []
    for recall in RECALLS:
        rows = [(engine, *found) for engine in result["engines"] if (found := tuned(engine, recall))]
        peers = [cpu for engine, cpu, _ in rows if engine["peer"]]
        lines += [
            f"Recall@10 = {recall}:", "",
            "| Engine | M | Queries per CPU-second, one thread | To the best peer | Queries per second, one thread"
            " | All processors | There per CPU-second | Build, CPU-seconds | Bytes a vector |",
            "|---|---|---|---|---|---|---|---|---|"]
        for engine, cpu, run in sorted(rows, key=lambda row: row[1]):
            ratio = f"{min(peers) / cpu:.2f}" if peers else ""
            every = at(run["points"], recall, "cpuall")
            numbers = (at(run["points"], recall, "qps1"), at(run["points"], recall, "qpsall"), every and 1 / every)
            cells = [engine["label"] if engine["peer"] else f"**{engine['label']}**", run["m"] or "", f"{1 / cpu:,.0f}", ratio,
                     *(f"{n:,.0f}" if n else "" for n in numbers), f"{run['build_cpu']:.1f}", f"{run['bytes']:,.0f}"]
            lines.append("| " + " | ".join(map(str, cells)) + " |")
        missed = [e["label"] for e in result["engines"] if not tuned(e, recall)]
        lines += (["", f"Not reached by: {', '.join(missed)}."] if missed else []) + [""]
    return "\n".join(lines)


def write(folder, result):
    """Adds a result to the folder and draws everything in it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{result['data']}.json").write_text(json.dumps(result, indent=1) + "\n")
    draw(folder)


def draw(folder):
    results = sorted((json.loads(f.read_text()) for f in folder.glob("*.json")), key=lambda r: (r["data"] == "docs", r["vectors"]))
    (folder / "recall-speed.svg").write_text(picture(results))
    text = """# Recall against speed

Drawn by `bench/run.sh ann` from the JSON files beside it; `bench/README.md` says how it measures.

![Queries per CPU-second against recall, one curve an engine](recall-speed.svg)

A curve joins the best points of all numbers of links (M). Each table takes for every engine the M that is fastest at that recall;
its speed there is interpolated between measured points. Peers give ids and scores. A build's CPU time is that of all threads.
"""
    for r in results:
        text += (f"\n## {r['description'][0].upper()}{r['description'][1:]}\n\n{r['date']}; {r['machine']}. Other work took"
                 f" {r['others']:.2f} processors meanwhile.\n\n{table(r)}")
    (folder / "README.md").write_text(text.rstrip() + "\n")


# --- picture ---------------------------------------------------------------------------------------------------------

INK, SOFT, GRID = "#1f2328", "#59636e", "#d8dee4"
LOOKS = {  # colour, marker, dashes: told apart without colours too; ragd's own are full lines
    "hnswlib": ("#7a5c00", "square", "7 4"),
    "lucene10": ("#57606a", "triangle", "7 4"),
    "jvector": ("#8a4baf", "diamond", "7 4"),
    "faiss": ("#0550ae", "circle", ""),
    "faiss-hnsw": ("#1a7f37", "circle", ""),
    "faiss-hnsw-texts": ("#4ac26b", "square", ""),
    "faiss-flat": ("#bc4c00", "circle", ""),
    "faiss-flat-texts": ("#e8893a", "square", ""),
    "lucene": ("#cf222e", "triangle", ""),
    "lucene-texts": ("#ff8182", "square", ""),
}
OTHER = ("#000000", "circle", "2 3")
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 560, 430, 66, 18, 44, 50
TICKS_X = (0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1.0)
LEAST = 0.9


def picture(results):
    """An SVG: a panel for each kind of data, one legend below."""
    engines = {e["name"]: e for r in results for e in r["engines"] if frontier(e)}
    width = WIDTH * len(results)
    columns = max(1, width // 280)
    column = width // columns
    height = HEIGHT + 24 * -(-len(engines) // columns) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' font-family="DejaVu Sans, Verdana, Helvetica, Arial, sans-serif" font-size="12" fill="{INK}">',
        "<title>Queries per CPU-second against recall@10</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>']
    speeds = [1 / p["cpu1"] for r in results for e in r["engines"] for p in frontier(e) if p["recall"] >= LEAST]
    low, high = nice(min(speeds), math.floor), nice(max(speeds), math.ceil)
    for i, r in enumerate(results):
        parts.append(f'<g transform="translate({i * WIDTH} 0)">{panel(r, low, high)}</g>')
    for i, engine in enumerate(engines.values()):
        x, y = 20 + i % columns * column, HEIGHT + 24 + i // columns * 24
        colour, shape, dashes = LOOKS.get(engine["name"], OTHER)
        parts.append(f'<line x1="{x}" y1="{y}" x2="{x + 34}" y2="{y}" {stroke(colour, dashes, engine["peer"])}/>'
                     f'{marker(shape, x + 17, y, colour)}<text x="{x + 44}" y="{y + 4}">{escape(engine["label"])}</text>')
    return "\n".join(parts) + "\n</svg>\n"


def nice(value, rounding):
    """The next power of ten, or twice or five times one, below or above."""
    steps = [m * 10 ** e for e in range(-1, 8) for m in (1, 2, 5)]
    return max(s for s in steps if s <= value) if rounding is math.floor else min(s for s in steps if s >= value)


def panel(result, low, high):
    inner, tall = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(recall):
        return LEFT + (depth(recall) - depth(LEAST)) / (depth(1) - depth(LEAST)) * inner

    def y(speed):
        return TOP + (math.log(high) - math.log(speed)) / (math.log(high) - math.log(low)) * tall

    parts = [f'<text x="{LEFT}" y="22" font-size="14" font-weight="bold">{escape(result["description"])}</text>']
    for tick in (t for t in TICKS_X if t >= LEAST):
        parts.append(f'<line x1="{x(tick):.1f}" y1="{TOP}" x2="{x(tick):.1f}" y2="{TOP + tall}" stroke="{GRID}"/>'
                     f'<text x="{x(tick):.1f}" y="{TOP + tall + 18}" text-anchor="middle" fill="{SOFT}">{tick:g}</text>')
    for tick in (m * 10 ** e for e in range(-1, 8) for m in (1, 2, 5)):
        if low <= tick <= high:
            parts.append(f'<line x1="{LEFT}" y1="{y(tick):.1f}" x2="{LEFT + inner}" y2="{y(tick):.1f}" stroke="{GRID}"/>'
                         f'<text x="{LEFT - 8}" y="{y(tick) + 4:.1f}" text-anchor="end" fill="{SOFT}">{tick:,g}</text>')
    parts.append(f'<rect x="{LEFT}" y="{TOP}" width="{inner}" height="{tall}" fill="none" stroke="{SOFT}"/>'
                 f'<text x="{LEFT + inner / 2}" y="{HEIGHT - 10}" text-anchor="middle">recall@10</text>'
                 f'<text transform="translate(14 {TOP + tall / 2}) rotate(-90)" text-anchor="middle">queries per CPU-second,'
                 ' one thread</text>')
    for engine in result["engines"]:
        colour, shape, dashes = LOOKS.get(engine["name"], OTHER)
        points = [(x(p["recall"]), y(1 / p["cpu1"])) for p in entering(frontier(engine))]
        if points:
            path = " ".join(f"{px:.1f},{py:.1f}" for px, py in points)
            parts.append(f'<polyline points="{path}" fill="none" {stroke(colour, dashes, engine["peer"])}/>')
            parts += [marker(shape, px, py, colour) for px, py in points]
    return "\n".join(parts)


def entering(points):
    """Those from the left edge on; the first may be one that is computed on the edge."""
    inside = [p for p in points if p["recall"] >= LEAST]
    if len(inside) < len(points) and inside:
        inside.insert(0, {"recall": LEAST, "cpu1": at(points, LEAST, "cpu1")})
    return inside


def stroke(colour, dashes, peer):
    return f'stroke="{colour}" stroke-width="{1.6 if peer else 2.4}"' + (f' stroke-dasharray="{dashes}"' if dashes else "")


def marker(shape, x, y, colour):
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.6" fill="{colour}"/>'
    corners = {"square": ((-3.3, -3.3), (3.3, -3.3), (3.3, 3.3), (-3.3, 3.3)),
               "triangle": ((0, -4.4), (4.2, 3.4), (-4.2, 3.4)),
               "diamond": ((0, -4.8), (4.8, 0), (0, 4.8), (-4.8, 0))}[shape]
    return f'<polygon points="{" ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in corners)}" fill="{colour}"/>'


if __name__ == "__main__":
    draw(pathlib.Path(sys.argv[1]))
