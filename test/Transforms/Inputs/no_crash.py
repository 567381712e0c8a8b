# SPDX-License-Identifier: Apache-2.0
#
# Runs ge-opt with each of several pipelines on the parts of a file: no_crash.py
# FILE GE-OPT PIPELINE... A pipeline, options separated by spaces, may succeed or
# fail (exit code 0 or 1); anything else is an error. Without a pipeline the file
# must be right.
import subprocess
import sys

file, tool, *pipelines = sys.argv[1:]
if not pipelines:
    sys.exit("no pipelines")
for pipeline in ["", *pipelines]:
    result = subprocess.run(
        [tool, file, "--split-input-file", *pipeline.split()],
        capture_output=True, text=True, timeout=120)
    if result.returncode not in ((0, 1) if pipeline else (0,)):
        sys.exit(f"{pipeline}: exit code {result.returncode}\n{result.stderr[-2000:]}")
