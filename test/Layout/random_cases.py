# SPDX-License-Identifier: Apache-2.0
#
# Random tensors through layout-cases, which converts them with the library,
# compared with definitions.py: storage shape and every byte, in both
# directions.
import argparse
import random
import subprocess
import sys

import definitions as d

TYPES = {"f16": 16, "i8": 8, "f32": 32, "i64": 64, "i4": 4, "DT_UINT1": 1,
         "DT_INT2": 2, "DT_DUAL": 40, "DT_FLOAT6_E3M2": 6}
DIMS = [1, 2, 3, 4, 5, 8, 9, 15, 16, 17, 31, 32, 33]
MATRIX = ["FRACTAL_NZ", "FRACTAL_ZZ", "FRACTAL_NZ_C0_8", "FRACTAL_NZ_C0_32"]
MAPS_4D = ["NC1HWC0", "NC1HWC0_C04", "FRACTAL_Z", "FRACTAL_Z", "FRACTAL_Z_C04",
           "C1HWNCoC0"]
MAPS_5D = ["NDC1HWC0", "FRACTAL_Z_3D", "FRACTAL_Z_3D_TRANSPOSE"]


class Case:
    def __init__(self, rng):
        self.dtype = rng.choice(["f16", "f16", "i8"] + list(TYPES))
        self.bits = TYPES[self.dtype]
        self.fmt = rng.choice(MATRIX + MAPS_4D * 2 + MAPS_5D)
        self.c0 = d.default_c0(self.fmt, self.bits, self.dtype)
        self.given_c0 = 0
        if self.fmt not in d.FIXED_C0 and rng.random() < 0.3:
            self.c0 = self.given_c0 = rng.choice([4, 8, 16, 32])
        self.m0 = rng.choice([16, 16, 1])
        self.groups = 1
        if self.fmt in MATRIX:
            self.origin = "ND"
            self.dims = ([rng.randint(1, 3) for _ in range(rng.randint(0, 2))] +
                         [rng.choice(DIMS), rng.choice(DIMS)])
        elif self.fmt == "FRACTAL_Z" and rng.random() < 0.1:
            self.origin = "ND"
            self.dims = [rng.choice(DIMS), rng.choice(DIMS)]
        else:
            is_5d = self.fmt in MAPS_5D
            orders = [o for o in d.AXES if len(o) == (5 if is_5d else 4)]
            self.origin = rng.choice(orders)
            size = {a: rng.choice(DIMS) if a in "NC" else rng.randint(1, 5)
                    for a in self.origin}
            if self.fmt == "FRACTAL_Z_C04":
                size["C"] = rng.randint(1, 4)
            if self.fmt in ("FRACTAL_Z", "FRACTAL_Z_3D") and rng.random() < 0.5:
                self.groups = rng.choice([2, 3, 4, 8, 16, 17])
                size["N"] = self.groups * rng.randint(1, 6)
            self.dims = [size[a] for a in self.origin]
        self.plain = self.origin
        if self.origin != "ND" and rng.random() < 0.5:
            self.plain = rng.choice(orders)
        self.back = rng.random() < 0.5

    def line(self, data):
        return " ".join([
            "back" if self.back else "there", self.dtype, self.plain,
            self.origin, ",".join(map(str, self.dims)), self.fmt,
            str(self.given_c0), str(self.groups), str(self.m0), data.hex()])

    def expected(self, rng):
        """Storage shape, the source's bytes and the target's bytes."""
        shape, stored = d.storage(self.origin, self.dims, self.fmt, self.c0,
                                  self.m0, self.groups)
        plain = list(range(d.count(self.dims)))
        if self.plain != self.origin:
            plain = d.permuted(self.origin, self.dims, self.plain)[1]
        to_bytes = lambda n: (n * self.bits + 7) // 8
        sizes = [to_bytes(len(plain)), to_bytes(d.count(shape))]
        source = rng.randbytes(sizes[self.back])
        target = bytearray(sizes[not self.back])
        for position, element in enumerate(plain):
            ends = (position, stored[element])
            d.put_bits(target, ends[not self.back], self.bits,
                       d.get_bits(source, ends[self.back], self.bits))
        return shape, source, bytes(target)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tool", required=True)
    parser.add_argument("--cases", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    lines, answers = [], []
    while len(lines) < options.cases:
        case = Case(rng)
        if d.count(case.dims) > 3000:
            continue
        shape, source, target = case.expected(rng)
        if len(target) > 100000 or len(source) > 100000:
            continue
        lines.append(case.line(source))
        answers.append(",".join(map(str, shape)) + " " + target.hex())
    process = subprocess.run([options.tool], input="\n".join(lines) + "\n",
                             capture_output=True, text=True, check=False)
    found = process.stdout.splitlines()
    wrong = 0
    for line, answer, got in zip(lines, answers, found):
        if answer != got:
            wrong += 1
            if wrong <= 5:
                print("WRONG", line[:200])
                print("  expected", answer[:200])
                print("  found   ", got[:200])
    if len(found) != len(lines):
        print(f"{len(lines)} cases, {len(found)} answers: {process.stderr}")
        wrong += 1
    print(f"{len(lines)} cases, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
