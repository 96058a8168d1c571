"""nDCG@10 on CISI through ragd's search, against exact search over the same vectors. RAGD_BENCH_CISI names the folder with
CISI.ALL, CISI.QRY and CISI.REL; it is a public test collection and no part of this project."""

import os
import pathlib
import shutil

import measure
from measure import Broken, Chroma, check, java, ragd


def benchmark():
    cisi = os.environ.get("RAGD_BENCH_CISI")
    if not cisi or not (pathlib.Path(cisi) / "CISI.ALL").is_file():
        raise Broken("set RAGD_BENCH_CISI to a folder that holds CISI.ALL, CISI.QRY and CISI.REL")
    work = measure.folder("retrieval")
    docs, home = work / "docs", work / "home"
    try:
        written = java("Retrieval", "write", cisi, docs)
        with Chroma() as chroma:
            ragd(home, chroma.url, "index", docs)
            score = java("Retrieval", "score", cisi, chroma.url, home).out
        values = dict(word.split("=") for word in (written.out + " " + score).split())
        check(int(values["documents"]) == 1460 and int(values["judged"]) == 76, f"another collection: {values}")
        ragd_, exact = float(values["ragd"]), float(values["exact"])
        print(f"{values['documents']} documents, {values['chunks']} chunks, {values['queries']} queries,"
              f" {values['judged']} of them judged")
        print(f"nDCG@10 ragd search {ragd_:.4f}, exact search {exact:.4f}: difference {ragd_ - exact:+.4f}"
              f" (target within 0.005); same documents among the ten: {float(values['overlap']):.4f}")
    finally:
        shutil.rmtree(work, ignore_errors=True)


measure.main(benchmark)
