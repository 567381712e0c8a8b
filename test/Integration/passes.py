# SPDX-License-Identifier: Apache-2.0
#
# A pass that simplifies a graph changes no number: random graphs and real
# models are compiled with and without it and run on the same random inputs. The
# outputs are equal to the bit, but for ge-fold-batch-norm, which rounds anew.
import io
import json
import os
import subprocess

import numpy

import harness
import onnx_edit

FLOAT, INT64 = onnx_edit.FLOAT, onnx_edit.INT64
NUMPY = {FLOAT: "<f4", INT64: "<i8"}
TAIL = ["gemlir-to-split", "gemlir-to-laid-out", "gemlir-to-abstract",
        "gemlir-to-scheduled", "gemlir-to-tasks"]
FOLD, NORM, CSE = "ge-fold-constants", "ge-fold-batch-norm", "ge-cse"
# Of the largest value.
TOLERANCE = 1e-5
random = numpy.random.RandomState(7)


class Passes:
    """Compiles models with passes of our choice and runs them."""

    def __init__(self, test):
        self.test = test
        self.tools = os.path.dirname(test.options.gemc)
        self.count = 0

    def tool(self, name, *arguments):
        command = [os.path.join(self.tools, name), *arguments]
        return harness.Result(command, subprocess.run(
            command, capture_output=True, timeout=harness.TIMEOUT))

    def reads(self, model, shapes):
        """Whether we know all operators of the model."""
        return self.test.gemc("compile", model, "--emit", "typed",
                              "--input-shape", shapes, "-o",
                              self.test.path("read.mlir")).code == 0

    def run(self, model, passes, inputs, shapes=None, optional=False):
        """Outputs by name and the simplified module; None when it does not
        compile and `optional` is set."""
        self.count += 1
        stem = self.test.path(str(self.count))
        self.test.must("compile", model, "--emit", "imported", "-o",
                       stem + ".mlir",
                       *(["--input-shape", shapes] if shapes else []))
        functions = [f"func.func({name})" if name.startswith("ge-") and
                     "precision" not in name else name for name in passes]
        steps = [(stem + ".mlir", functions, stem + ".typed.mlir"),
                 (stem + ".typed.mlir", TAIL, stem + ".tasks.mlir")]
        for source, names, target in steps:
            result = self.tool(
                "ge-opt", source, "-o", target,
                f"--pass-pipeline=builtin.module({','.join(names)})")
            if result.code != 0 and optional:
                return None
            if result.code != 0:
                self.test.check(False, f"{model}: ge-opt should succeed", result)
                self.test.finish()
        result = self.tool("ge-translate", "--mlir-to-om", stem + ".tasks.mlir",
                           "-o", stem + ".om")
        if result.code != 0:
            self.test.check(False, f"{model}: ge-translate should succeed",
                            result)
            self.test.finish()
        outputs = self.test.must_run(stem + ".om", inputs)
        with open(stem + ".typed.mlir", encoding="utf-8") as file:
            text = file.read()
        return ({name: numpy.load(io.BytesIO(data))
                 for name, data in outputs.items()}, text)

    def compare(self, what, model, inputs, before, after, tolerance=0,
                shapes=None, optional=False):
        """Both modules, or None when `before` does not compile."""
        plain = self.run(model, before, inputs, shapes, optional)
        if plain is None:
            return None
        changed = self.run(model, after, inputs, shapes)
        self.test.check(plain[0].keys() == changed[0].keys(),
                        f"{what}: the same outputs")
        for name, a in plain[0].items():
            b = changed[0][name]
            self.test.check(a.shape == b.shape and a.dtype == b.dtype,
                            f"{what}: {name}: the same type")
            if tolerance:
                wide = a.astype("f8"), b.astype("f8")
                error = numpy.abs(wide[0] - wide[1]).max(initial=0)
                scale = numpy.abs(wide[0]).max(initial=0)
                good = error <= tolerance * scale
            else:
                error, good = "", a.tobytes() == b.tobytes()
            self.test.check(good, f"{what}: {name} differs: {error}")
        return plain[1], changed[1]


def count(module, operator):
    return module.count(f" = ge.{operator} ")


def write_input(test, name, value):
    path = test.path(name + ".bin")
    value.tofile(path)
    return path


