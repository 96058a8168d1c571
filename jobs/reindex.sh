#!/bin/sh
# Runs the index job with the parameters of a file, for cron and timers.
#   jobs/reindex.sh jobs/reindex.properties
# Quiet when all is well. Exit codes are ragd's own: 3 = something was quarantined, 75 = another run is still working.
set -eu
file=${1:?usage: reindex.sh PARAMETERS}
here=$(cd "$(dirname "$0")/.." && pwd)
# cron's PATH is short; servers that ragd starts need node.
PATH="${PATH:-}:/usr/local/bin:/usr/bin:/bin"
export PATH
set --
while IFS= read -r line || [ -n "$line" ]; do
  case $line in
    '' | '#'*) ;;
    *=*) set -- "$@" "$line" ;;
    *) echo "reindex.sh: $file: expected name=value, found: $line" >&2; exit 2 ;;
  esac
done <"$file"
cd "$here"
exec "$here/ragd" --quiet --spring.batch.job.name=index "$@"
