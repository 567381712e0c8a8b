#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Installs the Debian packages that building and testing need. Does nothing
# when all of them are there; asks apt only for the missing ones.
set -euo pipefail
export LC_ALL=C.UTF-8

packages=(
  # compiler, linker, LLVM and MLIR 22
  clang-22 lld-22 clang-format-22 libclang-rt-22-dev
  llvm-22-dev llvm-22-tools libmlir-22-dev mlir-22-tools
  # what LLVM's CMake files look for
  libzstd-dev libcurl4-openssl-dev libedit-dev zlib1g-dev libxml2-dev
  # build
  cmake ninja-build ccache git
  # file formats and operator library
  libprotobuf-dev protobuf-compiler libonnx-dev libzip-dev libdnnl-dev
  # tests and benchmarks
  libgtest-dev libbenchmark-dev python3 python3-numpy libonnx-testdata
)

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  echo "setup: all ${#packages[@]} packages are installed"
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "setup: these packages are missing, and installing them needs root or sudo: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Runs apt-get quietly; shows what it said only when it fails.
run_apt() {
  if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get "$@" >"$log" 2>&1; then
    cat "$log" >&2
    echo "setup: apt-get $1 failed" >&2
    exit 1
  fi
}

echo "setup: installing ${#missing[@]} packages: ${missing[*]}"
run_apt update

unknown=()
for package in "${missing[@]}"; do
  candidate=$(apt-cache policy "$package" | sed -n 's/^  Candidate: //p')
  if [ -z "$candidate" ] || [ "$candidate" = "(none)" ]; then
    unknown+=("$package")
  fi
done
if [ ${#unknown[@]} -ne 0 ]; then
  echo "setup: the package archive configured on this machine does not offer: ${unknown[*]}" >&2
  echo "setup: LLVM 22 comes with Debian 12 when its 'bookworm' and 'bookworm-security' suites are both configured" >&2
  exit 1
fi

run_apt install -y --no-install-recommends "${missing[@]}"
echo "setup: done"
