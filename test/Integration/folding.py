# SPDX-License-Identifier: Apache-2.0
#
# What the compiler computes and what the executor computes are the same: each
# operator gets random values once as constants, which fold, and once as inputs,
# which do not; the outputs must be equal to the bit.
import io

import numpy

import harness
import onnx_edit

FLOAT, INT64 = onnx_edit.FLOAT, onnx_edit.INT64
random = numpy.random.RandomState(5)


def ints(*values):
    return numpy.array(values, "<i8")


def scalar(value):
    return numpy.array(value, "<i8")


def some(*shape):
    return random.randint(-50, 50, shape).astype("<i8")


class Case:
    """One node: name and value of its inputs, those that stay constant, its
    outputs with their shapes."""

    def __init__(self, op, inputs, outputs, constants=(), attributes=""):
        self.op, self.inputs, self.outputs = op, inputs, outputs
        self.constants, self.attributes = constants, attributes


def attribute(name, value):
    kind = "INT" if isinstance(value, int) else "INTS"
    field = "i" if kind == "INT" else "ints"
    values = [value] if kind == "INT" else value
    return (f'attribute {{ name: "{name}" type: {kind} '
            + " ".join(f"{field}: {v}" for v in values) + " }")


CASES = [
    Case("Gather", [some(4, 5, 3), ints(3, -4, 0)], [(4, 3, 3)], (1,),
         attribute("axis", 1)),
    Case("Gather", [some(4), scalar(-1)], [()], ()),
    Case("Concat", [some(2, 3), some(2, 1), some(2, 0)], [(2, 4)], (),
         attribute("axis", -1)),
    Case("Slice", [some(5, 6), ints(-1, 1), ints(-99, 99), ints(0, 1),
                   ints(-2, 3)], [(3, 2)]),
    Case("Slice", [some(5), ints(9), ints(0)], [(0,)]),
    Case("Transpose", [some(2, 3, 4)], [(4, 2, 3)], (),
         attribute("perm", [2, 0, 1])),
    Case("Split", [some(6, 2), ints(1, 5)], [(1, 2), (5, 2)]),
    Case("Split", [some(2, 6)], [(2, 2), (2, 2), (2, 2)], (),
         attribute("axis", 1)),
    Case("Tile", [some(2, 3), ints(3, 2)], [(6, 6)]),
    Case("Expand", [some(3, 1), ints(2, 1, 4)], [(2, 3, 4)]),
    Case("ConstantOfShape", [ints(2, 3)], [(2, 3)]),
    Case("Range", [scalar(7), scalar(-9), scalar(-4)], [(4,)]),
    Case("NonZero", [ints(0, 3, 0, -1)], [(1, 2)]),
    Case("Reshape", [some(4, 3), ints(2, -1)], [(2, 6)], (1,)),
    Case("Unsqueeze", [some(4, 3), ints(-1, 0)], [(1, 4, 3, 1)], (1,)),
    Case("Squeeze", [some(1, 3, 1), ints(-1)], [(1, 3)], (1,)),
    *[Case(op, [some(3, 1), some(4)], [(3, 4)])
      for op in ("Add", "Sub", "Mul", "Div", "Mod", "Max", "Min")],
    Case("Div", [ints(7, -7, 5, -2**63), ints(-2, 2, 0, -1)], [(4,)]),
    Case("Neg", [some(5)], [(5,)]),
    Case("Flatten", [some(2, 3, 4)], [(6, 4)], (), attribute("axis", 2)),
]


def initializer(name, value):
    text = onnx_edit.tensor(name, value, INT64)
    # NumPy's contiguous arrays have one dim at least.
    return text if value.shape else text.replace("dims: 1 ", "", 1)


def output_type(case):
    return FLOAT if case.op == "ConstantOfShape" else INT64


def build(onnx, case, folded):
    names = [f"i{k}" for k in range(len(case.inputs))]
    constant = [folded or k in case.constants for k in range(len(names))]
    outputs = [f"o{k}" for k in range(len(case.outputs))]
    return onnx_edit.model(
        onnx,
        [onnx_edit.node(case.op, names, outputs, "node") + case.attributes],
        [initializer(name, value)
         for name, value, c in zip(names, case.inputs, constant) if c],
        [onnx_edit.value_info("unused", [1], INT64)] * all(constant)
        + [onnx_edit.value_info(name, value.shape, INT64)
           for name, value, c in zip(names, case.inputs, constant) if not c],
        [onnx_edit.value_info(name, shape, output_type(case))
         for name, shape in zip(outputs, case.outputs)])


def run(test, onnx, case, number, folded):
    """Outputs of the case, and the typed module."""
    stem = f"{number}-{'folded' if folded else 'run'}"
    model = test.write(stem + ".onnx", build(onnx, case, folded))
    test.must("compile", model, "--emit", "typed", "-o",
              test.path(stem + ".mlir"))
    test.must("compile", model, "-o", test.path(stem + ".om"))
    given = {f"i{k}": value for k, value in enumerate(case.inputs)
             if not folded and k not in case.constants}
    files = {}
    for name, value in (given or {"unused": ints(0)}).items():
        files[name] = test.path(f"{stem}-{name}.bin")
        value.tofile(files[name])
    written = test.must_run(test.path(stem + ".om"), files)
    outputs = [numpy.load(io.BytesIO(written[f"o{k}.npy"]))
               for k in range(len(case.outputs))]
    with open(test.path(stem + ".mlir"), encoding="utf-8") as file:
        return outputs, file.read()


def main():
    test = harness.Test()
    onnx = onnx_edit.schema(test.options.protoc)
    for number, case in enumerate(CASES):
        folded, module = run(test, onnx, case, number, True)
        computed, _ = run(test, onnx, case, number, False)
        nodes = [line for line in module.splitlines()
                 if " = ge." in line and "ge.Const" not in line]
        test.check(not nodes, f"{case.op}: does not fold\n{module}")
        for a, b in zip(folded, computed):
            test.check(a.shape == b.shape and numpy.array_equal(a, b),
                       f"{case.op}: folded\n{a}\ncomputed\n{b}")
    test.finish()


main()
