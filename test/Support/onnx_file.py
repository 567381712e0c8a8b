# SPDX-License-Identifier: Apache-2.0
#
# Reads what the tests need of ONNX models and tensors, straight from protobuf's
# wire format, and adds initializers to a model, so that nine hundred models do not take as many protoc runs.
import numpy

# TensorProto.DataType: name and NumPy type. bfloat16, which NumPy does not
# have, is read as its bits.
STRING, BFLOAT16 = 8, 16
TYPES = {
    1: ("f32", "<f4"), 2: ("u8", "|u1"), 3: ("i8", "|i1"), 4: ("u16", "<u2"),
    5: ("i16", "<i2"), 6: ("i32", "<i4"), 7: ("i64", "<i8"), 9: ("bool", "|b1"),
    10: ("f16", "<f2"), 11: ("f64", "<f8"), 12: ("u32", "<u4"),
    13: ("u64", "<u8"), 14: ("c64", "<c8"), 15: ("c128", "<c16"),
    BFLOAT16: ("bf16", "<u2"),
}


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def fields(data):
    """Pairs of field number and value: an int, or the bytes of what has a
    length or is a fixed number."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = _varint(data, at)
        else:
            size = {1: 8, 5: 4}.get(wire)
            if wire == 2:
                size, at = _varint(data, at)
            if size is None or at + size > len(data):
                raise ValueError(f"field {number} has wire type {wire}")
            value = data[at:at + size]
            at += size
        yield number, value


def _signed(value):
    return value - (1 << 64) if value >= 1 << 63 else value


def _ints(value):
    """A repeated integer: one number, or many when packed."""
    if isinstance(value, int):
        return [_signed(value)]
    result, at = [], 0
    while at < len(value):
        number, at = _varint(value, at)
        result.append(_signed(number))
    return result


class Tensor:
    """A TensorProto: name, data_type, and the elements as an array."""

    def __init__(self, data):
        self.data = data
        self.name, self.data_type, self.is_raw = "", 0, False
        dims, raw, floats, ints = [], b"", b"", []
        for number, value in fields(data):
            if number == 1:
                dims += _ints(value)
            elif number == 2:
                self.data_type = value
            elif number in (4, 10):
                floats += value
            elif number in (5, 7, 11):
                ints += _ints(value)
            elif number == 8:
                self.name = value.decode("utf-8")
            elif number == 9:
                raw, self.is_raw = value, True
        self.array = None
        if self.data_type not in TYPES:
            return
        dtype = numpy.dtype(TYPES[self.data_type][1])
        if self.is_raw:
            array = numpy.frombuffer(raw, dtype)
        elif self.data_type in (1, 11, 14, 15):
            array = numpy.frombuffer(floats, dtype)
        elif self.data_type in (10, BFLOAT16):
            array = numpy.array(ints, "<u2").view(dtype)
        else:
            array = numpy.array(ints, "<i8").astype(dtype)
        self.array = array.reshape(dims)


class Value:
    """A ValueInfoProto: name, kind ("tensor" or another word), data_type, and
    dims, None for unknown ones; dims is None without a shape."""

    KINDS = {1: "tensor", 4: "sequence", 5: "map", 8: "sparse tensor",
             9: "optional"}

    def __init__(self, data):
        self.name, self.kind, self.data_type, self.dims = "", "nothing", 0, None
        for number, value in fields(data):
            if number == 1:
                self.name = value.decode("utf-8")
            elif number == 2:
                self._read_type(value)

    def _read_type(self, data):
        for number, value in fields(data):
            if number not in self.KINDS:
                continue
            self.kind = self.KINDS[number]
            if self.kind != "tensor":
                continue
            for inner, content in fields(value):
                if inner == 1:
                    self.data_type = content
                elif inner == 2:
                    self.dims = [self._read_dim(dim)
                                 for part, dim in fields(content) if part == 1]

    @staticmethod
    def _read_dim(data):
        for number, value in fields(data):
            if number == 1:
                return _signed(value)
        return None


class Node:
    """A NodeProto: op_type, domain, inputs, outputs, and the integer
    attributes by name; graphs are those of its attributes."""

    def __init__(self, data):
        self.op_type = self.domain = ""
        self.inputs, self.outputs, self.ints, self.graphs = [], [], {}, []
        for number, value in fields(data):
            if number == 1:
                self.inputs.append(value.decode("utf-8"))
            elif number == 2:
                self.outputs.append(value.decode("utf-8"))
            elif number == 4:
                self.op_type = value.decode("utf-8")
            elif number == 5:
                self._read_attribute(value)
            elif number == 7:
                self.domain = value.decode("utf-8")

    def _read_attribute(self, data):
        name = ""
        for number, value in fields(data):
            if number == 1:
                name = value.decode("utf-8")
            elif number == 3:
                self.ints[name] = _signed(value)
            elif number in (6, 11):
                self.graphs.append(Graph(value))


class Graph:
    def __init__(self, data):
        self.nodes, self.initializers = [], []
        self.inputs, self.outputs = [], []
        for number, value in fields(data):
            if number == 1:
                self.nodes.append(Node(value))
            elif number == 5:
                self.initializers.append(Tensor(value).name)
            elif number == 11:
                self.inputs.append(Value(value))
            elif number == 12:
                self.outputs.append(Value(value))

    def all_nodes(self):
        """The nodes of this graph and of those inside of it."""
        for node in self.nodes:
            yield node
            for graph in node.graphs:
                yield from graph.all_nodes()


class Model:
    """A ModelProto: its graph and its opsets by domain."""

    def __init__(self, data):
        self.opsets = {}
        for number, value in fields(data):
            if number == 7:
                self.graph = Graph(value)
            elif number == 8:
                domain, version = "", 0
                for inner, content in fields(value):
                    if inner == 1:
                        domain = content.decode("utf-8")
                    elif inner == 2:
                        version = content
                self.opsets["" if domain == "ai.onnx" else domain] = version


def load_model(path):
    with open(path, "rb") as file:
        return Model(file.read())


def load_tensor(path):
    with open(path, "rb") as file:
        return Tensor(file.read())


def _message(number, content):
    """A field that has a length."""
    data = bytearray()
    for value in (number << 3 | 2, len(content)):
        while value >= 0x80:
            data.append(value & 0x7F | 0x80)
            value >>= 7
        data.append(value)
    return bytes(data) + content


def add_initializers(source, target, tensors):
    """Writes the model `source` with more initializers: pairs of name and
    Tensor. Messages of protobuf merge when they are strung together."""
    with open(source, "rb") as file:
        data = file.read()
    # The later one of two names counts.
    graph = b"".join(_message(5, tensor.data + _message(8, name.encode("utf-8")))
                     for name, tensor in tensors)
    with open(target, "wb") as file:
        file.write(data + _message(7, graph))
