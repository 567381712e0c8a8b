# SPDX-License-Identifier: Apache-2.0
#
# Transposes between images in blocks move nothing: an image comes in and goes
# out as NHWC around a convolution of NCHW, and out of a second one in an order
# that no format has. (Its dilation, which says nothing for windows of one element,
# keeps it apart from the first.) The numbers are those of NumPy, and those of linear formats bit for bit.
import json

import numpy

from harness import Test, decode_output

GRAPH = """
func.func @graph(%x: tensor<2x5x6x19xf32> {{ge.arg = #ge.arg<name = "x", index = 0>}})
    -> (tensor<2x5x6x20xf32> {{ge.res = #ge.res<name = "y">}},
        tensor<20x2x6x5xf32> {{ge.res = #ge.res<name = "z">}})
    attributes {{ge.graph = #ge.graph<name = "g">}} {{
  %in = ge.Const "in" dense<[0, 3, 1, 2]> : tensor<4xi64>
  %out = ge.Const "out" dense<[0, 2, 3, -3]> : tensor<4xi64>
  %other = ge.Const "other" dense<[1, 0, 3, 2]> : tensor<4xi64>
  %w = ge.Const "w" source "w" dense<"0x{filter}"> : tensor<20x19x1x1xf32>
  %0 = ge.Transpose "t0" %x, %in : (tensor<2x5x6x19xf32>, tensor<4xi64>) -> tensor<2x19x5x6xf32>
  %1 = ge.Conv2D "conv" %0, %w {{data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>}}
     : (tensor<2x19x5x6xf32>, tensor<20x19x1x1xf32>) -> tensor<2x20x5x6xf32>
  %2 = ge.Relu "relu" %1 : (tensor<2x20x5x6xf32>) -> tensor<2x20x5x6xf32>
  %3 = ge.Transpose "t1" %2, %out : (tensor<2x20x5x6xf32>, tensor<4xi64>) -> tensor<2x5x6x20xf32>
  %4 = ge.Relu "again" %3 : (tensor<2x5x6x20xf32>) -> tensor<2x5x6x20xf32>
  %5 = ge.Conv2D "conv2" %0, %w {{data_format = "NCHW", dilations = array<i64: 1, 1, 2, 2>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>}}
     : (tensor<2x19x5x6xf32>, tensor<20x19x1x1xf32>) -> tensor<2x20x5x6xf32>
  %6 = ge.Transpose "t2" %5, %other : (tensor<2x20x5x6xf32>, tensor<4xi64>) -> tensor<20x2x6x5xf32>
  return %4, %6 : tensor<2x5x6x20xf32>, tensor<20x2x6x5xf32>
}}
"""

test = Test()
numbers = numpy.random.default_rng(7)
image = numbers.uniform(-1, 1, (2, 5, 6, 19)).astype("<f4")
inputs = {"x": test.write("x.bin", image.tobytes())}
filters = [numbers.uniform(-1, 1, (20, 19)).astype("<f4") for _ in range(2)]
second = test.path("w.npz")
numpy.savez(second, w=filters[1].reshape(20, 19, 1, 1))
model = test.write("m.mlir",
                   GRAPH.format(filter=filters[0].tobytes().hex()).encode())

bundles = {}
for formats in ("fractal", "linear"):
    report = test.path(formats + ".json")
    bundles[formats] = test.compile(
        model, test.path(formats + ".om"), "--precision", "fp16", "--formats",
        formats, "--report", report)
    with open(report, encoding="utf-8") as file:
        graphs = {graph["name"]: graph for graph in json.load(file)["graphs"]}
    names = [conversion["name"]
             for conversion in graphs["infer"]["conversions"]
             if conversion["type"] == "Transpose"]
    expected = ["t2"] if formats == "fractal" else ["t0", "t1", "t2"]
    test.check(names == expected, f"{formats}: Transposes that move: {names}")

for number, weights in enumerate(([], ["--weights", second])):
    outputs = test.must_run(bundles["fractal"], inputs, *weights)
    test.check(outputs == test.must_run(bundles["linear"], inputs, *weights),
               "formats do not change a bit")
    product = image @ filters[number].T
    for data, expected in zip(outputs.values(), (numpy.maximum(product, 0),
                                                 product.transpose(3, 0, 2, 1))):
        error = numpy.abs(decode_output(data).reshape(expected.shape) -
                          expected).max()
        test.check(error <= 2e-2 * expected.max(), f"weights {number}: {error}")
test.finish()
