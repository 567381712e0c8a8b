# SPDX-License-Identifier: Apache-2.0
#
# make_corpus.py TEST_DIRECTORY OUT: writes the first inputs of each fuzz target
# to OUT/TARGET, from the files that the other tests use.
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
# The order of the partitions in Binaries.cpp.
INOUT, TBE, AICPU, LIBRARIES, TILING, CUSTOM = range(6)


def write(fuzzer, name, data):
    directory = os.path.join(target, fuzzer)
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, name), "wb") as file:
        file.write(data)


def read(*path):
    with open(os.path.join(source, *path), "rb") as file:
        return file.read()


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
models = [payload for kind, payload in partitions(bundle) if kind == 24]
for number, model in enumerate(models):
    write("container", f"model{number}", model)
    for kind, payload in partitions(model):
        if kind == MODEL_DEF:
            write("model-def", f"model{number}", bytes([number]) + payload)
        if kind == TASK_INFO:
            write("task-info", f"model{number}", bytes([number]) + payload)
        if kind == INOUT_INFO:
            write("binaries", f"inout{number}", bytes([number, INOUT]) + payload)

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
dynamic = bytearray(model + models[1][HEADER:])
struct.pack_into("<I", dynamic, 156, 2)
struct.pack_into("<Q", dynamic, 184, len(dynamic) - HEADER)
write("container", "dynamic", bytes(dynamic))


# Partitions that the bundle does not have.
def item(name, binary):
    return struct.pack("<III", 0x5D776EFD, len(name), len(binary)) + name + binary


write("binaries", "kernels", bytes([0, TBE])
      + item(b"k", b"\177ELF") + item(b"second", b"\177ELF12345678"))
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
    texts = []
    for test in sorted(glob.glob(os.path.join(source, "Target", "GraphFile",
                                              "*.test"))):
        with open(test, encoding="utf-8") as file:
            sections = re.split(r"^[#/; ]*--- *", file.read(), flags=re.MULTILINE)
        for section in sections[1:]:
            name, _, text = section.partition("\n")
            if not name.endswith(".txtpb"):
                continue
            stem = os.path.splitext(os.path.basename(test))[0]
            texts.append(os.path.join(
                directory, stem + "-" + name.replace("/", "-")))
            with open(texts[-1], "w", encoding="utf-8") as file:
                file.write(text)
    for text in texts:
        # Some are there to be no model at all.
        if subprocess.run([sys.executable, converter, text],
                          capture_output=True).returncode == 0:
            model = os.path.splitext(text)[0] + ".onnx"
            with open(model, "rb") as file:
                write("onnx", os.path.basename(model), file.read())

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
