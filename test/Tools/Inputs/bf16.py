# SPDX-License-Identifier: Apache-2.0
#
# bf16.py DIRECTORY [check]: compares the two exported files of the weights of
# bf16.mlir and writes an input and other weights; with "check", compares the
# outputs of the runs with the products. All numbers are small integers, which
# bf16 has.
import json
import os
import struct
import sys

import numpy


def read(path):
    """Tensors of a safetensors file, as (type, shape, bytes)."""
    with open(path, "rb") as file:
        data = file.read()
    length = struct.unpack_from("<Q", data)[0]
    header = json.loads(data[8:8 + length])
    header.pop("__metadata__", None)
    body = data[8 + length:]
    return {name: (entry["dtype"], entry["shape"],
                   body[slice(*entry["data_offsets"])])
            for name, entry in header.items()}


def to_bf16(array):
    return (array.astype("<f4").view("<u4") >> 16).astype("<u2").tobytes()


directory = sys.argv[1]
x = numpy.arange(8, dtype="<f4").reshape(2, 4)
old = numpy.arange(1, 9, dtype="<f4").reshape(4, 2)
new = -old[::-1]
if len(sys.argv) == 2:
    expected = {"layer.weight": ("BF16", [4, 2], to_bf16(old))}
    for name in "listed.safetensors", "extracted.safetensors":
        found = read(os.path.join(directory, name))
        assert found == expected, (name, found)
    numpy.save(os.path.join(directory, "x.npy"), x)
    header = json.dumps({"layer.weight": {
        "dtype": "BF16", "shape": [4, 2], "data_offsets": [0, 16]}}).encode()
    with open(os.path.join(directory, "new.safetensors"), "wb") as file:
        file.write(struct.pack("<Q", len(header)) + header + to_bf16(new))
else:
    for run, weights in ("a", old), ("b", new), ("c", old):
        files = os.listdir(os.path.join(directory, run))
        assert len(files) == 1, files
        found = numpy.load(os.path.join(directory, run, files[0]))
        # Sums of up to 8 bits are exact.
        assert numpy.array_equal(found, x @ weights), (run, found, x @ weights)
    print("OK")
