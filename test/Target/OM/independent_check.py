# SPDX-License-Identifier: Apache-2.0
#
# Checks an OM bundle without any code of the compiler: the container through
# struct, MODEL_DEF and TASK_INFO through protoc. Every size, offset and address
# is computed again from docs/om-format.md and compared with the file. Prints
# what does not agree, and "OK" when nothing does not.
#
#   independent_check.py FILE.om PROTOC DIRECTORY_OF_PROTO_FILES
import json
import struct
import sys

from prototext import Schema

MAGIC = 0x444F4D49
FEATURE_BASE = 0x80000000
HOST_BASE = 0x1000000000
VARIABLE_BASE = 0x2000000000
MODEL_DEF, WEIGHTS_DATA, TASK_INFO, INOUT_INFO = 0, 1, 2, 8
BUNDLE_MODEL, BUNDLE_VARIABLES = 24, 25
KERNEL, LABEL_SET, MEMCPY_ASYNC, LABEL_SWITCH, LABEL_GOTO = 0, 9, 13, 23, 24
END_GRAPH = 19
AI_CPU = 6
# Bits of an element by the name in the graph schema.
BITS = {"DT_FLOAT": 32, "DT_FLOAT16": 16, "DT_BF16": 16, "DT_DOUBLE": 64,
        "DT_INT8": 8, "DT_UINT8": 8, "DT_BOOL": 8, "DT_INT16": 16,
        "DT_UINT16": 16, "DT_INT32": 32, "DT_UINT32": 32, "DT_INT64": 64,
        "DT_UINT64": 64}

problems = []
checked = 0


def check(condition, what):
    global checked
    checked += 1
    if not condition:
        problems.append(what)


def align(value, unit):
    return (value + unit - 1) // unit * unit


def padded(size):
    """Bytes that a tensor occupies: 32-byte granules and one more."""
    return align(size + 32, 32) if size else 32


def stride(size):
    """From one variable slot to the next."""
    return align(padded(size), 512) + 1024


def connected(op):
    """Position and descriptor of the inputs that are connected: an absent
    optional input keeps a descriptor without a type, and has no address."""
    return [(index, desc) for index, desc in enumerate(op.all("input_desc"))
            if desc.get("dtype") is not None]


def is_constant(op, position):
    flags = op.all("is_input_const")
    return position < len(flags) and flags[position] == "true"


def tensor_bytes(desc):
    count = 1
    shape = desc.get("shape")
    for dim in shape.ints("dim") if shape is not None else []:
        count *= dim
    return (count * BITS[desc.get("dtype")] + 7) // 8


def covered(ranges):
    """How far the ranges cover from 0 on."""
    end = 0
    for start, stop in sorted(ranges):
        if start <= end:
            end = max(end, stop)
    return end


# Container


def read_container(data, where, bundle):
    """Header and partitions of a file or of one sub-model of it."""
    def u32(position):
        return struct.unpack_from("<I", data, position)[0]

    def u64(position):
        return struct.unpack_from("<Q", data, position)[0]

    check(u32(0) == MAGIC, f"{where}: magic")
    check(u32(4) == 256, f"{where}: header size")
    check(u32(8) == 0x20000000, f"{where}: header version")
    check(not any(data[12:82]), f"{where}: checksum, length and flags are zero")
    check(data[82] == (5 if bundle else 0), f"{where}: model type")
    check(0 in data[84:116], f"{where}: name ends with NUL")
    check(u64(184) == len(data) - (0 if bundle else 256), f"{where}: length")
    check(not any(data[192:256]), f"{where}: rest of the header is zero")
    count = u32(256)
    check(u32(260) == 0, f"{where}: table padding")
    check(bundle or 2 <= count <= 8, f"{where}: {count} partitions")
    table = 8 + 24 * count
    # A bundle counts from the end of the header, a model from that of its table.
    position, base = 256 + table, 256 if bundle else 256 + table
    partitions = []
    for index in range(count):
        entry = 264 + 24 * index
        kind, size = u32(entry), u64(entry + 16)
        check(u32(entry + 4) == 0, f"{where}: padding of entry {index}")
        check(u64(entry + 8) == position - base, f"{where}: offset of entry {index}")
        check(size > 0, f"{where}: size of entry {index}")
        partitions.append((kind, data[position:position + size]))
        position += size
    check(position == len(data), f"{where}: partitions end at {position}")
    if not bundle:
        check(u32(152) == 2, f"{where}: schema version")
        check(u32(156) == 1, f"{where}: model count")
        check(data[160:180].rstrip(b"\0") == b"1.11.z.0", f"{where}: platform version")
    else:
        check(u32(156) == count - 1, f"{where}: model count")
    return partitions


