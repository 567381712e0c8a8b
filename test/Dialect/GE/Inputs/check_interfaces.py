# SPDX-License-Identifier: Apache-2.0
#
# check_interfaces.py LLVM-TBLGEN MLIR_INCLUDE INCLUDE INTERFACE FOLDER: names
# the operators defined in FOLDER/*Ops.td that do not have the interface.
import glob
import json
import os
import subprocess
import sys

tblgen, mlir_include, include, interface, folder = sys.argv[1:]
operators, missing = 0, []
for path in sorted(glob.glob(os.path.join(folder, "*Ops.td"))):
    records = json.loads(subprocess.check_output(
        [tblgen, "--dump-json", "-I", mlir_include, "-I", include, path]))
    for name in records["!instanceof"].get("GE_Op", []):
        record = records[name]
        operators += 1
        traits = [records[trait["def"]] for trait in record["traits"]]
        # Lists of traits hold further traits.
        traits += [records[inner["def"]] for trait in traits
                   for inner in trait.get("traits", [])]
        if not any(trait.get("cppInterfaceName") == interface
                   for trait in traits):
            missing.append(f"{record['opName']} has no {interface}")
if operators == 0:
    sys.exit("no operators found")
if missing:
    sys.exit("\n".join(missing))
