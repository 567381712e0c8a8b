// SPDX-License-Identifier: Apache-2.0
//
// Recurrent networks.
#ifndef GEDIALECT_DIALECT_GE_IR_GERECURRENTOPS_TD
#define GEDIALECT_DIALECT_GE_IR_GERECURRENTOPS_TD

include "GeDialect/Dialect/GE/IR/GEBase.td"
include "GeDialect/Dialect/GE/IR/GEAttributes.td"

// RN-1 direction, RN-2 hidden_size, RN-3 shapes of the operands,
// RN-4 activations, RN-5 results
class GE_RecurrentOp<string type, string signature, dag operands, string form,
                     dag attributes, dag outputs>
    : GE_PureOp<type, signature,
                [LoweringOpInterface, FormatOpInterface,
                 AttrSizedOperandSegments]> {
  let arguments =
      !con((ins OptionalAttr<StrAttr>:$name), operands,
           (ins OptionalAttr<GE_ListAttr>:$activation_alpha,
                OptionalAttr<GE_ListAttr>:$activation_beta,
                OptionalAttr<GE_ListAttr>:$activations,
                DefaultValuedAttr<F32Attr, "-1.0f">:$clip,
                DefaultValuedStrAttr<StrAttr, "forward">:$direction,
                I64Attr:$hidden_size), attributes);
  let results = outputs;
  let assemblyFormat = "($name^)? $x `,` $w `,` $r "
    "(`bias` `(` $b^ `)`)? (`lengths` `(` $sequence_lens^ `)`)? "
    "(`h` `(` $initial_h^ `)`)? " # form # " attr-dict "
    "`:` functional-type(operands, results)";
  let hasVerifier = 1;
  let extraClassDeclaration = geDeclaration # linearFormatsWithoutNames;
}

def GE_CommonLSTMOp : GE_RecurrentOp<"CommonLSTM",
    "x, w, r, b?, sequence_lens?, initial_h?, initial_c?, p? -> y, y_h, y_c; "
    "activation_alpha:ListFloat, activation_beta:ListFloat, "
    "activations:ListString, clip:Float, direction:String, hidden_size:Int!, "
    "input_forget:Int",
    (ins GE_Tensor:$x, GE_Tensor:$w, GE_Tensor:$r, Optional<GE_Tensor>:$b,
         Optional<GE_Tensor>:$sequence_lens, Optional<GE_Tensor>:$initial_h,
         Optional<GE_Tensor>:$initial_c, Optional<GE_Tensor>:$p),
    "(`c` `(` $initial_c^ `)`)? (`peepholes` `(` $p^ `)`)?",
    (ins DefaultValuedAttr<I64Attr, "0">:$input_forget),
    (outs GE_Tensor:$y, GE_Tensor:$y_h, GE_Tensor:$y_c)> {
  let summary = "long short-term memory, as ONNX defines it";
  let description = [{
    `x` is [time, batch, input]; with D directions and H = `hidden_size`, `w` is
    [D, 4H, input], `r` is [D, 4H, H], `b` is [D, 8H], `initial_h` and
    `initial_c` are [D, batch, H] and the peepholes `p` are [D, 3H], gates in
    the order input, output, forget, cell. `y` is [time, D, batch, H], `y_h` and
    `y_c` are [D, batch, H]. `sequence_lens` is i32[batch]. `direction` is
    forward, reverse or bidirectional. Activations are sigmoid, tanh and tanh
    unless `activations` names others of Relu, Tanh, Sigmoid, Affine, LeakyRelu,
    ThresholdedRelu, ScaledTanh, HardSigmoid, Elu, Softsign and Softplus. A
    positive `clip` bounds what goes into them.

    Example:
    ```mlir
    %y, %h, %c = ge.CommonLSTM "lstm" %x, %w, %r bias(%b) {hidden_size = 8 : i64}
        : (tensor<5x1x4xf32>, tensor<1x32x4xf32>, tensor<1x32x8xf32>, tensor<1x64xf32>)
        -> (tensor<5x1x1x8xf32>, tensor<1x1x8xf32>, tensor<1x1x8xf32>)
    ```
  }];
}

def GE_CommonGRUOp : GE_RecurrentOp<"CommonGRU",
    "x, w, r, b?, sequence_lens?, initial_h? -> y, y_h; "
    "activation_alpha:ListFloat, activation_beta:ListFloat, "
    "activations:ListString, clip:Float, direction:String, hidden_size:Int!, "
    "linear_before_reset:Int",
    (ins GE_Tensor:$x, GE_Tensor:$w, GE_Tensor:$r, Optional<GE_Tensor>:$b,
         Optional<GE_Tensor>:$sequence_lens, Optional<GE_Tensor>:$initial_h),
    "", (ins DefaultValuedAttr<I64Attr, "0">:$linear_before_reset),
    (outs GE_Tensor:$y, GE_Tensor:$y_h)> {
  let summary = "gated recurrent unit, as ONNX defines it";
  let description = [{
    As CommonLSTM with three gates in the order update, reset, hidden, and
    without cell state. `linear_before_reset` multiplies by the reset gate
    after, not before, the matrix product of the hidden gate.

    Example:
    ```mlir
    %y, %h = ge.CommonGRU "gru" %x, %w, %r {hidden_size = 8 : i64}
        : (tensor<5x1x4xf32>, tensor<1x24x4xf32>, tensor<1x24x8xf32>)
        -> (tensor<5x1x1x8xf32>, tensor<1x1x8xf32>)
    ```
  }];
}

#endif // GEDIALECT_DIALECT_GE_IR_GERECURRENTOPS_TD
