# SPDX-License-Identifier: Apache-2.0
#
# A model of the shared directory: compiled with all weights refreshable it gives
# the reference; refreshed with other weights it gives, bit for bit, what the
# model gives that was written with those weights; going back gives the first
# result again. All in the precision and within the tolerance that are asked for.
import json
import os

import numpy

from harness import Test, decode_output

test = Test(shared="", model="", case="", inputname="", precision="origin",
            tolerance="1e-4")
precision = "--precision", test.options.precision
models = os.path.join(test.options.shared, "models")
golden = os.path.join(models, "golden")
model = os.path.join(models, test.options.model)

with open(os.path.join(golden, test.options.case + ".json"),
          encoding="utf-8") as file:
    description = json.load(file)
inputs = {test.options.inputname or name: os.path.join(golden, tensor["file"])
          for name, tensor in description["inputs"].items()}
bundle = test.compile(model, test.path("m.om"), *precision)
first = test.must_run(bundle, inputs)

# By shape: the formats do not agree on the names of outputs.
references = list(description["outputs"].values())
results = list(first.values())
test.check(len(results) == len(references), "as many outputs as references")
by_shape = {}
for data in results:
    array = decode_output(data)
    by_shape[array.shape] = array
for tensor in references:
    expected = numpy.fromfile(os.path.join(golden, tensor["file"]), "<f4")
    array = by_shape.get(tuple(tensor["dims"]))
    test.check(array is not None
               and numpy.abs(array.ravel() - expected).max()
               <= float(test.options.tolerance) * numpy.abs(expected).max(),
               f"output {tensor['file']} agrees with the reference")

# Other weights, also written into a copy of the model.
exported = test.path("a.npz")
test.must("list-weights", model, "--export", exported)
weights = {name: array for name, array in numpy.load(exported).items()
           if array.dtype == numpy.float32}
test.check(len(weights) > 1, "there are weights")
with open(model, "rb") as file:
    data = file.read()
changed = {}
for name, array in weights.items():
    old = array.tobytes()
    if data.count(old) != 1:
        continue  # two weights with the same bytes
    changed[name] = array[..., ::-1] * numpy.float32(0.5)
    data = data.replace(old, changed[name].tobytes())
test.check(2 * len(changed) > len(weights), "most weights were changed")
numpy.savez(test.path("b.npz"), **changed)
suffix = os.path.splitext(model)[1]
rebuilt = test.compile(test.write("b" + suffix, data), test.path("b.om"),
                       *precision)
second = test.must_run(bundle, inputs, "--weights", test.path("b.npz"))
test.check(second != first, "other weights give another result")
test.check(second == test.must_run(rebuilt, inputs),
           "refreshed: the same bits as the model with those weights")
test.check(first == test.must_run(bundle, inputs,
                                  "--weights", test.path("b.npz"),
                                  "--weights", exported),
           "A, B, A gives the first result bit for bit")
test.finish()
