# SPDX-License-Identifier: Apache-2.0
#
# Makes ONNX files from protobuf text, with protoc and the schema of Debian's
# libonnx-dev. NAME.txtpb becomes NAME.onnx beside it.
#
# One abbreviation: "x": f32[2,n,?] is the name and type of an input or output
# with a dim parameter and a dim that the file does not state.
import argparse
import os
import re
import subprocess
import sys

ELEMENT_TYPES = {"f32": 1, "u8": 2, "i8": 3, "i32": 6, "i64": 7, "str": 8,
                 "bool": 9, "f16": 10, "f64": 11, "c64": 14, "bf16": 16}
ABBREVIATION = re.compile(r'("(?:[^"\\]|\\.)*"): *([a-z]+\d*)\[([^\]]*)\]')


def expand(match):
    name, element_type, dims = match.groups()
    shape = ""
    for dim in filter(None, (dim.strip() for dim in dims.split(","))):
        if dim == "?":
            shape += "dim {} "
        elif re.fullmatch(r"-?\d+", dim):
            shape += f"dim {{ dim_value: {dim} }} "
        else:
            shape += f'dim {{ dim_param: "{dim}" }} '
    return (f"name: {name} type {{ tensor_type {{ "
            f"elem_type: {ELEMENT_TYPES[element_type]} shape {{ {shape}}} }} }}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--protoc", default="protoc")
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    for path in options.files:
        with open(path, encoding="utf-8") as file:
            text = ABBREVIATION.sub(expand, file.read())
        result = subprocess.run(
            [options.protoc, "--encode=onnx.ModelProto",
             "--proto_path=/usr/include/onnx", "onnx.proto"],
            input=text.encode(), capture_output=True)
        if result.returncode != 0:
            sys.exit(f"{path}: {result.stderr.decode()}")
        with open(os.path.splitext(path)[0] + ".onnx", "wb") as file:
            file.write(result.stdout)


main()
