// SPDX-License-Identifier: Apache-2.0
//
// Nodes, weight image and tasks of an OM, one operation each: stage S6.
#ifndef GEDIALECT_DIALECT_ASCEND_IR_ASCENDTASKOPS_TD
#define GEDIALECT_DIALECT_ASCEND_IR_ASCENDTASKOPS_TD

include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "GeDialect/Dialect/Ascend/IR/AscendAttributes.td"

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

def Ascend_FileOp : Ascend_Op<"file",
    [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a file that says nothing about the roles of its models";
  let description = [{
    What `wr.bundle` is to a bundle with a manifest of ours, for every other
    file: the models in their order and, in a bundle, the bytes of variables it
    records. `extra` holds `header`, as on `ascend.model`, and `partitions`: rows
    of position in the table, type and bytes for entries of unknown type.

    Example:
    ```mlir
    ascend.file bundle models([@infer, @init]) variables(7168)
    ```
  }];
  let arguments = (ins Ascend_FileKind:$kind, FlatSymbolRefArrayAttr:$models,
                       OptionalAttr<I64Attr>:$variables,
                       OptionalAttr<DictionaryAttr>:$extra);
  let assemblyFormat = [{
    $kind `models` `(` $models `)` (`variables` `(` $variables^ `)`)?
    (`extra` $extra^)? attr-dict
  }];
  // FI-1 an om is one model without variables, FI-2 models exist, FI-3 keys
  let hasVerifier = 1;
}

def Ascend_KernelBinaryOp : Ascend_Op<"kernel_binary", [HasParent<"ModelOp">]> {
  let summary = "a kernel that the file carries";
  let description = [{
    The kernels of a store lie in the file in the order of these operations.
    `value` is a `#ge.weight` or, for tests, a string.

    Example:
    ```mlir
    ascend.kernel_binary tbe "te_relu__kernel0"
      value(#ge.weight<@om, offset = 4096, length = 812>)
    ```
  }];
  let arguments = (ins Ascend_KernelStore:$store, StrAttr:$name,
                       AnyAttr:$value);
  let assemblyFormat = "$store $name `value` `(` $value `)` attr-dict";
  let hasVerifier = 1; // BY-1 value
}

def Ascend_PartitionOp : Ascend_Op<"partition", [HasParent<"ModelOp">]> {
  let summary = "a partition that is kept as it is";
  let description = [{
    `type` is the name of the partition, or its number when it has none. `value`
    is a `#ge.weight` or, for tests, a string.

    Example:
    ```mlir
    ascend.partition "SO_BINS"
      value(#ge.weight<@om, offset = 4096, length = 812>)
    ```
  }];
  let arguments = (ins StrAttr:$partition, AnyAttr:$value);
  let assemblyFormat = "$partition `value` `(` $value `)` attr-dict";
  let hasVerifier = 1; // BY-1 value
}

//===----------------------------------------------------------------------===//
// Nodes and weights
//===----------------------------------------------------------------------===//

def Ascend_SubgraphOp : Ascend_Op<"subgraph",
    [HasParent<"ModelOp">, SingleBlock, NoTerminator, NoRegionArguments]> {
  let summary = "a graph of the file behind the root graph";
  let description = [{
    Nodes name it in their field `subgraph_name`. `extra` holds fields of the
    schema's GraphDef, see `ascend.op`.

    Example:
    ```mlir
    ascend.subgraph "then_g" {
      ascend.op 7 "skip" "NoOp" inputs [] [] outputs [] [] edges []
    }
    ```
  }];
  let arguments = (ins StrAttr:$name, OptionalAttr<DictionaryAttr>:$extra);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat =
      "$name (`extra` $extra^)? attr-dict-with-keyword $body";
}

def Ascend_OpOp
    : Ascend_Op<"op", [ParentOneOf<["ModelOp", "SubgraphOp"]>]> {
  let summary = "a node of the graph in the file";
  let description = [{
    `id` is what tasks refer to. `edges` has one entry per input, `node:output`,
    empty for an absent one, then control edges `node:-1`. Without names the
    file says nothing about the slots.

    From these facts follows a message OpDef of the schema; `attrs` and `extra`
    say what else there is, and what differs. `attrs` are attributes: numbers,
    texts, flags and lists in the kinds they have on `ascend.launch`, others as
    a dictionary with the field of AttrDef, `{bt = "\00\01"}`. `extra` are other
    fields under their names, messages as dictionaries. `none` is a field or
    attribute that the file lacks; a dictionary changes the fields it names and
    leaves the others; lists are complete. A text of more than 4 KiB is a
    `#ge.weight`. Fields that the schema does not know are the list
    `unknown_fields`.

    Example:
    ```mlir
    ascend.op 1 "relu" "Relu" inputs x
        [#ascend.desc<tensor<4xf32>, size = 64, offset = 512>]
      outputs y [#ascend.desc<tensor<4xf32>, size = 64, offset = 0>]
      edges ["x:0"]
    ```
  }];
  let arguments = (ins I64Attr:$id, Ascend_NameAttr:$name,
                       Ascend_NameAttr:$op_type,
                       StrArrayAttr:$input_names,
                       Ascend_DescArrayAttr:$inputs,
                       StrArrayAttr:$output_names,
                       Ascend_DescArrayAttr:$outputs, StrArrayAttr:$edges,
                       OptionalAttr<DictionaryAttr>:$attrs,
                       OptionalAttr<DictionaryAttr>:$extra);
  let assemblyFormat = [{
    $id $name $op_type `inputs` $input_names $inputs
    `outputs` $output_names $outputs `edges` $edges (`attrs` $attrs^)?
    (`extra` $extra^)? attr-dict
  }];
  let hasVerifier = 1; // OP-1 names match descs, no absent output, OP-2 edges
}

