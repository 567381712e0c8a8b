# SPDX-License-Identifier: Apache-2.0
#
# A model of the shared directory: compiled with all weights refreshable it gives
# the reference; refreshed with other weights it gives, bit for bit, what the
# model gives that was written with those weights; going back gives the first
# result again. All in the precision and within the tolerance that are asked for.
# Every weight that may be refreshable is.
import json
import os

import numpy

import onnx_weights
from harness import Test, decode_output, output_file, read_safetensors

test = Test(shared="", model="", case="", inputname="", precision="origin",
            tolerance="1e-4", second="")
precision = "--precision", test.options.precision
models = os.path.join(test.options.shared, "models")
golden = os.path.join(models, "golden")
model = os.path.join(models, test.options.model)
is_onnx = model.endswith(".onnx")
DTYPES = {"float32": "<f4", "float16": "<f2", "int64": "<i8", "int32": "<i4"}


def describe(directory, case):
    with open(os.path.join(models, directory, case + ".json"),
              encoding="utf-8") as file:
        return json.load(file)


def check_outputs(outputs, directory, case):
    """Compares with references by name or, of formats that do not agree on the
    names of outputs, by shape."""
    references = describe(directory, case)["outputs"]
    test.check(len(outputs) == len(references), "as many outputs as references")
    arrays = {name: decode_output(data) for name, data in outputs.items()}
    by_shape = {array.shape: array for array in arrays.values()}
    for name, tensor in references.items():
        expected = numpy.fromfile(os.path.join(models, directory,
                                               tensor["file"]),
                                  DTYPES[tensor["type"]])
        array = (arrays.get(output_file(name)) if is_onnx
                 else by_shape.get(tuple(tensor["dims"])))
        if array is None or array.shape != tuple(tensor["dims"]):
            test.check(False, f"{case}: there is an output like {name}")
            continue
        # In other precisions the interface may have other types.
        test.check(array.dtype == expected.dtype
                   or test.options.precision != "origin",
                   f"{case}: {name} has type {expected.dtype}")
        found, expected = array.ravel().astype("f8"), expected.astype("f8")
        if not expected.size:
            continue
        error = numpy.abs(found - expected).max()
        largest = numpy.abs(expected).max()
        test.check(error <= float(test.options.tolerance) * largest,
                   f"{case}: error of {name} is {error / largest:.3g} of the "
                   "largest value")


description = describe("golden", test.options.case)
inputs = {test.options.inputname or name: os.path.join(golden, tensor["file"])
          for name, tensor in description["inputs"].items()}
shapes = ";".join(f"{name}:{','.join(map(str, tensor['dims']))}"
                  for name, tensor in description["inputs"].items())
arguments = [*precision]
if is_onnx:
    arguments += ["--input-shape", shapes]
bundle = test.compile(model, test.path("m.om"), *arguments)
first = test.must_run(bundle, inputs)
check_outputs(first, "golden", test.options.case)

# Every weight that may be refreshable is.
listed = json.loads(test.must("list-weights", model, "--json").out)["weights"]
refreshable = {weight["source"] for weight in listed if weight["refreshable"]}
if is_onnx:
    source = onnx_weights.Model(test.options.protoc, model)
    reasons = {weight["source"]: weight.get("reason", "") for weight in listed}
    for name, tensor in source.floats.items():
        if not tensor.is_used:
            continue
        reason = reasons.get(name)
        if tensor.is_empty:
            good = reason == "it has no elements"
        elif tensor.decides_shape:
            good = reason is not None and reason.endswith("decides a shape")
        else:
            good = name in refreshable
        test.check(good, f"{name} is refreshable or rightly not: {reason}")
inspected = json.loads(test.must("inspect", bundle, "--json").out)
test.check({weight["source"] for weight in inspected["manifest"]["weights"]}
           == refreshable, "the bundle has all refreshable weights")

# Other weights, also written into a copy of the model. What the importer made
# is not in the file.
exported = test.path("a.safetensors")
test.must("list-weights", model, "--export", exported)
weights = {name: array for name, array in read_safetensors(exported).items()
           if not is_onnx or name in source.floats}
test.check(len(weights) > 1, "there are weights")
changed = {name: array[..., ::-1] * array.dtype.type(0.5) if array.ndim else
           array * array.dtype.type(0.5) for name, array in weights.items()}
if is_onnx:
    other = source.write(test.path("b"), changed)
else:
    with open(model, "rb") as file:
        data = file.read()
    for name, array in weights.items():
        old = array.tobytes()
        if data.count(old) == 1:
            data = data.replace(old, changed[name].tobytes())
        else:
            del changed[name]  # two weights with the same bytes
    other = test.write("b" + os.path.splitext(model)[1], data)
test.check(2 * len(changed) > len(weights), "most weights were changed")
numpy.savez(test.path("b.npz"), **changed)
rebuilt = test.path("b.om")
test.must("compile", other, "-o", rebuilt, "--refresh", "*", *arguments)
second = test.must_run(bundle, inputs, "--weights", test.path("b.npz"))
test.check(second != first, "other weights give another result")
test.check(second == test.must_run(rebuilt, inputs),
           "refreshed: the same bits as the model with those weights")
test.check(first == test.must_run(bundle, inputs,
                                  "--weights", test.path("b.npz"),
                                  "--weights", exported),
           "A, B, A gives the first result bit for bit")

# The second weight set of the shared directory, with references.
if test.options.second:
    prefix = os.path.join(models, "refresh", test.options.second)
    outputs = test.must_run(bundle, inputs,
                            "--weights", prefix + ".weights_b.npz")
    check_outputs(outputs, "refresh", test.options.second + ".b")
test.finish()
