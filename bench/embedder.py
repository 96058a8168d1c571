"""Embeddings per CPU-second: ragd's int8 path against langchain4j's on the same model file and runtime, alternating. Once
compiled as ragd's launcher has Java do it (first stage only), once as Java does it by itself; the second counts the
compiler's own time on both sides, of which the side with more Java code has more."""

import measure
from measure import check, java


def benchmark():
    sources = measure.package("linux-doc-6.1") / "usr/share/doc/linux-doc-6.1/html/_sources/admin-guide"
    for name, level in (("as ragd is launched", 1), ("as Java is by default", 4)):
        out = java("EmbedderBench", sources, bench_libraries=True, flags=[f"-XX:TieredStopAtLevel={level}"]).out
        check("ratio" in out, out)
        print(f"{name}:\n{out.rstrip()}", flush=True)
    print("(target: ratio >= 1.6 where both read the whole text, which langchain4j as delivered does up to 126 tokens)")


measure.main(benchmark)
