# SPDX-License-Identifier: Apache-2.0
#
# deep_road.py IN OUT: gives the weights in the manifest of a module's text a
# road of one step, which nests very deep.
import sys

source, target = sys.argv[1:]
with open(source, encoding="utf-8") as file:
    text = file.read()
empty, deep = r"road\22:[]", r"road\22:[\22" + "[" * 100000 + r"\22]"
assert empty in text
with open(target, "w", encoding="utf-8") as file:
    file.write(text.replace(empty, deep))
