# SPDX-License-Identifier: Apache-2.0
#
# Ways to corrupt a bundle, each at a place drawn with a fixed seed: both
# checkers, ours and the one that shares no code with it, must notice what it is,
# and both must be silent about the bundle itself.
import random
import re
import struct

from harness import Case, Test
from om_patch import (HEADER, KERNEL, MEMCPY_ASYNC, WEIGHTS_DATA, Bundle,
                      drop_task, kernel_slots, set_kernel_slot, swap_tasks)

SEED = 20
LABEL_SET, LABEL_SWITCH = 9, 23
FEATURE_BASE, FEATURE_END = 0x80000000, 0x1000000000
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


CORRUPTIONS = []


def expects(ours, theirs):
    """A corruption of the pieces of a bundle: an id (when it ends in a dash, the
    start of one) that `inspect --check` must report, and what the independent
    check must say."""
    def add(corruption):
        CORRUPTIONS.append((corruption, ours, theirs))
        return corruption
    return add


@expects("task-address-differs", "is not where the op says")
def move_slot(bundle):
    task = draw_task(bundle, KERNEL)
    slot = choose.randrange(len(kernel_slots(task)))
    set_kernel_slot(task, slot, kernel_slots(task)[slot] + 512)


@expects("task-address-outside", "slot . 0x1000")
def slot_nowhere(bundle):
    task = draw_task(bundle, KERNEL)
    set_kernel_slot(task, choose.randrange(len(kernel_slots(task))), 0x1000)


@expects("variable-differs", "variable .* differs between models")
def move_variable(bundle):
    op = draw_op(bundle, "Variable")
    op.set_nth("output_i", 0, str(op.ints("output_i")[0] + 512))


@expects("variable-differs", "variable .* differs between models")
def retype_variable(bundle):
    draw_op(bundle, "Variable").all("output_desc")[0].set("dtype", "DT_INT32")


@expects("const-offset-mismatch", "data_offset of input")
def move_constant(bundle):
    add_to(value_of(draw_op(bundle, "Const")), "data_offset", 512)


@expects("const-offset-mismatch", "data_offset of input")
def move_consumer(bundle):
    model = model_of(bundle, lambda m: ops_of(m, "Const"))
    users = [(op, index) for op in model.ops()
             for index, flag in enumerate(op.all("is_input_const"))
             if flag == "true"]
    op, index = choose.choice(users)
    add_to(op.all("input_desc")[index], "data_offset", 512)


@expects("const-size-mismatch", "constant .*: weight_size")
def resize_constant(bundle):
    add_to(value_of(draw_op(bundle, "Const")), "weight_size", -4)


@expects("tensor-size", "size of output 0")
def shrink_tensor(bundle):
    add_to(draw_op(bundle, "Relu", "MaxPool", "Conv2D", "MatMul", "MatMulV2")
           .all("output_desc")[0], "size", -64)


@expects("tensor-outside-memory", "Data .*: output 0 at")
def tensor_outside(bundle):
    model = model_of(bundle, lambda m: ops_of(m, "Data"))
    op = choose.choice(ops_of(model, "Data"))
    op.set_nth("output_i", 0,
               str(model.model_def.map("attr")["memory_size"].int("i")))


@expects("memory-segments", "sub_memory_info")
def shrink_memory(bundle):
    model = model_of(bundle, lambda m: m.model_def.map("attr")["memory_size"]
                     .int("i") > 0)
    add_to(model.model_def.map("attr")["memory_size"], "i", -512)


@expects("weight-size-mismatch", "weight_size")
def shrink_weights(bundle):
    model = model_of(bundle, lambda m: ops_of(m, "Const"))
    model.set_partition(WEIGHTS_DATA, model.partition(WEIGHTS_DATA)[:-512])


@expects("op-id-duplicate", "op ids are unique")
def repeat_id(bundle):
    first, second = choose.sample(choose.choice(bundle.models).ops(), 2)
    second.set("id", first.get("id", "0"))


@expects("op-name-duplicate", "op names are unique")
def repeat_name(bundle):
    first, second = choose.sample(choose.choice(bundle.models).ops(), 2)
    second.set("name", first.get("name"))


@expects("edge-dangling", "input 0 from nobody")
def dangling_edge(bundle):
    op = draw_op(bundle, "Relu", "MaxPool", "Assign")
    op.set_nth("input", 0, '"nobody:0"')


@expects("copy-size", "task .*: count")
def overlong_copy(bundle):
    copy = draw_task(bundle, MEMCPY_ASYNC).get("memcpy_async")
    copy.set("count", str(copy.int("dst_max") + 1))