# One model


class Segments:
    """The logical addresses that a model may use."""

    def __init__(self, feature, weights, variables):
        self.spaces = [("feature memory", FEATURE_BASE, feature),
                       ("weights", FEATURE_BASE + feature, weights)]
        self.spaces += [(f"variable {name}", address, padded(size))
                        for name, address, size in variables]

    def find(self, address, size):
        for name, base, length in self.spaces:
            if base <= address and address + size <= base + length:
                return name
        return None


class Memory:
    """Who wrote which bytes of feature memory last: disjoint (start, end,
    writer, block) in order; `block` is None for what every run writes."""

    def __init__(self):
        self.pieces = []

    def read(self, start, end):
        """Writers of a range; None for bytes that nobody wrote."""
        found, at = [], start
        for first, last, writer, block in self.pieces:
            if last <= start or first >= end:
                continue
            if first > at:
                found.append((None, None))
            found.append((writer, block))
            at = last
        return found if at >= end else found + [(None, None)]

    def write(self, start, end, writer, block):
        kept = []
        for first, last, other, its_block in self.pieces:
            if first < start:
                kept.append((first, min(last, start), other, its_block))
            if last > end:
                kept.append((max(first, end), last, other, its_block))
        kept = [piece for piece in kept if piece[0] < piece[1]]
        if start < end:
            kept.append((start, end, writer, block))
        self.pieces = sorted(kept, key=lambda piece: piece[0])


