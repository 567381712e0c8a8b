#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Formats the C++ files that git tracks, or with --check only says which ones
# are not formatted. In both cases checks what no formatter mends: the length
# of files, their licence line, and the documentation in TableGen files.
#
#   scripts/format.sh [--check]
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8

check=false
case "${1:-}" in
  "") ;;
  --check) check=true ;;
  *)
    echo "usage: scripts/format.sh [--check]" >&2
    exit 2
    ;;
esac

# Prints the tracked files that match the patterns and exist.
tracked() {
  git ls-files -- "$@" | while read -r file; do
    if [ -f "$file" ]; then echo "$file"; fi
  done
}

cxx=$(tracked '*.cpp' '*.h')
tablegen=$(tracked '*.td')
code=$(tracked '*.cpp' '*.h' '*.td' '*.pdll' '*.def' '*.proto' '*.py' '*.py.in' \
  '*.sh' '*.cmake' '*CMakeLists.txt' .ci/run)
if [ -z "$cxx" ]; then
  echo "format: git lists no C++ file here" >&2
  exit 1
fi

status=0
complain() {
  echo "format: $1"
  status=1
}

if $check; then
  # shellcheck disable=SC2086 # no tracked file has a space in its name
  clang-format-22 --dry-run --Werror $cxx || complain "run scripts/format.sh"
else
  # shellcheck disable=SC2086
  clang-format-22 -i $cxx
fi

for file in $cxx $tablegen; do
  lines=$(wc -l <"$file")
  [ "$lines" -le 1000 ] || complain "$file has $lines lines; split it at 1000"
done

for file in $code; do
  # The first line, or the second after an interpreter line.
  head -n 2 "$file" | sed '/^#!/d' | head -n 1 |
    grep -q 'SPDX-License-Identifier: Apache-2.0$' ||
    complain "$file does not begin with its SPDX licence line"
done

if [ -n "$tablegen" ]; then
  # shellcheck disable=SC2086
  /usr/bin/python3 scripts/check_ods_docs.py $tablegen ||
    complain "TableGen definitions without documentation"
fi

if [ $status -eq 0 ]; then echo "format: fine"; fi
exit $status
