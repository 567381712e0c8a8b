# SPDX-License-Identifier: Apache-2.0
#
# The same network as .air and as ONNX: the constant X of the ONNX file is called
# X_const in the other. Both give the same results, with their own weights and
# refreshed with the same others.
import os

import numpy

from harness import Test, decode_output

test = Test(shared="")
directory = os.path.join(test.options.shared, "models", "air")
inputs = {"input_data": test.input("fada_lenet.inputs.input_data.bin")}
bundles = {name: test.compile(os.path.join(directory, file),
                              test.path(name + ".om"))
           for name, file in (("air", "fada_net.air"),
                              ("onnx", "fada_net_equivalent.onnx"))}
weights = dict(numpy.load(test.input("fada_lenet.weights_b.npz")))
numpy.savez(test.path("onnx.npz"), **weights)
numpy.savez(test.path("air.npz"),
            **{name + "_const": array for name, array in weights.items()})


def result(name, *arguments):
    outputs = test.must_run(bundles[name], inputs, *arguments)
    test.check(len(outputs) == 1, f"{name}: one output")
    return decode_output(next(iter(outputs.values())))


def refreshed(name):
    return result(name, "--weights", test.path(name + ".npz"))


for what, of in (("own weights", result), ("other weights", refreshed)):
    air, onnx = of("air"), of("onnx")
    test.check(air.shape == onnx.shape
               and numpy.abs(air - onnx).max() <= 1e-4 * numpy.abs(onnx).max(),
               f"{what}: both files give the same")
test.check(not numpy.array_equal(result("air"), refreshed("air")),
           "other weights give another result")
test.finish()
