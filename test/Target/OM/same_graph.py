# SPDX-License-Identifier: Apache-2.0
#
# same_graph.py PROTOC SCHEMAS FILE.om GRAPH.air: the graph file decodes to the
# text of the OM's MODEL_DEF, but for the data of constants, which is what the
# weight image has at their offsets.
import re
import struct
import subprocess
import sys

protoc, schemas, om, air = sys.argv[1:]
MODEL_DEF, WEIGHTS = 0, 1


def payloads(data):
    """The payloads of the first model by type, from both forms of table."""
    count, = struct.unpack_from("<I", data, 256)
    narrow = struct.unpack_from("<Q", data, 184)[0] == 0
    head, form = (4, "<III") if narrow else (8, "<I4xQQ")
    size = struct.calcsize(form)
    begin = 256 + head + size * count
    found = {}
    for i in range(count):
        kind, offset, length = struct.unpack_from(form, data, 256 + head + size * i)
        found[kind] = data[begin + offset:begin + offset + length]
    return found


def decode(message):
    text = subprocess.run(
        [protoc, "-I" + schemas, "--decode=ge.proto.ModelDef", "ge_ir.proto"],
        input=message, stdout=subprocess.PIPE, check=True).stdout
    return text.decode().splitlines()


def unescape(text):
    return re.sub(rb"\\([0-7]{3}|.)", lambda m: bytes([int(m[1], 8)])
                  if m[1].isdigit() else {b"n": b"\n", b"r": b"\r", b"t": b"\t"}.get(m[1], m[1]),
                  text.encode())


with open(om, "rb") as file:
    parts = payloads(file.read())
with open(air, "rb") as file:
    new = decode(file.read())
# The order of attributes is that of their names in what was written.
old = decode(parts[MODEL_DEF])
data = re.compile(r' *data: "(.*)"$')
rest, constants, offset = [], 0, None
for line in new:
    if match := re.match(r" *data_offset: (\d+)$", line):
        offset = int(match[1])
    if (match := data.match(line)) and match[1]:
        value = unescape(match[1])
        if value != parts[WEIGHTS][offset:offset + len(value)]:
            sys.exit(f"other data at offset {offset}")
        constants += 1
    else:
        rest.append(line)
if rest != old:
    at = next((i for i, (a, b) in enumerate(zip(old, rest)) if a != b), min(len(old), len(rest)))
    sys.exit(f"line {at}: {old[at:at + 1]} became {rest[at:at + 1]}")
print(f"same but for the data of {constants} constants")
