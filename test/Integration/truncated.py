# SPDX-License-Identifier: Apache-2.0
#
# A bundle that ends too early is refused by inspect and by run, wherever it
# ends; so is one whose tables point elsewhere.
import concurrent.futures
import os
import struct

import numpy

import onnx_edit
from harness import Case, Test
from onnx_edit import small_model, small_weights, tensor

test = Test()
onnx = onnx_edit.schema(test.options.protoc)


def refuse_all(bundle, inputs, files):
    """`files` yields (what, bytes)."""
    arguments = [f"--input={name}={path}" for name, path in inputs.items()]

    def attempt(item):
        index, (what, data) = item
        path = test.write(f"cut{index}.om", data)
        results = [test.gemc("inspect", path),
                   test.gemc("run", path, *arguments)]
        os.remove(path)
        return what, os.path.basename(path), results

    workers = os.cpu_count() or 1
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        for what, name, results in pool.map(attempt, enumerate(files)):
            for command, result in zip(("inspect", "run"), results):
                test.check_input_error(result, f"{command}: {bundle} {what}",
                                       name)


def cuts(data, sizes):
    for size in sizes:
        yield f"cut after {size} bytes", data[:size]


def read(path):
    with open(path, "rb") as file:
        return file.read()


# A small bundle: the tables and the start of the first sub-model byte by byte.
model = test.write("small.onnx", small_model(
    onnx, [tensor(name, value) for name, value in small_weights().items()]))
x = {"x": test.write("x.bin", numpy.arange(8, dtype="<f4").tobytes())}
data = read(test.compile(model, test.path("small.om")))
refuse_all("the small bundle", x,
           cuts(data, [*range(0, 1024),
                       *range(1024, len(data), 37), len(data) - 1]))


def patched(position, format, value):
    changed = bytearray(data)
    struct.pack_into(format, changed, position, value)
    return bytes(changed)


def damaged():
    for position, format, what in (
            (82, "<B", "model type"), (156, "<I", "model count"),
            (184, "<Q", "length"), (256, "<I", "number of partitions")):
        size = struct.calcsize(format)
        old = struct.unpack_from(format, data, position)[0]
        for value in {0, 1, old - 1, old + 1, 256**size - 1} - {old}:
            if what == "model type" and value == 5:
                continue
            yield f"{what} {value}", patched(position, format, value)
    count = struct.unpack_from("<I", data, 256)[0]
    for entry in range(count):
        start = 264 + 24 * entry
        for field, what in ((8, "offset"), (16, "size")):
            old = struct.unpack_from("<Q", data, start + field)[0]
            for value in (0, old - 1, old + 1, len(data), 2**63, 2**64 - 1, 2**64 - old):
                yield (f"partition {entry}: {what} {value}",
                       patched(start + field, "<Q", value))
        # The header and the first table of the sub-model.
        if entry == 0:
            continue
        model = 256 + struct.unpack_from("<Q", data, start + 8)[0]
        for position, format, what in ((0, "<I", "magic"), (184, "<Q", "length"),
                                       (256, "<I", "number of partitions"),
                                       (272, "<Q", "offset"), (280, "<Q", "size")):
            old = struct.unpack_from(format, data, model + position)[0]
            top = 256 ** struct.calcsize(format) - 1
            for value in {0, old + 1, top, top // 2} - {old}:
                yield (f"sub-model {entry - 1}: {what} {value}",
                       patched(model + position, format, value))


refuse_all("the small bundle with", x, damaged())

# A real one in larger steps.
case = Case(test, "mnist-8")
data = read(test.compile(case.model, test.path("mnist.om")))
refuse_all("mnist-8", case.inputs, cuts(data, range(0, len(data), 997)))
test.finish()
