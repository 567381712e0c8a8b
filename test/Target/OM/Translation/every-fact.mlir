// SPDX-License-Identifier: Apache-2.0
//
// Facts that no file of ours has: all kinds of attributes, tasks, partitions and
// header fields go into a file and come back, and the file again.
//
// RUN: ge-translate --mlir-to-om %s -o %t.om
// RUN: ge-translate --om-to-mlir %t.om -o %t.back.mlir
// RUN: FileCheck %s < %t.back.mlir
// RUN: ge-translate --mlir-to-om %t.back.mlir -o %t.again.om
// RUN: cmp %t.om %t.again.om
// RUN: ge-opt %t.back.mlir --emit-bytecode -o %t.back.mlirbc && ge-translate --mlir-to-om %t.back.mlirbc -o %t.again.om
// RUN: cmp %t.om %t.again.om

// CHECK: ge.store @om
// CHECK-NEXT: ascend.file bundle models([@m, @"model 2"]) variables(1536) extra {header = {magic = 0 : i64, unused_194 = "tail"}, partitions = [
// CHECK-SAME: [2, "77", #ge.weight<@om, offset = {{[0-9]+}}, length = 4>]]}
ascend.file bundle models([@first, @second]) variables(1536)
  extra {header = {magic = 0, unused_194 = "tail"},
         partitions = [[2, "77", "kept"]]}

