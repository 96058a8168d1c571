#!/bin/sh
# Compiles FAISS's Java binding and puts it, with the libraries it needs, among the classes; called by the Maven build.
#
#   build.sh JAVA JAVACPP_JAR OPENBLAS_FOLDER CLASSES_FOLDER required|optional
#
# Nothing is compiled when nothing has changed: the result is kept in ${XDG_CACHE_HOME:-~/.cache}/ragd under a hash of all
# that went into it. Without the means (another platform, no g++, no FAISS) a note with the reason takes the binding's
# place, and ragd says it to who asks for FAISS: 'optional' builds so, 'required' fails. On another platform than
# linux-x86_64 there is nothing to require.
set -eu

java=$1
javacpp=$2
openblas=$3
classes=$4
need=$5
here=$(cd "$(dirname "$0")" && pwd)
preset=dev.ragd.faiss.Faiss
sources=$here/../java/dev/ragd/faiss
out=$classes/dev/ragd/faiss/linux-x86_64
note=$classes/dev/ragd/faiss/native.properties
cache=${XDG_CACHE_HOME:-$HOME/.cache}/ragd

without() {
  mkdir -p "$(dirname "$note")"
  rm -rf "$out"
  echo "reason=$1" >"$note"
  echo "*** ragd is built WITHOUT FAISS: $1" >&2
  if [ "$2" = required ]; then
    echo "*** Set this right, or build without it: -Dragd.native=optional" >&2
    exit 1
  fi
  exit 0
}

case $(uname -s)-$(uname -m) in
  Linux-x86_64) ;;
  *) without "its native library is built for linux-x86_64 only, not for $(uname -s)-$(uname -m)" optional ;;
esac
compiler=$(command -v "${CXX:-g++}" || true)
[ -n "$compiler" ] || without "there is no C++ compiler (${CXX:-g++}) on the machine that built it" "$need"
[ -f "$openblas/libopenblas.so.0" ] || without "OpenBLAS is missing in $openblas" "$need"

found=$("$here/fetch-faiss.sh") || without "the FAISS library was not found on the machine that built it" "$need"
include=$(echo "$found" | sed -n 1p)
library=$(echo "$found" | sed -n 2p)
origin=$(echo "$found" | sed -n 3p)

wraps=
for symbol in _ZN5faiss18fvec_inner_productEPKfS1_m _ZN5faiss10fvec_L2sqrEPKfS1_m _ZN5faiss15fvec_norm_L2sqrEPKfm \
  _ZN5faiss26fvec_inner_product_batch_4EPKfS1_S1_S1_S1_mRfS2_S2_S2_ \
  _ZN5faiss18fvec_L2sqr_batch_4EPKfS1_S1_S1_S1_mRfS2_S2_S2_; do
  wraps="$wraps -Wl,--wrap=$symbol"
done
compile="-std=c++17 -O3 -DNDEBUG -fPIC -fopenmp -fvisibility=hidden -ffp-contract=off -Wall -Wno-unused -Wno-uninitialized"
link="-shared -static-libstdc++ -Wl,--exclude-libs,ALL -Wl,--gc-sections -Wl,--no-undefined -Wl,-z,now -s"
gomp=$("$compiler" -print-file-name=libgomp.so.1)

key=$({
  cat "$here"/*.cpp "$here"/*.h "$here/build.sh" "$sources/Faiss.java" "$sources/FaissException.java"
  "$compiler" --version
  cksum <"$gomp"
  echo "$compile $link $(basename "$javacpp") $(cksum <"$library") $(cksum <"$openblas/libopenblas.so.0")"
} | sha256sum | cut -c1-16)
if [ -f "$note" ] && grep -q "^key=$key\$" "$note" && [ -f "$out/libjnifaiss.so" ]; then exit 0; fi

kept=$cache/native-$key
if [ ! -d "$kept" ]; then
  echo "faiss: compiling the binding for $origin" >&2
  mkdir -p "$cache"
  work=$(mktemp -d "$cache/build.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  mkdir "$work/lib"
  "$java" -jar "$javacpp" -classpath "$classes" -d "$work" -nocompile -properties linux-x86_64 "$preset" \
    >"$work/log" 2>&1 || { cat "$work/log" >&2; without "JavaCPP could not generate the binding" required; }
  jdk=$(dirname "$(dirname "$(readlink -f "$java")")")
  [ -f "$jdk/include/jni.h" ] || without "$jdk has no include/jni.h: a JDK is needed to build, not a JRE" "$need"
  ln -s "$openblas/libopenblas.so.0" "$work/libopenblas.so"
  # shellcheck disable=SC2086
  { "$compiler" $compile -I"$here" -I"$include" -I"$jdk/include" -I"$jdk/include/linux" -o "$work/lib/libjnifaiss.so" \
      "$work/jnijavacpp.cpp" "$work/jnifaiss.cpp" "$here/kernels.cpp" "$here/codes.cpp" "$here/measures.cpp" \
      "$here/rotation.cpp" "$here/graph.cpp" "$here/shims.cpp" \
      $link $wraps "$library" -L"$work" -lopenblas -Wl,-rpath-link,"$openblas" \
    && "$compiler" $compile -o "$work/lib/libragdenvironment.so" "$here/environment.cpp" -shared -s; } \
    || without "the binding does not compile, see above" required
  cp -L "$gomp" "$openblas/libopenblas.so.0" "$openblas/libgfortran.so.5" "$openblas/libquadmath.so.0" \
    "$openblas/libgcc_s.so.1" "$work/lib/"
  mv "$work/lib" "$kept" 2>/dev/null || [ -d "$kept" ]
fi

rm -rf "$out"
mkdir -p "$out"
cp "$kept"/* "$out/"
{
  printf 'key=%s\norigin=%s\n' "$key" "$origin"
  # Each file with its size in bytes: what is unpacked later is checked against it.
  (cd "$out" && wc -c -- *) | awk '$2 != "total" { print $2 "=" $1 }'
} >"$note"
