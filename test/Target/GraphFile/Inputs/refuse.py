# SPDX-License-Identifier: Apache-2.0
#
# Runs gemc on models that it must refuse: refuse.py MODEL.onnx... -- gemc ...
# The first line of MODEL.txtpb, a comment, is what the error says behind the
# name of the file. A model that is text has that line itself.
import subprocess
import sys

separator = sys.argv.index("--")
models, command = sys.argv[1:separator], sys.argv[separator + 1:]
if not models:
    sys.exit("no models")
failed = False
for model in models:
    text = model.removesuffix(".onnx") + ".txtpb" if model.endswith(".onnx") else model
    with open(text, encoding="utf-8") as file:
        wanted = file.readline().removeprefix("# ").strip()
    result = subprocess.run(command + [model], capture_output=True, text=True)
    first, *rest = result.stderr.splitlines() or [""]
    problems = []
    if result.returncode != 1:
        problems.append(f"exit code {result.returncode}, expected 1")
    if result.stdout:
        problems.append("printed a module")
    if first != f"gemc: error: {model}: {wanted}":
        problems.append("another message")
    if any(not line.startswith("gemc: note: ") for line in rest):
        problems.append("more than one error")
    if problems:
        failed = True
        print(f"{model}: {', '.join(problems)}\nwanted: {wanted}\nfound: {result.stderr}")
sys.exit(failed)
