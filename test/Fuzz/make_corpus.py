# SPDX-License-Identifier: Apache-2.0
#
# make_corpus.py TEST_DIRECTORY OUT: writes the first inputs of each fuzz target
# to OUT/TARGET, from the files that the other tests use, and OUT/TARGET.dict
# with words for inputs that are text. Needs protoc.
import glob
import io
import json
import os
import re
import struct
import subprocess
import sys
import tempfile

import numpy

source, target = sys.argv[1:]
HEADER = 256
MODEL_DEF, TASK_INFO, INOUT_INFO = 0, 2, 8
# The order of the partitions in Binaries.cpp, and in OM.cpp by number, with the
# whole file behind them.
INOUT, TBE, AICPU, LIBRARIES, TILING, CUSTOM = range(6)
IMPORTED = [0, 2, 1, 8, 3, 4, 5, 6]
PROTOS = os.path.join(source, "..", "lib", "Target", "OM")


def write(fuzzer, name, data):
    directory = os.path.join(target, fuzzer)
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, name), "wb") as file:
        file.write(data)


def read(*path):
    with open(os.path.join(source, *path), "rb") as file:
        return file.read()


def sections(suffix, *path):
    """The parts "--- NAME" of test files that end in suffix, as (test, name, text)."""
    for test in sorted(glob.glob(os.path.join(source, *path))):
        with open(test, encoding="utf-8") as file:
            parts = re.split(r"^[#/; ]*--- *", file.read(), flags=re.MULTILINE)
        stem = os.path.splitext(os.path.basename(test))[0]
        for part in parts[1:]:
            name, _, text = part.partition("\n")
            if name.endswith(suffix):
                yield stem, name.replace("/", "-"), text


def partitions(data):
    count = struct.unpack_from("<I", data, HEADER)[0]
    position = HEADER + 8 + 24 * count
    for index in range(count):
        kind, _, size = struct.unpack_from("<I4xQQ", data, HEADER + 8 + 24 * index)
        yield kind, data[position:position + size]
        position += size


# The bundle, its sub-models, their partitions.
bundle = read("Target", "OM", "Inputs", "bundle.om")
write("container", "bundle", bundle)
write("om", "bundle", bytes([0, len(IMPORTED)]) + bundle)
models = [payload for kind, payload in partitions(bundle) if kind == 24]
for number, model in enumerate(models):
    write("container", f"model{number}", model)
    write("om", f"model{number}", bytes([number, len(IMPORTED)]) + model)
    for kind, payload in partitions(model):
        if kind in IMPORTED:
            write("om", f"model{number}-{kind}",
                  bytes([number, IMPORTED.index(kind)]) + payload)
        if kind == MODEL_DEF:
            write("model-def", f"model{number}", bytes([number]) + payload)
        if kind == TASK_INFO:
            write("task-info", f"model{number}", bytes([number]) + payload)
        if kind == INOUT_INFO:
            write("binaries", f"inout{number}", bytes([number, INOUT]) + payload)

# The manifest of the bundle, and one that fits it: kernels in forms that no
# compiler of ours writes do not count.
manifest = re.search(rb'\{"version":1,.*?"reference_ops":\[[^]]*\]\}\]\}', bundle).group()
write("manifest", "bundle", manifest)
write("manifest", "fits", re.sub(rb'"reference_ops":\[[^]]*\]', b'"reference_ops":[]',
                                 manifest))
with open(os.path.join(target, "manifest.dict"), "w", encoding="utf-8") as file:
    file.writelines(f'"{word}"\n' for word in sorted(
        set(re.findall(r"\w+", manifest.decode())) | {"required", "all", "bf16", "NHWC",
                                                      "137438954496", "9223372036854775807"}))

# The old table, and several models in one file.
model = models[0]
parts = list(partitions(model))
table, offset = struct.pack("<I", len(parts)), 0
for kind, payload in parts:
    table += struct.pack("<III", kind, offset, len(payload))
    offset += len(payload)
legacy = bytearray(model[:HEADER] + table + b"".join(p for _, p in parts))
struct.pack_into("<I", legacy, 76, len(legacy) - HEADER)
struct.pack_into("<Q", legacy, 184, 0)
write("container", "legacy", bytes(legacy))
write("om", "legacy", bytes([0, len(IMPORTED)]) + legacy)
dynamic = bytearray(model + models[1][HEADER:])
struct.pack_into("<I", dynamic, 156, 2)
struct.pack_into("<Q", dynamic, 184, len(dynamic) - HEADER)
write("container", "dynamic", bytes(dynamic))
write("om", "dynamic", bytes([0, len(IMPORTED)]) + dynamic)


