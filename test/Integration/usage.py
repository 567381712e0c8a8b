# SPDX-License-Identifier: Apache-2.0
#
# Command lines: exit 2 for a wrong one, 0 for help and version, and nothing but
# the answer on a pipe.
import json
import os

from harness import Case, Test

test = Test()
case = Case(test, "mnist-8")
output = test.path("m.om")
compile_arguments = ["compile", case.model, "-o", output, "--refresh", "*"]

for arguments in ([], ["frobnicate"], ["--frobnicate"],
                  ["compile"], ["compile", case.model],
                  ["compile", "-o", output],
                  ["compile", case.model, case.model, "-o", output],
                  compile_arguments + ["--frobnicate"],
                  compile_arguments + ["--update", "sometimes"],
                  compile_arguments + ["--emit", "nothing"],
                  compile_arguments + ["--threads", "many"],
                  compile_arguments + ["--refresh-min-bytes", "many"],
                  compile_arguments + ["--refresh-min-bytes", "-1"],
                  ["list-weights"], ["list-weights", case.model, "--frobnicate"],
                  ["inspect"], ["run"],
                  ["run", output, "--input", "no-equals-sign"],
                  ["run", output, "--rtol", "little"]):
    test.check_usage_error(test.gemc(*arguments), f"gemc {' '.join(arguments)}")
    test.check(not os.path.exists(output), "no output after a usage error")

for arguments in (["--help"], ["--version"], ["compile", "--help"],
                  ["list-weights", "--help"], ["inspect", "--help"],
                  ["run", "--help"]):
    result = test.gemc(*arguments)
    test.check(result.code == 0 and result.out and not result.err,
               f"gemc {' '.join(arguments)}", result)
for command in ("compile", "list-weights", "inspect", "run", "compare"):
    test.check(command in test.gemc("--help").out, f"--help names {command}")

# The words of the contract.
result = test.must(*compile_arguments)
test.check("%" not in result.err and "\r" not in result.err + result.out,
           "no progress on a pipe", result)
test.check("Parameter193_reshape1_shape" in result.err,
           "--refresh '*' lists the constants it passed over", result)
for extra in (["--refresh-min-bytes", "1000"], ["--update", "masked"],
              ["--update", "all"], ["--no-init"], ["--threads", "2"],
              ["--input-shape", "Input3:1,1,28,28"]):
    test.check(test.gemc(*compile_arguments, *extra).code == 0,
               f"compile {' '.join(extra)}")
for stage in ("imported", "typed", "split", "laid-out", "abstract", "scheduled",
              "tasks"):
    path = test.path(stage + ".mlir")
    result = test.gemc("compile", case.model, "-o", path, "--refresh", "*",
                       "--emit", stage)
    test.check(result.code == 0 and os.path.getsize(path) > 0,
               f"--emit {stage}", result)

# list-weights
plain = test.must("list-weights", case.model)
listed = json.loads(test.must("list-weights", case.model, "--json").out)
for weight in listed["weights"]:
    test.check(weight["source"] in plain.out and weight["name"] in plain.out,
               f"list-weights shows both names of {weight['source']}", plain)
test.check(sum(weight["refreshable"] for weight in listed["weights"]) == 6,
           "mnist-8 has six refreshable weights")

# inspect
test.must(*compile_arguments)
plain = test.must("inspect", output)
for word in ("Parameter5", "Input3", "Plus214_Output_0"):
    test.check(word in plain.out, f"inspect shows {word}", plain)
first = test.must("inspect", output, "--json")
json.loads(first.out)
test.check(test.must("inspect", output, "--json").out == first.out,
           "inspect --json is stable")
test.must("inspect", output, "--check")
with open(output, "rb") as file:
    data = file.read()
test.write("m.om", data + b"\0")
test.check_input_error(test.gemc("inspect", output), "trailing byte", "m.om")
test.finish()
