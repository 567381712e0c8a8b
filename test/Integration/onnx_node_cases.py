# SPDX-License-Identifier: Apache-2.0
#
# ONNX's own node cases (Debian's libonnx-testdata): each is a model of one
# operator with inputs and the outputs they give. Every case is compiled, run
# and compared. A case counts as excluded only by one of the rules of
# `find_exclusion`; whatever else does not give the stored outputs has failed.
import argparse
import collections
import concurrent.futures
import difflib
import glob
import os
import re
import shutil
import subprocess
import sys

import numpy

from onnx_file import (BFLOAT16, STRING, TYPES, add_initializers, load_model,
                       load_tensor)

DATA = "/usr/share/libonnx-testdata/data/node"
# Seconds that no command may take.
TIMEOUT = 120
MAX_OPSET = 18

# Relative and absolute tolerance: f32 and f64 as in ONNX's own runner.
TOLERANCES = {"f32": (1e-3, 1e-7), "f64": (1e-3, 1e-7), "f16": (1e-2, 1e-3),
              "bf16": (2e-2, 1e-2), "c64": (1e-3, 1e-7)}

PASSED, FAILED, EXCLUDED = "passed", "failed", "excluded"


class Failure(Exception):
    """Why a case did not give its outputs."""


class Crash(Failure):
    """Whatever the input is, this may not happen."""


class Case:
    def __init__(self, directory):
        self.directory = directory
        self.name = os.path.basename(directory)
        self.model_path = os.path.join(directory, "model.onnx")
        self.model = load_model(self.model_path)
        graph = self.model.graph
        self.inputs = [value for value in graph.inputs
                       if value.name not in graph.initializers]
        self.outputs = graph.outputs
        self.operator = next(
            (node.op_type for node in graph.nodes
             if node.op_type != "Constant"), "Constant")
        self.result, self.reason = None, ""
        self.constants = set()  # inputs that had to become constants

    def data_sets(self):
        return sorted(glob.glob(os.path.join(self.directory, "test_data_set_*")))

    def load(self, data_set, kind, count):
        return [load_tensor(os.path.join(data_set, f"{kind}_{i}.pb"))
                for i in range(count)]


def find_exclusion(case):
    """The rule that excludes a case, or None."""
    model = case.model
    if model.opsets.get("", 0) > MAX_OPSET:
        return f"opset above {MAX_OPSET}"
    for value in case.inputs + case.outputs:
        if value.kind != "tensor":
            return f"{value.kind} type"
        if value.data_type == STRING:
            return "string type"
    for node in model.graph.all_nodes():
        if node.domain == "ai.onnx.preview.training":
            return "training operator"
        if node.domain not in ("", "ai.onnx"):
            return f"domain {node.domain}"
        if re.match("Sequence|SplitToSequence|ConcatFromSequence", node.op_type):
            return "sequence type"
        if node.op_type.startswith("Optional"):
            return "optional type"
        if node.ints.get("training_mode"):
            return "training mode"
    if case.name.startswith("test_training_dropout"):
        return "training mode"  # an input says so
    return None


# Running


