// SPDX-License-Identifier: Apache-2.0
//
// Models, buffers and work: stages S4 and S5.
#ifndef GEDIALECT_DIALECT_ASCEND_IR_ASCENDPROGRAMOPS_TD
#define GEDIALECT_DIALECT_ASCEND_IR_ASCENDPROGRAMOPS_TD

include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "GeDialect/Dialect/Ascend/IR/AscendAttributes.td"
include "GeDialect/Dialect/Ascend/IR/AscendInterfaces.td"

def Ascend_ModelOp : Ascend_Op<"model",
    [Symbol, IsolatedFromAbove, SingleBlock, NoTerminator, NoRegionArguments]> {
  let summary = "a sub-model of the file";
  let description = [{
    The operations of the body run in their order. `graph` is GE's name of the
    graph. `feature_bytes`, `io_bytes` and `weight_bytes` are set by
    `ascend-plan-memory`: reusable feature memory, the tail for inputs and
    outputs behind it, and the weight image. `output_names` are set by
    `ascend-emit-tasks`, when the outputs themselves become a node.

    A model that was read from a file may say more. `part` names the model whose
    file it continues, in a dynamic OM. `extra` holds what differs from what the
    writer makes by itself, under these keys:

    | key | value |
    |---|---|
    | `header` | fields of the file header by name |
    | `table` | "narrow": 12-byte table entries and a 32-bit length |
    | `partitions` | names or numbers of the partitions in their order |
    | `model`, `graph` | fields of ModelDef and of its first GraphDef |
    | `inout` | lists `inputs` and `outputs` of tensors, and `records` |
    | `tasks` | fields of ModelTaskDef |

    Fields of messages are written as in `ascend.op`.

    Example:
    ```mlir
    ascend.model @infer graph("var_infer_graph") {
      %x = ascend.input "x" index(0) : tensor<4xf32>
      %y = ascend.alloc io bytes(16)
      ascend.launch @Relu "relu" ins(x = %x : tensor<4xf32>)
        outs(y = %y : tensor<4xf32>)
      ascend.output "y" index(0) %y : tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, Ascend_NameAttr:$graph,
                       OptionalAttr<I64Attr>:$feature_bytes,
                       OptionalAttr<I64Attr>:$io_bytes,
                       OptionalAttr<I64Attr>:$weight_bytes,
                       OptionalAttr<StrArrayAttr>:$output_names,
                       OptionalAttr<FlatSymbolRefAttr>:$part_of,
                       OptionalAttr<DictionaryAttr>:$extra);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $sym_name `graph` `(` $graph `)`
    (`memory` `(` `feature` `=` $feature_bytes^ `,` `io` `=` $io_bytes `,`
     `weights` `=` $weight_bytes `)`)? (`outputs` $output_names^)?
    (`part` `(` $part_of^ `)`)? (`extra` $extra^)?
    attr-dict-with-keyword $body
  }];
  // MO-1 memory sizes come together and lie in the address space, MO-2 keys of
  // extra
  let hasVerifier = 1;
}

def Ascend_KernelOp : Ascend_Op<"kernel", [Symbol]> {
  let summary = "a kernel and the engine that runs it";
  let description = [{
    `op_type` is GE's operator type. Engine `reference` means that no device
    kernel is known.

    Example:
    ```mlir
    ascend.kernel @Conv2D engine(reference) op("Conv2D")
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, Ascend_Engine:$engine,
                       Ascend_NameAttr:$op_type);
  let assemblyFormat = [{
    $sym_name `engine` `(` $engine `)` `op` `(` $op_type `)` attr-dict
  }];
  let hasVerifier = 1; // KE-1 rts needs no kernel
}

class Ascend_BufferOp<string mnemonic, list<Trait> traits = []>
    : Ascend_Op<mnemonic,
                !listconcat(traits, [HasParent<"ModelOp">,
                                     DeclareOpInterfaceMethods<
                                         BufferOpInterface>])> {
  let results = (outs Ascend_BufferType:$buffer);
}

def Ascend_InputOp : Ascend_BufferOp<"input"> {
  let summary = "an input of the model";
  let description = [{
    `index` is the position among the inputs, `at` its offset in feature memory
    (set by `ascend-plan-memory`).

    Example:
    ```mlir
    %x = ascend.input "x" index(0) : tensor<1x4xf32>
    ```
  }];
  let arguments = (ins Ascend_NameAttr:$name, I64Attr:$index, TypeAttr:$type,
                       OptionalAttr<I64Attr>:$at);
  let assemblyFormat = [{
    $name `index` `(` $index `)` `:` $type (`at` `(` $at^ `)`)? attr-dict
  }];
  let hasVerifier = 1; // BF-1 static type, BF-2 offset
}

def Ascend_AllocOp : Ascend_BufferOp<"alloc"> {
  let summary = "feature memory for intermediate results";
  let description = [{
    `bytes` is the payload; the planner adds padding. `at` is the offset in
    feature memory (set by `ascend-plan-memory`).

    Example:
    ```mlir
    %b = ascend.alloc feature bytes(3136) at(512)
    ```
  }];
  let arguments = (ins Ascend_Space:$space, I64Attr:$bytes,
                       OptionalAttr<I64Attr>:$at);
  let assemblyFormat = [{
    $space `bytes` `(` $bytes `)` (`at` `(` $at^ `)`)? attr-dict
  }];
  let hasVerifier = 1; // BF-2 offset, BF-3 size
}

def Ascend_ConstantOp : Ascend_BufferOp<"constant"> {
  let summary = "a constant in the weight image";
  let description = [{
    `at` is the offset in the weight image (set by `ascend-plan-memory`).

    Example:
    ```mlir
    %c = ascend.constant "w" value(#ge.weight<@model, offset = 0, length = 16>)
           : tensor<4xf32> at(512)
    ```
  }];
  let arguments = (ins Ascend_NameAttr:$name, AnyAttr:$value, TypeAttr:$type,
                       OptionalAttr<I64Attr>:$at);
  let assemblyFormat = [{
    $name `value` `(` $value `)` `:` $type (`at` `(` $at^ `)`)? attr-dict
  }];
  let hasVerifier = 1; // BF-1 static type, BF-2 offset, BF-4 value
}

def Ascend_SlotOp : Ascend_BufferOp<"slot",
    [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "the memory of a variable";
  let description = [{
    The slot of a variable; its address is a fact of the variable. `type` is the
    variable's storage type.

    Example:
    ```mlir
    %v = ascend.slot @fc_var : tensor<64x84xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$variable, TypeAttr:$type);
  let assemblyFormat = "$variable `:` $type attr-dict";
  let hasVerifier = 1; // BF-1 static type
}

def Ascend_OutputOp : Ascend_Op<"output", [HasParent<"ModelOp">]> {
  let summary = "an output of the model";
  let description = [{
    Example:
    ```mlir
    ascend.output "logits" index(0) %y : tensor<1x10xf32>
    ```
  }];
  let arguments = (ins Ascend_NameAttr:$name, I64Attr:$index,
                       Ascend_BufferType:$buffer, TypeAttr:$type);
  let assemblyFormat = [{
    $name `index` `(` $index `)` $buffer `:` $type attr-dict
  }];
  let hasVerifier = 1; // OU-1 index, OU-2 type fits the buffer
}

//===----------------------------------------------------------------------===//
// Work
//===----------------------------------------------------------------------===//

class Ascend_WorkOp<string mnemonic, list<Trait> traits = []>
    : Ascend_Op<mnemonic,
                !listconcat(traits, [HasParent<"ModelOp">,
                                     DeclareOpInterfaceMethods<
                                         WorkOpInterface,
                                         ["getReads", "getWrites"]>])>;

def Ascend_LaunchOp : Ascend_WorkOp<"launch",
    [AttrSizedOperandSegments,
     DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "run a kernel on buffers";
  let description = [{
    Operands carry GE's slot names; an absent optional input keeps its slot. The
    tensor types say what lies in each buffer. `attrs` are the operator's
    attributes in GE's kinds. `stream` is set by `ascend-assign-streams`.

    Example:
    ```mlir
    ascend.launch @Conv2D "conv1"
      ins(x = %x : tensor<1x1x28x28xf32>, filter = %w : tensor<8x1x5x5xf32>,
          bias = none)
      outs(y = %y : tensor<1x8x24x24xf32>) attrs {groups = 1 : i64} stream(0)
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Ascend_NameAttr:$name,
                       Variadic<Ascend_BufferType>:$inputs,
                       StrArrayAttr:$input_slots, TypeArrayAttr:$input_types,
                       Variadic<Ascend_BufferType>:$outputs,
                       StrArrayAttr:$output_slots, TypeArrayAttr:$output_types,
                       OptionalAttr<DictionaryAttr>:$attrs,
                       OptionalAttr<I64Attr>:$stream);
  let assemblyFormat = [{
    $kernel $name `ins` `` custom<Slots>($inputs, $input_slots, $input_types)
    `outs` `` custom<Slots>($outputs, $output_slots, $output_types)
    (`attrs` $attrs^)? (`stream` `(` $stream^ `)`)? attr-dict
  }];
  // LA-1 slots and types match, LA-2 types fit the buffers, LA-3 kernel,
  // LA-4 an output is an allocation that nothing else of the launch touches
  let hasVerifier = 1;
}

def Ascend_MemcpyOp : Ascend_WorkOp<"memcpy"> {
  let summary = "copy bytes between buffers";
  let description = [{
    Copies `bytes` bytes from `src` + `from` to the start of `dst`. `op_type` is
    the GE operator that the copy stands for (Assign, MemcpyAsync).

    Example:
    ```mlir
    ascend.memcpy "w_assign" "Assign" %c from(0) to %v bytes(800)
      : tensor<200xf32> stream(0)
    ```
  }];
  let arguments = (ins Ascend_NameAttr:$name, Ascend_NameAttr:$op_type,
                       Ascend_BufferType:$src, I64Attr:$from,
                       Ascend_BufferType:$dst, I64Attr:$bytes,
                       TypeAttr:$type, OptionalAttr<I64Attr>:$stream);
  let assemblyFormat = [{
    $name $op_type $src `from` `(` $from `)` `to` $dst `bytes` `(` $bytes `)`
    `:` $type (`stream` `(` $stream^ `)`)? attr-dict
  }];
  let hasVerifier = 1; // MC-1 range and target, MC-2 type
}

def Ascend_LabelSetOp : Ascend_WorkOp<"label_set"> {
  let summary = "a place that jumps lead to";
  let description = [{
    Example:
    ```mlir
    ascend.label_set "w_then" label(0) stream(0)
    ```
  }];
  let arguments = (ins Ascend_NameAttr:$name, I64Attr:$label,
                       OptionalAttr<I64Attr>:$stream);
  let assemblyFormat = [{
    $name `label` `(` $label `)` (`stream` `(` $stream^ `)`)? attr-dict
  }];
  let hasVerifier = 1; // LB-1 label
}

def Ascend_GotoOp : Ascend_WorkOp<"goto"> {
  let summary = "go on at a label";
  let description = [{
    Example:
    ```mlir
    ascend.goto "w_leave" label(2) stream(0)
    ```
  }];
  let arguments = (ins Ascend_NameAttr:$name, I64Attr:$label,
                       OptionalAttr<I64Attr>:$stream);
  let assemblyFormat = [{
    $name `label` `(` $label `)` (`stream` `(` $stream^ `)`)? attr-dict
  }];
  let hasVerifier = 1; // LB-1 label
}

def Ascend_SwitchOp : Ascend_WorkOp<"switch"> {
  let summary = "go on at the label that a number selects";
  let description = [{
    Reads an i32 from the start of `index`: value k goes on at entry k of
    `labels`.

    Example:
    ```mlir
    ascend.switch "w_switch" %flag labels([1, 0]) stream(0)
    ```
  }];
  let arguments = (ins Ascend_NameAttr:$name, Ascend_BufferType:$index,
                       DenseI64ArrayAttr:$labels,
                       OptionalAttr<I64Attr>:$stream);
  let assemblyFormat = [{
    $name $index `labels` `(` $labels `)` (`stream` `(` $stream^ `)`)? attr-dict
  }];
  let hasVerifier = 1; // SW-1 labels, SW-2 index
}

#endif // GEDIALECT_DIALECT_ASCEND_IR_ASCENDPROGRAMOPS_TD