class Model:
    def __init__(self, where, data, schemas):
        self.where = where
        partitions = read_container(data, where, bundle=False)
        kinds = [kind for kind, _ in partitions]
        order = [INOUT_INFO, MODEL_DEF, WEIGHTS_DATA, TASK_INFO]
        check(kinds == [kind for kind in order if kind in kinds],
              f"{where}: order of partitions {kinds}")
        payloads = dict(partitions)
        self.definition = schemas[0].decode(payloads[MODEL_DEF])
        self.tasks = schemas[1].decode(payloads[TASK_INFO])
        self.weights = payloads.get(WEIGHTS_DATA, b"")
        self.inout = payloads.get(INOUT_INFO, b"")
        self.attrs = self.definition.map("attr")
        check(data[84:116].split(b"\0")[0]
              == self.definition.bytes("name")[:31], f"{where}: header name")
        self.ops = [op for graph in self.definition.all("graph")
                    for op in graph.all("op")]
        self.writes = None
        self.by_id = {op.int("id"): op for op in self.ops}
        self.by_name = {op.str("name"): op for op in self.ops}
        check(len(self.by_id) == len(self.ops), f"{where}: op ids are unique")
        check(len(self.by_name) == len(self.ops), f"{where}: op names are unique")
        self.feature = self.attr("memory_size")
        self.zero_copy = self.attr("zero_copy_memory_size")
        self.variables = {
            op.str("name"): (op.ints("output_i")[0], op.all("output_desc")[0])
            for op in self.ops if op.str("type") == "Variable"}

    def attr(self, name):
        value = self.attrs.get(name)
        return value.int("i") if value is not None else 0

    def check_all(self):
        self.segments = Segments(
            self.feature, len(self.weights),
            [(name, address, tensor_bytes(desc))
             for name, (address, desc) in self.variables.items()])
        self.check_attributes()
        self.check_weight_image()
        for op in self.ops:
            self.check_op(op)
        self.check_inout()
        self.check_edges()
        self.check_tasks()
        self.check_copies()
        self.check_order()
        self.check_contents()

    def check_attributes(self):
        where = self.where
        check(self.definition.int("version") == 2, f"{where}: schema version")
        check(self.feature % 512 == 0 and self.zero_copy % 512 == 0
              and 0 <= self.zero_copy <= self.feature, f"{where}: memory sizes")
        check(self.attr("weight_size") == len(self.weights), f"{where}: weight_size")
        check(self.attr("stream_num") >= 1, f"{where}: stream_num")
        check(self.attr("task_gen_base_addr") == FEATURE_BASE, f"{where}: feature base")
        check(self.attr("task_gen_weight_addr") == FEATURE_BASE + self.feature,
              f"{where}: weight base")
        check(FEATURE_BASE + self.feature + len(self.weights) <= HOST_BASE,
              f"{where}: weights end below the host segment")
        if self.variables:
            check(self.attr("task_gen_variable_addr") == VARIABLE_BASE,
                  f"{where}: variable base")
            end = max(address - VARIABLE_BASE + tensor_bytes(desc)
                      for address, desc in self.variables.values())
            check(self.attr("variable_size") >= max(5 << 30, end),
                  f"{where}: variable_size")
        if "sub_memory_info" in self.attrs:
            rows = [row.ints("list_i") for row in
                    self.attrs["sub_memory_info"].get("list_list_int").all("list_list_i")]
            reused = self.feature - self.zero_copy
            check(not rows if not self.feature else
                  len(rows) > 1 and sum(row[2] for row in rows[:-1]) == reused
                  and rows[-1][:3] == [2, reused, self.zero_copy],
                  f"{where}: sub_memory_info {rows}")
        check(self.tasks.int("memory_size") == self.feature,
              f"{where}: memory_size of the task list")
        check(self.tasks.int("weight_size") == len(self.weights),
              f"{where}: weight_size of the task list")

    def check_weight_image(self):
        """Constants: on blocks from 512 on, apart from each other, zeros
        between, and the length that follows from the last one."""
        pieces = set()
        for op in self.ops:
            if op.str("type") != "Const":
                continue
            tensor = op.map("attr")["value"].get("t")
            desc = tensor.get("desc")
            offset, size = desc.int("data_offset"), tensor_bytes(desc)
            name = f"{self.where}: constant {op.str('name')}"
            check(offset >= 512 and offset % 512 == 0, f"{name}: offset {offset}")
            check(desc.int("weight_size") == size, f"{name}: weight_size")
            check(not tensor.bytes("data"), f"{name}: data stands in MODEL_DEF")
            pieces.add((offset, size))
        end = 512
        for offset, size in sorted(pieces):
            check(offset >= end or offset == 512, f"{self.where}: constants overlap")
            check(not any(self.weights[end:offset]), f"{self.where}: gap before {offset}")
            end = offset + size
        check(not any(self.weights[:512]) and not any(self.weights[end:]),
              f"{self.where}: head and tail of the weight image are zero")
        # Each constant takes whole blocks; the padding comes behind the last.
        check(len(self.weights) == align(align(end, 512) + 32, 512),
              f"{self.where}: length of the weight image")

    def check_op(self, op):
        name = f"{self.where}: {op.str('type')} {op.str('name')}"
        kind = op.str("type")
        inputs, outputs = op.all("input_desc"), op.all("output_desc")
        check(len(op.ints("output_i")) in (0, len(outputs)), f"{name}: output_i")
        check(len(op.all("workspace")) == len(op.all("workspace_bytes")),
              f"{name}: workspaces")
        if kind not in ("Data", "Const", "Variable"):
            check(len(op.ints("input_i")) == len(connected(op)), f"{name}: input_i")
            check(len(op.all("is_input_const")) in (0, len(inputs)),
                  f"{name}: is_input_const")
        for index, (desc, offset) in enumerate(zip(outputs, op.ints("output_i"))):
            size = tensor_bytes(desc)
            check(desc.int("size") == padded(size), f"{name}: size of output {index}")
            if kind == "Const":
                continue
            if offset >= VARIABLE_BASE:
                check(self.segments.find(offset, size) is not None,
                      f"{name}: output {index} at {offset}")
            else:
                check(offset % 512 == 0 and offset + padded(size) <= self.feature,
                      f"{name}: output {index} at {offset}")
        if kind == "Data":
            # A loader refuses inputs of no bytes.
            check(inputs[0].int("size") == (tensor_bytes(inputs[0]) or padded(0)),
                  f"{name}: size that the user supplies")
            check(op.ints("output_i")[0] >= self.feature - self.zero_copy,
                  f"{name}: lies in the zero-copy area")
        if kind == "NetOutput":
            check(not inputs or
                  len(op.all("src_name")) == len(op.all("src_index")) == len(inputs),
                  f"{name}: sources")
            for desc, offset in zip(inputs, op.ints("input_i")):
                check(self.feature - self.zero_copy <= offset
                      and offset + desc.int("size") <= self.feature,
                      f"{name}: lies in the zero-copy area")

    def check_inout(self):
        """MODEL_INOUT_INFO repeats the descriptors of Data and NetOutput."""
        data = sorted((op for op in self.ops if op.str("type") == "Data"
                       and "index" in op.map("attr")),
                      key=lambda op: op.map("attr")["index"].int("i"))
        check([op.map("attr")["index"].int("i") for op in data]
              == list(range(len(data))), f"{self.where}: input indices")
        root = self.definition.all("graph")[0].all("op")
        expected = [[(op.str("name"), op.all("input_desc")[0]) for op in data],
                    [(None, desc) for op in root if op.str("type") == "NetOutput"
                     for desc in op.all("input_desc")]]
        found = [[], []]
        position = 0
        while position < len(self.inout):
            record, length = struct.unpack_from("<II", self.inout, position)
            value = self.inout[position + 8:position + 8 + length]
            position += 8 + length
            if record in (0, 1):
                found[record] = self.read_tensor_list(value)
        check(position == len(self.inout), f"{self.where}: in/out info ends early")
        for kind, (wanted, got) in enumerate(zip(expected, found)):
            what = f"{self.where}: {'inputs' if kind == 0 else 'outputs'} in in/out info"
            check(len(wanted) == len(got), what)
            for (name, desc), (size, dims, found_name) in zip(wanted, got):
                shape = desc.get("shape")
                check(size in (tensor_bytes(desc), desc.int("size")), f"{what}: size")
                check(dims == (shape.ints("dim") if shape is not None else []),
                      f"{what}: dims")
                check(name is None or name == found_name, f"{what}: name {found_name}")

    def read_tensor_list(self, value):
        count = struct.unpack_from("<I", value)[0]
        position, tensors = 4, []
        for _ in range(count):
            size, _, _, *lengths = struct.unpack_from("<QiiIIII", value, position)
            position += 32
            parts = []
            for length in lengths:
                parts.append(value[position:position + length])
                position += length
            dims = list(struct.unpack(f"<{lengths[1] // 8}q", parts[1]))
            tensors.append((size, dims, parts[0].decode()))
        check(position == len(value), f"{self.where}: tensor list has extra bytes")
        return tensors

    def check_edges(self):
        """An input lies where its producer's output lies."""
        for op in self.ops:
            if op.str("type") in ("Data", "Const", "Variable"):
                continue
            name = f"{self.where}: {op.str('type')} {op.str('name')}"
            data_edges = [edge for edge in op.strs("input") if not edge.endswith(":-1")]
            check(len(data_edges) == len(op.all("input_desc")), f"{name}: edges")
            edges = [edge for edge in data_edges if edge]
            check(len(edges) == len(op.ints("input_i")), f"{name}: edges")
            for edge, (index, desc), offset in zip(edges, connected(op),
                                                   op.ints("input_i")):
                source, _, port = edge.rpartition(":")
                producer = self.by_name.get(source)
                check(producer is not None, f"{name}: input {index} from {source}")
                if producer is None:
                    continue
                check(data_edges[index] == edge, f"{name}: edge of input {index}")
                check(is_constant(op, index) == (producer.str("type") == "Const"),
                      f"{name}: is_input_const of input {index}")
                if is_constant(op, index):
                    value = producer.map("attr")["value"].get("t").get("desc")
                    check(desc.int("data_offset") == value.int("data_offset"),
                          f"{name}: data_offset of input {index}")
                source = producer.all("output_desc")[int(port)]
                check(desc.get("dtype") == source.get("dtype"),
                      f"{name}: type of input {index}")
                check(tensor_bytes(desc) == tensor_bytes(source),
                      f"{name}: bytes of input {index}")
                if not is_constant(op, index):
                    check(len(producer.ints("output_i"))
                          == len(producer.all("output_desc")),
                          f"{name}: {edge} has no offset")
                    check(offset == producer.ints("output_i")[int(port)],
                          f"{name}: offset of input {index}")

    def owner(self, task):
        """The op of a task that touches tensors, else None."""
        if task.int("type") == LABEL_SWITCH:
            return self.by_id.get(task.get("label_switch_by_index").int("op_index"))
        if task.int("type") == KERNEL:
            return self.by_id.get(task.get("kernel").get("context").int("op_index"))
        if task.int("type") == MEMCPY_ASYNC:
            return self.by_id.get(task.get("memcpy_async").int("op_index"))
        return None

    def check_copies(self):
        """A copy takes an input of its op, or a part of it, to the output; all
        copies of an op together fill the output."""
        pieces = {}
        for index, task in enumerate(self.tasks.all("task")):
            if task.int("type") != MEMCPY_ASYNC:
                continue
            name = f"{self.where}: task {index}"
            op, copy = self.owner(task), task.get("memcpy_async")
            tensors, inputs = self.addresses(op)
            source, target, count = copy.int("src"), copy.int("dst"), copy.int("count")

            def find(candidates, address):
                return [(desc, address - start) for desc, start in candidates
                        if start <= address
                        and address + count <= start + tensor_bytes(desc)]

            sources = find(tensors[:inputs], source)
            targets = find(tensors[inputs:], target)
            check(sources, f"{name}: copies from no input of {op.str('name')}")
            check(targets, f"{name}: copies to no output of {op.str('name')}")
            if not sources or not targets:
                continue
            (source_desc, from_byte), (target_desc, to_byte) = sources[0], targets[0]
            check(from_byte == to_byte
                  or tensor_bytes(source_desc) > tensor_bytes(target_desc),
                  f"{name}: copies byte {from_byte} to byte {to_byte}")
            pieces.setdefault(op.str("name"), (tensor_bytes(target_desc), []))[1].append(
                (to_byte, to_byte + count))
        for name, (size, ranges) in pieces.items():
            check(covered(ranges) == size, f"{self.where}: copies of {name}")

    def check_order(self):
        ends = [index for index, task in enumerate(self.tasks.all("task"))
                if task.int("type") == END_GRAPH]
        check(ends == [len(self.tasks.all("task")) - 1],
              f"{self.where}: the graph ends once, behind all tasks")

    def blocks(self):
        """For each task, None when every run has it, else a number that it
        shares with tasks that run whenever it does."""
        tasks = self.tasks.all("task")
        places, jumps = {}, []
        for index, task in enumerate(tasks):
            kind = task.int("type")
            if kind == LABEL_SET:
                op = self.by_id[task.get("label_set").int("op_index")]
                places[op.map("attr")["_label_switch_index"].int("i")] = index
            elif kind == LABEL_GOTO:
                op = self.by_id[task.get("label_goto_ex").int("op_index")]
                jumps.append((index, op.map("attr")["_label_switch_index"].int("i")))
            elif kind == LABEL_SWITCH:
                op = self.by_id[task.get("label_switch_by_index").int("op_index")]
                jumps += [(index, label) for label in op.map("attr")
                          ["_label_switch_list"].get("list").ints("i")]
        passed, number, blocks = [False] * len(tasks), 0, []
        for index, label in jumps:
            check(places[label] > index, f"{self.where}: task {index} jumps back")
            for between in range(index + 1, places[label]):
                passed[between] = True
        for index, task in enumerate(tasks):
            number += task.int("type") in (LABEL_SET, LABEL_GOTO, LABEL_SWITCH)
            blocks.append(number if passed[index] else None)
        return blocks

    def check_contents(self):
        """What a task reads is what its producer wrote, and nothing else has
        been there since."""
        memory, blocks = Memory(), self.blocks()
        names = {op.str("name") for op in map(self.owner, self.tasks.all("task"))
                 if op is not None}
        for op in self.ops:
            check(op.str("name") in names or not op.all("output_desc")
                  or op.str("type") in ("Data", "Const", "Variable"),
                  f"{self.where}: {op.str('type')} {op.str('name')} has no task")

        def is_feature(address):
            return FEATURE_BASE <= address < FEATURE_BASE + self.feature

        def read(what, producer, address, size, block):
            if not is_feature(address) or not size:
                return
            for writer, its_block in memory.read(address, address + size):
                check(writer is not None, f"{what}: nobody wrote it")
                check(writer in (None, producer) or producer not in names
                      or its_block not in (None, block),
                      f"{what}: holds what {writer} wrote, not {producer}")

        for op in self.ops:
            if op.str("type") != "Data":
                continue
            names.add(op.str("name"))
            start = FEATURE_BASE + op.ints("output_i")[0]
            end = start + tensor_bytes(op.all("output_desc")[0])
            check(all(piece[1] <= start or piece[0] >= end
                      for piece in memory.pieces),
                  f"{self.where}: input {op.str('name')} overlaps another one")
            memory.write(start, end, op.str("name"), None)
        for index, task in enumerate(self.tasks.all("task")):
            op = self.owner(task)
            if op is None:
                continue
            tensors, inputs = self.addresses(op)
            sources = [edge.rpartition(":")[0] for edge in op.strs("input")
                       if edge and not edge.endswith(":-1")]
            spans = [(source, start, tensor_bytes(desc)) for (desc, start), source
                     in zip(tensors, sources + [None] * len(tensors))]
            reads, writes = spans[:inputs], spans[inputs:]
            if task.int("type") == MEMCPY_ASYNC:
                copy = task.get("memcpy_async")
                address, count = copy.int("src"), copy.int("count")
                reads = [(source, address, count) for source, start, size in reads
                         if start <= address < start + max(size, 1)][:1]
                writes = [(None, copy.int("dst"), count)]
            name = f"{self.where}: task {index}"
            for number, (source, address, size) in enumerate(reads):
                read(f"{name}: input {number}", source, address, size, blocks[index])
                for _, start, length in writes:
                    check(start == address or start >= address + size
                          or address >= start + length or not size or not length,
                          f"{name}: writes over its input {number}")
            for _, address, size in writes:
                if is_feature(address):
                    memory.write(address, address + size, op.str("name"), blocks[index])
        for op in self.ops:
            if op.str("type") == "NetOutput":
                for edge, desc, offset in zip(op.strs("input"), op.all("input_desc"),
                                              op.ints("input_i")):
                    read(f"{self.where}: {op.str('name')} of {edge}",
                         edge.rpartition(":")[0], FEATURE_BASE + offset,
                         tensor_bytes(desc), None)

    def written(self, address, size):
        """Bytes of a variable that every run writes, from its start."""
        ranges = [(start - address, start - address + length)
                  for start, length in self.get_writes()
                  if address <= start < address + size]
        return min(covered(ranges), size)

    def get_writes(self):
        """Addresses and lengths that every run writes."""
        if self.writes is not None:
            return self.writes
        self.writes = []
        blocks = self.blocks()
        for index, task in enumerate(self.tasks.all("task")):
            op = self.owner(task)
            if op is None or blocks[index] is not None:
                continue
            tensors, inputs = self.addresses(op)
            if task.int("type") == MEMCPY_ASYNC:
                copy = task.get("memcpy_async")
                self.writes.append((copy.int("dst"), copy.int("count")))
            else:
                self.writes += [(start, tensor_bytes(desc))
                                for desc, start in tensors[inputs:]]
        return self.writes

    def addresses(self, op):
        """Descriptor and logical address of every connected input and of every
        output, from what the op says."""
        def logical(offset):
            return offset if offset >= VARIABLE_BASE else FEATURE_BASE + offset

        found = []
        for (position, desc), offset in zip(connected(op), op.ints("input_i")):
            if is_constant(op, position):
                found.append((desc, FEATURE_BASE + self.feature
                              + desc.int("data_offset")))
            else:
                found.append((desc, logical(offset)))
        inputs = len(found)
        for desc, offset in zip(op.all("output_desc"), op.ints("output_i")):
            found.append((desc, logical(offset)))
        return found, inputs

    def check_tasks(self):
        labels = []
        for index, task in enumerate(self.tasks.all("task")):
            name = f"{self.where}: task {index}"
            kind = task.int("type")
            check(task.int("stream_id") < self.attr("stream_num"), f"{name}: stream")
            if kind == KERNEL:
                self.check_kernel(name, task.get("kernel"))
            elif kind == MEMCPY_ASYNC:
                copy = task.get("memcpy_async")
                count = copy.int("count")
                check(copy.int("op_index") in self.by_id, f"{name}: op")
                check(0 < count <= copy.int("dst_max"), f"{name}: count {count}")
                check(copy.int("kind") == 3, f"{name}: kind")
                for field in ("src", "dst"):
                    space = self.segments.find(copy.int(field), count)
                    check(space is not None, f"{name}: {field} {copy.int(field):#x}")
                    check(field == "src" or space != "weights",
                          f"{name}: writes to the weights")
            elif kind == LABEL_SET:
                op = self.by_id[task.get("label_set").int("op_index")]
                labels.append(op.map("attr")["_label_switch_index"].int("i"))
            elif kind == LABEL_GOTO:
                op = self.by_id[task.get("label_goto_ex").int("op_index")]
                check(op.map("attr")["_label_switch_index"].int("i")
                      < self.attr("label_num"), f"{name}: label")
            elif kind == LABEL_SWITCH:
                switch = task.get("label_switch_by_index")
                op = self.by_id[switch.int("op_index")]
                targets = op.map("attr")["_label_switch_list"].get("list").ints("i")
                check(len(targets) == switch.int("label_max")
                      and all(0 <= t < self.attr("label_num") for t in targets),
                      f"{name}: switch targets {targets}")
        check(sorted(labels) == list(range(self.attr("label_num"))),
              f"{self.where}: each label is set once")

    def check_kernel(self, name, kernel):
        context = kernel.get("context")
        op = self.by_id.get(context.int("op_index"))
        check(op is not None, f"{name}: op")
        check(context.int("kernel_type") == AI_CPU, f"{name}: kernel type")
        if context.int("kernel_type") != AI_CPU:
            return
        args = kernel.bytes("args")
        check(kernel.int("args_size") == len(args), f"{name}: args_size")
        length, count = struct.unpack_from("<II", args)
        check(length == len(args), f"{name}: length in the head")
        tail = 20 + 8 * count
        size = struct.unpack_from("<I", args, tail)[0]
        check(tail + 4 + size == len(args), f"{name}: definition behind the slots")
        check(kernel.str("kernel_name") == op.str("type"), f"{name}: kernel name")
        expected, inputs = self.addresses(op)
        check(count == len(expected), f"{name}: {count} slots")
        slots = struct.unpack_from(f"<{count}Q", args, 20)
        for index, (address, (desc, said)) in enumerate(zip(slots, expected)):
            space = self.segments.find(address, tensor_bytes(desc))
            check(space is not None, f"{name}: slot {index} {address:#x}")
            check(index < inputs or space != "weights", f"{name}: writes to the weights")
            check(address == said, f"{name}: slot {index} is not where the op says")


