# SPDX-License-Identifier: Apache-2.0
#
# Reduced precision and fractal formats, before and after a refresh: within 2 %
# of the largest value of the references of both sets of weights (5 % for bf16,
# which has three bits less), and the first result bit for bit when the
# first weights come back. Linear formats give the same bits as fractal ones.
import json

import numpy

from harness import Case, Test, decode_output

test = Test(model="mnist-8")
case = Case(test, test.options.model)


def check_near(outputs, reference_case, what, tolerance=2e-2):
    for (_, path, _), data in zip(case.references(reference_case),
                                  outputs.values()):
        expected = numpy.fromfile(path, "<f4")
        error = numpy.abs(decode_output(data).ravel() - expected).max()
        limit = tolerance * numpy.abs(expected).max()
        test.check(error <= limit, f"{what}: error {error}, limit {limit}")


def count_conversions(path):
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    graphs = {graph["name"]: graph for graph in report["graphs"]}
    kinds = [conversion["type"]
             for conversion in graphs["infer"]["conversions"]]
    return {kind: kinds.count(kind) for kind in ("TransData", "Cast")}


exported = test.path("a.npz")
test.must("list-weights", case.model, "--export", exported)
exact = test.must_run(test.compile(case.model, test.path("origin.om")),
                      case.inputs)
for mode in ("fp16", "mixed_float16", "mixed_bfloat16", "cube_fp16in_fp32out"):
    report = test.path(mode + ".json")
    bundle = test.compile(case.model, test.path(mode + ".om"), "--precision",
                          mode, "--report", report)
    first = test.must_run(bundle, case.inputs)
    second = test.must_run(bundle, case.inputs, "--weights", case.weights_b)
    tolerance = 5e-2 if mode == "mixed_bfloat16" else 2e-2
    check_near(first, "", f"{mode}, first weights", tolerance)
    check_near(second, ".b", f"{mode}, second weights", tolerance)
    test.check(first != exact, f"{mode} is another precision")
    again = test.must_run(bundle, case.inputs, "--weights", case.weights_b,
                          "--weights", exported)
    test.check(again == first, f"{mode}: A, B, A gives the first result")

    counts = count_conversions(report)
    test.check(counts["TransData"] > 0 and counts["Cast"] > 0,
               f"{mode}: there are conversions, found {counts}")
    linear = test.compile(case.model, test.path(mode + ".linear.om"),
                          "--precision", mode, "--formats", "linear",
                          "--report", report)
    test.check(count_conversions(report)["TransData"] == 0,
               f"{mode}: linear formats need no TransData")
    test.check(test.must_run(linear, case.inputs) == first,
               f"{mode}: formats do not change a bit")

# Frozen weights are converted when the file is written; only what comes in and
# goes out is converted by the device.
frozen = test.path("frozen.om")
report = test.path("frozen.json")
test.must("compile", case.model, "-o", frozen, "--precision", "fp16",
          "--report", report)
test.check_clean(frozen)
check_near(test.must_run(frozen, case.inputs), "", "frozen weights")
with open(report, encoding="utf-8") as file:
    conversions = json.load(file)["graphs"][0]["conversions"]
producers = [conversion["producer"] for conversion in conversions]
test.check(not any("Initializer" in name for name in producers),
           f"no conversion of a constant is left, found {producers}")

# A node that keeps its type.
kept = test.path("kept.json")
test.must("compile", case.model, "-o", test.path("kept.om"), "--precision",
          "fp16", "--keep-precision", "Conv2D", "--report", kept)
test.check_clean(test.path("kept.om"))
check_near(test.must_run(test.path("kept.om"), case.inputs), "", "kept")
test.check(test.gemc("compile", case.model, "-o", test.path("no.om"),
                     "--precision", "half").code == 2, "unknown mode")
test.finish()
