# SPDX-License-Identifier: Apache-2.0
#
# Every stage can be written and compiled on: the bundle has the bytes of the
# straight compile, wherever the stage lies.
import os
import shutil

from harness import Case, Test

STAGES = ("imported", "typed", "split", "laid-out", "abstract", "scheduled",
          "tasks")

test = Test(model="mnist-8")
case = Case(test, test.options.model)


def read(path):
    with open(path, "rb") as file:
        return file.read()


for arguments in (["--refresh", "*"], ["--refresh", "*", "--update", "all"],
                  ["--refresh", "*", "--no-init"], []):
    straight = test.path("straight.om")
    test.must("compile", case.model, "-o", straight, *arguments)
    previous, later = case.model, arguments
    for stage in STAGES:
        # Each stage from the model, and from the stage before it.
        path, next_path = test.path(stage + ".mlir"), test.path("step.mlir")
        test.must("compile", case.model, "-o", path, "--emit", stage, *arguments)
        test.must("compile", previous, "-o", next_path, "--emit", stage, *later)
        test.check(read(path) == read(next_path),
                   f"{stage}: the same from the model and from the stage before")
        previous = path
        resumed = test.path("resumed.om")
        if stage not in ("imported", "typed"):
            later = []  # the options have had their effect
        test.must("compile", path, "-o", resumed, *later)
        test.check(read(resumed) == read(straight),
                   f"{stage} {arguments}: resuming gives the same bytes")

# A stage that moves together with its weights, compiled from elsewhere.
test.must("compile", case.model, "-o", straight, "--refresh", "*")
os.makedirs(test.path("a", "b"))
os.makedirs(test.path("moved"))
model = shutil.copy(case.model, test.path("a"))
path = test.path("a", "b", "split.mlir")
test.must("compile", model, "-o", path, "--refresh", "*", "--emit", "split")
test.check(test.work.encode() not in read(path), "weights are named relatively")
shutil.move(test.path("a"), test.path("moved", "a"))
test.must("compile", test.path("moved", "a", "b", "split.mlir"), "-o", resumed,
          cwd="/")
test.check(read(resumed) == read(straight), "a moved stage gives the same bytes")

# The weights are no longer what the stage was written for.
model = test.path("moved", "a", os.path.basename(model))
data = bytearray(read(model))
os.remove(resumed)
for what, changed in (("changed", data[:-1] + bytes([data[-1] ^ 1])),
                      ("shorter", data[:-1]), ("gone", None)):
    if changed is None:
        os.remove(model)
    else:
        with open(model, "wb") as file:
            file.write(changed)
    result = test.gemc("compile", test.path("moved", "a", "b", "split.mlir"),
                       "-o", resumed)
    test.check_input_error(result, f"the file with the weights is {what}",
                           os.path.basename(model))
    test.check(not os.path.exists(resumed), f"{what}: no output")

# Options that come too late for a stage.
for stage, options in (("split", ["--refresh", "*"]),
                       ("laid-out", ["--update", "masked"]),
                       ("abstract", ["--refresh-min-bytes", "0"]),
                       ("tasks", ["--no-init"]),
                       ("abstract", ["--target", "Ascend310"])):
    result = test.gemc("compile", test.path(stage + ".mlir"), "-o", resumed,
                       *options)
    test.check_usage_error(result, f"{stage} {options}")
    test.check(stage.encode() in result.err.encode(), f"{options}: names the stage",
               result)

# People edit stages: what no pass would have made is refused.
path = test.path("stage.mlir")
for stage, old, new, words in (
        ("split", "= wr.read @", "= wr.initial @", "initial values"),
        ("abstract", " io bytes(", " feature bytes(", "inputs and outputs"),
        ("scheduled", "address(137438953472)", "address(137438952960)",
         "137438952960"),
        ("tasks", "addresses([21474836", "addresses([21474837", "says"),
        ("tasks", "stream(0) src(21474", "stream(0) src(21475", "input")):
    test.must("compile", case.model, "-o", path, "--refresh", "*", "--emit", stage)
    text = read(path).decode()
    test.check(old in text, f"{stage}: there is '{old}' to edit")
    edited = test.write("edited.mlir", text.replace(old, new, 1).encode())
    result = test.gemc("compile", edited, "-o", resumed)
    test.check_input_error(result, f"{stage} with '{new}'", words)
    test.check(not os.path.exists(resumed), f"{stage} with '{new}': no output")

# Files that are no stage.
for name, text in (("garbage.mlir", b"\0\1\2 garbage"), ("empty.mlir", b""),
                   ("unknown.mlir", b'"foo.bar"() : () -> ()\n'),
                   ("deep.mlir", b'module attributes {a = ' + b"[" * 200000),
                   ("string.mlir", b'module attributes {a = "\\')):
    result = test.gemc("compile", test.write(name, text), "-o", resumed)
    test.check_input_error(result, name)
    test.check(not os.path.exists(resumed), f"{name}: no output")
result = test.gemc("compile", test.path("tasks.mlir"), "-o", resumed,
                   "--emit", "typed")
test.check(result.code in (1, 2) and not os.path.exists(resumed),
           "a stage cannot go back", result)
test.finish()
