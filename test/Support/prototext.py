# SPDX-License-Identifier: Apache-2.0
#
# Reads and writes protobuf messages through protoc and its text form, so that
# the tests need neither our code nor a Python protobuf package.
import ast
import subprocess


class Schema:
    """A message type of a .proto file, as protoc knows it."""

    def __init__(self, protoc, directory, file, message):
        self.command = [protoc, f"--proto_path={directory}", file]
        self.message = message

    def _protoc(self, options, data):
        result = subprocess.run(
            self.command[:1] + options + self.command[1:],
            input=data, capture_output=True)
        if result.returncode != 0:
            raise ValueError(f"{self.message}: {result.stderr.decode()}")
        return result.stdout

    def decode(self, data):
        text = self._protoc([f"--decode={self.message}"], data)
        return parse(text.decode("latin-1"))

    def encode(self, message):
        return self._protoc(
            [f"--encode={self.message}", "--deterministic_output"],
            message.text().encode("latin-1"))


class Message:
    """A message as a list of [field name, value]; a value is a Message or the
    token that the text form has for it."""

    def __init__(self, fields=None):
        self.fields = fields if fields is not None else []
        self._by_name = None

    def _find(self, name):
        # `fields` is public: an index of other fields is out of date.
        if (self._by_name is None or self._by_name[0] is not self.fields
                or self._by_name[1] != len(self.fields)):
            index = {}
            for entry in self.fields:
                index.setdefault(entry[0], []).append(entry)
            self._by_name = self.fields, len(self.fields), index
        return self._by_name[2].get(name, ())

    def all(self, name):
        return [entry[1] for entry in self._find(name)]

    def get(self, name, default=None):
        entries = self._find(name)
        return entries[-1][1] if entries else default

    def int(self, name, default=0):
        return int(self.get(name, default))

    def ints(self, name):
        return [int(value) for value in self.all(name)]

    def bool(self, name):
        return self.get(name, "false") == "true"

    def bytes(self, name):
        return unquote(self.get(name, '""'))

    def str(self, name):
        return self.bytes(name).decode("utf-8")

    def strs(self, name):
        return [unquote(value).decode("utf-8") for value in self.all(name)]

    def map(self, name):
        """A map field as a dictionary from string key to value."""
        return {entry.str("key"): entry.get("value", Message())
                for entry in self.all(name)}

    def remove(self, name):
        self.fields = [field for field in self.fields if field[0] != name]

    def set(self, name, token):
        """Replaces a singular field; the text form has no field order."""
        self.remove(name)
        self.fields.append([name, token])

    def set_nth(self, name, index, token):
        """Replaces one element of a repeated field."""
        positions = [i for i, field in enumerate(self.fields) if field[0] == name]
        self.fields[positions[index]][1] = token

    def text(self):
        lines = []
        self._write(lines)
        return "\n".join(lines) + "\n"

    def _write(self, lines):
        for name, value in self.fields:
            if isinstance(value, Message):
                lines.append(f"{name} {{")
                value._write(lines)
                lines.append("}")
            else:
                lines.append(f"{name}: {value}")


def parse(text):
    """Parses what protoc prints: one field, `name {` or `}` per line."""
    stack = [Message()]
    for line in text.split("\n"):
        line = line.strip()
        if not line:
            continue
        if line == "}":
            stack.pop()
        elif line.endswith(" {") and '"' not in line:
            message = Message()
            stack[-1].fields.append([line[:-2], message])
            stack.append(message)
        else:
            name, _, token = line.partition(": ")
            stack[-1].fields.append([name, token])
    if len(stack) != 1:
        raise ValueError("protoc printed unbalanced braces")
    return stack[0]


def quote(data):
    """A bytes or string value as a token."""
    return '"' + "".join(f"\\{byte:03o}" for byte in data) + '"'


def unquote(token):
    return ast.literal_eval("b" + token)
