# SPDX-License-Identifier: Apache-2.0
#
# replace.py IN OUT OLD NEW: replaces a text by one of the same length wherever
# it occurs.
import sys

source, target, old, new = sys.argv[1:]
assert len(old) == len(new)
with open(source, "rb") as file:
    data = file.read()
assert old.encode() in data
with open(target, "wb") as file:
    file.write(data.replace(old.encode(), new.encode()))
