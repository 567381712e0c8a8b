#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The main job on two real models, from an empty machine: install what is
# missing, build, then compile each model with refreshable weights, run it from
# the compiled file, give it new weights, and compare every result with ONNX
# Runtime. Stops with a non-zero status at the first thing that is not as it
# should be.
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8

inputs=$PWD/test/Inputs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Prints a heading, or a command as the reader would type it.
heading() { printf '\n=== %s\n' "$*"; }
# Prints one sentence for the reader.
say() { printf '  %s\n' "$*"; }
fail() {
  printf 'demo: %s\n' "$*" >&2
  exit 1
}
# Runs a command and keeps its output for the case that it fails.
quietly() {
  if ! "$@" >"$work/log" 2>&1; then
    cat "$work/log" >&2
    fail "$1 failed"
  fi
}
# Leaves the directories out of what the reader sees.
shorten() { sed "s#$inputs/##g; s#$work/##g"; }
# Shows a gemc command line and runs it.
gemc() {
  { printf '  $ gemc' && printf ' %q' "$@" && printf '\n'; } | shorten
  build/release/bin/gemc "$@" 2>&1 | shorten | sed 's/^/  | /'
}

heading "Set-up and build (the first build takes minutes)"
scripts/setup.sh
start=$SECONDS
quietly scripts/build.sh release gemc
say "gemc is built ($((SECONDS - start)) s)"

heading "Are the models and references as they were?"
sed -n '/^[0-9a-f]\{64\}  /p' "$inputs/PROVENANCE.md" >"$work/sums"
[ -s "$work/sums" ] || fail "test/Inputs/PROVENANCE.md lists no sums"
(cd "$inputs" && sha256sum --check --quiet --strict "$work/sums") ||
  fail "a file in test/Inputs is not what test/Inputs/PROVENANCE.md says"
say "all $(wc -l <"$work/sums") files match the sums in test/Inputs/PROVENANCE.md"

# expect NAME OUTPUT CASE ARGUMENTS...: runs the compiled model and compares. A
# difference of 1e-4 of the largest value counts as equal: ONNX Runtime adds in
# another order.
expect() {
  local name=$1 output=$2 reference=$inputs/$1$3.outputs.$2.bin
  shift 3
  gemc run "$work/$name.om" --input "$input=$inputs/$name.inputs.$input.bin" "$@" \
    --expect "$output=$reference" --rtol 1e-4 --atol 0
}

differs() { fail "the result is not what ONNX Runtime computes"; }

# demo NAME INPUT OUTPUT WEIGHT: WEIGHT is what reference "mix1" replaces.
demo() {
  local name=$1 input=$2 output=$3 weight=$4
  local bundle=$work/$name.om

  heading "$name: which weights does it have?"
  gemc list-weights "$inputs/$name.onnx"

  heading "$name: compile, every float weight refreshable"
  gemc compile "$inputs/$name.onnx" -o "$bundle" --refresh '*'
  say "$name.om is one file of $(stat -c %s "$bundle") bytes with an inference, an initialisation and an update model."

  heading "$name: what is in the file, and is it sound?"
  gemc inspect "$bundle"
  gemc inspect --check "$bundle"

  heading "$name: run it from the file, with the weights it was trained with"
  expect "$name" "$output" "" || differs
  say "The result is what ONNX Runtime computes from the original model."

  heading "$name: give it new weights, all of them, without compiling again"
  expect "$name" "$output" .b --weights "$inputs/$name.weights_b.npz" || differs
  say "The result is what ONNX Runtime computes with the new weights."

  heading "$name: are the two results really different?"
  if expect "$name" "$output" "" --weights "$inputs/$name.weights_b.npz" >"$work/log"; then
    fail "the refreshed model still gives the first result"
  fi
  grep -q 'differs$' "$work/log" || {
    cat "$work/log" >&2
    fail "the comparison itself failed"
  }
  grep ': max error' "$work/log"
  say "Yes: against the first reference, the refreshed model is far off."

  heading "$name: give it one new weight, $weight, and leave the others alone"
  expect "$name" "$output" .mix1 --weights "$inputs/$name.weights_b.npz" --only "$weight" || differs
  say "The result is what ONNX Runtime computes when only $weight is new."
}

demo mnist-8 Input3 Plus214_Output_0 Parameter5
demo fada_lenet input_data 15 0.conv.0.weight

heading "Done"
say "Two models were compiled, run from their bundle files and refreshed; all six results match ONNX Runtime."
say "Everything ran on this machine's processor; no NPU was involved."
