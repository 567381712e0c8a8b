# SPDX-License-Identifier: Apache-2.0
#
# round_trip.py TOOLS PROTOC SCHEMAS DOC INPUTS SHARED|- DIR: sends files through
# our readers and writers and compares the bytes. The rows must be those of the
# table in DOC, section "Round trips"; files that are not there are passed over.
# TOOLS is the directory of gemc, ge-translate, ge-opt and om-copy.
import os
import re
import struct
import subprocess
import sys

tools, protoc, schemas, doc, inputs, shared, work = sys.argv[1:]
MODEL_DEF = 0

COMPILED = [("masked", []), ("all", ["--update", "all"]), ("no-init", ["--no-init"])]
FOUND = {
    "OM of ATC": ["om/a3c_pong_ascend310_v1.om", "om/autoencoder_ascend310_v2.om"],
    "OM of GE": ["ge_written/static_matmul.om", "ge_written/bundle_infer_init.om",
                 "ge_written/bundle_static_if.om"],
    "graph": ["air/fada_net.air"] + [
        f"ge_written/convert_matmul_{stage}.{suffix}"
        for stage in ("origin", "infer", "init", "update") for suffix in ("air", "pbtxt")],
}


def run(*command):
    tool, *arguments = command
    subprocess.run([os.path.join(tools, tool), *arguments], check=True)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def split(data):
    """A plain OM without the bytes of MODEL_DEF, and those."""
    count, = struct.unpack_from("<I", data, 256)
    narrow = struct.unpack_from("<Q", data, 184)[0] == 0
    at, form = (260, "<III") if narrow else (264, "<I4xQQ")
    begin = at + struct.calcsize(form) * count
    for i in range(count):
        kind, offset, size = struct.unpack_from(form, data, at + struct.calcsize(form) * i)
        if kind == MODEL_DEF:
            offset += begin
            return data[:offset] + data[offset + size:], data[offset:offset + size]
    sys.exit("no MODEL_DEF")


def decode(message):
    return subprocess.run([protoc, "-I" + schemas, "--decode=ge.proto.ModelDef",
                           "ge_ir.proto"], input=message, stdout=subprocess.PIPE,
                          check=True).stdout


def compare(before, after, is_om):
    """What a cell of the table says."""
    old, new = read(before), read(after)
    if old == new:
        return "same"
    if len(old) != len(new):
        return f"{len(old)} to {len(new)} bytes"
    # protoc prints maps by key, so that equal texts differ in order alone.
    if before.endswith(".pbtxt"):
        return "other text"
    (rest, old), (other, new) = (split(old), split(new)) if is_om else ((b"", old), (b"", new))
    if rest == other and decode(old) == decode(new):
        return "sorted"
    return "other content"


def trip(path, is_om):
    """The cells of one file: container library, text, bytecode."""
    suffix = os.path.splitext(path)[1]
    module, code, again = (os.path.join(work, "trip" + end)
                           for end in (".mlir", ".mlirbc", suffix))
    if is_om:
        steps = "--om-to-mlir", "--mlir-to-om"
        run("om-copy", path, again)
        cells = [compare(path, again, is_om)]
    else:
        steps = "--air-to-mlir", "--export-air" + ("-text" if suffix == ".pbtxt" else "")
        cells = ["-"]
    run("ge-translate", steps[0], path, "-o", module)
    run("ge-opt", module, "--emit-bytecode", "-o", code)
    for source in module, code:
        run("ge-translate", steps[1], source, "-o", again)
        cells.append(compare(path, again, is_om))
    return cells


def compile_all():
    """Our bundles, by the name of the row."""
    models = [("mnist-8.onnx", inputs), ("fada_lenet.onnx", inputs)]
    if shared != "-":
        models += [("ultraface-rfb-320-simplified.onnx", shared + "/models/onnx"),
                   ("fada_net.air", shared + "/models/air")]
    for model, directory in models:
        for form, options in COMPILED:
            path = os.path.join(work, "bundle.om")
            subprocess.run([os.path.join(tools, "gemc"), "compile",
                            os.path.join(directory, model), "-o", path, "--refresh", "*",
                            *options], check=True, stderr=subprocess.DEVNULL)
            yield f"{model}, {form}", path, True


def find_all():
    if shared == "-":
        return
    for kind, names in FOUND.items():
        for name in names:
            yield name, os.path.join(shared, "models", name), kind != "graph"


with open(doc, encoding="utf-8") as file:
    section = file.read().split("\n## Round trips\n")[1].split("\n## ")[0]
rows = {}
for line in section.splitlines():
    if match := re.fullmatch(r"\| `([^`]+)` \| (.*) \|", line):
        rows[match[1]] = [cell.strip() for cell in match[2].split("|")]

problems = checked = 0
os.makedirs(work, exist_ok=True)
for source in find_all, compile_all:
    for name, path, is_om in source():
        cells = trip(path, is_om)
        checked += 1
        stated = rows.pop(name, None)
        differs = cells != ["same"] * 3 and cells != ["-", "same", "same"]
        if stated is None or stated[:3] != cells or bool(stated[3]) != differs:
            problems += 1
            print(f"seen: | `{name}` | {' | '.join(cells)} | ... |; the table has {stated}")
if rows and shared != "-":
    problems += 1
    print(f"rows of no file: {sorted(rows)}")
print(f"{checked} files, {problems} problems")
sys.exit(problems != 0)
