# SPDX-License-Identifier: Apache-2.0
#
# same_facts.py PROTOC SCHEMAS A.om B.om TEXT.mlir: both files (12-byte tables)
# have the same bytes, but for MODEL_DEF, which decodes to the same text; and the
# text holds no string of more than 4 KiB.
import re
import struct
import subprocess
import sys

protoc, schemas, first, second, text = sys.argv[1:]


def read(path):
    """The bytes without MODEL_DEF, and MODEL_DEF."""
    with open(path, "rb") as file:
        data = file.read()
    count, = struct.unpack_from("<I", data, 256)
    begin = 256 + 4 + 12 * count
    for i in range(count):
        kind, offset, size = struct.unpack_from("<III", data, 260 + 12 * i)
        if kind == 0:
            at = begin + offset
            return data[:at] + data[at + size:], data[at:at + size]
    sys.exit(f"{path}: no MODEL_DEF")


def decode(model):
    return subprocess.run(
        [protoc, "-I" + schemas, "--decode=ge.proto.ModelDef", "ge_ir.proto"],
        input=model, stdout=subprocess.PIPE, check=True).stdout


(rest, model), (other_rest, other_model) = read(first), read(second)
if rest != other_rest:
    sys.exit("other bytes outside of MODEL_DEF")
if len(model) != len(other_model) or decode(model) != decode(other_model):
    sys.exit("other facts in MODEL_DEF")
with open(text, encoding="utf-8") as file:
    for quoted in re.findall(r'"((?:[^"\\]|\\.)*)"', file.read()):
        if len(re.sub(r"\\[0-9A-F]{2}|\\.", "x", quoted)) > 4096:
            sys.exit("a string of more than 4 KiB")
print("same bytes but for the order of attributes")
