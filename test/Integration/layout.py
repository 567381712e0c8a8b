# SPDX-License-Identifier: Apache-2.0
#
# The bundles we write pass the check that shares no code with the compiler, and
# that check notices what it is there for.
from harness import Case, Test
from om_patch import Bundle, kernel_slots, set_kernel_slot

test = Test(model="mnist-8")
case = Case(test, test.options.model)


# Compiling applies both checkers.
for arguments in ([], ["--update", "all"], ["--no-init"],
                  ["--refresh-min-bytes", "1"]):
    path = test.compile(case.model, test.path("m.om"), *arguments)
test.must("compile", case.model, "-o", path)
test.check_clean(path)

with open(test.compile(case.model, test.path("m.om")), "rb") as file:
    original = file.read()


def refused(what, change):
    bundle = Bundle(original, test.options.protoc, test.options.protos)
    change(bundle)
    result = test.independent_check(test.write("changed.om", bundle.bytes()))
    test.check(result.code == 1 and "do not hold" in result.out,
               f"not noticed: {what}", result)


def op_of(bundle, role, kind):
    return next(op for op in bundle.model(role).ops() if op.str("type") == kind)


def move_slot(bundle):
    task = next(t for t in bundle.model("infer").tasks() if kernel_slots(t))
    set_kernel_slot(task, 0, kernel_slots(task)[0] + 512)


def move_variable(bundle):
    op = op_of(bundle, "update", "Variable")
    op.set_nth("output_i", 0, str(op.ints("output_i")[0] + 512))


def move_constant(bundle):
    desc = op_of(bundle, "init", "Const").map("attr")["value"].get("t").get("desc")
    desc.set("data_offset", str(desc.int("data_offset") + 512))


def shrink_tensor(bundle):
    desc = op_of(bundle, "infer", "Relu").all("output_desc")[0]
    desc.set("size", str(desc.int("size") - 32))


def shrink_memory(bundle):
    size = bundle.model("infer").model_def.map("attr")["memory_size"]
    size.set("i", str(size.int("i") - 512))


def grow_variables(bundle):
    entry = bundle.partitions[0]
    entry[1] = (int.from_bytes(entry[1], "little") + 512).to_bytes(8, "little")


def repeat_id(bundle):
    ops = bundle.model("infer").ops()
    ops[1].set("id", ops[0].get("id", "0"))


refused("an argument slot moved", move_slot)
refused("a variable moved in one model", move_variable)
refused("a constant moved", move_constant)
refused("a tensor's size too small", shrink_tensor)
refused("memory_size too small", shrink_memory)
refused("variable size of the bundle", grow_variables)
refused("two ops with one id", repeat_id)
test.finish()
