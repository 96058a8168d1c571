#!/bin/sh
# Runs ragd where nobody looks: from cron, from a systemd timer.
#
#   run.sh index /home/you/Documents         any command of ragd
#   run.sh /path/to/reindex.properties       a job with the parameters of a file, one name=value a line
#
# Needs no terminal, no locale, no HOME, and no more of a PATH than cron gives. Says nothing when all is well; what is not is
# printed, for cron to mail or the journal to keep, or mailed by itself to RAGD_MAILTO. All that a run says is in
# HOME_OF_RAGD/logs/scheduled.log. Ends with ragd's own exit code:
#
#   0 done    3 done, but something was quarantined: told every time    75 another run is still working: told every tenth time
#   in a row    others: told
set -u

here=$(cd "$(dirname "$0")/.." && pwd -P) || exit 1
PATH=${PATH:+$PATH:}/usr/local/bin:/usr/bin:/bin
[ -n "${HOME:-}" ] || HOME=$(getent passwd "$(id -u)" | cut -d: -f6)
mailto=${RAGD_MAILTO:-}
unset RAGD_MAILTO
export PATH HOME

usage() { echo "run.sh: $*" >&2; exit 2; }

ragd=
for program in "$here/ragd" "$here/bin/ragd"; do
  if [ -f "$program" ] && [ -x "$program" ]; then ragd=$program; break; fi
done
[ -n "$ragd" ] || usage "there is no ragd beside it: neither $here/ragd nor $here/bin/ragd"
[ $# -gt 0 ] || usage "what is to be run? A command of ragd, or a file of parameters: run.sh jobs/reindex.properties"

what="ragd $*"
case $1 in
  *.properties)
    [ $# -eq 1 ] || usage "expected nothing after the file of parameters, found: $2"
    file=$1
    [ -r "$file" ] || usage "$file cannot be read"
    case $file in /*) ;; *) file=$(pwd)/$file ;; esac
    set --
    job=
    return=$(printf '\r') # a file that was written on Windows
    while IFS= read -r line || [ -n "$line" ]; do
      line=${line%"$return"}
      case $line in
        '' | '#'*) ;;
        spring.batch.job.name=?*) job=${line#*=}; set -- "$@" "--$line" ;;
        ?*=*) set -- "$@" "$line" ;;
        *) usage "$file: expected name=value, found: $line" ;;
      esac
    done <"$file"
    [ -n "$job" ] || usage "$file: the job is missing; expected a line spring.batch.job.name=index, or migrate"
    cd "$here" || exit 1 ;; # where relative paths in such a file begin
esac

# The home: where the log goes.
home=${RAGD_HOME:-$HOME/.ragd}
before=
for word in "$@"; do
  case $before in --home) home=$word ;; esac
  case $word in --home=* | home=*) home=${word#*=} ;; esac
  before=$word
done
logs=$home/logs
log=$logs/scheduled.log
busy=$logs/scheduled.busy

# note LINE... : a line of the log; a log that cannot be written stops nobody.
note() { (umask 077; mkdir -p "$logs" && echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) $*" >>"$log") 2>/dev/null || true; }

if [ -n "$(find "$log" -size +1024k 2>/dev/null)" ]; then mv -f "$log" "$log.1"; fi
note "start $$: $what"

# A file without a name: nothing is left of it, whatever happens to this process.
said=$(mktemp) || { note "end $$: exit code 1, for there is no room for temporary files"; exit 1; }
exec 3>"$said" 4<"$said"
rm -f "$said"
"$ragd" --quiet "$@" </dev/null >&3 2>&3 4<&- &
child=$!
trap 'kill -TERM $child 2>/dev/null' TERM INT HUP
wait $child
code=$?
# A signal ends 'wait', not the run: that stops at its next commit.
while kill -0 $child 2>/dev/null; do wait $child; code=$?; done
trap - TERM INT HUP
output=$(cat <&4)

if [ -n "$output" ]; then
  (umask 077; printf '%s\n' "$output" | sed 's/^/  /' >>"$log") 2>/dev/null || true
fi
note "end $$: exit code $code"

tell=
case $code in
  0) [ -z "$output" ] || tell="done, with remarks" ;;
  2) tell="the command or the configuration is wrong; it will not get better by itself" ;;
  3) tell="done, but something was quarantined or rejected; it is tried again by the next run" ;;
  4) tell="verification failed" ;;
  5) tell="refused, to protect data; it needs a decision" ;;
  75)
    echo "$$" >>"$busy" 2>/dev/null
    times=$(wc -l <"$busy" 2>/dev/null || echo 1)
    if [ $((times % 10)) -eq 0 ]; then
      tell="refused $((times)) times in a row, because another run still works; see: ragd jobs show"
    fi ;;
  130 | 143) tell="stopped; the next run goes on where it was" ;;
  137) tell="killed; the next run goes on where it was" ;;
  *) tell="failed; the next run goes on where it was" ;;
esac
[ "$code" -eq 75 ] || rm -f "$busy"
[ -n "$tell" ] || exit "$code"

message() {
  printf '%s\n' "$what" "exit code $code: $tell" "$output" "" "All that runs said: $log"
}
if [ -n "$mailto" ]; then
  sendmail=$(PATH=$PATH:/usr/sbin:/usr/lib command -v sendmail || true)
  if [ -n "$sendmail" ] && {
    printf 'To: %s\nSubject: ragd on %s: exit code %s\nContent-Type: text/plain; charset=UTF-8\n' \
      "$mailto" "$(uname -n)" "$code"
    printf 'Content-Transfer-Encoding: 8bit\n\n'
    message
  } | "$sendmail" -i -t; then
    note "mailed to $mailto"
    exit "$code"
  fi
  echo "run.sh: this could not be mailed to $mailto: ${sendmail:-there is no sendmail}${sendmail:+ failed}"
fi
message
exit "$code"
