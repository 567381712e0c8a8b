# SPDX-License-Identifier: Apache-2.0
#
# The executor really runs the file. One number of a bundle is changed at a
# time; the result must change, or the run must say what is wrong. And what no
# device looks at, the edges between nodes, must not matter.
import itertools

from harness import Case, Test
from om_patch import (KERNEL, MEMCPY_ASYNC, WEIGHTS_DATA, Bundle, drop_task,
                      kernel_slots, set_kernel_slot, swap_tasks)

test = Test(model="mnist-8")
case = Case(test, test.options.model)
with open(test.compile(case.model, test.path("m.om")), "rb") as file:
    original = file.read()
# Initialisation and inference, then an update of all weights and inference.
RUNS = ([], ["--weights", case.weights_b])


class Patched(Bundle):
    """The bundle once more, to be changed; finds a model without decoding."""

    def __init__(self):
        super().__init__(original, test.options.protoc, test.options.protos)

    def model(self, role):
        return self.models[roles.index(role)]


def load():
    return Patched()


def run(bundle):
    """What a patched bundle does: for each of RUNS its outputs, or None when it
    was refused as it should be."""
    path = test.write("patched.om", bundle.bytes())
    observed = []
    for arguments in RUNS:
        result, outputs = test.run(path, case.inputs, *arguments)
        if result.code != 0:
            test.check_input_error(result, "a patched bundle is refused")
        observed.append(outputs if result.code == 0 else None)
    return observed


def check_notices(what, bundle):
    test.check(run(bundle) != expected, f"{what}: nobody noticed")


intact = load()
roles = intact.roles()
test.check(sorted(roles) == ["infer", "init", "update"], f"roles {roles}")
# Decoding, encoding and putting together changes nothing; a test of the patcher.
for model in intact.models:
    model.tasks()
test.check(intact.bytes() == original, "the patcher gives back the same bytes")
expected = run(intact)
test.check(None not in expected and expected[0] != expected[1],
           "the unpatched bundle runs and can be refreshed")

# One slot of one argument table: every slot of every kernel, moved a little and
# moved far.
slots = 0
for role in roles:
    for index, task in enumerate(intact.model(role).tasks()):
        for slot, address in enumerate(kernel_slots(task)):
            slots += 1
            for move in (4, 512):
                bundle = load()
                changed = bundle.model(role).tasks()[index]
                set_kernel_slot(changed, slot, address + move)
                check_notices(f"{role}, task {index}, slot {slot} + {move}", bundle)
test.check(slots > 10, f"{slots} argument slots")

# Source and destination of every copy.
copies = 0
for role in roles:
    for index, task in enumerate(intact.model(role).tasks()):
        if task.int("type") != MEMCPY_ASYNC:
            continue
        copies += 1
        for field, change in (("src", lambda n: n + 4), ("dst", lambda n: n + 4),
                              ("count", lambda n: n // 2)):
            bundle = load()
            copy = bundle.model(role).tasks()[index].get("memcpy_async")
            copy.set(field, str(change(copy.int(field))))
            check_notices(f"{role}, task {index}, {field} changed", bundle)
        bundle = load()
        drop_task(bundle.model(role), index)
        check_notices(f"{role}, task {index}, copy dropped", bundle)
test.check(copies > 10, f"{copies} copies")

# Two dependent tasks in the wrong order: the second reads what the first wrote.
tasks = intact.model("infer").tasks()
swaps = 0
for index, (first, second) in enumerate(zip(tasks, tasks[1:])):
    if not (first.int("type") == second.int("type") == KERNEL):
        continue
    if kernel_slots(first)[-1] not in kernel_slots(second)[:-1]:
        continue
    swaps += 1
    bundle = load()
    swap_tasks(bundle.model("infer"), index, index + 1)
    check_notices(f"tasks {index} and {index + 1} swapped", bundle)
test.check(swaps > 2, f"{swaps} pairs of dependent tasks")

# Every task of the models is there for something.
for role in roles:
    for index, task in enumerate(intact.model(role).tasks()):
        if task.int("type") == KERNEL:
            bundle = load()
            drop_task(bundle.model(role), index)
            check_notices(f"{role}, kernel task {index} dropped", bundle)


def descriptors(op):
    """Tensor descriptors of an op with a place in the weight image."""
    for desc in op.all("input_desc"):
        yield desc
    value = op.map("attr").get("value")
    if value is not None and value.get("t") is not None:
        yield value.get("t").get("desc")


# One data_offset, at the constant and at its user.
offsets = 0
for role in roles:
    for index, op in enumerate(intact.model(role).ops()):
        for place, desc in enumerate(descriptors(op)):
            if not desc.int("data_offset"):
                continue
            offsets += 1
            bundle = load()
            changed = next(itertools.islice(
                descriptors(bundle.model(role).ops()[index]), place, None))
            changed.set("data_offset", str(desc.int("data_offset") + 512))
            check_notices(f"{role}, {op.str('name')}: data_offset", bundle)
test.check(offsets > 2, f"{offsets} data offsets")

# One variable address: at the variable in each model, and at its users.
addresses = 0
for role in roles:
    for index, op in enumerate(intact.model(role).ops()):
        if op.str("type") != "Variable":
            continue
        addresses += 1
        bundle = load()
        changed = bundle.model(role).ops()[index]
        changed.set_nth("output_i", 0, str(op.ints("output_i")[0] + 512))
        check_notices(f"{role}, {op.str('name')}: address", bundle)
test.check(addresses > 10, f"{addresses} variable addresses")

# The weight image itself: a bit in the exponent of every number.
bundle = load()
init = bundle.model("init")
image = bytearray(init.partition(WEIGHTS_DATA))
for position in range(512 + 3, len(image), 4):
    image[position] ^= 0x02
init.set_partition(WEIGHTS_DATA, bytes(image))
check_notices("init: bits of the constants", bundle)

# What must not matter: all edges of all graphs.
bundle = load()
removed = 0
for model in bundle.models:
    for op in model.ops():
        removed += len(op.all("input"))
        op.remove("input")
test.check(removed > 20, f"{removed} edges")
test.check(run(bundle) == expected, "the result does not depend on edges")
test.finish()
