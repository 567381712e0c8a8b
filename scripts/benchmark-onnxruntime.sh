#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Compares the host executor with ONNX Runtime on models that have references:
# time of an inference, one thread each. Installs the npm package
# onnxruntime-node in build/onnxruntime; its CPU library is in the package. Needs
# gemc built (build/release), node and npm.
#
#   scripts/benchmark-onnxruntime.sh MODELS [--repeat N] [--limit RATIO] [CASE...]
#
# MODELS has `onnx` and `golden`, as the shared directory of the tests.
set -euo pipefail
cd "$(dirname "$0")/.."
models=${1:?"needs the directory of the models"}
shift
version=1.30.0
work=build/onnxruntime
mkdir -p "$work"
if [ ! -d "$work/node_modules/onnxruntime-node" ]; then
  # Its install script would fetch libraries for GPUs.
  npm install --prefix "$work" --ignore-scripts --no-save --no-audit --no-fund \
    "onnxruntime-node@$version" >/dev/null
fi
exec node benchmark/onnxruntime.js build/release/bin/gemc "$models" "$work" "$@"