# Partitions that the bundle does not have.
def item(name, binary):
    return struct.pack("<III", 0x5D776EFD, len(name), len(binary)) + name + binary


kernels = item(b"k", b"\177ELF") + item(b"second", b"\177ELF12345678")
write("binaries", "kernels", bytes([0, TBE]) + kernels)
write("om", "kernels", bytes([0, IMPORTED.index(3)]) + kernels)
write("binaries", "cpu", bytes([0, AICPU]) + item(b"libcpu.so", b"\177ELF"))
write("binaries", "libraries", bytes([0, LIBRARIES]) + struct.pack(
    "<IIHHII", 1, 0x5D776EFD, 4, 0, 6, 3) + b"a.sovendorELF")
run = bytes(32) + struct.pack("<I", 1) + bytes(20) + bytes(8)
records = struct.pack("<BI", 0, len(run)) + run + struct.pack("<BI", 1, 4) \
    + b"data" + struct.pack("<BIq", 2, 8, 5)
write("binaries", "tiling", bytes([0, TILING])
      + struct.pack("<III", 0xDD776EFE, 2, len(records)) + records)
write("binaries", "custom", bytes([0, CUSTOM])
      + struct.pack("<III", 0x4B43534B, 2, 3) + b"opbin")

# A model whose weights are not much of the file, and those that other tests
# have as text, in sections "# --- NAME.txtpb".
write("onnx", "mnist", read("Inputs", "mnist-8.onnx"))
converter = os.path.join(source, "Inputs", "onnx_text.py")
with tempfile.TemporaryDirectory() as directory:
    for stem, name, content in sections(".txtpb", "Target", "GraphFile", "*.test"):
        text = os.path.join(directory, stem + "-" + name)
        with open(text, "w", encoding="utf-8") as file:
            file.write(content)
        # Some are there to be no model at all.
        if subprocess.run([sys.executable, converter, text],
                          capture_output=True).returncode == 0:
            model = os.path.splitext(text)[0] + ".onnx"
            with open(model, "rb") as file:
                write("onnx", os.path.basename(model), file.read())

# Graphs of GE: those that other tests have as text, and one with the operators
# that the dialect defines.
OPERATORS = [  # type, dims of the inputs, attributes
    ("Add", [[2, 3], [3]], {}),
    ("BiasAdd", [[1, 4, 6, 6], [4]], {"data_format": 's: "NCHW"'}),
    ("Relu", [[2, 3]], {}),
    ("ConcatD", [[2, 3], [2, 4]], {"concat_dim": "i: 1", "N": "i: 2"}),
    ("Transpose", [[2, 3], "i64"], {}),
    ("Reshape", [[2, 3], "i64"], {"axis": "i: 0", "num_axes": "i: -1"}),
    ("Identity", [[2, 3]], {}),
    ("SoftmaxV2", [[2, 3]], {"axes": "list { i: -1 val_type: VT_LIST_INT }"}),
    ("MaxPool", [[1, 4, 6, 6]], {
        "ksize": "list { i: [1, 1, 2, 2] val_type: VT_LIST_INT }",
        "strides": "list { i: [1, 1, 2, 2] val_type: VT_LIST_INT }",
        "padding": 's: "SAME"', "data_format": 's: "NCHW"'}),
    ("MaxPoolV3", [[1, 4, 6, 6]], {
        "ksize": "list { i: [1, 1, 3, 3] val_type: VT_LIST_INT }",
        "strides": "list { i: [1, 1, 2, 2] val_type: VT_LIST_INT }",
        "padding_mode": 's: "CALCULATED"',
        "pads": "list { i: [1, 1, 1, 1] val_type: VT_LIST_INT }",
        "data_format": 's: "NCHW"', "global_pooling": "b: false",
        "ceil_mode": "b: true"}),
    ("Conv2D", [[1, 4, 6, 6], [8, 2, 3, 3], [8]], {
        "strides": "list { i: [1, 1, 1, 1] val_type: VT_LIST_INT }",
        "pads": "list { i: [1, 1, 1, 1] val_type: VT_LIST_INT }",
        "dilations": "list { i: [1, 1, 1, 1] val_type: VT_LIST_INT }",
        "groups": "i: 2", "data_format": 's: "NCHW"', "offset_x": "i: 0"}),
    ("MatMulV2", [[2, 3], [4, 3], [4]], {"transpose_x2": "b: true"}),
    ("BatchMatMulV2", [[5, 2, 3], [1, 3, 4]], {"adj_x1": "b: false"}),
    ("If", [[1], [2]], {}),
    ("node", [[1], [2]], {}),
]


