# SPDX-License-Identifier: Apache-2.0
#
# Models that cannot be compiled: one line that says why, exit 1, no output.
import os

import numpy

import onnx_edit
from harness import Test
from onnx_edit import (external_tensor, node, small_model, small_weights,
                       tensor, value_info)

test = Test()
onnx = onnx_edit.schema(test.options.protoc)
weights = small_weights()
texts = [tensor(name, value) for name, value in weights.items()]
output = test.path("out.om")


def refuse(what, model, *words, arguments=()):
    """compile and list-weights must both refuse, when `arguments` are none."""
    result = test.gemc("compile", model, "-o", output, "--refresh", "*",
                       *arguments)
    test.check_input_error(result, what, *words)
    left = [name for name in os.listdir(test.work) if name.startswith("out.om")]
    test.check(not left, f"{what}: {left} left behind", result)
    return result


def accept(what, model, *arguments):
    result = test.gemc("compile", model, "-o", output, "--refresh", "*",
                       *arguments)
    test.check(result.code == 0 and os.path.exists(output), what, result)
    if os.path.exists(output):
        os.remove(output)


# Not a model

good = test.write("good.onnx", small_model(onnx, texts))
accept("the small model compiles", good)
with open(good, "rb") as file:
    good_bytes = file.read()

missing = test.path("missing.onnx")
refuse("missing file", missing, "missing.onnx")
refuse("empty file", test.write("empty.onnx", b""), "empty.onnx")
refuse("a directory", test.work)
garbage = numpy.random.RandomState(7)
for index in range(8):
    data = garbage.bytes(int(garbage.randint(1, 5000)))
    refuse("garbage", test.write("garbage.onnx", data), "garbage.onnx")
refuse("text", test.write("text.onnx", b"this is not a model\n" * 100),
       "text.onnx")
refuse("only zeros", test.write("zeros.onnx", bytes(4096)), "zeros.onnx")
for size in range(1, len(good_bytes)):
    data = good_bytes[:size]
    result = test.gemc("list-weights", test.write("cut.onnx", data))
    # A cut between two fields is a valid protobuf message; it lacks parts of
    # the graph, and whether this is an error depends on which.
    test.check(result.code in (0, 1), f"cut after {size} bytes", result)
    if result.code == 1:
        test.check_input_error(result, f"cut after {size} bytes", "cut.onnx")
with open(test.input("mnist-8.onnx"), "rb") as file:
    mnist = file.read()
# Everything is inside the one field "graph", so any cut in it is an error.
for size in range(100, len(mnist) - 100, 1777):
    refuse(f"mnist-8 cut after {size} bytes",
           test.write("cut.onnx", mnist[:size]), "cut.onnx")
for name in ("missing.onnx", "empty.onnx", "garbage.onnx"):
    test.check_input_error(test.gemc("list-weights", test.path(name)),
                           f"list-weights {name}", name)

# External data

values = weights["W"].tobytes() + weights["b"].tobytes()
external = [external_tensor("W", (4, 3), "data.bin", 0, 48),
            external_tensor("b", (3,), "data.bin", 48, 12)]
model = test.write("external.onnx", small_model(onnx, external))
refuse("missing external data", model, "data.bin")
test.write("data.bin", values)
accept("external data", model)
x = test.write("x.bin", numpy.arange(8, dtype="<f4").tobytes())
test.must("compile", model, "-o", test.path("ext.om"), "--refresh", "*")
test.must("compile", good, "-o", test.path("inl.om"), "--refresh", "*")
test.check(test.must_run(test.path("ext.om"), {"x": x})
           == test.must_run(test.path("inl.om"), {"x": x}),
           "external and inline weights give the same result")
test.write("data.bin", values[:-1])
refuse("external data too short", model, "data.bin")
test.write("data.bin", b"")
refuse("external data empty", model, "data.bin")
test.write("data.bin", values)
for what, offset, length in (("offset past the end", 4096, 48),
                             ("length past the end", 0, 4096),
                             ("length does not fit the shape", 0, 44),
                             ("huge offset", 2**63 - 8, 48),
                             ("negative offset", -4, 48),
                             ("offset is no number", "x", 48)):
    broken = [external_tensor("W", (4, 3), "data.bin", offset, length), external[1]]
    refuse(f"external data: {what}",
           test.write("broken.onnx", small_model(onnx, broken)), "W")

