# SPDX-License-Identifier: Apache-2.0
#
# What the end-to-end tests share: the command line of a test script, running
# gemc, and checks that are counted. A script that made no check has failed.
import argparse
import hashlib
import json
import os
import re
import resource
import shutil
import subprocess
import sys

import numpy

# Seconds that no command of these tests may take, sanitizers included.
TIMEOUT = 300
INDEPENDENT_CHECK = os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "Target", "OM",
    "independent_check.py")


class Result:
    def __init__(self, command, process):
        self.command = " ".join(command)
        self.code = process.returncode
        self.out = process.stdout.decode("utf-8", "replace")
        self.err = process.stderr.decode("utf-8", "replace")

    def __str__(self):
        return (f"$ {self.command}\nexit status {self.code}\n"
                f"stdout: {self.out[-2000:]}\nstderr: {self.err[-2000:]}")


class Test:
    """One test script. Leave it through finish()."""

    def __init__(self, **extra):
        parser = argparse.ArgumentParser()
        for name in ("gemc", "protoc", "protos", "inputs", "work"):
            parser.add_argument("--" + name, required=True)
        for name in extra:
            parser.add_argument("--" + name, default=extra[name])
        self.options = parser.parse_args()
        self.work = os.path.abspath(self.options.work)
        shutil.rmtree(self.work, ignore_errors=True)
        os.makedirs(self.work)
        self.checks = 0
        self.failures = 0
        self.agreed = set()

    # Paths

    def path(self, *parts):
        """A path in the directory of this test."""
        return os.path.join(self.work, *parts)

    def input(self, name):
        """A path in test/Inputs."""
        return os.path.join(self.options.inputs, name)

    def write(self, name, data):
        path = self.path(name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    # Commands

    def gemc(self, *arguments, cwd=None, file_size_limit=None):
        command = [self.options.gemc] + [str(a) for a in arguments]

        limit = None
        if file_size_limit is not None:
            limit = lambda: resource.setrlimit(
                resource.RLIMIT_FSIZE, (file_size_limit, file_size_limit))
        process = subprocess.run(command, capture_output=True, cwd=cwd,
                                 timeout=TIMEOUT, preexec_fn=limit,
                                 stdin=subprocess.DEVNULL)
        return Result(command, process)

    def must(self, *arguments, **options):
        """Runs a command that the rest of the script needs."""
        result = self.gemc(*arguments, **options)
        if result.code != 0:
            self.check(False, "the command should succeed", result)
            self.finish()
        return result

    def compile(self, model, output, *arguments):
        """Compiles a model with all float weights refreshable. Whatever is
        written, neither of the two checkers may find a fault in it."""
        self.must("compile", model, "-o", output, "--refresh", "*", *arguments)
        self.check_clean(output)
        return output

    def inspect(self, path):
        """Result of the compiler's own check."""
        return self.gemc("inspect", "--check", path)

    def independent_check(self, path):
        """Result of the check that shares no code with the compiler."""
        command = [sys.executable, INDEPENDENT_CHECK, path, self.options.protoc,
                   self.options.protos]
        return Result(command, subprocess.run(
            command, capture_output=True, timeout=TIMEOUT))

    def check_clean(self, path):
        with open(path, "rb") as file:
            digest = hashlib.sha256(file.read()).digest()
        if digest in self.agreed:
            return
        self.agreed.add(digest)
        result = self.inspect(path)
        self.check(result.code == 0 and result.out == "0 findings\n",
                   f"{path} has no findings", result)
        result = self.independent_check(path)
        self.check(result.code == 0 and result.out.startswith("OK"),
                   f"{path} passes the independent check", result)

    def run(self, bundle, inputs, *arguments):
        """Runs a bundle. Returns the command's result and its outputs by
        file name, as bytes; no outputs when it failed."""
        directory = self.path("outputs")
        shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(directory)
        result = self.gemc("run", bundle,
                           *(f"--input={name}={path}"
                             for name, path in inputs.items()),
                           "--output-dir", directory, *arguments)
        outputs = {}
        if result.code == 0:
            for name in sorted(os.listdir(directory)):
                with open(os.path.join(directory, name), "rb") as file:
                    outputs[name] = file.read()
        return result, outputs

    def must_run(self, bundle, inputs, *arguments):
        result, outputs = self.run(bundle, inputs, *arguments)
        if result.code != 0 or not outputs:
            self.check(False, "the run should succeed and write outputs", result)
            self.finish()
        return outputs

    # Checks

    def check(self, condition, what, result=None):
        self.checks += 1
        if condition:
            return
        self.failures += 1
        print(f"FAILED: {what}")
        if result is not None:
            print(result)

    def check_input_error(self, result, what, *words):
        """Exit 1 and one line that is an error and has all the words; warnings
        and notes may stand before it and behind it."""
        lines = result.err.splitlines()
        errors = [line for line in lines if line.startswith("gemc: error: ")]
        self.check(
            result.code == 1 and len(errors) == 1
            and all(line.startswith(("gemc: error: ", "gemc: warning: ",
                                     "gemc: note: ")) for line in lines)
            and all(word in errors[0] for word in words),
            f"{what}: expected exit 1 and one line 'gemc: error: ...'"
            + (f" with {', '.join(words)}" if words else ""), result)

    def check_usage_error(self, result, what):
        """Exit 2, and lines that say something."""
        lines = result.err.splitlines()
        self.check(
            result.code == 2 and lines and lines[0].startswith("gemc: ")
            and not any(line.strip() == "gemc: error:" for line in lines),
            f"{what}: expected exit 2 and 'gemc: ...'", result)

    def finish(self):
        if not self.checks:
            print("FAILED: no check was made")
            self.failures += 1
        print(f"{self.checks} checks, {self.failures} failed")
        sys.exit(1 if self.failures else 0)


class Case:
    """One of the two models in test/Inputs with its references."""

    def __init__(self, test, name):
        self.test = test
        self.name = name
        self.model = test.input(name + ".onnx")
        self.weights_b = test.input(name + ".weights_b.npz")
        description = self.describe("")
        self.inputs = {key: test.input(tensor["file"])
                       for key, tensor in description["inputs"].items()}
        with open(test.input("mix.json"), encoding="utf-8") as file:
            prefix = name + ".mix"
            self.mixes = {key[len(name):]: weights
                          for key, weights in json.load(file).items()
                          if key.startswith(prefix)}

    def describe(self, case):
        with open(self.test.input(f"{self.name}{case}.json"),
                  encoding="utf-8") as file:
            return json.load(file)

    def references(self, case):
        """Output name, file and tolerance: 1e-4 of the largest value."""
        for key, tensor in self.describe(case)["outputs"].items():
            path = self.test.input(tensor["file"])
            largest = numpy.abs(numpy.fromfile(path, "<f4")).max()
            yield key, path, float(largest) * 1e-4

    def expectations(self, case):
        """Arguments of `gemc run` that compare with a reference."""
        arguments = ["--rtol", "1e-4", "--atol", "0"]
        for key, path, _ in self.references(case):
            arguments += ["--expect", f"{key}={path}"]
        return arguments


def decode_output(data):
    """The float32 values of a file that `gemc run` wrote (.npy)."""
    import io

    return numpy.load(io.BytesIO(data), allow_pickle=False)


def output_file(name):
    """The file that `gemc run --output-dir` writes an output to, when no two
    names become the same."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", name) + ".npy"


def read_safetensors(path):
    """The f32 and f16 arrays of a .safetensors file by name."""
    with open(path, "rb") as file:
        data = file.read()
    start = 8 + int.from_bytes(data[:8], "little")
    arrays = {}
    for name, entry in json.loads(data[8:start]).items():
        dtype = {"F32": "<f4", "F16": "<f2"}.get(entry.get("dtype"))
        if dtype:
            begin, end = (start + offset for offset in entry["data_offsets"])
            arrays[name] = numpy.frombuffer(data[begin:end], dtype).reshape(
                entry["shape"])
    return arrays
