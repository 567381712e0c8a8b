#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Writes .air files from ge_proto text with protoc, in normal form.
#
#   air_text.py --protoc PROTOC --protos DIR FILE.pbtxt...
import argparse
import subprocess

parser = argparse.ArgumentParser()
parser.add_argument("--protoc", required=True)
parser.add_argument("--protos", required=True)
parser.add_argument("files", nargs="+")
options = parser.parse_args()
for path in options.files:
    with open(path, "rb") as text:
        data = subprocess.run(
            [options.protoc, "-I", options.protos, "--deterministic_output",
             "--encode=ge.proto.ModelDef", "ge_ir.proto"],
            stdin=text, check=True, stdout=subprocess.PIPE).stdout
    with open(path.rsplit(".", 1)[0] + ".air", "wb") as file:
        file.write(data)