# Graphs that contradict themselves

refuse("initializer shorter than its shape", test.write(
    "short.onnx", small_model(onnx, [texts[1],
        'dims: 4 dims: 3 data_type: 1 name: "W" raw_data: "abcd"'])), "W")
refuse("initializer with a huge shape", test.write(
    "huge.onnx", small_model(onnx, [texts[1],
        'dims: 4611686018427387904 dims: 4611686018427387904 data_type: 1 '
        'name: "W" raw_data: "abcd"'])), "W")
refuse("shapes that do not multiply", test.write(
    "shapes.onnx", small_model(onnx, [tensor("W", numpy.ones((5, 3))), texts[1]])),
    "mm")
refuse("input that nobody defines", test.write(
    "dangling.onnx", small_model(onnx, texts[:1])), "b")
refuse("node that feeds itself", test.write("cycle.onnx", onnx_edit.model(
    onnx, [node("Add", ["x", "z"], ["y"], "one"), node("Relu", ["y"], ["z"], "two")],
    [], [value_info("x", [2])], [value_info("y", [2])])))
refuse("value defined twice", test.write("twice.onnx", onnx_edit.model(
    onnx, [node("Relu", ["x"], ["y"], "one"), node("Relu", ["x"], ["y"], "two")],
    [], [value_info("x", [2])], [value_info("y", [2])])), "y")

# Operators: all that are not supported, at once

unsupported = onnx_edit.model(
    onnx,
    [node("Bogus", ["x"], ["a"], "first_bogus"),
     node("Add", ["a", "W"], ["b"], "fine"),
     node("Bogus", ["b"], ["c"], "second_bogus"),
     node("Strange", ["c"], ["y"], "stranger", "com.example")],
    [tensor("W", numpy.ones(2))], [value_info("x", [2])], [value_info("y", [2])],
    domains=["com.example"])
result = refuse("unsupported operators",
                test.write("unsupported.onnx", unsupported),
                "Bogus", "Strange", "com.example", "first_bogus", "stranger",
                "13", "2")
test.check("second_bogus" not in result.err, "only the first node of a type",
           result)
test.check("fine" not in result.err, "not what only waits for them", result)

# Input shapes

dynamic = test.write("dynamic.onnx", small_model(onnx, texts, rows="rows"))
refuse("dynamic dimension without --input-shape", dynamic, "x")
accept("dynamic dimension fixed by name", dynamic, "--input-shape", "x:2,4")
accept("dynamic dimension fixed by position", dynamic, "--input-shape", "@0:7,4")
for what, shape, model in (("unknown input", "nobody:2,4", dynamic),
                           ("unknown position", "@1:2,4", dynamic),
                           ("wrong rank", "x:2,4,1", dynamic),
                           ("contradicts the model", "x:2,5", dynamic),
                           ("contradicts a fixed dimension", "x:3,4", good)):
    refuse(f"--input-shape: {what}", model, arguments=("--input-shape", shape))
for shape in ("x", "x:", "x:a,b", "x:2,,4", ":2,4", "x:-2,4", "x:2,4;x:2,4",
              "x:99999999999999999999,4", "@:2,4", "@x:2,4"):
    result = test.gemc("compile", dynamic, "-o", output, "--refresh", "*",
                       "--input-shape", shape)
    test.check(result.code in (1, 2) and result.err.startswith("gemc: error: "),
               f"--input-shape {shape}: refused", result)
    test.check(not os.path.exists(output), f"--input-shape {shape}: no output")

# Choosing weights

for names, words in ((["Wx"], ["Wx", "did you mean", "W"]),
                     (["nothing*"], ["nothing*"]),
                     (["W", "c"], ["c"])):
    arguments = [a for name in names for a in ("--refresh", name)]
    result = test.gemc("compile", good, "-o", output, *arguments)
    test.check_input_error(result, f"--refresh {names}", *words)
    test.check(not os.path.exists(output), f"--refresh {names}: no output")
result = test.gemc("compile", test.input("mnist-8.onnx"), "-o", output,
                   "--refresh", "Parameter193_reshape1_shape")
test.check_input_error(result, "--refresh of a shape operand",
                       "Parameter193_reshape1_shape")
test.finish()
