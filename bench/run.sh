#!/bin/sh
# bench/run.sh NAME...|all: builds ragd and its benchmarks, then runs them one after the other. See README.md.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd -P)
cd "$root"
names="embedder chroma search startup unchanged retrieval index-overhead memory ann local-store migrate leann soak kills"
usage() { echo "usage: bench/run.sh all | NAME...   with NAME one of: $names" >&2; exit 64; }
[ $# -gt 0 ] || usage
[ "$*" = all ] && set -- ${names% soak kills}
for name in "$@"; do case " $names " in *" $name "*) ;; *) usage ;; esac; done

# RAGD_BENCH_BUILD=no: what is in target/ is measured as it is.
if [ "${RAGD_BENCH_BUILD:-yes}" = yes ]; then
  ./mvnw -B -q -Pquick,bench -DskipTests package dependency:build-classpath -Dmdep.outputFile=target/bench.cp
fi

failed=
for name in "$@"; do
  echo "== $name, $(date -u '+%F %H:%M') UTC, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) processors, load$(cut -d' ' -f1 /proc/loadavg | sed 's/^/ /')"
  python3 "bench/$(echo "$name" | tr - _).py" || { failed="$failed $name"; echo "$name: broken measurement" >&2; }
done
[ -z "$failed" ] || { echo "broken:$failed" >&2; exit 1; }
