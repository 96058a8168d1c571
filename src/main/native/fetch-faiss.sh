#!/bin/sh
# Finds FAISS and prints three lines: the folder of its headers, its library file, what it is.
#
#   FAISS_HOME          a FAISS of one's own: include/faiss/Index.h and lib*/libfaiss.a (or .so)
#   otherwise           Debian's static library, pinned by its SHA-256, fetched by the machine's own apt without root
#   otherwise           an installed one, 1.9 or newer
#
# What is fetched stays in ${XDG_CACHE_HOME:-~/.cache}/ragd, where 'clean' does not reach.
set -eu

PINNED=1.11.0-3
SUITE=trixie
SHA256=fe49d58e8449eedb4d33d42bf0235f6d2944ac5bd606efb3a70861685eee1839

cache=${XDG_CACHE_HOME:-$HOME/.cache}/ragd
say() { echo "faiss: $*" >&2; }

# version_of INCLUDE_FOLDER : 1.11.0
version_of() {
  sed -n 's/^#define FAISS_VERSION_\(MAJOR\|MINOR\|PATCH\) \([0-9]*\).*/\2/p' "$1/faiss/Index.h" | paste -sd. -
}

# offer INCLUDE_FOLDER LIBRARY ORIGIN : prints the answer when that FAISS is there and new enough
offer() {
  [ -f "$1/faiss/Index.h" ] && [ -f "$2" ] || return 1
  version=$(version_of "$1")
  minor=${version#*.}
  if [ "${version%%.*}" -lt 1 ] || [ "${minor%%.*}" -lt 9 ]; then
    say "$3 is FAISS $version; 1.9 or newer is needed"
    return 1
  fi
  printf '%s\n%s\n%s\n' "$1" "$2" "FAISS $version, $3"
}

# offer_under PREFIX ORIGIN : the same for a usual tree; a static library first, it makes the jar self-contained
offer_under() {
  for library in "$1"/lib/x86_64-linux-gnu/libfaiss.a "$1"/lib64/libfaiss.a "$1"/lib/libfaiss.a \
    "$1"/lib/x86_64-linux-gnu/libfaiss.so "$1"/lib64/libfaiss.so "$1"/lib/libfaiss.so; do
    if offer "$1/include" "$library" "$2"; then return 0; fi
  done
  return 1
}

checked() { [ "$(sha256sum "$1" | cut -d' ' -f1)" = "$SHA256" ]; }

# Leaves Debian's library unpacked in $tree.
fetch() {
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || { say "there is no apt-get here"; return 1; }
  mkdir -p "$cache"
  work=$(mktemp -d "$cache/fetch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  site=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | grep -E '/debian/?$' | sort -u | head -n 1)
  [ -n "$site" ] || { say "apt knows no Debian archive"; return 1; }
  mkdir -p "$work/lists/partial" "$work/archives/partial"
  # Signatures are checked where Debian's keys are; what counts is the pinned SHA-256 below.
  trust=trusted=yes
  keys=/usr/share/keyrings/debian-archive-keyring.gpg
  if [ -f "$keys" ]; then trust=signed-by=$keys; fi
  echo "deb [arch=amd64 $trust] $site $SUITE main" >"$work/sources.list"
  apt="apt-get -qq -o Dir::Etc::sourcelist=$work/sources.list -o Dir::Etc::sourceparts=/dev/null
    -o Dir::State::lists=$work/lists -o Dir::Cache=$work -o APT::Architecture=amd64 -o APT::Architectures=amd64
    -o APT::Sandbox::User= -o Acquire::Languages=none -o Acquire::Retries=3"
  say "fetching libfaiss-dev $PINNED"
  # shellcheck disable=SC2086
  (cd "$work" && $apt update && $apt download "libfaiss-dev=$PINNED") >&2 || return 1
  for deb in "$work"/libfaiss-dev_*.deb; do
    checked "$deb" || { say "$deb is not the pinned file: SHA-256 $(sha256sum "$deb" | cut -d' ' -f1), expected $SHA256"; return 1; }
    dpkg-deb -x "$deb" "$work/tree"
  done
  # Whole or not at all; another build may have been faster.
  mv "$work/tree" "$tree" 2>/dev/null || [ -d "$tree" ]
}

if [ -n "${FAISS_HOME:-}" ]; then
  offer_under "$FAISS_HOME" "from FAISS_HOME" && exit 0
  say "FAISS_HOME=$FAISS_HOME holds no usable FAISS: include/faiss/Index.h and lib/libfaiss.a are expected"
  exit 1
fi
tree=$cache/libfaiss-dev-$PINNED-$(echo "$SHA256" | cut -c1-12)
if [ -d "$tree" ] || fetch; then
  offer_under "$tree/usr" "Debian $PINNED" && exit 0
fi
offer_under /usr "installed" && exit 0
offer_under /usr/local "installed" && exit 0
say "no FAISS: Debian's libfaiss-dev $PINNED could not be fetched, none of 1.9 or newer is installed, FAISS_HOME is not set"
exit 1
