#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Checks that what TableGen files define is documented: operations and passes
# have a summary and a description, operations an example in it, types and
# attributes a summary. Reads the records as TableGen evaluates them, so that
# documentation inherited from a base class counts.
#
#   check_ods_docs.py FILE.td...
import json
import os
import subprocess
import sys

TBLGEN = "/usr/lib/llvm-22/bin/llvm-tblgen"
INCLUDES = ["include", "/usr/lib/llvm-22/include"]
# Class of the records, and what they must have.
RULES = {
    "Op": ("summary", "description", "example"),
    "PassBase": ("summary", "description"),
    "TypeDef": ("summary",),
    "AttrDef": ("summary",),
}


def evaluate(path):
    """All records of a file, its includes among them."""
    command = [TBLGEN, "--dump-json", path]
    for directory in INCLUDES:
        command += ["-I", directory]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{path}: TableGen does not accept this file\n{result.stderr}")
    return json.loads(result.stdout)


def lacks(record, what):
    if what == "example":
        return "```mlir" not in (record.get("description") or "")
    return not (record.get(what) or "").strip()


def main():
    files, checked, missing = sys.argv[1:], 0, 0
    for path in files:
        records = evaluate(path)
        for base, required in RULES.items():
            for name in records["!instanceof"].get(base, []):
                record = records[name]
                # "File.td:line", innermost definition last.
                location = record["!locs"][-1]
                if location.rsplit(":", 1)[0] != os.path.basename(path):
                    continue
                checked += 1
                for what in required:
                    if lacks(record, what):
                        line = location.rsplit(":", 1)[1]
                        print(f"{path}:{line}: {name} has no {what}")
                        missing += 1
    print(f"check_ods_docs: {checked} definitions in {len(files)} files, "
          f"{missing} pieces of documentation missing")
    sys.exit(1 if missing else 0)


main()
