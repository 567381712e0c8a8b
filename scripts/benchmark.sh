#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds and runs the benchmarks. Each reports ratios to a baseline of the same
# run; the files in benchmark/ say what the counters mean. Writes one JSON file
# per benchmark to build/release/benchmark.
#
#   scripts/benchmark.sh [arguments of Google Benchmark]
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8

scripts/setup.sh
cmake --preset release -DGEMLIR_BUILD_BENCHMARKS=ON >/dev/null
benchmarks=(offset-allocation-benchmark layout-benchmark compile-benchmark
            format-assignment-benchmark format-passes-benchmark
            emission-benchmark)
scripts/build.sh release "${benchmarks[@]}"
for name in "${benchmarks[@]}"; do
  "build/release/bin/$name" --benchmark_counters_tabular=true \
    --benchmark_out="build/release/benchmark/$name.json" "$@"
done