def check_bundle(data, schemas):
    partitions = read_container(data, "bundle", bundle=True)
    check(partitions[0][0] == BUNDLE_VARIABLES and len(partitions[0][1]) == 8,
          "bundle: the variable size comes first")
    check(all(kind == BUNDLE_MODEL for kind, _ in partitions[1:]),
          "bundle: only models after the variable size")
    variable_size = struct.unpack("<Q", partitions[0][1])[0]
    models = [Model(f"model {index}", payload, schemas)
              for index, (_, payload) in enumerate(partitions[1:])]

    # One address, type and shape per variable, and the slots in a row.
    variables = {}
    for model in models:
        for name, (address, desc) in model.variables.items():
            shape = desc.get("shape")
            fact = (address, desc.get("dtype"),
                    shape.ints("dim") if shape is not None else [],
                    tensor_bytes(desc))
            check(variables.setdefault(name, fact) == fact,
                  f"variable {name} differs between models")
    next_address = VARIABLE_BASE
    for name, (address, _, _, size) in sorted(variables.items(), key=lambda v: v[1][0]):
        check(address == next_address, f"variable {name} at {address:#x}")
        next_address = address + stride(size)
    check(variable_size == next_address - VARIABLE_BASE,
          f"bundle: variable size {variable_size}")

    for model in models:
        model.check_all()
    manifests = {model.attrs["gemlir_manifest"].bytes("s") for model in models
                 if "gemlir_manifest" in model.attrs}
    check(len(manifests) == 1, f"the sub-models carry {len(manifests)} manifests")
    for manifest in map(json.loads, manifests):
        check_initial_values(manifest, models)


def check_initial_values(manifest, models):
    """The init model writes each variable that has an initial value."""
    roles = [model["role"] for model in manifest["models"]]
    for weight in manifest["weights"]:
        if "offset" not in weight["initial"]:
            continue
        size, address = weight["bytes"], weight["address"]
        check(models[roles.index("init")].written(address, size) == size,
              f"variable {weight['variable']} is not initialised")


def main():
    path, protoc, protos = sys.argv[1:]
    schemas = [Schema(protoc, protos, "ge_ir.proto", "ge.proto.ModelDef"),
               Schema(protoc, protos, "task.proto", "domi.ModelTaskDef")]
    # What does not hold may keep the rest from being read.
    try:
        with open(path, "rb") as file:
            check_bundle(file.read(), schemas)
    except (struct.error, LookupError, ValueError, AttributeError,
            TypeError) as error:
        check(False, f"cannot be read further: {type(error).__name__}: {error}")
    for problem in problems:
        print(problem)
    print(f"OK, {checked} facts" if not problems
          else f"{len(problems)} of {checked} facts do not hold")
    sys.exit(1 if problems else 0)


main()
