#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Configures and builds one preset of CMakePresets.json (default: release) in
# build/<preset>.
#
#   scripts/build.sh [release|dev|asan] [ninja arguments]
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8

preset=release
if [ $# -gt 0 ]; then
  preset=$1
  shift
fi
# A configured directory needs no second configure: ninja redoes it when an
# input of it changed.
if [ ! -f "build/$preset/build.ninja" ]; then
  cmake --preset "$preset"
fi
exec ninja -C "build/$preset" "$@"
