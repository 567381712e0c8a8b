# SPDX-License-Identifier: Apache-2.0
#
# Copies an MLIR bytecode file and raises the version of one dialect in it to
# 63. The format is that of MLIR's documentation, "MLIR Bytecode Format".
import sys

VERSION = 63
DIALECTS, STRINGS, DIALECT_VERSION = 1, 0, 7


def read_varint(data, at):
    """The value of a prefix-coded integer and the position behind it."""
    first = data[at]
    if first == 0:
        return int.from_bytes(data[at + 1 : at + 9], "little"), at + 9
    size = (first & -first).bit_length()
    return int.from_bytes(data[at : at + size], "little") >> size, at + size


def read_section(data, at):
    """Id, start and end of a section, which is also where the next begins."""
    kind = data[at]
    length, at = read_varint(data, at + 1)
    if kind & 0x80:
        alignment, at = read_varint(data, at)
        at += -at % alignment
    return kind & 0x7F, at, at + length


def read_strings(data, at, end):
    count, at = read_varint(data, at)
    lengths = []
    for _ in range(count):
        length, at = read_varint(data, at)
        lengths.append(length)
    # Lengths are in reverse order and count the closing zero.
    at = end - sum(lengths)
    strings = []
    for length in reversed(lengths):
        strings.append(data[at : at + length - 1].decode())
        at += length
    return strings


source, dialect, target = sys.argv[1:]
data = bytearray(open(source, "rb").read())
assert data[:4] == b"ML\xefR"
_, position = read_varint(data, 4)
position = data.index(b"\0", position) + 1  # producer
sections = {}
while position < len(data):
    kind, start, position = read_section(data, position)
    sections[kind] = (start, position)
names = read_strings(data, *sections[STRINGS])

position, _ = sections[DIALECTS]
count, position = read_varint(data, position)
patched = False
for _ in range(count):
    name, position = read_varint(data, position)
    if not name & 1:  # no version
        continue
    kind, start, position = read_section(data, position)
    assert kind == DIALECT_VERSION and position == start + 1, (kind, start)
    if names[name >> 1] == dialect:
        data[start] = VERSION << 1 | 1
        patched = True
assert patched, names
open(target, "wb").write(data)