def run(command):
    try:
        process = subprocess.run(command, capture_output=True, timeout=TIMEOUT,
                                 stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        raise Crash(f"{command[1]} takes more than {TIMEOUT} s")
    text = process.stderr.decode("utf-8", "replace")
    if process.returncode not in (0, 1):
        raise Crash(f"{command[1]} exits with status {process.returncode}: "
                    f"{text[-300:]}")
    if process.returncode == 0:
        return
    raise Failure(f"{command[1]}: " + clean_message(text))


def clean_message(text):
    """The error itself, without paths and places."""
    lines = [line for line in text.splitlines() if ": error: " in line]
    message = (lines or text.splitlines() or ["no message"])[0]
    message = message.split("error: ", 1)[-1]
    return re.sub(r"\S*/(\S+?:)?(\d+:\d+: )?(error: )?", "", message).strip()


def widen(array, data_type):
    """bfloat16 as float32."""
    if data_type != BFLOAT16:
        return array
    return (array.astype("<u4") << 16).view("<f4")


def compare(name, got, expected):
    type_name, dtype = TYPES[expected.data_type]
    # NumPy has no name for bfloat16; the file holds its bits.
    if got.dtype.itemsize == 2 and got.dtype.kind == "V":
        got = got.view("<u2")
    if got.dtype != numpy.dtype(dtype):
        raise Failure(f"'{name}' has type {got.dtype}, expected {type_name}")
    if got.shape != expected.array.shape:
        raise Failure(f"'{name}' has shape {list(got.shape)}, expected "
                      f"{list(expected.array.shape)}")
    a = widen(got, expected.data_type)
    b = widen(expected.array, expected.data_type)
    if type_name in TOLERANCES:
        rtol, atol = TOLERANCES[type_name]
        with numpy.errstate(all="ignore"):
            good = numpy.isclose(a, b, rtol=rtol, atol=atol, equal_nan=True)
    else:
        good = a == b
    if not numpy.all(good):
        place = tuple(int(i[0]) for i in numpy.nonzero(numpy.atleast_1d(~good)))
        raise Failure(
            f"'{name}' differs in {numpy.count_nonzero(~good)} of {good.size} "
            f"elements, first at {list(place)}: "
            f"{numpy.atleast_1d(a)[place]}, expected "
            f"{numpy.atleast_1d(b)[place]}")


def output_file(name, taken):
    """The name of the file that `gemc run` writes an output to."""
    stem = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    if not stem or stem[0] == ".":
        stem = "_" + stem
    if stem in taken:
        raise Failure(f"two outputs would be written to {stem}")
    taken.add(stem)
    return stem + ".npy"


def compile_case(case, inputs, gemc, directory, bundle):
    model = case.model_path
    while True:
        shapes = [f"{value.name}:{','.join(map(str, tensor.array.shape))}"
                  for value, tensor in inputs
                  if value.name not in case.constants
                  and (value.dims is None or None in value.dims)]
        try:
            return run([gemc, "compile", model, "-o", bundle, "--threads=1"]
                       + ([f"--input-shape={';'.join(shapes)}"] if shapes
                          else []))
        except Failure as failure:
            match = re.search("must be a constant, it comes from graph input "
                              "'([^']*)'", str(failure))
            if not match or match[1] in case.constants:
                raise
            case.constants.add(match[1])
        model = os.path.join(directory, "model.onnx")
        add_initializers(case.model_path, model,
                         [(value.name, tensor) for value, tensor in inputs
                          if value.name in case.constants])


def run_case(case, gemc, work):
    directory = os.path.join(work, case.name)
    os.makedirs(directory)
    for number, data_set in enumerate(case.data_sets()):
        tensors = case.load(data_set, "input", len(case.inputs))
        expected = case.load(data_set, "output", len(case.outputs))
        bundle = os.path.join(directory, f"{number}.om")
        inputs = list(zip(case.inputs, tensors))
        compile_case(case, inputs, gemc, directory, bundle)
        command = [gemc, "run", bundle, "--output-dir", directory, "--threads=1"]
        for i, (value, tensor) in enumerate(inputs):
            if value.name in case.constants:
                continue
            path = os.path.join(directory, f"input_{i}.bin")
            tensor.array.tofile(path)
            command.append(f"--input={value.name}={path}")
        run(command)
        taken = set()
        for value, tensor in zip(case.outputs, expected):
            path = os.path.join(directory, output_file(value.name, taken))
            compare(value.name, numpy.load(path, allow_pickle=False), tensor)


def judge(case, options):
    rule = find_exclusion(case)
    if rule:
        case.result, case.reason = EXCLUDED, rule
        return case
    try:
        run_case(case, options.gemc, options.work)
        case.result = PASSED
    except Crash as failure:
        case.result, case.reason = FAILED, f"CRASH: {failure}"
    except Failure as failure:
        case.result, case.reason = FAILED, str(failure)
    shutil.rmtree(os.path.join(options.work, case.name), ignore_errors=True)
    return case


# Reporting


def group_by_operator(cases):
    """Operator name to cases. The body of a function is a case of it."""
    by_name = {case.name: case for case in cases}
    groups = collections.defaultdict(list)
    for case in cases:
        base = by_name.get(re.sub("_expanded.*", "", case.name), case)
        groups[base.operator].append(case)
    return dict(sorted(groups.items()))


def escape(text):
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")


def make_table(cases):
    counts = collections.Counter(case.result for case in cases)
    lines = [
        "<!-- SPDX-License-Identifier: Apache-2.0 -->",
        "# ONNX's node cases",
        "",
        "Written by `test/Integration/onnx_node_cases.py --write-table`: each "
        "case of Debian's `libonnx-testdata`",
        "is compiled, run and compared with the outputs stored with it. "
        "Excluded are only types that are not tensors of",
        "numbers, training, opsets above 18 and domains other than ai.onnx.",
        "",
        f"{counts[PASSED]} passed, {counts[FAILED]} failed, "
        f"{counts[EXCLUDED]} excluded, {len(cases)} in all.",
        "",
        "\"With constants\" are the passed cases that have a shape or "
        "another value the compiler must know as an input,",
        "which was made a constant.",
        "",
        "| operator | passed | with constants | failed | excluded | "
        "rule of exclusion |",
        "|---|---|---|---|---|---|",
    ]
    for operator, group in group_by_operator(cases).items():
        number = collections.Counter(case.result for case in group)
        rules = sorted({case.reason for case in group
                        if case.result == EXCLUDED})
        constants = sum(case.result == PASSED and bool(case.constants)
                        for case in group)
        lines.append(f"| {operator} | {number[PASSED]} | {constants} | "
                     f"{number[FAILED]} | "
                     f"{number[EXCLUDED]} | {', '.join(rules)} |")
    lines += ["", "## Failed", "", "| case | reason |", "|---|---|"]
    lines += [f"| {case.name} | {escape(case.reason)} |"
              for case in cases if case.result == FAILED]
    return "\n".join(lines) + "\n"


def print_differences(path, table):
    """Whether the file holds the table; lines that differ are printed."""
    with open(path, encoding="utf-8") as file:
        lines = list(difflib.unified_diff(
            file.read().splitlines(), table.splitlines(), "documented", "found",
            lineterm="", n=0))
    print(*lines, sep="\n" if lines else "")
    return not lines


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gemc", required=True)
    parser.add_argument("--work", default="/tmp/onnx-node-cases",
                        help="directory for files, emptied first")
    parser.add_argument("--data", default=DATA)
    parser.add_argument("--filter", default="",
                        help="regular expression for names of cases")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--at-least", type=int, default=0, metavar="N",
                        help="exit 1 when fewer cases pass")
    parser.add_argument("--write-table", metavar="FILE.md")
    parser.add_argument("--check-table", metavar="FILE.md",
                        help="exit 1 when the table would differ from this one")
    parser.add_argument("--quiet", action="store_true",
                        help="do not list the failed cases")
    options = parser.parse_args()
    options.work = os.path.abspath(options.work)
    shutil.rmtree(options.work, ignore_errors=True)
    os.makedirs(options.work)

    cases = [Case(directory)
             for directory in sorted(glob.glob(os.path.join(options.data, "*")))
             if re.search(options.filter, os.path.basename(directory))]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(lambda case: judge(case, options), cases))

    crashes = [case for case in cases if case.reason.startswith("CRASH: ")]
    for case in cases:
        if case.result == FAILED and not options.quiet or case in crashes:
            print(f"{case.name}: {case.reason}")
    counts = collections.Counter(case.result for case in cases)
    print(f"{counts[PASSED]} passed, {counts[FAILED]} failed, "
          f"{counts[EXCLUDED]} excluded, {len(cases)} in all")
    table = make_table(cases)
    if options.write_table:
        with open(options.write_table, "w", encoding="utf-8") as file:
            file.write(table)
    is_as_documented = not options.check_table or print_differences(
        options.check_table, table)
    if not is_as_documented:
        print("FAILED: run this script with --write-table", options.check_table)
    if crashes:
        print(f"FAILED: {len(crashes)} cases crash or hang")
    if counts[PASSED] < options.at_least:
        print(f"FAILED: {counts[PASSED]} cases pass, expected at least "
              f"{options.at_least}")
    sys.exit(1 if crashes or counts[PASSED] < options.at_least
             or not is_as_documented else 0)


if __name__ == "__main__":
    main()
