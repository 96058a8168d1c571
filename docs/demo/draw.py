#!/usr/bin/env python3
"""Draws docs/demo/demo.svg: a terminal with what ragd really says.

    python3 docs/demo/draw.py          after ./mvnw package; Python 3 alone

The commands run in a home of their own, in a copy of sample-docs. Nothing of what they print is changed but the name of that
temporary folder.
"""
import os
import shutil
import subprocess
import tempfile
from html import escape
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
COMMANDS = [
    ["index", "sample-docs"],
    ["search", "how do I restore from a backup", "-k", "2"],
    ["migrate", "--from", "faiss", "--to", "lucene", "--activate"],
    ["search", "where do card catalogues come from", "-k", "1", "--mode", "hybrid"],
]
COLUMNS, CHARACTER, LINE, MARGIN, BAR = 112, 7.25, 17, 16, 30


def shown(argument):
    return '"%s"' % argument if " " in argument else argument


def record():
    """Lines with their kind: what is typed, what is answered on stdout or stderr, and what the shell says of the exit code."""
    folder = Path(tempfile.mkdtemp())
    try:
        shutil.copytree(ROOT / "sample-docs", folder / "sample-docs")
        environment = dict(os.environ, RAGD_HOME=str(folder / ".ragd"), RAGD_STORAGE_BACKEND="faiss",
                           RAGD_JAVA_OPTS="-Dragd.columns=%d" % COLUMNS)
        for command in COMMANDS:
            yield "typed", "$ ragd " + " ".join(map(shown, command))
            run = subprocess.run([str(ROOT / "ragd")] + command, cwd=folder, env=environment, text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            for line in run.stdout.replace(str(folder.resolve()), "~").splitlines():
                yield "answer", line
            if run.returncode:
                yield "code", "(exit code %d)" % run.returncode
            yield "answer", ""
    finally:
        shutil.rmtree(folder)


def folded(lines):
    for kind, text in lines:
        while len(text) > COLUMNS: # as a terminal would, but at a blank
            end = text.rfind(" ", 0, COLUMNS)
            yield kind, text[:end]
            text = text[end + 1:]
        yield kind, text


def draw(lines):
    while lines and not lines[-1][1]:
        lines.pop()
    width = round(2 * MARGIN + COLUMNS * CHARACTER)
    height = BAR + len(lines) * LINE + 2 * MARGIN
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img">' % (
            width, height, width, height),
        "<title>ragd in a terminal</title>",
        "<style>text { font: 12px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; white-space: pre }"
        " .answer { fill: #d0d5dd } .typed { fill: #7ee2a8; font-weight: bold } .code { fill: #f2b86b }</style>",
        '<rect width="%d" height="%d" rx="8" fill="#171b22"/>' % (width, height),
    ]
    for i, colour in enumerate(("#ed6a5e", "#f4bf4f", "#61c554")):
        parts.append('<circle cx="%d" cy="%d" r="5" fill="%s"/>' % (MARGIN + 5 + 18 * i, BAR / 2 + 3, colour))
    for i, (kind, text) in enumerate(lines):
        if text:
            # The length is given, so that it fits whatever font there is.
            parts.append('<text class="%s" x="%d" y="%d" textLength="%.1f" xml:space="preserve">%s</text>' % (
                kind, MARGIN, BAR + MARGIN + LINE * i + 6, len(text) * CHARACTER, escape(text)))
    return "\n".join(parts + ["</svg>", ""])


if __name__ == "__main__":
    (HERE / "demo.svg").write_text(draw(list(folded(record()))), encoding="utf-8")
