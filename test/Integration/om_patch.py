# SPDX-License-Identifier: Apache-2.0
#
# Takes an OM bundle apart and puts it together again, so that a test can change
# one number of it. Knows the container (docs/om-format.md) and reads MODEL_DEF
# and TASK_INFO through protoc; sizes and offsets are made right again.
import struct

from prototext import Message, Schema, quote

HEADER = 256
MODEL_DEF, WEIGHTS_DATA, TASK_INFO = 0, 1, 2
BUNDLE_MODEL, BUNDLE_VARIABLES = 24, 25
KERNEL, MEMCPY_ASYNC = 0, 13
AI_CPU = 6
# Head of the argument block of an AI_CPU kernel; the addresses follow it.
ARGS_HEAD = 20


def _read_table(data):
    """Entries (type, size) of the table behind a header, and its length."""
    count = struct.unpack_from("<I", data, HEADER)[0]
    entries = []
    for index in range(count):
        kind, _, size = struct.unpack_from("<I4xQQ", data, HEADER + 8 + 24 * index)
        entries.append((kind, size))
    return entries, 8 + 24 * count


def _split(data):
    """Header and partitions; the payloads lie back to back."""
    entries, position = _read_table(data)
    position += HEADER
    partitions = []
    for kind, size in entries:
        partitions.append([kind, data[position:position + size]])
        position += size
    if position != len(data):
        raise ValueError(f"{len(data) - position} bytes after the partitions")
    return bytearray(data[:HEADER]), partitions


def _join(header, partitions, offset, length):
    """The bytes again. `offset` is what the first entry says; `length` the part
    of the file that the header does not count."""
    table = struct.pack("<I4x", len(partitions))
    for kind, payload in partitions:
        table += struct.pack("<I4xQQ", kind, offset, len(payload))
        offset += len(payload)
    body = table + b"".join(payload for _, payload in partitions)
    struct.pack_into("<Q", header, 184, HEADER + len(body) - length)
    return bytes(header) + body


class Model:
    """One sub-model. MODEL_DEF and TASK_INFO are decoded when somebody looks at
    them, and encoded again only then: protoc takes its time."""

    def __init__(self, data, schemas):
        self.header, self.partitions = _split(data)
        self.schemas = schemas
        self.decoded = {}

    def _decode(self, kind):
        if kind not in self.decoded:
            self.decoded[kind] = self.schemas[kind].decode(self.partition(kind))
        return self.decoded[kind]

    @property
    def model_def(self):
        return self._decode(MODEL_DEF)

    @property
    def task_info(self):
        return self._decode(TASK_INFO)

    def partition(self, kind):
        for entry, payload in self.partitions:
            if entry == kind:
                return payload
        return b""

    def set_partition(self, kind, payload):
        for entry in self.partitions:
            if entry[0] == kind:
                entry[1] = payload

    def ops(self):
        return [op for graph in self.model_def.all("graph")
                for op in graph.all("op")]

    def op(self, index):
        return next(op for op in self.ops() if op.int("id") == index)

    def tasks(self):
        return self.task_info.all("task")

    def role(self):
        """Told by structure: only inference returns something, only
        initialisation takes nothing."""
        ops = self.ops()
        if any(op.str("type") == "NetOutput" and op.all("input_desc") for op in ops):
            return "infer"
        return "update" if any(op.str("type") == "Data" for op in ops) else "init"

    def bytes(self):
        for kind, message in self.decoded.items():
            self.set_partition(kind, self.schemas[kind].encode(message))
        return _join(self.header, self.partitions, 0, HEADER)


class Bundle:
    def __init__(self, data, protoc, protos):
        schemas = {
            MODEL_DEF: Schema(protoc, protos, "ge_ir.proto", "ge.proto.ModelDef"),
            TASK_INFO: Schema(protoc, protos, "task.proto", "domi.ModelTaskDef"),
        }
        self.header, self.partitions = _split(data)
        self.models = [Model(payload, schemas)
                       for kind, payload in self.partitions
                       if kind == BUNDLE_MODEL]

    def roles(self):
        return [model.role() for model in self.models]

    def model(self, role):
        return next(model for model in self.models if model.role() == role)

    def bytes(self):
        models = iter(self.models)
        for entry in self.partitions:
            if entry[0] == BUNDLE_MODEL:
                entry[1] = next(models).bytes()
        table = 8 + 24 * len(self.partitions)
        return _join(self.header, self.partitions, table, 0)


# Tasks

def kernel_slots(task):
    """The addresses of a kernel task's argument table; none for other tasks."""
    kernel = task.get("kernel")
    if task.int("type") != KERNEL or kernel is None:
        return []
    args = kernel.bytes("args")
    count = struct.unpack_from("<I", args, 4)[0]
    return list(struct.unpack_from(f"<{count}Q", args, ARGS_HEAD))


def set_kernel_slot(task, index, address):
    kernel = task.get("kernel")
    args = bytearray(kernel.bytes("args"))
    struct.pack_into("<Q", args, ARGS_HEAD + 8 * index, address)
    kernel.set("args", quote(args))


def swap_tasks(model, first, second):
    tasks = model.tasks()
    tasks[first], tasks[second] = tasks[second], tasks[first]
    _set_tasks(model, tasks)


def drop_task(model, index):
    tasks = model.tasks()
    del tasks[index]
    _set_tasks(model, tasks)


def _set_tasks(model, tasks):
    model.task_info.remove("task")
    model.task_info.fields += [["task", task] for task in tasks]


__all__ = ["Bundle", "Message", "Model", "drop_task", "kernel_slots",
           "set_kernel_slot", "swap_tasks"]
