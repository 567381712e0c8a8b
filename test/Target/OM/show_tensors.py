# SPDX-License-Identifier: Apache-2.0
#
# show_tensors.py FILE: name, type and shape of each tensor of a .npy, .npz or
# .safetensors file, sorted, with the values of its bytes or, when these are many,
# their digest.
import hashlib
import io
import json
import re
import struct
import sys
import zipfile


lines = []


def show(name, kind, shape, data):
    values = sorted(set(data))
    if len(values) > 8:
        values = hashlib.sha256(data).hexdigest()
    lines.append(f"{name}: {kind} {list(shape)} {len(data)} bytes of {values}")


def show_npy(name, file):
    assert file.read(6) == b"\x93NUMPY"
    major = file.read(2)[0]
    size = struct.unpack("<H" if major == 1 else "<I", file.read(2 * major))[0]
    header = file.read(size).decode()
    kind = re.search(r"'descr': '([^']*)'", header)[1]
    shape = [int(n) for n in re.search(r"\(([^)]*)\)", header)[1].split(",") if n.strip()]
    show(name, kind, shape, file.read())


path = sys.argv[1]
if path.endswith(".npz"):
    with zipfile.ZipFile(path) as archive:
        for member in archive.namelist():
            show_npy(member[:-4], io.BytesIO(archive.read(member)))
elif path.endswith(".npy"):
    with open(path, "rb") as file:
        show_npy("-", file)
else:
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        show(name, entry["dtype"], entry["shape"], data[begin:end])
print(*sorted(lines), sep="\n")