@expects("copy-outside-memory", "task .*: (src|dst) 0x4")
def copy_nowhere(bundle):
    copy = draw_task(bundle, MEMCPY_ASYNC).get("memcpy_async")
    add_to(copy, choose.choice(["src", "dst"]), 1 << 50)


@expects("stream-count", "task .*: stream")
def wrong_stream(bundle):
    kind = choose.choice([KERNEL, MEMCPY_ASYNC])
    draw_task(bundle, kind).set("stream_id", "3")


@expects("label-duplicate", "each label is set once")
def wrong_label(bundle):
    model = model_of(bundle, lambda m: len(tasks_of(m, LABEL_SET)) > 1)
    labels = [op for op in model.ops() if op.str("type") == "LabelSet"]
    first, second = choose.sample(labels, 2)
    second.map("attr")["_label_switch_index"].set(
        "i", first.map("attr")["_label_switch_index"].get("i", "0"))


@expects("inout-info-mismatch", "in/out info: dims")
def wrong_dims(bundle):
    model = model_of(bundle, lambda m: m.partition(INOUT_INFO))
    info = bytearray(model.partition(INOUT_INFO))
    # Record head, count, fixed part of the first tensor, its name, a dim.
    name = struct.unpack_from("<I", info, 12 + 16)[0]
    info[12 + 32 + name] ^= 1 << choose.randrange(7)
    model.set_partition(INOUT_INFO, bytes(info))


@expects("manifest-variables", "bundle: variable size")
def grow_variables(bundle):
    entry = bundle.partitions[0]
    entry[1] = (int.from_bytes(entry[1], "little") + 512).to_bytes(8, "little")


# Order, lifetimes, and who reads whose place.

def infer_of(bundle):
    """The inference model, and its kernel tasks by number."""
    model = bundle.model("infer")
    return model, [index for index, task in enumerate(model.tasks())
                   if task.int("type") == KERNEL]


def owner_of(model, task):
    return model.op(task.get("kernel").get("context").int("op_index"))


def is_feature(address):
    return FEATURE_BASE <= address < FEATURE_END


@expects("memory-", "(holds what|nobody wrote)")
def swap_kernels(bundle):
    model, kernels = infer_of(bundle)
    first = choose.randrange(len(kernels) - 1)
    swap_tasks(model, kernels[first], kernels[first + 1])


@expects("memory-", "has no task")
def drop_kernel(bundle):
    model, kernels = infer_of(bundle)
    # The manifest lists the kernels, and says so first.
    for other in bundle.models:
        attrs = other.model_def
        attrs.fields = [field for field in attrs.fields if field[0] != "attr"
                        or field[1].str("key") != "gemlir_manifest"]
    drop_task(model, choose.choice(kernels))


@expects("task-overlap", "writes over its input")
def write_over_input(bundle):
    """The output of a kernel begins inside what it reads."""
    model, kernels = infer_of(bundle)
    task = model.tasks()[choose.choice(kernels[:-1])]
    op, slots = owner_of(model, task), kernel_slots(task)
    source = next(slot for slot in slots if is_feature(slot))
    move_output(model, op, source - FEATURE_BASE + 512)


def move_output(model, op, offset):
    """Moves output 0 of an op, and all that reads it."""
    old = op.ints("output_i")[0]
    op.set_nth("output_i", 0, str(offset))
    users = {op.str("name"): None}
    for user in model.ops():
        edges = [edge for edge in user.strs("input") if not edge.endswith(":-1")]
        if f"{op.str('name')}:0" in edges:
            position = edges.index(f"{op.str('name')}:0")
            user.set_nth("input_i", position, str(offset))
            users[user.str("name")] = position
    for task in model.tasks():
        if task.int("type") != KERNEL:
            continue
        name = owner_of(model, task).str("name")
        if name in users:
            slots = kernel_slots(task)
            number = users[name] if users[name] is not None else len(slots) - 1
            test.check(slots[number] == FEATURE_BASE + old, "the slot that moves")
            set_kernel_slot(task, number, FEATURE_BASE + offset)


@expects("end-graph-early", "the graph ends once")
def end_early(bundle):
    model = choose.choice(bundle.models)
    swap_tasks(model, len(model.tasks()) - 2, len(model.tasks()) - 1)


@expects("variable-never-written", "is not initialised")
def drop_initial_value(bundle):
    model = bundle.model("init")
    drop_task(model, choose.randrange(len(tasks_of(model, MEMCPY_ASYNC))))


