# SPDX-License-Identifier: Apache-2.0
#
# Twenty ways to corrupt a bundle, each at a place drawn with a fixed seed: both
# checkers, ours and the one that shares no code with it, must notice, and both
# must be silent about the bundle itself.
import random
import struct

from harness import Case, Test
from om_patch import (HEADER, KERNEL, MEMCPY_ASYNC, WEIGHTS_DATA, Bundle,
                      kernel_slots, set_kernel_slot)

SEED = 20
LABEL_SET = 9
INOUT_INFO = 8

test = Test(model="mnist-8")
case = Case(test, test.options.model)
path = test.compile(case.model, test.path("m.om"))
with open(path, "rb") as file:
    original = file.read()
choose = random.Random(SEED)


def model_of(bundle, holds):
    """A sub-model, drawn among those of which `holds` is true."""
    return choose.choice([m for m in bundle.models if holds(m)])


def ops_of(model, *kinds):
    return [op for op in model.ops() if op.str("type") in kinds]


def tasks_of(model, kind):
    return [task for task in model.tasks() if task.int("type") == kind]


def draw_op(bundle, *kinds):
    model = model_of(bundle, lambda m: ops_of(m, *kinds))
    return choose.choice(ops_of(model, *kinds))


def draw_task(bundle, kind):
    model = model_of(bundle, lambda m: tasks_of(m, kind))
    return choose.choice(tasks_of(model, kind))


def add_to(message, field, amount):
    message.set(field, str(message.int(field) + amount))


def value_of(op):
    return op.map("attr")["value"].get("t").get("desc")


# Each changes the pieces of a bundle.

def move_slot(bundle):
    task = draw_task(bundle, KERNEL)
    slot = choose.randrange(len(kernel_slots(task)))
    set_kernel_slot(task, slot, kernel_slots(task)[slot] + 512)


def slot_nowhere(bundle):
    task = draw_task(bundle, KERNEL)
    set_kernel_slot(task, choose.randrange(len(kernel_slots(task))), 0x1000)


def move_variable(bundle):
    op = draw_op(bundle, "Variable")
    op.set_nth("output_i", 0, str(op.ints("output_i")[0] + 512))


def retype_variable(bundle):
    draw_op(bundle, "Variable").all("output_desc")[0].set("dtype", "DT_INT32")


def move_constant(bundle):
    add_to(value_of(draw_op(bundle, "Const")), "data_offset", 512)


def move_consumer(bundle):
    model = model_of(bundle, lambda m: ops_of(m, "Const"))
    users = [(op, index) for op in model.ops()
             for index, flag in enumerate(op.all("is_input_const"))
             if flag == "true"]
    op, index = choose.choice(users)
    add_to(op.all("input_desc")[index], "data_offset", 512)


def resize_constant(bundle):
    add_to(value_of(draw_op(bundle, "Const")), "weight_size", -4)


def shrink_tensor(bundle):
    add_to(draw_op(bundle, "Relu", "MaxPool", "Conv2D", "MatMul", "MatMulV2")
           .all("output_desc")[0], "size", -64)


def tensor_outside(bundle):
    model = model_of(bundle, lambda m: ops_of(m, "Data"))
    op = choose.choice(ops_of(model, "Data"))
    op.set_nth("output_i", 0,
               str(model.model_def.map("attr")["memory_size"].int("i")))


def shrink_memory(bundle):
    model = model_of(bundle, lambda m: m.model_def.map("attr")["memory_size"]
                     .int("i") > 0)
    add_to(model.model_def.map("attr")["memory_size"], "i", -512)


def shrink_weights(bundle):
    model = model_of(bundle, lambda m: ops_of(m, "Const"))
    model.set_partition(WEIGHTS_DATA, model.partition(WEIGHTS_DATA)[:-512])


def repeat_id(bundle):
    first, second = choose.sample(choose.choice(bundle.models).ops(), 2)
    second.set("id", first.get("id", "0"))


def repeat_name(bundle):
    first, second = choose.sample(choose.choice(bundle.models).ops(), 2)
    second.set("name", first.get("name"))


def dangling_edge(bundle):
    op = draw_op(bundle, "Relu", "MaxPool", "Assign")
    op.set_nth("input", 0, '"nobody:0"')


def overlong_copy(bundle):
    copy = draw_task(bundle, MEMCPY_ASYNC).get("memcpy_async")
    copy.set("count", str(copy.int("dst_max") + 1))


def copy_nowhere(bundle):
    copy = draw_task(bundle, MEMCPY_ASYNC).get("memcpy_async")
    add_to(copy, choose.choice(["src", "dst"]), 1 << 50)


def wrong_stream(bundle):
    kind = choose.choice([KERNEL, MEMCPY_ASYNC])
    draw_task(bundle, kind).set("stream_id", "3")


def wrong_label(bundle):
    model = model_of(bundle, lambda m: len(tasks_of(m, LABEL_SET)) > 1)
    labels = [op for op in model.ops() if op.str("type") == "LabelSet"]
    first, second = choose.sample(labels, 2)
    second.map("attr")["_label_switch_index"].set(
        "i", first.map("attr")["_label_switch_index"].get("i", "0"))


def wrong_dims(bundle):
    model = model_of(bundle, lambda m: m.partition(INOUT_INFO))
    info = bytearray(model.partition(INOUT_INFO))
    # Record head, count, fixed part of the first tensor, its name, a dim.
    name = struct.unpack_from("<I", info, 12 + 16)[0]
    info[12 + 32 + name] ^= 1 << choose.randrange(7)
    model.set_partition(INOUT_INFO, bytes(info))


def grow_variables(bundle):
    entry = bundle.partitions[0]
    entry[1] = (int.from_bytes(entry[1], "little") + 512).to_bytes(8, "little")


CORRUPTIONS = [
    move_slot, slot_nowhere, move_variable, retype_variable, move_constant,
    move_consumer, resize_constant, shrink_tensor, tensor_outside,
    shrink_memory, shrink_weights, repeat_id, repeat_name, dangling_edge,
    overlong_copy, copy_nowhere, wrong_stream, wrong_label, wrong_dims,
    grow_variables]
test.check(len(CORRUPTIONS) == 20, "twenty corruptions")


def expect_both(what, data):
    changed = test.write("changed.om", data)
    test.check(data != original, f"{what}: changes the file")
    result = test.inspect(changed)
    test.check(result.code == 1 and " [" in result.out
               and "(0 errors" not in result.out and not result.err,
               f"{what}: inspect --check finds an error", result)
    result = test.independent_check(changed)
    test.check(result.code == 1 and "do not hold" in result.out
               and not result.err,
               f"{what}: the independent check finds it", result)


for corruption in CORRUPTIONS:
    bundle = Bundle(original, test.options.protoc, test.options.protos)
    # Taking all messages apart and packing them again changes nothing.
    for model in bundle.models:
        model.ops(), model.tasks()
    corruption(bundle)
    expect_both(corruption.__name__, bundle.bytes())

# And the container: one number of a header or a table of a sub-model.
intact = Bundle(original, test.options.protoc, test.options.protos)
start = HEADER + 8 + 24 * len(intact.partitions) + 8
for what, position in (("magic", 0), ("header size", 4), ("model type", 82),
                       ("model count", 156), ("length", 184),
                       ("entries", HEADER), ("offset", HEADER + 16),
                       ("size", HEADER + 24)):
    data = bytearray(original)
    data[start + position] ^= 1 << choose.randrange(8)
    expect_both(f"a bit of the {what}", bytes(data))
expect_both("the last byte missing", original[:-1])
expect_both("a byte too much", original + b"\0")
test.finish()