def initializer(name, value, kind):
    text = onnx_edit.tensor(name, value, kind)
    # NumPy's contiguous arrays have one dim at least.
    return text if value.shape else text.replace("dims: 1 ", "", 1)


def attribute(name, value):
    if isinstance(value, float):
        return f'attribute {{ name: "{name}" type: FLOAT f: {value} }} '
    if isinstance(value, int):
        return f'attribute {{ name: "{name}" type: INT i: {value} }} '
    return (f'attribute {{ name: "{name}" type: INTS '
            + " ".join(f"ints: {v}" for v in value) + " } ")


# Shape arithmetic ------------------------------------------------------------

class Arithmetic:
    """A random graph of integer operators: nodes, values that it begins with,
    and all results with their shapes."""

    def __init__(self, size):
        self.nodes, self.leaves, self.results = [], {}, {}
        for shape in ((3,), (2, 3), (), (4,)):
            self.leaf(random.randint(-9, 9, shape))
        for _ in range(size):
            self.grow()

    def leaf(self, value):
        name = f"leaf{len(self.leaves)}"
        self.leaves[name] = numpy.asarray(value, "<i8")
        self.results[name] = self.leaves[name].shape
        return name

    def node(self, op, inputs, shape, attributes="", opset_constants=()):
        name = f"n{len(self.nodes)}"
        self.nodes.append(onnx_edit.node(op, inputs, [name], name) + attributes)
        self.results[name] = shape
        return name

    def pick(self, accept=lambda shape: True):
        names = [n for n, shape in self.results.items() if accept(shape)]
        return names[random.randint(len(names))] if names else None

    def grow(self):
        kind = random.randint(7)
        if kind == 0:
            a = self.pick()
            b = self.pick(lambda s: fits(s, self.results[a]))
            op = ["Add", "Sub", "Mul", "Div", "Max", "Min"][random.randint(6)]
            return self.node(op, [a, b], broadcast(self.results[a],
                                                   self.results[b]))
        if kind == 1:
            x = self.pick(lambda s: len(s) > 0)
            op = ["ReduceProd", "ReduceMax", "ReduceMin",
                  "ReduceMean"][random.randint(4)]
            return self.node(op, [x], self.results[x][:-1],
                             attribute("axes", [-1]) + attribute("keepdims", 0))
        if kind == 2:
            x = self.pick()
            return self.node(["Abs", "Neg", "Sign"][random.randint(3)], [x],
                             self.results[x])
        if kind == 3:
            x = self.pick(lambda s: len(s) > 0)
            return self.node("CumSum", [x, "axis"], self.results[x],
                             attribute("exclusive", int(random.randint(2)))
                             + attribute("reverse", int(random.randint(2))))
        if kind == 4:
            a = self.pick()
            b = self.pick(lambda s: s == self.results[a])
            flag = self.node("Greater", [a, b], self.results[a])
            del self.results[flag]
            return self.node("Where", [flag, b, a], self.results[b])
        if kind == 5:
            x = self.pick(lambda s: len(s) == 1)
            return self.node("Pad", [x, "pads"], (self.results[x][0] + 1,))
        x = self.pick()
        middle = self.node("Cast", [x], self.results[x], attribute("to", 6))
        del self.results[middle]  # int32
        return self.node("Cast", [middle], self.results[x],
                         attribute("to", INT64))

    def build(self, onnx, constant):
        # Those that decide shapes are constants in any case.
        fixed = {"axis": numpy.array(0, "<i8"),
                 "pads": numpy.array([2, -1], "<i8")}
        given = dict(fixed, **(self.leaves if constant else {}))
        fed = {} if constant else self.leaves
        outputs = [n for n in self.results if n.startswith("n")]
        return onnx_edit.model(
            onnx, self.nodes,
            [initializer(name, value, INT64) for name, value in given.items()],
            [onnx_edit.value_info("unused", [1], INT64)] * constant
            + [onnx_edit.value_info(name, value.shape, INT64)
               for name, value in fed.items()],
            [onnx_edit.value_info(name, self.results[name], INT64)
             for name in outputs])


def broadcast(a, b):
    return numpy.broadcast_shapes(a, b)


def fits(a, b):
    try:
        broadcast(a, b)
        return True
    except ValueError:
        return False