@expects("copy-not-of-op", "copies to no output")
def swap_copies(bundle):
    first, second = (task.get("memcpy_async") for task in choose.sample(
        tasks_of(bundle.model("init"), MEMCPY_ASYNC), 2))
    target = first.get("dst")
    first.set("dst", second.get("dst"))
    second.set("dst", target)


@expects("copy-incomplete", "copies of")
def short_copy(bundle):
    add_to(choose.choice(tasks_of(bundle.model("init"), MEMCPY_ASYNC))
           .get("memcpy_async"), "count", -4)


@expects("copy-shifted", "copies from no input")
def shift_copy(bundle):
    copy = choose.choice(tasks_of(bundle.model("init"), MEMCPY_ASYNC))
    add_to(copy.get("memcpy_async"), "src", 4)


@expects("memory-", "(holds what|nobody wrote)")
def flag_behind_switch(bundle):
    model = bundle.model("update")
    switches = [index for index, task in enumerate(model.tasks())
                if task.int("type") == LABEL_SWITCH]
    index = choose.choice(switches)
    swap_tasks(model, index - 1, index)


@expects("edge-offset", "offset of input 1")
def other_variable(bundle):
    """A kernel reads the variable of another weight."""
    model, kernels = infer_of(bundle)
    variables = [op.ints("output_i")[0] for op in ops_of(model, "Variable")]
    readers = [(model.tasks()[index], slot) for index in kernels
               for slot in kernel_slots(model.tasks()[index]) if slot in variables]
    # The place of the longest variable holds each of them.
    longest = max(ops_of(model, "Variable"), key=lambda op: op.all("output_desc")[0]
                  .int("size")).ints("output_i")[0]
    task, slot = choose.choice([reader for reader in readers if reader[1] != longest])
    op, number = owner_of(model, task), kernel_slots(task).index(slot)
    op.set_nth("input_i", number, str(longest))
    set_kernel_slot(task, number, longest)


@expects("input-overlap", "overlaps another one")
def shared_input(bundle):
    """Two inputs of the update in one place."""
    model = bundle.model("update")
    inputs = sorted(ops_of(model, "Data"), key=lambda op: op.all("input_desc")[0]
                    .int("size"))
    # The place of the largest one has room for the others.
    move_input(model, choose.choice(inputs[:-1]), inputs[-1].ints("output_i")[0])


def move_input(model, data, offset):
    old = data.ints("output_i")[0]
    data.set_nth("output_i", 0, str(offset))
    for op in model.ops():
        edges = [edge for edge in op.strs("input") if not edge.endswith(":-1")]
        if f"{data.str('name')}:0" in edges:
            op.set_nth("input_i", edges.index(f"{data.str('name')}:0"), str(offset))
    for task in tasks_of(model, MEMCPY_ASYNC):
        copy = task.get("memcpy_async")
        into = copy.int("src") - FEATURE_BASE - old
        if 0 <= into < data.all("input_desc")[0].int("size"):
            copy.set("src", str(FEATURE_BASE + offset + into))


@expects("reference-kernel", "kernel name")
def other_kernel(bundle):
    draw_task(bundle, KERNEL).get("kernel").set("kernel_name", '"Nothing"')


@expects("edge-type", "type of input 0")
def retype_input(bundle):
    draw_op(bundle, "Relu", "MaxPoolV3", "Add").all("input_desc")[0].set(
        "dtype", "DT_INT32")


def expect_both(what, data, ours="", theirs="do not hold"):
    changed = test.write("changed.om", data)
    test.check(data != original, f"{what}: changes the file")
    result = test.inspect(changed)
    errors = [line for line in result.out.splitlines() if line.startswith("error:")]
    test.check(result.code == 1 and not result.err
               and any(re.search(rf"\[{ours}{'' if ours[-1:].isalpha() else '[a-z0-9-]*'}\]$", line) for line in errors),
               f"{what}: inspect --check finds {ours or 'an error'}", result)
    result = test.independent_check(changed)
    test.check(result.code == 1 and re.search(theirs, result.out)
               and not result.err,
               f"{what}: the independent check finds '{theirs}'", result)


for corruption, ours, theirs in CORRUPTIONS:
    bundle = Bundle(original, test.options.protoc, test.options.protos)
    # Taking all messages apart and packing them again changes nothing.
    for model in bundle.models:
        model.ops(), model.tasks()
    corruption(bundle)
    expect_both(corruption.__name__, bundle.bytes(), ours, theirs)

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
