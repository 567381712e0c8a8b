#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds the fuzz targets (preset fuzz: libFuzzer, AddressSanitizer,
# UndefinedBehaviorSanitizer) and runs each for a number of seconds (default:
# 60), as many at a time as there are processors. Prints one line per target;
# the exit status is not zero when one crashed, hung or took too much memory.
# Inputs that crash stay in build/fuzz/crashes, what the runs found in
# build/fuzz/corpus.
#
#   scripts/fuzz.sh [seconds] [target...]
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8

seconds=${1:-60}
[ $# -gt 0 ] && shift
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
  targets=(container model-def task-info binaries manifest om weights onnx air
           ge-proto)
fi

scripts/build.sh fuzz fuzzers >build-fuzz.log 2>&1 || {
  cat build-fuzz.log >&2
  rm -f build-fuzz.log
  echo "fuzz: the build failed" >&2
  exit 1
}
rm -f build-fuzz.log

work=build/fuzz
/usr/bin/python3 test/Fuzz/make_corpus.py test "$work/seeds"
mkdir -p "$work/crashes" "$work/logs"

# Files that the targets write are small and many.
scratch=$(mktemp -d /dev/shm/gemlir-fuzz.XXXXXX 2>/dev/null || mktemp -d)
trap 'rm -rf "$scratch"' EXIT

run_target() {
  local target=$1 status=0
  local log=$work/logs/$target.log
  local words=()
  [ ! -f "$work/seeds/$target.dict" ] || words=("-dict=$work/seeds/$target.dict")
  mkdir -p "$work/corpus/$target"
  TMPDIR=$scratch "$work/bin/fuzz-$target" \
    -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=65536 \
    -seed=1 -print_final_stats=1 -verbosity=1 \
    -artifact_prefix="$work/crashes/$target-" \
    "${words[@]}" "$work/corpus/$target" "$work/seeds/$target" >"$log" 2>&1 || status=$?
  local runs coverage
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  coverage=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -1)
  if [ $status -eq 0 ]; then
    echo "fuzz: $target: ${runs:-no} executions, coverage ${coverage:-none}, 0 crashes"
  else
    echo "fuzz: $target: ${runs:-unknown} executions, coverage ${coverage:-none}, 1 crash, the end of $log:"
    tail -n 60 "$log"
    # The input, so that it can be had from the log.
    local input
    input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -1)
    [ ! -f "$input" ] || [ "$(stat -c %s "$input")" -gt 8192 ] || base64 "$input"
  fi
  return $status
}

failed=0
pids=()
for target in "${targets[@]}"; do
  while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do sleep 0.2; done
  run_target "$target" &
  pids+=($!)
done
for pid in "${pids[@]}"; do
  wait "$pid" || failed=1
done
exit $failed
