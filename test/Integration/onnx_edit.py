# SPDX-License-Identifier: Apache-2.0
#
# Makes and edits ONNX files for the tests through protoc and the schema of
# Debian's libonnx-dev.
import numpy

from prototext import Message, Schema, quote

# TensorProto.DataType
FLOAT, INT64, DOUBLE = 1, 7, 11
_NUMPY = {FLOAT: "<f4", INT64: "<i8", DOUBLE: "<f8"}


def schema(protoc):
    return Schema(protoc, "/usr/include/onnx", "/usr/include/onnx/onnx.proto",
                  "onnx.ModelProto")


def replace_initializers(onnx, data, values):
    """The model `data` with other numbers in the named initializers."""
    model = onnx.decode(data)
    left = dict(values)
    for tensor in model.get("graph").all("initializer"):
        name = tensor.str("name")
        if name not in left:
            continue
        array = left.pop(name)
        if tensor.ints("dims") != list(array.shape):
            raise ValueError(f"{name}: shape differs")
        for field in ("float_data", "int64_data", "double_data"):
            tensor.remove(field)
        array = numpy.ascontiguousarray(array, _NUMPY[tensor.int("data_type")])
        tensor.set("raw_data", quote(array.tobytes()))
    if left:
        raise ValueError(f"no initializer {sorted(left)}")
    return onnx.encode(model)


def tensor(name, array, data_type=FLOAT):
    """Text of an initializer with its values inline."""
    array = numpy.ascontiguousarray(array, _NUMPY[data_type])
    dims = " ".join(f"dims: {dim}" for dim in array.shape)
    return (f'{dims} data_type: {data_type} name: "{name}" '
            f"raw_data: {quote(array.tobytes())}")


def external_tensor(name, shape, location, offset=None, length=None):
    """Text of a float initializer whose values lie in another file."""
    dims = " ".join(f"dims: {dim}" for dim in shape)
    entries = [("location", location)]
    if offset is not None:
        entries.append(("offset", offset))
    if length is not None:
        entries.append(("length", length))
    data = " ".join(f'external_data {{ key: "{key}" value: "{value}" }}'
                    for key, value in entries)
    return f'{dims} data_type: {FLOAT} name: "{name}" data_location: EXTERNAL {data}'


def value_info(name, dims, data_type=FLOAT):
    """Text of an input or output; a dim may be a parameter name."""
    shape = " ".join(
        f'dim {{ dim_param: "{dim}" }}' if isinstance(dim, str)
        else f"dim {{ dim_value: {dim} }}" for dim in dims)
    return (f'name: "{name}" type {{ tensor_type {{ elem_type: {data_type} '
            f"shape {{ {shape} }} }} }}")


def node(op_type, inputs, outputs, name="", domain=""):
    edges = " ".join([f'input: "{x}"' for x in inputs] +
                     [f'output: "{x}"' for x in outputs])
    return f'{edges} name: "{name}" op_type: "{op_type}" domain: "{domain}"'


def model(onnx, nodes, initializers, inputs, outputs, opset=13, domains=()):
    """An ONNX file from the texts that the functions above return."""
    lines = ["ir_version: 7", f'opset_import {{ domain: "" version: {opset} }}']
    lines += [f'opset_import {{ domain: "{domain}" version: 1 }}'
              for domain in domains]
    lines.append('graph { name: "g"')
    for field, texts in (("node", nodes), ("initializer", initializers),
                         ("input", inputs), ("output", outputs)):
        lines += [f"{field} {{ {text} }}" for text in texts]
    lines.append("}")
    return onnx.encode(_Raw("\n".join(lines)))


class _Raw(Message):
    """Text that protoc parses itself."""

    def __init__(self, text):
        super().__init__()
        self.raw = text

    def text(self):
        return self.raw


def small_model(onnx, weights, rows=2, extra=None):
    """relu(x * W + b): one input of [rows, 4], one output of [rows, 3].
    `weights` are the texts of initializers W and b."""
    return model(
        onnx,
        [node("MatMul", ["x", "W"], ["xw"], "mm"),
         node("Add", ["xw", "b"], ["s"], "add"),
         node("Relu", ["s"], ["y"], "relu")] + (extra or []),
        weights, [value_info("x", [rows, 4])], [value_info("y", [rows, 3])])


def small_weights(seed=1):
    random = numpy.random.RandomState(seed)
    return {"W": random.uniform(-1, 1, (4, 3)).astype("<f4"),
            "b": random.uniform(-1, 1, (3,)).astype("<f4")}
