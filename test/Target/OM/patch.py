# SPDX-License-Identifier: Apache-2.0
#
# patch.py IN OUT ANCHOR OLD NEW: replaces the first bytes OLD (hex) behind the
# text ANCHOR, which protobuf stores as a name, by as many bytes NEW.
import sys

source, target, anchor, old, new = sys.argv[1:]
with open(source, "rb") as file:
    data = bytearray(file.read())
name = anchor.encode()
start = data.index(bytes([0x0A, len(name)]) + name)
old, new = bytes.fromhex(old), bytes.fromhex(new)
assert len(old) == len(new)
start = data.index(old, start)
data[start:start + len(old)] = new
with open(target, "wb") as file:
    file.write(data)
