# SPDX-License-Identifier: Apache-2.0
#
# Random tensors through layout-cases, which converts them with the library,
# compared with definitions.py: storage shape and every byte, in both
# directions.
import argparse
import random
import struct
import subprocess
import sys

import definitions as d

TYPES = {"f16": 16, "bf16": 16, "i8": 8, "f32": 32, "i64": 64, "i4": 4,
         "DT_UINT1": 1, "DT_INT2": 2, "DT_DUAL": 40, "DT_FLOAT6_E3M2": 6}
CASTS = [("f32", "f16"), ("f32", "bf16"), ("f16", "f32"), ("bf16", "f32")]
DIMS = [1, 2, 3, 4, 5, 8, 9, 15, 16, 17, 31, 32, 33]
MATRIX = ["FRACTAL_NZ", "FRACTAL_NZ", "FRACTAL_ZZ", "FRACTAL_NZ_C0_2",
          "FRACTAL_NZ_C0_4", "FRACTAL_NZ_C0_8", "FRACTAL_NZ_C0_16",
          "FRACTAL_NZ_C0_32"]
MAPS_4D = ["NC1HWC0", "NC1HWC0_C04", "FRACTAL_Z", "FRACTAL_Z", "FRACTAL_Z_C04",
           "C1HWNCoC0"]
MAPS_5D = ["NDC1HWC0", "FRACTAL_Z_3D", "FRACTAL_Z_3D_TRANSPOSE"]


class Case:
    def __init__(self, rng):
        self.source = self.target = rng.choice(
            ["f16", "f16", "i8"] + list(TYPES))
        if rng.random() < 0.2:
            self.source, self.target = rng.choice(CASTS)
        self.back = rng.random() < 0.5
        stored = self.source if self.back else self.target
        self.fmt = rng.choice(MATRIX + MAPS_4D * 2 + MAPS_5D)
        self.c0 = d.default_c0(self.fmt, TYPES[stored], stored)
        self.given_c0 = 0
        if self.fmt not in d.FIXED_C0 and rng.random() < 0.3:
            self.c0 = self.given_c0 = rng.choice([4, 8, 16, 32])
        self.m0 = rng.choice([16, 16, 1])
        self.groups = 1
        self.axes = ""  # as the library gets it; empty for the default
        if self.fmt in MATRIX:
            self.origin = "ND"
            self.dims = ([rng.randint(1, 3) for _ in range(rng.randint(0, 2))] +
                         [rng.choice(DIMS), rng.choice(DIMS)])
            self.make_empty(rng)
            self.full = self.dims
        elif self.fmt == "FRACTAL_Z" and rng.random() < 0.1:
            self.origin = "ND"
            self.dims = self.full = [rng.choice(DIMS), rng.choice(DIMS)]
        else:
            self.choose_map(rng)
        self.plain = self.origin
        if self.origin != "ND" and self.full is self.dims and rng.random() < 0.5:
            self.plain = rng.choice(
                [o for o in d.AXES if len(o) == len(self.dims)])

    def make_empty(self, rng):
        if rng.random() < 0.03:
            self.dims[rng.randrange(len(self.dims))] = 0

    def choose_map(self, rng):
        has_d = self.fmt in MAPS_5D and not (self.fmt == "NDC1HWC0" and
                                             rng.random() < 0.3)
        self.origin = rng.choice(
            [o for o in d.AXES if len(o) == (5 if has_d else 4)])
        size = {a: rng.choice(DIMS) if a in "NC" else rng.randint(1, 5)
                for a in self.origin}
        if self.fmt == "FRACTAL_Z_C04":
            size["C"] = rng.randint(1, 4)
        if rng.random() < 0.2:
            axes = d.DEFAULT_AXES[self.origin][
                rng.randrange(len(self.origin) - 1)]
            if rng.random() < 0.5:
                chosen = rng.sample(self.origin, len(axes))
                axes = self.axes = "".join(a for a in self.origin if a in chosen)
            self.dims = [size[a] for a in axes]
            self.make_empty(rng)
            self.full = d.expanded(self.origin, self.dims, self.axes)
            return
        if self.fmt in ("FRACTAL_Z", "FRACTAL_Z_3D") and rng.random() < 0.5:
            self.groups = rng.choice([2, 3, 4, 8, 16, 17])
            size["N"] = self.groups * rng.randint(1, 6)
        self.dims = [size[a] for a in self.origin]
        if self.groups == 1:
            self.make_empty(rng)
        self.full = self.dims

    def line(self, data):
        return " ".join([
            "back" if self.back else "there", self.source, self.target,
            self.plain, self.origin, ",".join(map(str, self.dims)),
            self.axes or "-", self.fmt, str(self.given_c0), str(self.groups),
            str(self.m0), data.hex()])

    def make_source(self, rng, count):
        """Random bytes; numbers that are cast are no NaNs."""
        if self.source == self.target:
            return rng.randbytes((count * TYPES[self.source] + 7) // 8)
        values = [rng.uniform(-2, 2) * 2.0 ** rng.randint(-30, 20)
                  for _ in range(count)]
        data = b"".join(struct.pack("<f", value) for value in values)
        if self.source == "f32":
            return data
        pieces = [data[i:i + 4] for i in range(0, len(data), 4)]
        return b"".join(d.rounded(p, "f32", self.source) for p in pieces)

    def expected(self, rng):
        """Storage shape, the source's bytes and the target's bytes."""
        shape, stored = d.storage(self.origin, self.full, self.fmt, self.c0,
                                  self.m0, self.groups)
        plain = list(range(d.count(self.dims)))
        if self.plain != self.origin:
            plain = d.permuted(self.origin, self.dims, self.plain)[1]
        counts = [len(plain), d.count(shape)]
        from_bits, to_bits = TYPES[self.source], TYPES[self.target]
        source = self.make_source(rng, counts[self.back])
        target = bytearray((counts[not self.back] * to_bits + 7) // 8)
        for position, element in enumerate(plain):
            ends = (position, stored[element])
            value = d.get_bits(source, ends[self.back], from_bits)
            d.put_bits(target, ends[not self.back], to_bits,
                       d.rounded(value, self.source, self.target))
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
        if d.count(case.full) > 3000:
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
