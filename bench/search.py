"""From start to answer: `ragd search` against the least that answers a question by a model: a virtual machine, the model,
one embedding of the same question. On a warm machine, alternating; the server is there already (and once more with the
server that ragd starts and stops itself); beside it the local stores."""

import re
import shutil
import statistics

import measure
from measure import Chroma, check, java, ragd

ROUNDS = 7
QUESTION = "how is a memory barrier used between two processors"


def benchmark():
    work = measure.folder("search")
    docs, home, own = work / "docs", work / "home", work / "own"
    measure.copy(measure.texts(), docs, 400_000)
    own.mkdir()
    (own / "chroma").symlink_to(measure.chroma_programs())
    try:
        with Chroma() as chroma:
            ragd(home, chroma.url, "index", docs, ok=(0, 3))
            ragd(own, None, "index", docs, ok=(0, 3))
            local = {name: ("--set", f"storage.backend={name}") for name in ("faiss", "lucene")}
            for name, backend in local.items():
                ragd(work / name, None, "index", *backend, docs, ok=(0, 3))
            ways = {
                "virtual machine": lambda: java("QueryAlone"),
                "machine, model, embedding": lambda: java("QueryAlone", home / "cache", QUESTION),
                "the same, as ragd search is started": lambda: java(
                    "QueryAlone", home / "cache", QUESTION, jar="commands.jar"),
                "ragd search": lambda: ragd(home, chroma.url, "search", QUESTION),
                "ragd search, managed server": lambda: ragd(own, None, "search", QUESTION),
                **{f"ragd search, {name}": lambda name=name, backend=backend: ragd(
                    work / name, None, "search", *backend, QUESTION) for name, backend in local.items()},
            }
            runs = {name: [] for name in ways}
            for turn in range(-1, ROUNDS):
                for name, way in ways.items():
                    run = way()
                    if turn >= 0:
                        runs[name].append(run)
            classes = work / "classes"
            hits = ragd(home, chroma.url, "search", QUESTION,
                        env={"RAGD_JAVA_OPTS": f"-Xlog:class+load:file={classes}:none"})
        names = classes.read_text()
        check(len(hits.out.splitlines()) >= 10, f"the search found nothing: {hits.out}")
        check("dev.ragd.ops.SearchService" in names, "the class log does not show the search")
        spring = re.findall(r"^org\.springframework\.\S+", names, re.M)
        own_cpu = {name: statistics.median(r.own for r in list_) for name, list_ in runs.items()}
        for name, list_ in runs.items():
            print(f"{name + ':':38s}{own_cpu[name]:6.2f} CPU-s, {statistics.median(r.wall for r in list_):5.2f} s wall"
                  f"  {[round(r.own, 2) for r in list_]}"
                  + (f"; server {statistics.median(r.children for r in list_):.2f} CPU-s" if "managed" in name else ""))
        print(f"ratio ragd search / (machine, model, embedding): "
              f"{own_cpu['ragd search'] / own_cpu['machine, model, embedding']:.2f} (target <= 1.5)")
        print(f"the same beside machine, model and embedding with the class path and archive of a search: "
              f"{own_cpu['ragd search'] / own_cpu['the same, as ragd search is started']:.2f}")
        print(f"Spring classes loaded: {len(spring)} (target 0); classes loaded: {len(names.splitlines())}, of which "
              f"{names.count('shared objects file')} from the archive")
    finally:
        shutil.rmtree(work, ignore_errors=True)


measure.main(benchmark)
