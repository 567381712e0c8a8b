#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Sets up, builds one preset (default: release) and runs every test: lit files
# and Google Test executables in one run. The last line counts them; the exit
# status is not zero when a test failed or none ran.
#
#   scripts/test.sh [release|dev|asan]
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8

preset=${1:-release}
report=$(mktemp)
trap 'rm -f "$report"' EXIT
if ! scripts/setup.sh || ! scripts/build.sh "$preset"; then
  echo "test: no test ran, because set-up or build failed" >&2
  echo "tests: 0 passed, 0 failed, 0 skipped"
  exit 1
fi

lit_status=0
/usr/bin/python3 /usr/lib/llvm-22/bin/lit -sv -o "$report" \
  "build/$preset/test" "build/$preset/test/Unit" || lit_status=$?
/usr/bin/python3 scripts/count_tests.py "$report" "$lit_status"