def test_arithmetic(test, passes, onnx):
    """What the compiler computes is what the executor computes."""
    for number in range(4):
        graph = Arithmetic(40)
        stem = f"arithmetic{number}"
        folded = test.write(stem + "-c.onnx", graph.build(onnx, True))
        fed = test.write(stem + "-f.onnx", graph.build(onnx, False))
        inputs = {name: write_input(test, f"{stem}-{name}", value)
                  for name, value in graph.leaves.items()}
        unused = {"unused": write_input(test, "unused", numpy.zeros(1, "<i8"))}
        expected, _ = passes.run(fed, [FOLD, "canonicalize"], inputs)
        computed, module = passes.run(folded, [FOLD, "canonicalize"], unused)
        left = [line for line in module.splitlines()
                if " = ge." in line and "ge.Const" not in line]
        test.check(not left, f"{stem}: does not fold\n" + "\n".join(left))
        test.check(expected.keys() == computed.keys(), f"{stem}: outputs")
        for name, value in expected.items():
            test.check(value.tobytes() == computed[name].tobytes(),
                       f"{stem}: {name}: {value} is computed as "
                       f"{computed[name]}")


def test_branches(test, passes, onnx):
    """A branch that the shapes choose is the one that runs."""
    for condition, factor in ((2, 2.0), (3, 1.0)):
        # Exporters ask whether a dim is 2 before they use it so.
        branch = ('attribute {{ name: "{0}_branch" type: GRAPH g {{ name: "{0}" '
                  "node {{ {1} }} output {{ {2} }} }} }} ")
        output = onnx_edit.value_info
        nodes = [onnx_edit.node("Shape", ["x"], ["shape"], "shape"),
                 onnx_edit.node("Gather", ["shape", "zero"], ["dim"], "dim")
                 + attribute("axis", 0),
                 onnx_edit.node("Equal", ["dim", "wanted"], ["same"], "same"),
                 onnx_edit.node("If", ["same"], ["y"], "if")
                 + branch.format("then",
                                 onnx_edit.node("Add", ["x", "x"], ["t"], "t"),
                                 output("t", [2, 3]))
                 + branch.format("else",
                                 onnx_edit.node("Identity", ["x"], ["e"], "e"),
                                 output("e", [2, 3]))]
        model = test.write(f"if{condition}.onnx", onnx_edit.model(
            onnx, nodes,
            [initializer("zero", numpy.array(0), INT64),
             initializer("wanted", numpy.array(condition), INT64)],
            [output("x", [2, 3])], [output("y", [2, 3])]))
        x = random.uniform(-1, 1, (2, 3)).astype("<f4")
        inputs = {"x": write_input(test, "if-x", x)}
        modules = passes.compare(f"if {condition}", model, inputs,
                                 ["ge-infer-shapes", "canonicalize"],
                                 [FOLD, "canonicalize"])
        test.check("ge.If" in modules[0] and "ge.If" not in modules[1],
                   "the branch takes the place of the If")
        outputs, _ = passes.run(model, [FOLD, "canonicalize"], inputs)
        test.check(numpy.array_equal(outputs["y.npy"], factor * x),
                   "the right branch")


def test_impossible_branch(test, passes, onnx):
    """A branch that the shapes forbid, guarded by a condition on them, need not
    be right; without the guard it is an error."""
    output = onnx_edit.value_info
    branch = ('attribute {{ name: "{0}_branch" type: GRAPH g {{ name: "{0}" '
              "node {{ {1} }} output {{ {2} }} }} }} ")
    squeeze = onnx_edit.node("Squeeze", ["x", "axes"], ["t"], "squeeze")
    identity = onnx_edit.node("Identity", ["x"], ["e"], "e")

    def build(swapped):
        first, second = (squeeze, "t"), (identity, "e")
        if swapped:
            first, second = second, first
        nodes = [onnx_edit.node("Shape", ["x"], ["shape"], "shape"),
                 onnx_edit.node("Gather", ["shape", "zero"], ["dim"], "dim"),
                 onnx_edit.node("Equal", ["dim", "one"], ["same"], "same"),
                 onnx_edit.node("If", ["same"], ["r"], "if")
                 + branch.format("then", first[0], output(first[1], ["a", "b"]))
                 + branch.format("else", second[0],
                                 output(second[1], ["c", "d"])),
                 onnx_edit.node("Relu", ["r"], ["y"], "relu")]
        return onnx_edit.model(
            onnx, nodes,
            [initializer("zero", numpy.array(0), INT64),
             initializer("one", numpy.array(1), INT64),
             initializer("axes", numpy.array([0]), INT64)],
            [output("x", [2, 3])], [output("y", [2, 3])])

    model = test.write("guarded.onnx", build(False))
    result = test.must("compile", model, "-o", test.path("guarded.om"))
    test.check("the shapes never lead to branch 'then'" in result.err,
               "the branch is left out with a warning", result)
    x = random.uniform(-1, 1, (2, 3)).astype("<f4")
    outputs = test.must_run(test.path("guarded.om"),
                            {"x": write_input(test, "guarded", x)})
    test.check(numpy.array_equal(numpy.load(io.BytesIO(outputs["y.npy"])),
                                 numpy.maximum(x, 0)), "the other branch runs")
    model = test.write("wrong.onnx", build(True))
    result = test.gemc("compile", model, "-o", test.path("wrong.om"))
    test.check(result.code == 1 and "squeeze" in result.err
               and "only 1 can be dropped" in result.err,
               "a branch that is taken must be right", result)


