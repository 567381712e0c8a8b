# SPDX-License-Identifier: Apache-2.0
#
# Imports graph files, prints the module, parses it, exports it again:
#
#   air_files.py --protoc PROTOC --protos DIR --work DIR
#                --translate GE-TRANSLATE --opt GE-OPT FILE...
#
# A binary file must come out as protoc writes its content with sorted maps, a
# text file as it is.
import argparse
import os
import subprocess
import sys

parser = argparse.ArgumentParser()
parser.add_argument("--protoc", required=True)
parser.add_argument("--protos", required=True)
parser.add_argument("--work", required=True)
parser.add_argument("--translate", required=True)
parser.add_argument("--opt", required=True)
parser.add_argument("files", nargs="+")
options = parser.parse_args()


def run(command, data=None):
    return subprocess.run(command, input=data, check=True,
                          stdout=subprocess.PIPE).stdout


def normalize(data):
    command = [options.protoc, "-I", options.protos, "ge_ir.proto"]
    text = run(command + ["--decode=ge.proto.ModelDef"], data)
    return run(command + ["--deterministic_output",
                          "--encode=ge.proto.ModelDef"], text)


failed = False
for path in options.files:
    module = os.path.join(options.work, "module.mlir")
    is_text = path.endswith(".pbtxt")
    run([options.translate, "--air-to-mlir", path, "-o", module])
    # Paths in a module begin where it lies.
    reprinted = os.path.join(options.work, "reprinted.mlir")
    run([options.opt, module, "-o", reprinted])
    with open(path, "rb") as file:
        data = file.read()
    form = "--export-air-text" if is_text else "--export-air"
    found = run([options.translate, form, reprinted])
    wanted = data if is_text else normalize(data)
    if found != wanted:
        failed = True
        print(f"{path}: other content came out")
print(f"{len(options.files)} files")
sys.exit(failed or not options.files)
