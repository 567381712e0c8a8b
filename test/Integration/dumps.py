# SPDX-License-Identifier: Apache-2.0
#
# `gemc run --dump-all` and `gemc compare`: what is in a dump, that it appears
# as a whole or not at all, that two precisions of a model can be compared, that
# a difference is found where it arises, and what bad directories get.
import json
import os
import shutil

import numpy

import onnx_edit
from harness import Case, Test

test = Test()
case = Case(test, "mnist-8")
arguments = [f"--input={name}={path}" for name, path in case.inputs.items()]
exact = test.compile(case.model, test.path("m.om"))


def dump(bundle, name, *more):
    test.must("run", bundle, *arguments, "--dump-all", test.path(name), *more)
    return load(name)


def load(name):
    """Entries of the index, and arrays by node."""
    with open(test.path(name, "nodes.json"), encoding="utf-8") as file:
        index = json.load(file)
    test.check(index["version"] == 1, f"{name}: version")
    arrays = {}
    for entry in index["nodes"]:
        array = numpy.load(test.path(name, entry["file"]))
        test.check(list(array.shape) == entry["shape"],
                   f"{name}: shape of {entry['file']}")
        arrays.setdefault(entry["node"], array)
    return index["nodes"], arrays


def compare(a, b, *more):
    return test.gemc("compare", test.path(a), test.path(b), *more)


def compare_json(a, b, *more):
    result = compare(a, b, "--json", *more)
    test.check(result.code in (0, 1) and not result.err, "compare --json", result)
    return json.loads(result.out)


# What is in a dump.
entries, arrays = dump(exact, "a", "--output-dir", test.path("outputs"))
files = [entry["file"] for entry in entries]
test.check(sorted(files) == files, "names sort in execution order")
test.check(sorted(os.listdir(test.path("a"))) == files + ["nodes.json"],
           "the directory holds the files of the index and the index")
test.check(entries[0]["type"] == "Data" and entries[-1]["type"] == "NetOutput",
           "the first tensor is the input, the last one the output")
names = [entry["node"] for entry in entries]
test.check(names[1:-1] == ["Convolution28", "Plus30", "ReLU32", "Pooling66",
                           "Convolution110", "Plus112", "ReLU114", "Pooling160",
                           "Times212", "Plus214"], f"nodes: {names}")
# The memory of the first nodes was used again by later ones.
test.check(numpy.array_equal(arrays["ReLU32"],
                             numpy.maximum(arrays["Plus30"], 0)),
           "a dumped Relu is the Relu of what was dumped before it")
pooled = arrays["ReLU32"].reshape(1, 8, 14, 2, 14, 2).max(axis=(3, 5))
test.check(numpy.array_equal(arrays["Pooling66"], pooled), "a dumped pooling")
output = numpy.load(test.path("outputs", "Plus214_Output_0.npy"))
test.check(numpy.array_equal(arrays["Plus214_Output_0"], output)
           and numpy.array_equal(arrays["Plus214"], output),
           "the last tensors are the output")

# Several inferences: the last one is dumped.
refreshed, refreshed_arrays = dump(exact, "refreshed", "--weights", case.weights_b,
                                   "--only", "Parameter88", "--weights",
                                   case.weights_b, "--only", "Parameter87")
test.check(len(refreshed) == len(entries), "one inference is dumped")
report = compare_json("a", "refreshed")
test.check(report["first"]["node"] == "Convolution110",
           f"the first node that a new weight changes: {report['first']}")
test.check([node["node"] for node in report["nodes"] if node["agrees"]]
           == ["Input3", "Convolution28", "Plus30", "ReLU32", "Pooling66"],
           "nodes before it agree")

# Two precisions: the same nodes in the same shapes, whatever the formats.
half = test.path("half.om")
test.must("compile", case.model, "-o", half, "--refresh", "*", "--precision", "fp16")
half_entries, half_arrays = dump(half, "half")
formats = {entry["node"]: entry["format"] for entry in half_entries}
test.check(formats["Convolution28"] == "NC1HWC0", f"formats: {formats}")
test.check(half_arrays["Convolution28"].dtype == numpy.float16, "dtype of fp16")
test.check(compare("a", "half", "--rtol", "2e-2").code == 0, "fp16 is near")
result = compare("a", "half", "--rtol", "1e-7", "--atol", "0")
test.check(result.code == 1 and "first beyond the tolerance: Convolution28 (Conv2D)"
           in result.out.splitlines()[-1], "fp16 is not that near", result)
