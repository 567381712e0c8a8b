# SPDX-License-Identifier: Apache-2.0
#
# Compile, run, refresh: every result must be what ONNX Runtime computes, and
# going back to the first weights must give the first result bit for bit.
import json

import numpy

from harness import Case, Test, decode_output

test = Test(model="mnist-8")
case = Case(test, test.options.model)
bundle = test.compile(case.model, test.path("m.om"))


def close(outputs, reference_case):
    """Compares without the help of gemc."""
    for (_, path, tolerance), data in zip(case.references(reference_case),
                                          outputs.values()):
        expected = numpy.fromfile(path, "<f4")
        found = decode_output(data).ravel()
        if found.shape != expected.shape:
            return False
        if not (numpy.abs(found - expected) <= tolerance).all():
            return False
    return True


def check_reference(what, reference_case, *arguments):
    result, outputs = test.run(bundle, case.inputs, *arguments,
                               *case.expectations(reference_case))
    test.check(result.code == 0, f"{what}: --expect agrees", result)
    test.check(outputs and close(outputs, reference_case),
               f"{what}: the written output agrees", result)
    return outputs


# Every value of the first weight set, by initializer name.
exported = test.path("a.npz")
test.must("list-weights", case.model, "--export", exported)
weights_a, weights_b = numpy.load(exported), numpy.load(case.weights_b)
test.check(set(weights_b.files) <= set(weights_a.files),
           "--export has every weight of the second set under its source name")
for name in weights_b.files:
    test.check(weights_a[name].shape == weights_b[name].shape
               and weights_a[name].dtype == weights_b[name].dtype,
               f"--export: shape and dtype of {name}")

first = check_reference("first weights", "")
second = check_reference("second weights", ".b", "--weights", case.weights_b)
test.check(not close(second, ""), "the second result is not the first one")
for mix, names in case.mixes.items():
    only = [argument for name in names for argument in ("--only", name)]
    check_reference(f"only {', '.join(names)}", mix,
                    "--weights", case.weights_b, *only)

# One session: A, then B, then A again.
again = test.must_run(bundle, case.inputs, "--weights", case.weights_b,
                      "--weights", exported)
test.check(again == first, "A, B, A gives the first result bit for bit")
back = test.must_run(bundle, case.inputs, "--weights", exported,
                     "--weights", case.weights_b)
test.check(back == second, "A, A, B gives the second result bit for bit")

# Single weights from .npy files, by source name and by GE name, and from a
# .safetensors file.
listed = json.loads(test.must("list-weights", case.model, "--json").out)
ge_names = {weight["source"]: weight["name"] for weight in listed["weights"]}
for mix, names in case.mixes.items():
    for key in (lambda name: name, lambda name: ge_names[name]):
        arguments = []
        for index, name in enumerate(names):
            path = test.path(f"{index}.npy")
            # Fortran order in the file: the values are what counts.
            numpy.save(path, numpy.asfortranarray(weights_b[name]))
            arguments += ["--weights", f"{key(name)}={path}"]
        check_reference(f"{mix}: one .npy each", mix, *arguments)
tensors = test.path("a.safetensors")
test.must("list-weights", case.model, "--export", tensors)
again = test.must_run(bundle, case.inputs, "--weights", case.weights_b,
                      "--weights", tensors)
test.check(again == first, "A, B, A from .safetensors")
packed = test.path("b_deflated.npz")
numpy.savez_compressed(packed, **weights_b)
test.check(test.must_run(bundle, case.inputs, "--weights", packed) == second,
           "a deflated .npz gives the same result as a stored one")

# An expectation that does not hold.
result, _ = test.run(bundle, case.inputs, *case.expectations(".b"))
test.check(result.code == 1, "--expect: exit 1 beyond tolerance", result)
result, _ = test.run(bundle, case.inputs, "--weights", case.weights_b,
                     *case.expectations(""))
test.check(result.code == 1, "--expect compares the last result", result)

# The update model that writes all weights every time.
bundle = test.compile(case.model, test.path("all.om"), "--update", "all")
test.check(check_reference("update all", ".b", "--weights", case.weights_b)
           == second, "update all: the same bits as masked")
for mix, names in case.mixes.items():
    only = [argument for name in names for argument in ("--only", name)]
    check_reference(f"update all, only {', '.join(names)}", mix,
                    "--weights", case.weights_b, *only)

# Without initial values a run needs weights first.
bundle = test.compile(case.model, test.path("no_init.om"), "--no-init")
result, _ = test.run(bundle, case.inputs)
test.check_input_error(result, "--no-init: run without weights")
test.check(check_reference("--no-init", ".b", "--weights", case.weights_b)
           == second, "--no-init: the same bits")
result, _ = test.run(bundle, case.inputs, "--weights", case.weights_b,
                     "--only", next(iter(case.mixes.values()))[0])
test.check_input_error(result, "--no-init: run after a partial refresh")
test.finish()
