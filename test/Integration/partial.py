# SPDX-License-Identifier: Apache-2.0
#
# A refresh of some weights gives, bit for bit, what a compile of the model with
# these initializers replaced gives.
import numpy

import onnx_edit
from harness import Case, Test

test = Test(model="mnist-8")
case = Case(test, test.options.model)
onnx = onnx_edit.schema(test.options.protoc)
with open(case.model, "rb") as file:
    original = file.read()
values = numpy.load(case.weights_b)
bundle = test.compile(case.model, test.path("m.om"))
first = test.must_run(bundle, case.inputs)

for mix, names in {**case.mixes, "all": values.files}.items():
    model = test.write("mixed.onnx", onnx_edit.replace_initializers(
        onnx, original, {name: values[name] for name in names}))
    compiled = test.must_run(test.compile(model, test.path("mixed.om")),
                             case.inputs)
    only = [argument for name in names for argument in ("--only", name)]
    refreshed = test.must_run(bundle, case.inputs,
                              "--weights", case.weights_b, *only)
    test.check(refreshed == compiled, f"{mix}: refresh and compile agree")
    test.check(refreshed != first, f"{mix}: the result differs from the first")
    # Without refreshable weights: the constants take another way.
    frozen = test.path("frozen.om")
    test.must("compile", model, "-o", frozen)
    test.check(test.must_run(frozen, case.inputs) == compiled,
               f"{mix}: constants and variables give the same bits")
test.finish()
