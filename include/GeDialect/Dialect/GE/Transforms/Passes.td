// SPDX-License-Identifier: Apache-2.0
//
// Passes of the ge dialect.
#ifndef GEDIALECT_DIALECT_GE_TRANSFORMS_PASSES_TD
#define GEDIALECT_DIALECT_GE_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def InferShapes : Pass<"ge-infer-shapes", "::mlir::func::FuncOp"> {
  let summary = "compute result types from operands and attributes";
  let description = [{
    Walks a graph in its order and refines the result types of every operator
    that implements `InferShapedTypeOpInterface`; what the file said is kept
    where inference knows less. A conflict between the two is an error that
    shows both. Padding that depends on the input size (`auto_pad`) is replaced
    by numbers as soon as the size is known. The function type follows.

    Before:
    ```mlir
    %y = ge.Relu %x : (tensor<1x8xf32>) -> tensor<*xf32>
    ```
    After:
    ```mlir
    %y = ge.Relu %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
    ```
  }];
}

def FoldConstants : Pass<"ge-fold-constants", "::mlir::func::FuncOp"> {
  let summary = "compute what follows from shapes and small constants";
  let description = [{
    Replaces operators whose results follow from the types of their operands
    (Shape) or from constants of at most 1 KiB by constants, with the fold hooks
    of the operators, and infers the types of what follows from them (a Reshape
    to a computed shape). A constant that is refreshed is no constant here. The
    constants have the names of the nodes that they replace; what is no longer
    used goes with canonicalization.

    Before:
    ```mlir
    %dims = ge.Shape "dims" %x {dtype = 9 : i64}
              : (tensor<2x3xf32>) -> tensor<2xi64>
    ```
    After:
    ```mlir
    %dims = ge.Const "dims" dense<[2, 3]> : tensor<2xi64>
    ```
  }];
}

def FoldBatchNorm : Pass<"ge-fold-batch-norm", "::mlir::func::FuncOp"> {
  let summary = "fold batch normalisation into the weights before it";
  let description = [{
    A BatchNorm whose operand is the result of a convolution (transposed or not)
    or of a matrix product, and of nobody else's interest, goes: the weight is
    multiplied by `scale / sqrt(variance + epsilon)`, and what is left is added
    as a bias. No byte of a weight is read: the new constants are descriptions
    (`#ge.normalized`), computed while the file is written.

    Nothing is folded when the weight, the bias or one of the four vectors is
    refreshable or no constant, or when the weight has other users, which would
    make two weights of one. Remarks name what was folded and, where not, why.
    Runs before `ge-set-precision`, so that numbers are rounded once.

    Before:
    ```mlir
    %c = ge.Conv2D "conv" %x, %w {...}
    %y, ... = ge.BatchNorm "bn" %c, %scale, %offset stats(%mean, %var) {...}
    ```
    After:
    ```mlir
    %w1 = ge.Const "w" #ge.normalized<value = #ge.weight<...>, ..., axis = 0>
    %b = ge.Const "conv_bias" #ge.normalized<value = dense<0.0> ...>
    %y = ge.Conv2D "conv" %x, %w1 bias(%b) {...}
    ```
  }];
}

def CSE : Pass<"ge-cse", "::mlir::func::FuncOp"> {
  let summary = "merge operators that compute the same, remove unused ones";
  let description = [{
    Of operators of one type with the same operands, result types and attributes
    but for the node name, and without side effects, the first one stays, with
    its name; the others go. In a branch, operators of the graph around it count,
    too. Constants are such operators when they are not refreshable, `source`
    does not count; they are equal when their attributes are (the same bytes of
    one file, the same elements): no weight is read. A refreshable constant is
    equal to nothing.

    Operators without side effects that nobody uses go. Inputs and results of
    the graph, refreshable constants, variables and unknown operators stay.
    Remarks name every operator that went.

    Before:
    ```mlir
    %a = ge.Relu "a" %x : (tensor<4xf32>) -> tensor<4xf32>
    %b = ge.Relu "b" %x : (tensor<4xf32>) -> tensor<4xf32>
    %y = ge.Add "y" %a, %b : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    ```
    After:
    ```mlir
    %a = ge.Relu "a" %x : (tensor<4xf32>) -> tensor<4xf32>
    %y = ge.Add "y" %a, %a : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    ```
  }];
}