def spell(dims, dtype="DT_FLOAT"):
    return f"dtype: {dtype} shape {{ dim: {dims} }} layout: \"ND\""


def make_operators():
    value = r"\001" + r"\000" * 15
    yield f"""op {{ name: "i64" type: "Const" output_desc {{ {spell([2], "DT_INT64")} }}
  attr {{ key: "value" value {{ t {{ desc {{ {spell([2], "DT_INT64")} }} data: "{value}" }} }} }} }}"""
    index = 0
    for kind, inputs, attrs in OPERATORS:
        node, sources = "", []
        for dims in inputs:
            if dims == "i64":
                sources.append("i64:0")
                node += f" input_desc {{ {spell([2], 'DT_INT64')} }}"
                continue
            yield (f'op {{ name: "x{index}" type: "Data" output_desc {{ {spell(dims)} }}'
                   f' attr {{ key: "index" value {{ i: {index} }} }} }}')
            sources.append(f"x{index}:0")
            node += f" input_desc {{ {spell(dims)} }}"
            index += 1
        node += "".join(f' input: "{source}"' for source in sources)
        node += "".join(f' attr {{ key: "{key}" value {{ {value} }} }}'
                        for key, value in attrs.items())
        # GE computes the shapes of results.
        yield (f'op {{ name: "{kind}" type: "{kind}"{node}'
               f" output_desc {{ dtype: DT_FLOAT }} }}")
    yield 'op { name: "out" type: "NetOutput" input: "Relu:0" input_desc { dtype: DT_FLOAT } }'


graphs = {stem + "-" + name: text for suffix in (".pbtxt", ".txt")
          for stem, name, text in sections(suffix, "Target", "GraphFile", "*.test")}
graphs["operators"] = 'graph { name: "g"\n' + "\n".join(make_operators()) + "\n}\n"
for name, text in graphs.items():
    write("ge-proto", name, text.encode())
    encoded = subprocess.run(
        ["protoc", "-I", PROTOS, "--encode=ge.proto.ModelDef", "ge_ir.proto"],
        input=text.encode(), capture_output=True)
    # Some are there to be no graph at all.
    if encoded.returncode == 0:
        write("air", name, encoded.stdout)
    elif name == "operators":
        sys.exit(encoded.stderr.decode())

with open(os.path.join(PROTOS, "ge_ir.proto"), encoding="utf-8") as file:
    # Fields and enumerators.
    words = set(re.findall(r"(\w+) *= *\d+", file.read()))
words |= {kind for kind, _, _ in OPERATORS} | {
    key for _, _, attrs in OPERATORS for key in attrs} | {
    "Data", "NetOutput", "Const", "value", "index", "_input_name_key",
    "_input_name_value", "origin_format", "origin_shape", "format_for_int",
    "origin_shape_initialized", "FORMAT_RESERVED", "FRACTAL_NZ", "NCHW", "NHWC"}
for fuzzer in ("air", "ge-proto"):
    with open(os.path.join(target, fuzzer + ".dict"), "w", encoding="utf-8") as file:
        file.writelines(f'"{word}"\n' for word in sorted(words))

# Tensors of several types and orders.
array = numpy.arange(12, dtype="<f4").reshape(3, 4)
for name, value in (("f4", array), ("fortran", numpy.asfortranarray(array)),
                    ("big", array.astype(">f4")), ("i8", array.astype("i1")),
                    ("scalar", numpy.float64(1)), ("bool", array > 3)):
    out = io.BytesIO()
    numpy.save(out, value)
    write("weights", name + ".npy", out.getvalue())
for name, save in (("stored", numpy.savez), ("deflated", numpy.savez_compressed)):
    out = io.BytesIO()
    save(out, a=array, b=array.astype("<f2"))
    write("weights", name + ".npz", out.getvalue())
header = json.dumps({
    "__metadata__": {"format": "pt"},
    "a": {"dtype": "F32", "shape": [3, 4], "data_offsets": [0, 48]},
    "b": {"dtype": "BF16", "shape": [2], "data_offsets": [48, 52]}}).encode()
write("weights", "two.safetensors", struct.pack("<Q", len(header)) + header
      + array.tobytes() + bytes(4))