def Ascend_WeightOp : Ascend_Op<"weight", [HasParent<"ModelOp">]> {
  let summary = "bytes of the weight image";
  let description = [{
    Example:
    ```mlir
    ascend.weight at(512) value(#ge.weight<@model, offset = 0, length = 16>)
      : tensor<4xf32>
    ```
  }];
  let arguments = (ins I64Attr:$at, AnyAttr:$value, TypeAttr:$type);
  let assemblyFormat = "`at` `(` $at `)` `value` `(` $value `)` `:` $type attr-dict";
}

//===----------------------------------------------------------------------===//
// Tasks
//===----------------------------------------------------------------------===//

def Ascend_GenericTaskOp : Ascend_Op<"task", [HasParent<"ModelOp">]> {
  let summary = "a task of any type";
  let description = [{
    For tasks that no other operation of this group describes exactly. `kind` is
    the name of the task type, or its number when it has none; `fields` are the
    other fields of the schema's TaskDef, written as in `ascend.op`.

    Example:
    ```mlir
    ascend.task "EVENT_RECORD" stream(1) fields {event_id = 3 : i64}
    ```
  }];
  let arguments = (ins StrAttr:$kind, I64Attr:$stream, DictionaryAttr:$fields);
  let assemblyFormat = "$kind `stream` `(` $stream `)` `fields` $fields attr-dict";
  let hasVerifier = 1; // TA-1 stream
}

class Ascend_TaskOp<string mnemonic>
    : Ascend_Op<"task." # mnemonic, [HasParent<"ModelOp">]>;

def Ascend_KernelTaskOp : Ascend_TaskOp<"kernel"> {
  let summary = "KERNEL task of the device CPU";
  let description = [{
    `addresses` are the logical addresses of the present inputs, then of the
    outputs.

    Example:
    ```mlir
    ascend.task.kernel op(1) stream(0) library("libgemlir_reference.so")
      kernel("Relu") addresses([2147484160, 2147483648])
    ```
  }];
  let arguments = (ins Ascend_U32Attr:$op, Ascend_U32Attr:$stream,
                       StrAttr:$library,
                       StrAttr:$kernel, DenseI64ArrayAttr:$addresses);
  let assemblyFormat = [{
    `op` `(` $op `)` `stream` `(` $stream `)` `library` `(` $library `)`
    `kernel` `(` $kernel `)` `addresses` `(` $addresses `)` attr-dict
  }];
}

def Ascend_MemcpyTaskOp : Ascend_TaskOp<"memcpy"> {
  let summary = "MEMCPY_ASYNC task";
  let description = [{
    Example:
    ```mlir
    ascend.task.memcpy op(5) stream(0) src(2147484672) dst(2147483648) bytes(4)
    ```
  }];
  let arguments = (ins Ascend_U32Attr:$op, Ascend_U32Attr:$stream, I64Attr:$src,
                       I64Attr:$dst, I64Attr:$bytes);
  let assemblyFormat = [{
    `op` `(` $op `)` `stream` `(` $stream `)` `src` `(` $src `)`
    `dst` `(` $dst `)` `bytes` `(` $bytes `)` attr-dict
  }];
}

def Ascend_LabelSetTaskOp : Ascend_TaskOp<"label_set"> {
  let summary = "LABEL_SET task";
  let description = [{
    Example:
    ```mlir
    ascend.task.label_set op(7) stream(0) label(0)
    ```
  }];
  let arguments = (ins Ascend_U32Attr:$op, Ascend_U32Attr:$stream,
                       Ascend_U32Attr:$label);
  let assemblyFormat = [{
    `op` `(` $op `)` `stream` `(` $stream `)` `label` `(` $label `)` attr-dict
  }];
}

def Ascend_GotoTaskOp : Ascend_TaskOp<"goto"> {
  let summary = "STREAM_LABEL_GOTO task";
  let description = [{
    Example:
    ```mlir
    ascend.task.goto op(8) stream(0) label(2)
    ```
  }];
  let arguments = (ins Ascend_U32Attr:$op, Ascend_U32Attr:$stream,
                       Ascend_U32Attr:$label);
  let assemblyFormat = [{
    `op` `(` $op `)` `stream` `(` $stream `)` `label` `(` $label `)` attr-dict
  }];
}

def Ascend_SwitchTaskOp : Ascend_TaskOp<"switch"> {
  let summary = "STREAM_LABEL_SWITCH_BY_INDEX task";
  let description = [{
    The labels themselves are the attribute `_label_switch_list` of the node;
    `count` is their number.

    Example:
    ```mlir
    ascend.task.switch op(6) stream(0) count(2)
    ```
  }];
  let arguments = (ins Ascend_U32Attr:$op, Ascend_U32Attr:$stream,
                       Ascend_U32Attr:$count);
  let assemblyFormat = [{
    `op` `(` $op `)` `stream` `(` $stream `)` `count` `(` $count `)` attr-dict
  }];
}

def Ascend_EndGraphTaskOp : Ascend_TaskOp<"end_graph"> {
  let summary = "END_GRAPH task";
  let description = [{
    Example:
    ```mlir
    ascend.task.end_graph stream(0)
    ```
  }];
  let arguments = (ins Ascend_U32Attr:$stream);
  let assemblyFormat = "`stream` `(` $stream `)` attr-dict";
}

#endif // GEDIALECT_DIALECT_ASCEND_IR_ASCENDTASKOPS_TD
