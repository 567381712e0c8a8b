# SPDX-License-Identifier: Apache-2.0
#
# The floating-point weights of an ONNX file, read and replaced without our code.
import os
import shutil

import onnx_edit
from prototext import Message, quote

# TensorProto.DataType
FLOAT_TYPES = {1: "<f4", 10: "<f2"}

# Operands that say how large a result is.
SHAPE_OPERANDS = {"Resize": (1, 2, 3), "Upsample": (1,)}


def drop_unknown(message):
    """Leaves out fields that the schema does not know: metadata of later
    versions. They have numbers for names, which protoc does not read."""
    message.fields = [field for field in message.fields
                      if not field[0].isdigit()]
    for _, value in message.fields:
        if isinstance(value, Message):
            drop_unknown(value)


class Weight:
    def __init__(self, tensor):
        self.tensor = tensor
        self.dims = tensor.ints("dims")
        self.is_empty = 0 in self.dims
        self.is_used = False
        self.decides_shape = False


class Model:
    """`floats`: initializers and constant nodes by name, or by the name of
    their output."""

    def __init__(self, protoc, path):
        self.schema = onnx_edit.schema(protoc)
        self.path = path
        with open(path, "rb") as file:
            self.model = self.schema.decode(file.read())
        self.floats = {}
        self._collect(self.model.get("graph"))

    def _collect(self, graph):
        nodes = graph.all("node")
        for tensor in graph.all("initializer"):
            self._add(tensor.str("name"), tensor)
        for node in nodes:
            for attribute in node.all("attribute"):
                if attribute.get("g"):
                    self._collect(attribute.get("g"))
                if node.str("op_type") == "Constant" and attribute.get("t"):
                    self._add(node.strs("output")[0], attribute.get("t"))
        for name in graph.all("output"):
            self._use(name.str("name"), False)
        for node in nodes:
            slots = SHAPE_OPERANDS.get(node.str("op_type"), ())
            for slot, name in enumerate(node.strs("input")):
                self._use(name, slot in slots)

    def _add(self, name, tensor):
        if tensor.int("data_type") in FLOAT_TYPES:
            self.floats[name] = Weight(tensor)

    def _use(self, name, decides_shape):
        weight = self.floats.get(name)
        if weight:
            weight.is_used = True
            weight.decides_shape |= decides_shape

    def write(self, directory, values):
        """Writes the model with other numbers into a new directory. Returns its
        path there."""
        os.makedirs(directory)
        for name, array in values.items():
            tensor = self.floats[name].tensor
            data = array.astype(FLOAT_TYPES[tensor.int("data_type")]).tobytes()
            external = {entry.str("key"): entry.str("value")
                        for entry in tensor.all("external_data")}
            if external:
                place = os.path.join(directory, external["location"])
                if not os.path.exists(place):
                    shutil.copyfile(os.path.join(os.path.dirname(self.path),
                                                 external["location"]), place)
                    os.chmod(place, 0o644)
                with open(place, "r+b") as file:
                    file.seek(int(external.get("offset", 0)))
                    file.write(data)
                continue
            for field in ("float_data", "int32_data"):
                tensor.remove(field)
            tensor.set("raw_data", quote(data))
        drop_unknown(self.model)
        path = os.path.join(directory, os.path.basename(self.path))
        with open(path, "wb") as file:
            file.write(self.schema.encode(self.model))
        return path