def VerifyTyped : Pass<"ge-verify-typed", "::mlir::ModuleOp"> {
  let summary = "verify stage S1: everything is typed and static";
  let description = [{
    Reports the operators that cannot be executed, all in one message (type,
    domain and opset, number of nodes, first node), every value whose shape is
    not static or whose size overflows, operands whose value the compiler must
    know and that are no constant, and arguments or results without a name.
  }];
}

def SetPrecision : Pass<"ge-set-precision", "::mlir::ModuleOp"> {
  let summary = "compute in 16 bits where a precision mode wants it";
  let description = [{
    Changes operators of f32 tensors to a 16-bit type and puts a Cast where the
    types of a value and its user differ, one per value and type. Inputs and
    outputs of the graph keep their types. `mode` is a word of GE's
    `precision_mode_v2`:

    | mode | effect |
    |---|---|
    | `origin` | nothing changes |
    | `fp16` | every operator that knows f16 computes in it |
    | `mixed_float16`, `mixed_bfloat16` | operators of the cube unit take f16 (bf16), element-wise and data movement operators follow their operands, the others stay |
    | `cube_fp16in_fp32out` | operators of the cube unit take f16 and give f32, the others stay |

    Which list an operator is on is for `PrecisionOpInterface` to say. Nodes
    whose name or type matches `keep` (a glob) keep their types; a glob that
    matches no node is an error. A constant that is not refreshed is converted
    when the file is written and gets no Cast.

    An operator changes as a whole: not when an f32 operand or result has no
    rank, when it has another 16-bit type already, or when an attribute says the
    type of its result. In branches operators change as outside, with Casts in
    the branch; the results of the branching operator keep their types. Remarks
    say of each node what it computes in or why it keeps its types, and of each
    Cast where it stands.
  }];
  let options = [
    Option<"mode", "mode", "std::string", /*default=*/"\"origin\"",
           "precision mode">,
    ListOption<"keep", "keep", "std::string",
               "globs of names or types of nodes that keep their types">
  ];
}

def AssignFormats : Pass<"ge-assign-formats", "::mlir::func::FuncOp"> {
  let summary = "choose how every tensor is stored";
  let description = [{
    Gives every value a storage format that its producer can give, and puts a
    TransData where a user takes another one, such that the bytes moved by all
    TransData, Cast and Transpose are least (FormatAssignment.h). Which formats an operator knows is
    for `FormatOpInterface` to say. Inputs, outputs and variables stay linear.
    A constant that is not refreshed is converted when the file is written, and
    costs nothing.

    The chip is that of the module (`ascend.target`); a module with
    `ascend.formats = "linear"` is left alone. Fractal types that are there
    already stay, and count as what their operators want; each TransData is
    placed anew. So the pass completes graphs that are partly assigned, and does
    nothing the second time. Remarks name operators whose formats could not be
    chosen.

    Before:
    ```mlir
    %y = ge.Conv2D "conv" %x, %w {...}
    ```
    After:
    ```mlir
    %0 = ge.TransData "trans_TransData" %x {dst_format = "NC1HWC0", ...}
    %y = ge.Conv2D "conv" %0, %w {...} : (tensor<..., #ge.layout<origin = NCHW,
      storage = NC1HWC0, c0 = 16>>, ...
    ```
  }];
}

def CancelConversions : Pass<"ge-cancel-conversions", "::mlir::func::FuncOp"> {
  let summary = "remove conversions that undo each other or are there twice";
  let description = [{
    Removes a TransData or Cast that leads back to what was converted (a Cast
    only when nothing was lost), one that changes nothing, and the second of two
    that are alike; folds those of constants that are not refreshed. A remark
    says of each conversion that stays who gives which type, who takes which, and
    how many bytes it moves.
  }];
  let options = [
    Option<"explain", "explain", "bool", /*default=*/"true",
           "make remarks about the conversions that stay">
  ];
}

#endif // GEDIALECT_DIALECT_GE_TRANSFORMS_PASSES_TD
