// SPDX-License-Identifier: Apache-2.0
//
// Nodes, weight image and tasks of an OM, one operation each: stage S6.
#ifndef GEDIALECT_DIALECT_ASCEND_IR_ASCENDTASKOPS_TD
#define GEDIALECT_DIALECT_ASCEND_IR_ASCENDTASKOPS_TD

include "GeDialect/Dialect/Ascend/IR/AscendAttributes.td"

def Ascend_OpOp : Ascend_Op<"op", [HasParent<"ModelOp">]> {
  let summary = "a node of the graph in the file";
  let description = [{
    `id` is what tasks refer to. `edges` has one entry per input, `node:output`,
    empty for an absent one, then control edges `node:-1`.

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
                       OptionalAttr<DictionaryAttr>:$attrs);
  let assemblyFormat = [{
    $id $name $op_type `inputs` $input_names $inputs
    `outputs` $output_names $outputs `edges` $edges (`attrs` $attrs^)? attr-dict
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
