# SPDX-License-Identifier: Apache-2.0
#
# predict_edit.py OLD.om NEW.om address A,B,.. VALUE
# predict_edit.py OLD.om NEW.om flag NODE ATTRIBUTE
# Finds in the old file where an edit must show, by the encoding alone: the first
# of a row of task addresses gets a value, or an attribute that is false becomes
# true. Compares every byte of the new file with what follows.
import struct
import sys

with open(sys.argv[1], "rb") as file:
    expected = bytearray(file.read())
with open(sys.argv[2], "rb") as file:
    found = file.read()
old = bytes(expected)
kind, where, value = sys.argv[3:]
if kind == "address":
    row = b"".join(struct.pack("<Q", int(text)) for text in where.split(","))
    assert old.count(row) == 1
    at = old.index(row)
    expected[at:at + 8] = struct.pack("<Q", int(value))
else:
    node, name = where.encode(), value.encode()
    at = old.index(bytes([0x0A, len(node)]) + node)
    # A map entry: field 1 is the name, field 2 an AttrDef whose field 5 is b.
    entry = bytes([0x0A, len(name)]) + name + b"\x12\x02\x28"
    at = old.index(entry, at) + len(entry)
    assert expected[at] == 0
    expected[at] = 1
if bytes(expected) != found:
    differences = [i for i, pair in enumerate(zip(old, found))
                   if pair[0] != pair[1]]
    sys.exit(f"{len(old)} and {len(found)} bytes, other than predicted at "
             f"{differences[:20]}")
count = sum(a != b for a, b in zip(old, found))
print(f"differs in {count} byte{'s' * (count != 1)}, as predicted")
