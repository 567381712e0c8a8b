# SPDX-License-Identifier: Apache-2.0
#
# Runs a command on broken variants of a model: mutate.py COUNT MODEL OUT --
# COMMAND. The command may succeed or refuse each (exit code 0 or 1); anything
# else fails, and OUT is the model that did it. Weights stay as they are,
# because no value of theirs can break anything. The variants are the same in
# every run.
import collections
import random
import re
import subprocess
import sys

INTERESTING = [0, 1, 0x0A, 0x12, 0x7F, 0x80, 0xFF]


def mutate(data, structure, rng):
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        at = min(rng.choice(structure), len(data) - 1)
        other = min(rng.choice(structure), len(data) - 1)
        length = rng.randrange(1, 40)
        kind = rng.randrange(6)
        if kind == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            data[at] = rng.choice(INTERESTING)
        elif kind == 2:
            data[at] = (data[at] + rng.choice([1, 255])) % 256
        elif kind == 3:
            del data[at:at + length]
        elif kind == 4:
            data[at:at] = data[other:other + length]
        else:
            data[at:at + length] = data[other:other + length]
    return bytes(data)


def main():
    count, model, out = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    command = sys.argv[5:]
    with open(model, "rb") as file:
        data = file.read()
    module = subprocess.run(command + [model], capture_output=True, check=True).stdout
    weights = set()
    for offset, length in re.findall(rb"offset = (\d+), length = (\d+)>", module):
        weights.update(range(int(offset), int(offset) + int(length)))
    structure = [at for at in range(len(data)) if at not in weights]
    rng = random.Random(1)
    codes = collections.Counter()
    for index in range(count):
        with open(out, "wb") as file:
            file.write(mutate(data, structure, rng))
        code = subprocess.run(command + [out], capture_output=True, timeout=60).returncode
        codes[code] += 1
        if code not in (0, 1):
            sys.exit(f"exit code {code} at variant {index}: {out}")
    print(" ".join(f"{code}:{number}" for code, number in sorted(codes.items())))
    # Both ends of the importer were reached, or the variants are no good.
    sys.exit(not (codes[0] and codes[1]))


main()
