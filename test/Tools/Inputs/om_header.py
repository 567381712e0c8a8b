# SPDX-License-Identifier: Apache-2.0
#
# Prints magic and model type of an OM file, by their positions
# (docs/om-format.md, "File header") and without any code of the compiler.
import sys

with open(sys.argv[1], "rb") as file:
    header = file.read(256)
print("magic", header[:4].decode("ascii"))
print("model type", header[82])
