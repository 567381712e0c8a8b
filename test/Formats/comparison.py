#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Prints a table of the conversions that three ways to choose formats leave in
# models (format-comparison.cpp). Fails when the pass misses the optimum, or
# another way is better.
import argparse
import json
import os
import subprocess
import sys

PRECISIONS = ("fp16", "mixed_float16")
WEIGHTS = {"frozen": [], "refreshed": ["--refresh", "*"]}
SOLVERS = ("ours", "greedy", "local")
TYPES = ("TransData", "Cast", "Transpose")


def compare(options, model, arguments):
    module = os.path.join(options.work, "split.mlir")
    for command in ([options.gemc, "compile", model, "--emit", "split", "-o",
                     module, *arguments], [options.comparison, module]):
        process = subprocess.run(command, capture_output=True, text=True)
        if process.returncode != 0:
            sys.exit(f"{command}: {process.stderr}")
    return json.loads(process.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gemc", required=True)
    parser.add_argument("--comparison", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("models", nargs="+")
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)

    print("| Model | Precision | Weights | ours | greedy | local | "
          "lower bound |\n|---|---|---|---|---|---|---|")
    failures = []
    for model in options.models:
        for precision in PRECISIONS:
            for weights, arguments in WEIGHTS.items():
                found = compare(options, model,
                                ["--precision", precision, *arguments])
                # What was minimised is what is left.
                is_optimal = (found["objective"] == found["bound"] ==
                              found["ours"]["bytes"])
                cells = [os.path.basename(model), precision, weights]
                for solver in SOLVERS:
                    counts = found[solver]
                    numbers = " + ".join(str(counts.get(t, 0)) for t in TYPES)
                    cells.append(f"{numbers}: {counts['bytes']:,}")
                cells.append(f"{found['bound']:,}")
                print("| " + " | ".join(cells) + " |")
                least = min(found[solver]["bytes"] for solver in SOLVERS)
                if not is_optimal or found["ours"]["bytes"] > least:
                    failures.append(" ".join(cells))
    for failure in failures:
        print("not the best:", failure, file=sys.stderr)
    sys.exit(1 if failures else 0)


main()
