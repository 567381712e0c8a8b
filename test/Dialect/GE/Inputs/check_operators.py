# SPDX-License-Identifier: Apache-2.0
#
# check_operators.py LLVM-TBLGEN MLIR_INCLUDE INCLUDE FOLDER TESTS [GE_OPT
# SCRATCH KERNELS]: what every operator of the ge dialect must have. Reads the ODS
# records of FOLDER/*Ops.td and names each operator that lacks a summary, a
# description with an example, memory effects, an interface, a verifier, and
# each rule ("EW-1") that no test in TESTS/*invalid*.mlir breaks.
#
# KERNELS is a file with the names of the kernels that tests of the executor ran:
# all but views need one. With GE_OPT it also runs the examples: as they stand they are valid; with
# results of unknown shape, inference finds the shapes of the example; with
# operands of unknown dims or rank it finds something that does not contradict
# them; and results of another rank are refused.
import glob
import json
import os
import re
import subprocess
import sys

# Operators that hold a value or regions: they have tests of their own.
STRUCTURE = {"Const", "If"}
# Operators whose result types say something that inference cannot find.
STATED = {"TransData"}
INTERFACES = {"InferShapedTypeOpInterface", "FormatOpInterface",
              "LoweringOpInterface"}
RULE = re.compile(r"\b[A-Z]{2}-\d+\b")
STATEMENT = re.compile(r"^\s*((?:%[\w:]+(?:, )?)+) = (ge\.\w+)", re.M)


def find_traits(record, records):
    for trait in record.get("traits", []):  # of lists of traits as well
        trait = records[trait["def"]]
        yield trait
        yield from find_traits(trait, records)


class Operator:
    def __init__(self, record, records):
        self.name = record["opName"]
        self.record = record
        traits = list(find_traits(record, records))
        self.interfaces = {trait.get("trait", "").partition("::")[0]
                           for trait in traits}
        self.is_view = any(
            "getViewedOperand" in trait.get("alwaysOverriddenMethods", [])
            for trait in traits)
        fence = re.search(r"```mlir\n(.*?)```", record["description"], re.S)
        self.example = fence[1] if fence else ""

    def find_missing(self):
        if not self.record["summary"]:
            yield "has no summary"
        if not re.search(rf"= ge\.{self.name}\b", self.example):
            yield "has no example"
        if self.name in STRUCTURE:
            return
        if "MemoryEffectOpInterface" not in self.interfaces:
            yield "does not tell its memory effects"
        for interface in sorted(INTERFACES - self.interfaces):
            yield f"has no {interface}"
        if not self.record["hasVerifier"] and \
                "hasVerifier" not in self.record["extraClassDefinition"]:
            yield "has no verifier"


def read_operators(tblgen, mlir_include, include, folder):
    for path in sorted(glob.glob(os.path.join(folder, "*Ops.td"))):
        records = json.loads(subprocess.check_output(
            [tblgen, "--dump-json", "-I", mlir_include, "-I", include, path]))
        for name in records["!instanceof"].get("GE_Op", []):
            yield Operator(records[name], records)


def find_untested_rules(folder, tests):
    def collect(pattern):
        rules = set()
        for path in glob.glob(pattern):
            with open(path, encoding="utf-8") as file:
                for line in file:
                    rules |= set(RULE.findall(line.partition("//")[2]))
        return rules
    defined = collect(os.path.join(folder, "*.td"))
    tested = collect(os.path.join(tests, "*invalid*.mlir"))
    for rule in sorted(defined - tested):
        yield f"rule {rule} is broken by no test"
    for rule in sorted(tested - defined):
        yield f"rule {rule} is tested, but no operator states it"


# Examples


def split_types(text):
    """The types of a comma-separated list."""
    types, depth, start = [], 0, 0
    for i, char in enumerate(text):
        depth += char in "<(["
        depth -= char in ">)]"
        if char == "," and depth == 0:
            types.append(text[start:i].strip())
            start = i + 1
    return types + [text[start:].strip()] if text.strip() else []


class Statement:
    """`%y = ge.Op ... : (operands) -> results`."""

    def __init__(self, text):
        text = " ".join(text.split())
        self.head, _, types = text.rpartition(" : (")
        operands, _, results = types.rpartition(") -> ")
        self.operands = split_types(operands)
        self.results = split_types(
            results[1:-1] if results.startswith("(") else results)
        body = self.head.partition(" = ")[2]
        self.names = re.findall(r"%\w+", body)

    def print(self, operands, results):
        return (f"{self.head} : ({', '.join(operands)}) -> "
                f"({', '.join(results)})")


def get_shape(tensor):
    """The dims of a tensor type; None when the rank is unknown."""
    inner = re.match(r"tensor<(.*?)>", tensor)[1].split(",")[0]
    dims = inner.split("x")[:-1]
    return None if dims == ["*"] else dims


