# SPDX-License-Identifier: Apache-2.0
#
# Runs the commands of a document and compares what they print with what the
# document says they print. Commands are the lines that begin with "$ " in blocks
# that begin with "```console"; a line that ends in "\" goes on in the next one.
# They run one after the other in one directory, which holds the files given
# with --file NAME=PATH. In expected output "..." stands for any text, and as
# a line of its own for any lines. A command must succeed, unless it prints its
# exit status itself.
import difflib
import os
import re
import shutil
import subprocess

from harness import TIMEOUT, Test

test = Test(document=None, files="")


def read_blocks(path):
    """Lists of (line, command, expected lines) in the order of the document."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    steps, inside = [], False
    for number, line in enumerate(lines, 1):
        if line.startswith("```"):
            inside = line == "```console"
        elif inside and steps and steps[-1][1].endswith("\\"):
            steps[-1][1] += "\n" + line
        elif inside and line.startswith("$ "):
            steps.append([number, line[2:], []])
        elif inside:
            steps[-1][2].append(line)
    return steps


def matches(expected, found):
    pattern = ""
    for line in expected:
        if line == "...":
            pattern += "(?:.*\n)*"
        else:
            pattern += ".*".join(re.escape(part) for part in line.split("...")) + "\n"
    return re.fullmatch(pattern, "".join(line + "\n" for line in found))


for entry in test.options.files.split():
    name, path = entry.split("=")
    shutil.copy(test.input(path), test.path(name))
binaries = os.path.dirname(os.path.abspath(test.options.gemc))
environment = dict(os.environ, PATH=binaries + os.pathsep + os.environ["PATH"])
for number, command, expected in read_blocks(test.options.document):
    process = subprocess.run(
        ["bash", "-c", command], cwd=test.work, env=environment,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, timeout=TIMEOUT)
    found = process.stdout.decode("utf-8", "replace").rstrip().splitlines()
    what = f"{test.options.document}:{number}: $ {command}\n"
    test.check(process.returncode == 0,
               what + f"exit status {process.returncode}\n" + "\n".join(found))
    test.check(matches(expected, found),
               what + "\n".join(difflib.unified_diff(
                   expected, found, "expected", "found", lineterm="", n=0)))
test.finish()