// CHECK-NEXT: ascend.model @m graph("g") memory(feature = 512, io = 512, weights = 1024) outputs ["out"] extra {
// CHECK-SAME: graph = {attr = {label_num = 0 : i64}, attr_groups = {other_group_def = {attr = {a = {i = 7 : i64}}}}}
// CHECK-SAME: header = {checksum = "\01\02", operator_count = 7 : i64, user_information = "me"}
// CHECK-SAME: inout = {inputs = [{bytes = 16 : i64, dims = array<i64: 4>, format = "NHWC", name = "x", ranges = array<i64: 1, -1>, second_dims = array<i64: 2, 2>, type = 99 : i64}], records = {{\[}}[2, "\00\01"]]}
// CHECK-SAME: model = {attr = {gone_below = true, label_num = 0 : i64, stream_num = 2 : i64, target_type = none}, name = "m", unknown_fields = [{number = 500 : i64, varint = -1 : i64}]}
// CHECK-SAME: partitions = ["MODEL_DEF", "TASK_INFO", "FLOW_MODEL", "TBE_KERNELS", "CUST_AICPU_KERNELS", "WEIGHTS_DATA", "SO_BINS", "99"]
// CHECK-SAME: tasks = {attr = {key = "value"}, op = ["\FF"], version = "1"}
ascend.model @first graph("g")
    memory(feature = 512, io = 512, weights = 1024) outputs ["out"]
    extra {
      graph = {attr = {label_num = 0},
               attr_groups = {other_group_def = {attr = {a = {i = 7}}}}},
      header = {checksum = "\01\02", operator_count = 7,
                user_information = "me"},
      inout = {inputs = [{name = "x", bytes = 16, format = "NHWC", type = 99,
                          dims = array<i64: 4>, second_dims = array<i64: 2, 2>,
                          ranges = array<i64: 1, -1>}],
               records = [[2, "\00\01"]]},
      model = {attr = {gone_below = true, label_num = 0, stream_num = 2,
                       target_type = none},
               name = "m",
               unknown_fields = [{number = 500, varint = -1}]},
      partitions = ["MODEL_DEF", "TASK_INFO", "FLOW_MODEL", "TBE_KERNELS",
                    "CUST_AICPU_KERNELS", "WEIGHTS_DATA", "SO_BINS", "99"],
      tasks = {attr = {key = "value"}, op = ["\FF"], version = "1"}} {
  // Attributes of all kinds, lists without elements among them.
  // CHECK: ascend.op 0 "kinds" "Kinds" inputs [] [] outputs [] [] edges [] attrs {
  // CHECK-SAME: b = true, bt = {bt = "\00\01"},
  // CHECK-SAME: bytes_list = {list = {bt = ["a", "\FE"], val_type = "VT_LIST_BYTES"}},
  // CHECK-SAME: data_type = {dt = 3 : i64}, empty = {},
  // CHECK-SAME: empty_bools = #ge.list<bool, []>, empty_data_types = {list = {val_type = "VT_LIST_DATA_TYPE"}},
  // CHECK-SAME: empty_floats = #ge.list<float, []>, empty_ints = #ge.list<int, []>, empty_none = {list = {}},
  // CHECK-SAME: expression = {expression = "s0 + 1"}, f = 1.500000e+00 : f32,
  // CHECK-SAME: floats = #ge.list<float, [0x7FC00001 : f32, -0.000000e+00 : f32]>,
  // CHECK-SAME: func = {func = {attr = {inner = 1 : i64}, name = "f"}},
  // CHECK-SAME: graph = {g = {name = "inner", op = [{name = "n", type = "T"}]}},
  // CHECK-SAME: ints = #ge.list<int, [1, -2]>,
  // CHECK-SAME: matrix = {list_list_int = {list_list_i = [{list_i = [1, 2]}, {}]}},
  // CHECK-SAME: mixed = {list = {i = [1], s = ["a"]}},
  // CHECK-SAME: s = "text", strings = #ge.list<string, ["a", ""]>,
  // CHECK-SAME: tensor = {t = {data = "\01\02", desc = {dtype = "DT_INT8", shape = {dim = [2]}}}},
  // CHECK-SAME: unknown = {i = 1 : i64, unknown_fields = [{bytes = "x", number = 100 : i64}]}}
  ascend.op 0 "kinds" "Kinds" inputs [] [] outputs [] [] edges [] attrs {
    b = true, bt = {bt = "\00\01"},
    bytes_list = {list = {bt = ["a", "\FE"], val_type = "VT_LIST_BYTES"}},
    data_type = {dt = 3}, empty = {},
    empty_bools = #ge.list<bool, []>,
    empty_data_types = {list = {val_type = "VT_LIST_DATA_TYPE"}},
    empty_floats = #ge.list<float, []>, empty_ints = #ge.list<int, []>,
    empty_none = {list = {}},
    expression = {expression = "s0 + 1"}, f = 1.5 : f32,
    floats = #ge.list<float, [0x7FC00001 : f32, -0.0 : f32]>,
    func = {func = {name = "f", attr = {inner = 1}}},
    graph = {g = {name = "inner", op = [{name = "n", type = "T"}]}},
    ints = array<i64: 1, -2>,
    matrix = {list_list_int = {list_list_i = [{list_i = [1, 2]}, {}]}},
    mixed = {list = {s = ["a"], i = [1]}},
    s = "text", strings = #ge.list<string, ["a", ""]>,
    tensor = {t = {desc = {dtype = "DT_INT8", shape = {dim = [2]}},
                   data = "\01\02"}},
    unknown = {i = 1, unknown_fields = [{number = 100, bytes = "x"}]}}
  // Descriptors and fields of a node. What follows from the type is not said.
  // CHECK-NEXT: ascend.op 1 "node" "Node" inputs ["x", "w"] [#ascend.desc<tensor<1x4x2x2xf16, #ge.layout<origin = NCHW, storage = NCHW>>, size = 96, offset = 0, extra = {attr = {note = 1 : i64}, real_dim_cnt = 4 : i64}>, #ascend.desc<none, size = 0, offset = 512, extra = {attr = {format_for_int = none}, dtype = "DT_FLOAT", layout = "ND", shape = {dim = [-1]}}>] outputs ["y"] [#ascend.desc<tensor<1x1x2x2x16xf16>, size = 160, offset = 512, extra = {attr = {format_for_int = 3 : i64, origin_format = "NCHW"}, layout = "NC1HWC0"}>] edges ["kinds:0", ""] extra {dst_index = [0, -1], has_out_attr = true, stream_id = 1 : i64, subgraph_name = ["sub"], workspace = [1024]}
  ascend.op 1 "node" "Node" inputs ["x", "w"]
      [#ascend.desc<tensor<1x4x2x2xf16, #ge.layout<origin = NCHW, storage = NCHW>>,
                    size = 96, offset = 0,
                    extra = {attr = {note = 1}, real_dim_cnt = 4}>,
       #ascend.desc<none, size = 0, offset = 512,
                    extra = {attr = {format_for_int = none}, dtype = "DT_FLOAT",
                             layout = "ND", shape = {dim = [-1]}}>]
    outputs ["y"]
      [#ascend.desc<tensor<1x1x2x2x16xf16>, size = 160, offset = 512,
                    extra = {attr = {format_for_int = 3, origin_format = "NCHW"},
                             layout = "NC1HWC0"}>]
    edges ["kinds:0", ""]
    extra {dst_index = [0, -1], has_out_attr = true, stream_id = 1,
           subgraph_name = ["sub"], workspace = [1024]}
  // Two constants in one place, and bytes that no constant has.
  // CHECK-NEXT: ascend.op 2 "c" "Const"
  // CHECK-NEXT: ascend.weight at(512) value(#ge.weight<@om, offset = {{[0-9]+}}, length = 2>) : tensor<2xi8>
  // CHECK-NEXT: ascend.op 3 "d" "Const"
  // CHECK-NEXT: ascend.op 4 "out" "NetOutput" inputs [] [#ascend.desc<tensor<4xf32>, size = 64, offset = 512>] outputs [] [] edges ["node:0"]
  // CHECK-NEXT: ascend.subgraph "sub" extra {input = ["z:0"]} {
  // CHECK-NEXT:   ascend.op 5 "inner" "NoOp" inputs [] [] outputs [] [] edges [] extra {input = ["a:-1", "b"]}
  // CHECK-NEXT: }
  // CHECK-NEXT: ascend.weight at(17) value(#ge.weight<@om, offset = {{[0-9]+}}, length = 1>) : tensor<1xui8>
  // CHECK-NEXT: ascend.weight at(601) value(#ge.weight<@om, offset = {{[0-9]+}}, length = 2>) : tensor<2xui8>
  ascend.op 2 "c" "Const" inputs [] []
    outputs [] [#ascend.desc<tensor<2xi8>, size = 64, constant = 512>] edges []
  ascend.op 3 "d" "Const" inputs [] []
    outputs [] [#ascend.desc<tensor<2xi8>, size = 64, constant = 512>] edges []
  ascend.op 4 "out" "NetOutput" inputs []
    [#ascend.desc<tensor<4xf32>, size = 64, offset = 512>]
    outputs [] [] edges ["node:0"]
  ascend.subgraph "sub" extra {input = ["z:0"]} {
    ascend.op 5 "inner" "NoOp" inputs [] [] outputs [] [] edges ["a:-1"]
      extra {input = ["a:-1", "b"]}
  }
  ascend.weight at(512) value(dense<[1, 2]> : tensor<2xi8>) : tensor<2xi8>
  ascend.weight at(600) value(dense<[0, 3, 4]> : tensor<3xui8>) : tensor<3xui8>
  ascend.weight at(17) value(dense<5> : tensor<1xui8>) : tensor<1xui8>
  // CHECK-NEXT: ascend.kernel_binary tbe "k1" value(#ge.weight<@om, offset = {{[0-9]+}}, length = 3>)
  // CHECK-NEXT: ascend.kernel_binary tbe "k1" value(#ge.weight<@om, offset = {{[0-9]+}}, length = 2>)
  // CHECK-NEXT: ascend.kernel_binary cust_aicpu "" value(#ge.weight<@om, offset = {{[0-9]+}}, length = 1>)
  // CHECK-NEXT: ascend.partition "SO_BINS" value(#ge.weight<@om, offset = {{[0-9]+}}, length = 8>)
  // CHECK-NEXT: ascend.partition "99" value(#ge.weight<@om, offset = {{[0-9]+}}, length = 1>)
  ascend.kernel_binary cust_aicpu "" value("c")
  ascend.kernel_binary tbe "k1" value("abc")
  ascend.kernel_binary tbe "k1" value("de")
  ascend.partition "SO_BINS" value("\01\00\00\00host")
  ascend.partition "99" value("?")
  // Tasks. What has the form of a short one comes back as it.
  // CHECK-NEXT: ascend.task.memcpy op(1) stream(1) src(16) dst(32) bytes(4)
  // CHECK-NEXT: ascend.task "MEMCPY_ASYNC" stream(0) fields {memcpy_async = {count = 4 : i64, dst = 32 : i64, dst_max = 8 : i64, kind = 3 : i64, op_index = 1 : i64, src = -16 : i64}}
  // CHECK-NEXT: ascend.task "KERNEL_EX" stream(0) fields {id = 1 : i64, kernel_ex = {args = "\00\01", args_size = 2 : i64, kernel_ext_info = "\FF", op_index = 1 : i64, task_info = "t"}}
  // CHECK-NEXT: ascend.task "KERNEL" stream(1) fields {kernel = {args_info = [{arg_format = "SECONDARY_ADDR", arg_type = "OUTPUT", size = 8 : i64}], context = {args_offset = "\10\00", is_flowtable = true, kernel_type = 2 : i64, origin_op_index = [1, 2]}, flowtable = "\00", sm_desc = "\01"}}
  // CHECK-NEXT: ascend.task "EVENT_RECORD" stream(1) fields {event_id = 3 : i64}
  // CHECK-NEXT: ascend.task "EVENT_WAIT" stream(0) fields {event_ex = {event_type = 1 : i64, op_index = 1 : i64}, event_id = 3 : i64}
  // CHECK-NEXT: ascend.task "STREAM_ACTIVE" stream(0) fields {stream_active = {active_stream_id = 1 : i64, op_index = 1 : i64}}
  // CHECK-NEXT: ascend.task "STREAM_SWITCH" stream(0) fields {stream_switch = {op_index = 1 : i64, true_stream_id = 1 : i64, value = -5 : i64, value_ptr = 4 : i64}}
  // CHECK-NEXT: ascend.task.label_set op(1) stream(0) label(0)
  // CHECK-NEXT: ascend.task "LABEL_SET" stream(0) fields {label_set = {label_id = 1 : i64, model_id = 4 : i64, op_index = 1 : i64}}
  // CHECK-NEXT: ascend.task "HCCL" stream(0) fields {kernel_hccl = {hccl_type = "HcomAllReduce", input_zero_copy_flag = [1, 0], op_index = 1 : i64}, private_def = "p"}
  // CHECK-NEXT: ascend.task "PROFILER_TRACE" stream(0) fields {log_timestamp = {logid = 1 : i64, notify = true}}
  // CHECK-NEXT: ascend.task "FUSION_START" stream(0) fields {}
  // CHECK-NEXT: ascend.task "77" stream(0) fields {unknown_fields = [{fixed32 = 1 : i64, number = 600 : i64}, {fixed64 = -2 : i64, number = 600 : i64}, {group = [{number = 1 : i64, varint = 5 : i64}], number = 601 : i64}]}
  // CHECK-NEXT: ascend.task.end_graph stream(0)
  // CHECK-NEXT: }
  ascend.task "MEMCPY_ASYNC" stream(1) fields {memcpy_async = {
    op_index = 1, src = 16, dst = 32, dst_max = 4, count = 4, kind = 3}}
  ascend.task "MEMCPY_ASYNC" stream(0) fields {memcpy_async = {
    op_index = 1, src = -16, dst = 32, dst_max = 8, count = 4, kind = 3}}
  ascend.task "KERNEL_EX" stream(0) fields {id = 1, kernel_ex = {
    args = "\00\01", args_size = 2, kernel_ext_info = "\FF", op_index = 1,
    task_info = "t"}}
  ascend.task "KERNEL" stream(1) fields {kernel = {
    args_info = [{arg_format = "SECONDARY_ADDR", arg_type = "OUTPUT", size = 8}],
    context = {args_offset = "\10\00", is_flowtable = true, kernel_type = 2,
               origin_op_index = [1, 2]},
    flowtable = "\00", sm_desc = "\01"}}
  ascend.task "EVENT_RECORD" stream(1) fields {event_id = 3}
  ascend.task "EVENT_WAIT" stream(0) fields {
    event_id = 3, event_ex = {event_type = 1, op_index = 1}}
  ascend.task "STREAM_ACTIVE" stream(0) fields {
    stream_active = {op_index = 1, active_stream_id = 1}}
  ascend.task "STREAM_SWITCH" stream(0) fields {stream_switch = {
    op_index = 1, true_stream_id = 1, value = -5, value_ptr = 4}}
  ascend.task "LABEL_SET" stream(0) fields {label_set = {op_index = 1}}
  ascend.task "LABEL_SET" stream(0) fields {
    label_set = {label_id = 1, model_id = 4, op_index = 1}}
  ascend.task "HCCL" stream(0) fields {
    kernel_hccl = {hccl_type = "HcomAllReduce", input_zero_copy_flag = [1, 0],
                   op_index = 1},
    private_def = "p"}
  ascend.task "PROFILER_TRACE" stream(0) fields {
    log_timestamp = {logid = 1, notify = true}}
  ascend.task "FUSION_START" stream(0) fields {}
  ascend.task "77" stream(0) fields {unknown_fields = [
    {number = 600, fixed32 = 1}, {number = 600, fixed64 = -2},
    {number = 601, group = [{number = 1, varint = 5}]}]}
  ascend.task.end_graph stream(0)
}

// A dynamic model of two parts, old in all ways, and without tasks.
// CHECK: ascend.model @"model 2" graph("model 2") memory(feature = 0, io = 0, weights = 0) extra {
// CHECK-SAME: header = {platform_type = 4 : i64, unknown_shapes = 1 : i64}
// CHECK-SAME: table = "narrow"}
ascend.model @second graph("model 2") memory(feature = 0, io = 0, weights = 0)
    extra {header = {platform_type = 4, unknown_shapes = 1}, table = "narrow"} {
}
// CHECK: ascend.model @part graph("part") memory(feature = 0, io = 0, weights = 0) part(@"model 2")
ascend.model @rest graph("part") memory(feature = 0, io = 0, weights = 0)
    part(@second) {
  ascend.task.end_graph stream(0)
}
