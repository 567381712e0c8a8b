// SPDX-License-Identifier: Apache-2.0
//
// What the writer refuses in the facts of a file that was read.
//
// RUN: ge-translate --mlir-to-om %s --split-input-file --verify-diagnostics -o /dev/null

// expected-error @below {{must be the only ascend.file or wr.bundle of the module}}
ascend.file om models([@m])
wr.bundle @main members([#wr.member<infer @m>])
ascend.model @m graph("g") {
}

// -----

ascend.file om models([@m])
// expected-error @below {{is part of @n, which is not a model of the file}}
ascend.model @n graph("g") part(@n) {
}
ascend.model @m graph("g") {
}

// -----

ascend.file bundle models([@m, @n])
// expected-error @below {{is listed as a model of the file, but is part of @n}}
ascend.model @m graph("g") memory(feature = 0, io = 0, weights = 0) part(@n) {
}
ascend.model @n graph("g") memory(feature = 0, io = 0, weights = 0) {
}

// -----

ascend.file om models([@m])
// expected-error @below {{has no memory sizes}}
ascend.model @m graph("g") {
}

// -----

ascend.file om models([@m])
// expected-error @below {{extra: model: expected a field of ModelDef, found 'nam'}}
ascend.model @m graph("g") memory(feature = 0, io = 0, weights = 0)
    extra {model = {nam = "x"}} {
}

// -----

ascend.file om models([@m])
// expected-error @below {{extra: model: version: expected a number in 0..4294967295, found -1}}
ascend.model @m graph("g") memory(feature = 0, io = 0, weights = 0)
    extra {model = {version = -1}} {
}

// -----

ascend.file om models([@m])
// expected-error @below {{extra: tasks: expected a dictionary, found 1 : i64}}
ascend.model @m graph("g") memory(feature = 0, io = 0, weights = 0)
    extra {tasks = 1} {
}

// -----

ascend.file om models([@m])
// expected-error @below {{extra: header: expected a field of the header, found 'magik'}}
ascend.model @m graph("g") memory(feature = 0, io = 0, weights = 0)
    extra {header = {magik = 1}} {
}

// -----

ascend.file om models([@m])
// expected-error @below {{extra: header: expected fields that do not follow from the rest of the file, found 'model_length'}}
ascend.model @m graph("g") memory(feature = 0, io = 0, weights = 0)
    extra {header = {model_length = 5}} {
}

// -----

ascend.file om models([@m])
// expected-error @below {{extra: header: expected fields that do not follow from the rest of the file, found 'length'}}
ascend.model @m graph("g") memory(feature = 0, io = 0, weights = 0)
    extra {header = {length = 5}, table = "narrow"} {
}

// -----

// expected-error @below {{extra: header: expected fields that do not follow from the rest of the file, found 'model_count'}}
ascend.file bundle models([@m]) extra {header = {model_count = 2}}
ascend.model @m graph("g") memory(feature = 0, io = 0, weights = 0) {
}

// -----

ascend.file om models([@m])
// expected-error @below {{extra: header: expected a number of 1 bytes for 'model_type', found 256 : i64}}
ascend.model @m graph("g") memory(feature = 0, io = 0, weights = 0)
    extra {header = {model_type = 256}} {
}

// -----

ascend.file om models([@m])
// expected-error @below {{extra: table: expected "narrow", found "wide"}}
ascend.model @m graph("g") memory(feature = 0, io = 0, weights = 0)
    extra {table = "wide"} {
}

// -----

ascend.file om models([@m])
// expected-error @below {{extra: partitions: expected the name or number of a partition, found "MODEL"}}
ascend.model @m graph("g") memory(feature = 0, io = 0, weights = 0)
    extra {partitions = ["MODEL"]} {
}

// -----

// expected-error @below {{expected the model to have partition SO_BINS (5), found nothing to put there}}
ascend.file om models([@m])
ascend.model @m graph("g") memory(feature = 0, io = 0, weights = 0)
    extra {partitions = ["SO_BINS"]} {
}

// -----

// expected-error @below {{expected a place for partition TASK_INFO (2) in the order of partitions, found none}}
ascend.file om models([@m])
ascend.model @m graph("g") memory(feature = 0, io = 0, weights = 0)
    extra {partitions = ["MODEL_DEF"]} {
  ascend.task.end_graph stream(0)
}

// -----

ascend.file om models([@m])
// expected-error @below {{extra: inout: inputs: expected a fact of a tensor, found type = "f33"}}
ascend.model @m graph("g") memory(feature = 0, io = 0, weights = 0)
    extra {inout = {inputs = [{type = "f33"}]}} {
}

// -----

ascend.file om models([@m])
ascend.model @m graph("g") memory(feature = 0, io = 0, weights = 0) {
  // expected-error @below {{attribute 'a': has no counterpart in the file: unit}}
  ascend.op 0 "n" "T" inputs [] [] outputs [] [] edges [] attrs {a}
}

// -----

ascend.file om models([@m])
ascend.model @m graph("g") memory(feature = 0, io = 0, weights = 0) {
  // expected-error @below {{attribute 'a': expected an i64, found 1 : i32}}
  ascend.op 0 "n" "T" inputs [] [] outputs [] [] edges [] attrs {a = 1 : i32}
}

// -----

ascend.file om models([@m])
ascend.model @m graph("g") memory(feature = 0, io = 0, weights = 0) {
  // expected-error @below {{attribute 'a': list: s: element 1: expected a string or a #ge.weight, found 2 : i64}}
  ascend.op 0 "n" "T" inputs [] [] outputs [] [] edges []
    attrs {a = {list = {s = ["x", 2]}}}
}

// -----

ascend.file om models([@m])
ascend.model @m graph("g") memory(feature = 0, io = 0, weights = 0) {
  // expected-error @below {{output 0: dtype: expected a name of DataType, found 'DT_FLOAD'}}
  ascend.op 0 "n" "T" inputs [] []
    outputs [] [#ascend.desc<none, size = 0, extra = {dtype = "DT_FLOAD"}>]
    edges []
}

// -----

ascend.file om models([@m])
ascend.model @m graph("g") memory(feature = 0, io = 0, weights = 0) {
  // expected-error @below {{extra: unknown_fields: expected a number in 1..536870911, found 0}}
  ascend.op 0 "n" "T" inputs [] [] outputs [] [] edges []
    extra {unknown_fields = [{number = 0, varint = 1}]}
}

// -----

ascend.file om models([@m])
ascend.model @m graph("g") memory(feature = 0, io = 0, weights = 0) {
  // expected-error @below {{attribute 'a': no ge.store is called 'gone'}}
  ascend.op 0 "n" "T" inputs [] [] outputs [] [] edges []
    attrs {a = #ge.weight<@gone, offset = 0, length = 5000>}
}

// -----

ascend.file om models([@m])
ascend.model @m graph("g") memory(feature = 0, io = 0, weights = 0) {
  // expected-error @below {{expected the name or number of a task type, found 'KERNAL'}}
  ascend.task "KERNAL" stream(0) fields {}
}

// -----

ascend.file om models([@m])
ascend.model @m graph("g") memory(feature = 0, io = 0, weights = 0) {
  // expected-error @below {{kernel: context: expected a field of KernelContext, found 'op'}}
  ascend.task "KERNEL" stream(0) fields {kernel = {context = {op = 1}}}
}

// -----

ascend.file om models([@m])
ascend.model @m graph("g") memory(feature = 0, io = 0, weights = 0) {
  // expected-error @below {{expected the name or number of a partition, found 'SO'}}
  ascend.partition "SO" value("x")
}

// -----

// expected-error @below {{extra: partitions: expected position, type and bytes, found ["77", "x"]}}
ascend.file bundle models([@m]) extra {partitions = [["77", "x"]]}
ascend.model @m graph("g") memory(feature = 0, io = 0, weights = 0) {
}
