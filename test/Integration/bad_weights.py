# SPDX-License-Identifier: Apache-2.0
#
# Weights and inputs that do not fit: one line that says why, exit 1, and the
# session keeps its weights.
import io
import zipfile

import numpy

import onnx_edit
from harness import Case, Test
from onnx_edit import small_model, small_weights, tensor

test = Test()
case = Case(test, "mnist-8")
bundle = test.compile(case.model, test.path("m.om"))
values = dict(numpy.load(case.weights_b))
output_name = next(case.references(""))[0]


def refuse(what, *arguments, words=(), inputs=case.inputs):
    result, _ = test.run(bundle, inputs, *arguments)
    test.check_input_error(result, what, *words)


def npz(name, **members):
    path = test.path(name)
    numpy.savez(path, **members)
    return path


# Values that do not fit

right = values["Parameter5"]
for what, wrong in (("float64", right.astype("<f8")),
                    ("float16", right.astype("<f2")),
                    ("int32", right.astype("<i4")),
                    ("complex", right.astype("<c8")),
                    ("one dimension less", right[0]),
                    ("other order of dimensions", right.transpose()),
                    ("same count, other shape", right.reshape(1, 8, 5, 5)),
                    ("one element more", numpy.ones((8, 1, 5, 6), "<f4")),
                    ("scalar", numpy.float32(1)),
                    ("no element", numpy.ones((0,), "<f4"))):
    refuse(f"weight with {what}", "--weights", npz("w.npz", Parameter5=wrong),
           words=["Parameter5"])
    path = test.path("w.npy")
    numpy.save(path, wrong)
    refuse(f"weight with {what}", "--weights", f"Parameter5={path}",
           words=["Parameter5"])
    # The wrong one comes last: nothing may be written before all is checked.
    refuse(f"one of two weights with {what}", "--weights",
           npz("w.npz", Parameter6=values["Parameter6"], Parameter5=wrong),
           words=["Parameter5"])
refuse("unknown weight", "--weights", npz("w.npz", Parameter55=right),
       words=["Parameter55"])
refuse("unknown weight among known ones", "--weights",
       npz("w.npz", Parameter5=right, nobody=right), words=["nobody"])
refuse("known constant that is not refreshable", "--weights",
       npz("w.npz", Parameter193_reshape1_shape=numpy.array([256, 10])),
       words=["Parameter193_reshape1_shape"])
refuse("--only that matches nothing", "--weights", case.weights_b,
       "--only", "nobody*", words=["nobody*"])
refuse("weights file without members", "--weights", npz("w.npz"))

# Files that are damaged

refuse("missing weights file", "--weights", test.path("none.npz"),
       words=["none.npz"])
refuse("empty weights file", "--weights", test.write("e.npz", b""),
       words=["e.npz"])
refuse("weights file with garbage", "--weights",
       test.write("g.npz", numpy.random.RandomState(3).bytes(4000)),
       words=["g.npz"])
refuse("directory as weights file", "--weights", test.work)
with open(case.weights_b, "rb") as file:
    whole = file.read()
for size in range(1, len(whole), 1013):
    refuse(f"weights file cut after {size} bytes", "--weights",
           test.write("cut.npz", whole[:size]), words=["cut.npz"])
packed = io.BytesIO()
numpy.savez_compressed(packed, **values)
packed = packed.getvalue()
for size in range(1, len(packed), 2027):
    refuse(f"deflated weights file cut after {size} bytes", "--weights",
           test.write("cut.npz", packed[:size]), words=["cut.npz"])
with zipfile.ZipFile(test.path("odd.npz"), "w") as archive:
    archive.writestr("Parameter5.npy", b"not an array")
refuse("member that is no array", "--weights", test.path("odd.npz"),
       words=["odd.npz"])
single = io.BytesIO()
numpy.save(single, right)
single = single.getvalue()
for size in range(1, len(single), 61):
    refuse(f".npy cut after {size} bytes", "--weights",
           "Parameter5=" + test.write("cut.npy", single[:size]),
           words=["cut.npy"])
# A header that promises more than any file has.
huge = single.replace(b"(8, 1, 5, 5)", b"(1<<62,5,5) "[:12])
refuse(".npy with a shape that is no shape", "--weights",
       "Parameter5=" + test.write("huge.npy", huge), words=["huge.npy"])

# Ambiguous names: the GE name of one weight is the source name of another.

onnx = onnx_edit.schema(test.options.protoc)
weights = small_weights()
ambiguous = test.write("ambiguous.onnx", onnx_edit.model(
    onnx,
    [onnx_edit.node("Add", ["x", "a"], ["t"], "one"),
     onnx_edit.node("Add", ["t", "a_Initializer_0"], ["y"], "two")],
    [tensor("a", weights["b"]), tensor("a_Initializer_0", weights["b"])],
    [onnx_edit.value_info("x", [3])], [onnx_edit.value_info("y", [3])]))
two = test.compile(ambiguous, test.path("two.om"))
x = {"x": test.write("x3.bin", numpy.zeros(3, "<f4").tobytes())}
result, _ = test.run(two, x, "--weights",
                     npz("w.npz", a_Initializer_0=weights["b"]))
test.check_input_error(result, "ambiguous weight", "a_Initializer_0",
                       "ambiguous")
result, _ = test.run(two, x, "--weights", npz("w.npz", a=weights["b"]))
test.check(result.code == 0, "the unambiguous one of the two", result)

# Inputs

name, path = next(iter(case.inputs.items()))
with open(path, "rb") as file:
    data = file.read()
refuse("missing input file", inputs={name: test.path("none.bin")},
       words=["none.bin"])
refuse("input too short", inputs={name: test.write("x.bin", data[:-1])})
refuse("input too long", inputs={name: test.write("x.bin", data + b"\0")})
refuse("empty input", inputs={name: test.write("x.bin", b"")})
array = numpy.frombuffer(data, "<f4").reshape(1, 1, 28, 28)
for what, wrong in (("float64", array.astype("<f8")),
                    ("another shape", array.reshape(28, 28))):
    path = test.path("x.npy")
    numpy.save(path, wrong)
    refuse(f"input .npy with {what}", inputs={name: path}, words=[name])
numpy.save(test.path("x.npy"), array)
test.check(test.must_run(bundle, {name: test.path("x.npy")})
           == test.must_run(bundle, case.inputs), "input as .npy and raw")
refuse("unknown input", inputs={**case.inputs, "nobody": case.inputs[name]},
       words=["nobody"])
result, _ = test.run(bundle, {})
test.check(result.code in (1, 2) and name in result.err, "input not given",
           result)

# References

for what, argument in (("missing file", f"{output_name}={test.path('none.bin')}"),
                       ("wrong size", f"{output_name}={case.weights_b}"),
                       ("unknown output", f"nobody={case.inputs[name]}")):
    result, _ = test.run(bundle, case.inputs, "--expect", argument)
    test.check(result.code in (1, 2) and result.err.startswith("gemc: error: "),
               f"--expect: {what}", result)
small = test.write("small.onnx", small_model(
    onnx, [tensor(key, value) for key, value in weights.items()]))
result = test.gemc("run", small)
test.check_input_error(result, "an ONNX file instead of a bundle", "small.onnx")
test.finish()