def set_shape(tensor, dims):
    """The tensor with other dims; what the layout says is left out."""
    element = re.match(r"tensor<([^,>]*)", tensor)[1].split("x")[-1]
    return "tensor<" + "".join(dim + "x" for dim in dims) + element + ">"


def agree(a, b):
    """Whether two shapes do not contradict each other."""
    if a is None or b is None:
        return True
    return len(a) == len(b) and all(
        p == q or "?" in (p, q) for p, q in zip(a, b))


class Example:
    def __init__(self, operator):
        self.operator = operator
        *constants, last = re.split(r"\n(?=\s*%[\w:, %]+ = )",
                                    operator.example.strip("\n"))
        self.constants = [" ".join(text.split()) for text in constants]
        self.statement = Statement(last)
        self.defined = {match[1] for text in self.constants
                        for match in [re.match(r"\s*(%\w+)", text)]}

    def make_function(self, change_operand, results):
        """A function around the operator; constants stay as they are."""
        statement, arguments, operands = self.statement, {}, []
        for name, tensor in zip(statement.names, statement.operands):
            if name not in self.defined:
                tensor = change_operand(tensor)
                arguments[name] = tensor
            operands.append(tensor)
        signature = ", ".join(f"{k}: {v}" for k, v in arguments.items())
        lines = [f"func.func @f({signature}) {{", *self.constants,
                 statement.print(operands, results), "return", "}"]
        return "\n".join(lines)

    def get_variants(self):
        same, results = (lambda tensor: tensor), self.statement.results
        unknown = [set_shape(tensor, ["*"]) for tensor in results]
        yield "example", same, results, True
        if self.operator.name not in STATED:
            yield "inference", same, unknown, True
            yield ("unknown dims", lambda tensor: set_shape(
                tensor, ["?"] * len(get_shape(tensor))), unknown, True)
            yield ("unknown rank", lambda tensor: set_shape(tensor, ["*"]),
                   unknown, True)
        # An empty result stands for one that is not computed.
        first = next((i for i, tensor in enumerate(results)
                      if get_shape(tensor) != ["0"]), 0)
        wrong = list(results)
        wrong[first] = set_shape(results[first],
                                 get_shape(results[first]) + ["977", "977"])
        yield "another rank", same, wrong, False


def run_examples(operators, ge_opt, scratch):
    """Runs all functions at once; what is refused gives an empty chunk."""
    cases = [(example, *variant) for example in map(Example, (
        operator for operator in operators
        if operator.example and operator.name not in STRUCTURE))
        for variant in example.get_variants()]
    chunks = [example.make_function(change, results)
              for example, _, change, results, _ in cases]
    os.makedirs(scratch, exist_ok=True)
    path = os.path.join(scratch, "examples.mlir")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n// -----\n".join(chunks))
    process = subprocess.run(
        [ge_opt, path, "--split-input-file", "--ge-infer-shapes"],
        capture_output=True, text=True)
    if process.returncode not in (0, 1):
        yield f"ge-opt exits with status {process.returncode}"
    outputs = re.split(r"^// -----$", process.stdout, flags=re.M)
    if len(outputs) != len(chunks):
        yield f"ge-opt gives {len(outputs)} functions of {len(chunks)}"
        return
    for (example, what, _, _, isGood), chunk, output in zip(
            cases, chunks, outputs):
        name = f"{example.operator.name}, {what}"
        if not isGood:
            if output.strip():
                yield f"{name}: accepted:\n{chunk}"
            continue
        found = [line for line in output.splitlines()
                 if f" ge.{example.operator.name} " in line]
        if not found:
            yield f"{name}: refused:\n{chunk}"
            continue
        for got, expected in zip(Statement(found[-1]).results,
                                 example.statement.results):
            if what == "example" and got != expected \
                    or not agree(get_shape(got), get_shape(expected)):
                yield f"{name}: gives {got}, expected {expected}"


def main():
    tblgen, mlir_include, include, folder, tests = sys.argv[1:6]
    operators = list(read_operators(tblgen, mlir_include, include, folder))
    if not operators:
        sys.exit("no operators found")
    problems = [f"{operator.name} {what}" for operator in operators
                for what in operator.find_missing()]
    problems += find_untested_rules(folder, tests)
    if len(sys.argv) > 6:
        ge_opt, scratch, kernels = sys.argv[6:]
        problems += run_examples(operators, ge_opt, scratch)
        with open(kernels, encoding="utf-8") as file:
            tested = set(file.read().split())
        problems += [f"{operator.name} has a kernel that no test ran, or none"
                     for operator in operators if not operator.is_view
                     and operator.name not in tested | STRUCTURE]
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