# Batch normalisation ---------------------------------------------------------

def test_batch_norm(test, passes, onnx):
    def some(*shape):
        return random.uniform(-1, 1, shape).astype("<f4")

    def conv(x, w, y, bias, **attributes):
        return ("Conv", x, w, y, bias, attributes)

    def up(x, w, y, bias, **attributes):
        return ("ConvTranspose", x, w, y, bias, attributes)

    cases = [
        conv((2, 3, 9, 8), (4, 3, 3, 3), (2, 4, 9, 8), False, pads=[1, 1, 1, 1]),
        conv((1, 4, 9, 9), (6, 2, 3, 3), (1, 6, 4, 4), True, group=2,
             strides=[2, 2]),
        conv((1, 8, 5, 5), (8, 1, 3, 3), (1, 8, 3, 3), True, group=8),
        conv((1, 3, 4, 5, 6), (5, 3, 2, 2, 2), (1, 5, 3, 4, 5), True),
        up((1, 3, 4, 4), (3, 5, 2, 2), (1, 5, 8, 8), True, strides=[2, 2]),
        up((1, 3, 4, 4), (3, 5, 3, 3), (1, 5, 6, 6), False),
        ("Gemm", (7, 6), (6, 5), (7, 5), True, {}),
        ("Gemm", (7, 6), (5, 6), (7, 5), True, {"transB": 1}),
        ("MatMul", (7, 6), (6, 5), (7, 5), False, {}),
    ]
    for number, (op, x, w, y, bias, attributes) in enumerate(cases):
        channels = y[1]
        values = {"w": some(*w), "scale": some(channels) + 1,
                  "offset": some(channels), "mean": some(channels),
                  "var": some(channels) + numpy.float32(1.5)}
        if bias:
            values["b"] = some(channels)
        nodes = [onnx_edit.node(op, ["x", "w"] + ["b"] * bias, ["c"], "product")
                 + "".join(attribute(*item) for item in attributes.items()),
                 onnx_edit.node("BatchNormalization",
                                ["c", "scale", "offset", "mean", "var"], ["y"],
                                "norm") + attribute("epsilon", 1e-3)]
        model = test.write(f"norm{number}.onnx", onnx_edit.model(
            onnx, nodes,
            [onnx_edit.tensor(name, value) for name, value in values.items()],
            [onnx_edit.value_info("x", x)], [onnx_edit.value_info("y", y)]))
        inputs = {"x": write_input(test, f"norm{number}", some(*x))}
        before, after = [FOLD, "canonicalize"], [FOLD, NORM, "canonicalize"]
        modules = passes.compare(f"norm {number}", model, inputs, before, after,
                                 TOLERANCE)
        test.check("ge.BatchNorm" in modules[0]
                   and "ge.BatchNorm" not in modules[1],
                   f"norm {number}: is folded")
        # Through rounding and fractal formats.
        half = ["ge-set-precision{mode=fp16}"]
        passes.compare(f"norm {number} in f16", model, inputs, before + half,
                       after + half, 5e-3)


# Equal operators -------------------------------------------------------------