report = compare_json("a", "half", "--rtol", "2e-2")
test.check(report["agrees"] and report["first"] is None and not report["only_a"],
           "every node of fp32 is in fp16")
test.check({node["type"] for node in report["only_b"]} >= {"Cast", "TransData"},
           f"conversions are only in fp16: {report['only_b']}")
for node in report["nodes"]:
    if node["node"] == "Convolution28":
        got, expected = (x["Convolution28"].astype("f8")
                         for x in (half_arrays, arrays))
        worst = numpy.abs(got - expected)
        cosine = (got * expected).sum() / numpy.sqrt(
            (got ** 2).sum() * (expected ** 2).sum())
        test.check(node["tensor_a"] == "f32[1,8,28,28]"
                   and node["tensor_b"] == "f16[1,8,28,28]", "types")
        test.check(numpy.isclose(node["max_error"], worst.max())
                   and numpy.isclose(node["relative"],
                                     worst.max() / numpy.abs(expected).max())
                   and numpy.isclose(node["cosine"], cosine)
                   and node["worst"] == list(numpy.unravel_index(
                       worst.argmax(), worst.shape)), f"statistics: {node}")
test.check(compare("half", "a", "--rtol", "2e-2").code == 0, "the other way round")

# bf16, which .npy has not, is written as f32.
brain = test.path("brain.om")
test.must("compile", case.model, "-o", brain, "--precision", "mixed_bfloat16")
brain_entries, brain_arrays = dump(brain, "brain")
dtypes = {entry["node"]: entry["dtype"] for entry in brain_entries}
test.check(dtypes["Convolution28"] == "bf16"
           and brain_arrays["Convolution28"].dtype == numpy.float32, "bf16 as f32")
report = compare_json("a", "brain", "--rtol", "5e-2")
test.check(report["agrees"] and any(node["tensor_b"] == "bf16[1,8,28,28]"
                                    for node in report["nodes"]), "bf16 is near")

