# SPDX-License-Identifier: Apache-2.0
#
# Lists the weights of all ONNX models below a directory, imports them and reads
# the modules back: shared_models.py SHARED GEMC GE_OPT SCRATCH.
import json
import os
import pathlib
import subprocess
import sys

shared, gemc, ge_opt, scratch = sys.argv[1:]
os.makedirs(scratch, exist_ok=True)
models = sorted(pathlib.Path(shared, "models", "onnx").rglob("*.onnx"))
if not models:
    sys.exit("no models")
module = os.path.join(scratch, "imported.mlir")
failed = False
for model in models:
    listing = subprocess.run([gemc, "list-weights", model, "--json"], capture_output=True, text=True)
    steps = [listing,
             subprocess.run([gemc, "compile", model, "--emit", "imported", "-o", module],
                            capture_output=True, text=True),
             subprocess.run([ge_opt, module, "-o", os.devnull], capture_output=True, text=True)]
    problems = [step.stderr for step in steps if step.returncode != 0 or step.stderr]
    weights = [] if problems else json.loads(listing.stdout)["weights"]
    print(model, len(weights), sum(weight["refreshable"] for weight in weights), *problems)
    failed |= bool(problems) or not any(weight["refreshable"] for weight in weights)
sys.exit(failed)