def test_equal(test, passes, onnx):
    """Random graphs in which much is computed twice."""
    for number in range(4):
        nodes, values, chosen = [], ["x"], []
        for i in range(60):
            op = ["Add", "Mul", "Sub", "Relu", "Tanh", "Neg"][random.randint(6)]
            operands = [values[-random.randint(1, min(len(values), 8) + 1)]
                        for _ in range(2 if op in ("Add", "Mul", "Sub") else 1)]
            if i % 3 == 2:  # once more what was there
                op, operands = chosen[random.randint(len(chosen))]
            chosen.append((op, operands))
            values.append(f"v{i}")
            nodes.append(onnx_edit.node(op, operands, [values[-1]], values[-1]))
        outputs = values[-20:]
        model = test.write(f"equal{number}.onnx", onnx_edit.model(
            onnx, nodes, [], [onnx_edit.value_info("x", [2, 5])],
            [onnx_edit.value_info(name, [2, 5]) for name in outputs]))
        x = random.uniform(-1, 1, (2, 5)).astype("<f4")
        inputs = {"x": write_input(test, f"equal{number}", x)}
        modules = passes.compare(f"equal {number}", model, inputs,
                                 [FOLD, "canonicalize"],
                                 [FOLD, "canonicalize", CSE])
        sizes = [module.count(" = ge.") for module in modules]
        test.check(sizes[1] < sizes[0], f"equal {number}: {sizes} operators")


# Models ----------------------------------------------------------------------

def find_models(test):
    """Name, path, shapes of the inputs, and files with values for them."""
    for name in ("mnist-8", "fada_lenet"):
        case = harness.Case(test, name)
        yield name, case.model, case.describe("")["inputs"], test.options.inputs
    if test.options.shared == "-":
        return
    models = os.path.join(test.options.shared, "models")
    golden = os.path.join(models, "golden")
    for file in sorted(os.listdir(golden)):
        if not file.endswith(".json"):
            continue
        with open(os.path.join(golden, file), encoding="utf-8") as text:
            description = json.load(text)
        # Descriptions do not agree on where models lie.
        for path in (description["model"],
                     os.path.join("onnx",
                                  os.path.basename(description["model"]))):
            path = os.path.join(models, path)
            if path.endswith(".onnx") and os.path.exists(path):
                yield file[:-5], path, description["inputs"], golden
                break


def randomize(test, stem, name, tensor, directory):
    """Other numbers where numbers are not indices or masks."""
    path = os.path.join(directory, tensor["file"])
    kind = {"float32": "<f4", "float16": "<f2"}.get(tensor["type"])
    if kind is None:
        return path
    value = numpy.fromfile(path, kind)
    return write_input(test, f"{stem}-{name}",
                       random.permutation(value).astype(kind))


def test_models(test, passes):
    compared = {FOLD: [], NORM: [], CSE: []}
    for name, path, inputs, directory in find_models(test):
        files = {i: randomize(test, name, i, tensor, directory)
                 for i, tensor in inputs.items()}
        shapes = ";".join(f"{i}:" + ",".join(map(str, tensor["dims"]))
                          for i, tensor in inputs.items())
        if not passes.reads(path, shapes):
            print(f"{name}: has operators that are not known")
            continue
        base = [FOLD, "canonicalize"]
        for key, before, after, tolerance in (
                (FOLD, ["ge-infer-shapes", "canonicalize"], base, 0),
                # f32 rounds differently in a hundred layers.
                (NORM, base, [FOLD, NORM, "canonicalize"], 5e-5),
                (CSE, base, [*base, CSE], 0)):
            # Without folding, the shapes of some are not known.
            modules = passes.compare(f"{name}: {key}", path, files, before,
                                     after, tolerance, shapes, key == FOLD)
            if modules:
                sizes = [module.count(" = ge.") for module in modules]
                print(f"{name}: {key}: {sizes[0]} operators, then {sizes[1]}")
                compared[key].append(name)
                if "ge.BatchNorm" in modules[0] and key == NORM:
                    print(f"  {count(modules[1], 'BatchNorm')} BatchNorm stay")
    for key, names in compared.items():
        test.check(len(names) >= 2, f"{key}: models {names}")


def main():
    test = harness.Test(shared="-")
    passes = Passes(test)
    onnx = onnx_edit.schema(test.options.protoc)
    test_arithmetic(test, passes, onnx)
    test_branches(test, passes, onnx)
    test_impossible_branch(test, passes, onnx)
    test_batch_norm(test, passes, onnx)
    test_equal(test, passes, onnx)
    test_models(test, passes)
    test.finish()


main()