# A difference somewhere in the middle.
shutil.copytree(test.path("a"), test.path("seeded"))
for entry in entries:
    if entry["node"] in ("ReLU114", "Times212"):
        array = arrays[entry["node"]].copy()
        array.flat[array.size // 2] += 1e4
        numpy.save(test.path("seeded", entry["file"]), array)
result = compare("a", "seeded")
test.check(result.code == 1 and result.out.splitlines()[-1] ==
           "first beyond the tolerance: ReLU114 (Relu); 2 of 12 compared tensors differ",
           "the seeded difference is found", result)
report = compare_json("a", "seeded")
test.check([node["node"] for node in report["nodes"] if not node["agrees"]]
           == ["ReLU114", "Times212"], "and the other one")
test.check(compare("a", "a", "--rtol", "0", "--atol", "0").code == 0,
           "a dump agrees with itself")

# Directories of other tools.
os.makedirs(test.path("plain"))
for name in ("ReLU114", "Times212", "Plus214_Output_0"):
    numpy.save(test.path("plain", name + ".npy"),
               numpy.asfortranarray(arrays[name].astype("f8")))
numpy.save(test.path("plain", "unknown.npy"), numpy.zeros(3))
result = compare("a", "plain")
test.check(result.code == 0 and "all 3 tensors in both agree" in result.out
           and "  unknown\n" in result.out, "a plain directory as B", result)
result = compare("plain", "seeded")
rows = [line.split()[5] for line in result.out.splitlines()[1:4]]
test.check(result.code == 1 and rows == ["ReLU114", "Times212", "Plus214_Output_0"],
           "a plain directory as A: the order is that of B", result)
test.check(compare("plain", "plain").code == 0, "two plain directories")
numpy.save(test.path("plain", "Times212.npy"), arrays["Times212"].reshape(-1))
result = compare("a", "plain")
test.check(result.code == 1 and "first beyond the tolerance: Times212"
           in result.out.splitlines()[-1], "other shapes differ", result)

# Names of nodes that no file may have.
onnx = onnx_edit.schema(test.options.protoc)
long_name = "n" * 300
odd = ["../up", "/a/b c", "", "a\\tb", "same", long_name]
chain = [onnx_edit.node("Relu", [f"t{i}"], [f"t{i + 1}"], name)
         for i, name in enumerate(odd)]
chain.append(onnx_edit.node("Split", [f"t{len(odd)}"], ["p", "q"], "two"))
model = test.write("odd.onnx", onnx_edit.model(
    onnx, chain, [], [onnx_edit.value_info("t0", [4, 0])],
    [onnx_edit.value_info("p", [2, 0]), onnx_edit.value_info("q", [2, 0])]))
test.must("compile", model, "-o", test.path("odd.om"))
empty = test.path("empty.npy")
numpy.save(empty, numpy.zeros((4, 0), "f4"))
arguments = [f"--input=t0={empty}"]
odd_entries, _ = dump(test.path("odd.om"), "odd")
test.check(all(set(entry["file"]) <= set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
    and len(entry["file"]) < 255 for entry in odd_entries),
    f"names of files: {[entry['file'] for entry in odd_entries]}")
test.check([entry["output"] for entry in odd_entries if entry["type"] == "Split"]
           == [0, 1], "both outputs of a Split")
result = compare("odd", "odd")
test.check(result.code == 0, "empty tensors agree", result)

# All or nothing.
arguments = [f"--input={name}={path}" for name, path in case.inputs.items()]
result = test.gemc("run", exact, *arguments, "--dump-all", test.path("a"))
test.check_input_error(result, "a directory that is not empty", "is not empty")
os.makedirs(test.path("empty"))
for directory in ("empty", "new"):
    result = test.gemc("run", exact, *arguments, "--dump-all",
                       test.path(directory), file_size_limit=2000)
    test.check_input_error(result, "a full disk", "cannot write")
test.check(os.listdir(test.path("empty")) == [] and
           not os.path.exists(test.path("new")), "nothing is left of a dump that failed")
result = test.gemc("run", exact, *arguments, "--dump-all", test.path("m.om"))
test.check_input_error(result, "a file as directory", "m.om")

# Bad directories: an error each, nothing else.
for what, words, contents in (
        ("nothing", ["neither nodes.json nor .npy files"], {}),
        ("no JSON", ["nodes.json"], {"nodes.json": b"{"}),
        ("deep JSON", ["nested"], {"nodes.json": b"[" * 100000}),
        ("another kind", ["nodes.json"], {"nodes.json": b'[1, 2]'}),
        ("a newer version", ["version 2"],
         {"nodes.json": b'{"version": 2, "nodes": 1}'}),
        ("a field that is missing", ["nodes.json"],
         {"nodes.json": b'{"version": 1, "nodes": [{"node": "x"}]}'}),
        ("a path out of the directory", ["../x.npy"],
         {"nodes.json": b'{"version": 1, "nodes": [{"node": "Input3", "type": "Data",'
                        b'"output": 0, "dtype": "f32", "shape": [1], "format": "ND",'
                        b'"file": "../x.npy"}]}'}),
        ("a file that is missing", ["x.npy"],
         {"nodes.json": b'{"version": 1, "nodes": [{"node": "Input3", "type": "Data",'
                        b'"output": 0, "dtype": "f32", "shape": [1], "format": "ND",'
                        b'"file": "x.npy"}]}'}),
        ("a .npy file cut off", ["ReLU32.npy"],
         {"ReLU32.npy": open(test.path("a", files[3]), "rb").read()[:-1]}),
        ("a .npy file that is none", ["ReLU32.npy"], {"ReLU32.npy": b"hello"}),
        ("an empty .npy file", ["ReLU32.npy"], {"ReLU32.npy": b""}),
        ("no common name", ["no tensor of"],
         {"other.npy": open(test.path("a", files[3]), "rb").read()})):
    shutil.rmtree(test.path("bad"), ignore_errors=True)
    os.makedirs(test.path("bad"))
    for name, data in contents.items():
        test.write(os.path.join("bad", name), data)
    for pair in (("a", "bad"), ("bad", "a")):
        test.check_input_error(compare(*pair), what, *words)
shutil.rmtree(test.path("bad"))
shutil.copytree(test.path("a"), test.path("bad"))
numpy.save(test.path("bad", files[3]), numpy.zeros((1, 8, 28, 28), "i4"))
test.check_input_error(compare("a", "bad"), "not what the index says",
                       "expected f32[1,8,28,28] by nodes.json, found i32")
test.check_input_error(compare("a", "missing"), "no directory", "missing")
test.check_input_error(compare("a", "m.om"), "a file", "m.om")

# Command lines.
for line in (["compare"], ["compare", test.path("a")], ["compare", "a", "b", "c"],
             ["compare", "a", "b", "--rtol", "-1"],
             ["compare", "a", "b", "--atol", "inf"],
             ["compare", "a", "b", "--rtol", "much"],
             ["compare", "a", "b", "--frobnicate"]):
    test.check_usage_error(test.gemc(*line), " ".join(line))
result = test.gemc("compare", "--help")
test.check(result.code == 0 and "--rtol" in result.out, "help", result)
test.finish()
