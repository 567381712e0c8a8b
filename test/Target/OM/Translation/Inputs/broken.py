# SPDX-License-Identifier: Apache-2.0
#
# broken.py BUNDLE PREFIX: a truncated copy of a bundle, and OMs made from bytes
# alone whose attributes are nested too deep, or just not too deep with long
# strings beside them.
import struct
import sys

bundle, prefix = sys.argv[1:]


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out) + bytes([value])


def field(number, content):
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def entry(name, attr):
    return field(10, field(1, name) + field(2, attr))


def nested(levels):
    # AttrDef.func is NamedAttrs, whose attributes are AttrDef in map entries.
    attr = field(3, 1)
    for _ in range(levels):
        attr = field(10, field(2, field(1, b"a") + field(2, attr)))
    return attr


def write(path, op, name=b"n", weights=b""):
    graph = field(1, b"g") + field(6, field(1, name) + field(2, b"T") + op)
    # The fields in the order of their numbers, as the writer has them.
    model = field(1, b"g") + field(7, graph)
    task = field(10, field(20, field(13, b"z" * 6000)))
    header = struct.pack("<III", 0x444F4D49, 256, 0x20000000) + bytes(244)
    header = bytearray(header)
    header[156] = 1
    payloads = [(kind, data) for kind, data in ((0, model), (1, weights), (2, task)) if data]
    table = struct.pack("<II", len(payloads), 0)
    offset = 0
    for kind, data in payloads:
        table += struct.pack("<IIQQ", kind, 0, offset, len(data))
        offset += len(data)
    struct.pack_into("<Q", header, 184, len(table) + offset)
    with open(prefix + path, "wb") as file:
        file.write(header + table + b"".join(data for _, data in payloads))


with open(bundle, "rb") as file:
    data = file.read()
with open(prefix + ".short.om", "wb") as file:
    file.write(data[:-1])
write(".deep.om", entry(b"deep", nested(40)))
write(".nested.om", entry(b"deep", nested(31)) + entry(b"long", field(2, b"l" * 5000)) +
      entry(b"long_bytes", field(7, b"b" * 4097)) +
      entry(b"short", field(2, b"x" * 4096)))
# What protobuf passes over: a field in a map entry, and one of two entries with
# one key.
number = field(2, field(3, 1))
write(".plain.om", field(10, field(1, b"k") + number))
write(".entry.om", field(10, field(1, b"k") + number + field(3, 7)))
write(".key.om", entry(b"k", field(3, 2)) + field(10, field(1, b"k") + number))
write(".oneof.om", field(10, field(1, b"k") + field(2, field(2, b"x") + field(3, 1))))
write(".twice.om", field(10, field(1, b"k") + number) + field(21, 1) + field(21, 0))
# Weights that no node describes: more zeros than are read for nothing, and fewer.
write(".large.om", b"", weights=bytes((1 << 20) + 1))
write(".small.om", b"", weights=bytes(5000) + b"x" + bytes(5000))
write(".attr.om", field(10, field(1, b"k" * 5000) + number))
write(".name.om", field(5, b"i" * 5000), name=b"n" * 5000)
