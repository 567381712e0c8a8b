// SPDX-License-Identifier: Apache-2.0
//
// Activations.
#ifndef GEDIALECT_DIALECT_GE_IR_GEACTIVATIONOPS_TD
#define GEDIALECT_DIALECT_GE_IR_GEACTIVATIONOPS_TD

include "GeDialect/Dialect/GE/IR/GEElementwiseBase.td"

//===----------------------------------------------------------------------===//
// Piecewise linear
//===----------------------------------------------------------------------===//

def GE_ReluOp : GE_UnaryOp<"Relu", GE_NumberTensor, "max(x, 0)",
    "A NaN passes.">;
def GE_Relu6Op : GE_UnaryOp<"Relu6", GE_FloatTensor, "min(max(x, 0), 6)",
    "A NaN passes.">;
def GE_LeakyReluOp : GE_UnaryOp<"LeakyRelu", GE_FloatTensor,
    "x, or negative_slope * x below 0", "", "x -> y; negative_slope:Float",
    (ins DefaultValuedAttr<F32Attr, "0.0f">:$negative_slope),
    "{negative_slope = 1.0e-2 : f32}">;
def GE_HardSigmoidOp : GE_UnaryOp<"HardSigmoid", GE_FloatTensor,
    "min(max(alpha * x + beta, 0), 1)", "",
    "input_x -> output_y; alpha:Float, beta:Float",
    (ins DefaultValuedAttr<F32Attr, "0.16666666f">:$alpha,
         DefaultValuedAttr<F32Attr, "0.5f">:$beta),
    "{alpha = 2.0e-1 : f32}", "f32", "input_x", "output_y">;
def GE_HardSwishOp : GE_UnaryOp<"HardSwish", GE_FloatTensor,
    "x * min(max(x + 3, 0), 6) / 6">;
def GE_ShrinkOp : GE_UnaryOp<"Shrink", GE_NumberTensor,
    "x moved towards 0",
    "Above `lambd` the result is `x - bias`, below `-lambd` it is `x + bias`, "
    "between them 0. Integers are computed in f64 and truncated.",
    "input_x -> output_y; lambd:Float, bias:Float",
    (ins DefaultValuedAttr<F32Attr, "0.5f">:$lambd,
         DefaultValuedAttr<F32Attr, "0.0f">:$bias),
    "{bias = 1.5 : f32, lambd = 1.5 : f32}", "f32", "input_x", "output_y">;
def GE_ThresholdOp : GE_UnaryOp<"Threshold", GE_FloatTensor,
    "1 where x is above `threshold`, else 0", "",
    "x -> y; threshold:Float",
    (ins DefaultValuedAttr<F32Attr, "0.0f">:$threshold),
    "{threshold = 1.0 : f32}">;

//===----------------------------------------------------------------------===//
// Smooth
//===----------------------------------------------------------------------===//

def GE_SigmoidOp : GE_UnaryOp<"Sigmoid", GE_FloatTensor, "1 / (1 + exp(-x))">;
def GE_TanhOp : GE_UnaryOp<"Tanh", GE_FloatTensor, "hyperbolic tangent">;
def GE_SoftplusOp : GE_UnaryOp<"Softplus", GE_FloatTensor, "log(exp(x) + 1)">;
def GE_SoftsignOp : GE_UnaryOp<"Softsign", GE_FloatTensor, "x / (1 + |x|)">;
def GE_EluOp : GE_UnaryOp<"Elu", GE_FloatTensor,
    "exponential linear unit",
    "`scale * x` above 0, `scale * alpha * (exp(input_scale * x) - 1)` "
    "elsewhere.", "x -> y; alpha:Float, scale:Float, input_scale:Float",
    (ins DefaultValuedAttr<F32Attr, "1.0f">:$alpha,
         DefaultValuedAttr<F32Attr, "1.0f">:$scale,
         DefaultValuedAttr<F32Attr, "1.0f">:$input_scale),
    "{alpha = 5.0e-1 : f32}">;
def GE_SeluOp : GE_UnaryOp<"Selu", GE_FloatTensor,
    "self-normalising exponential linear unit",
    "Elu with alpha 1.67326324 and scale 1.05070099.">;
def GE_CeluOp : GE_UnaryOp<"Celu", GE_FloatTensor,
    "continuously differentiable exponential linear unit",
    "`alpha3 * x` from 0 on, `alpha1 * (exp(x / alpha2) - 1)` below. `alpha2` "
    "is not 0.", "x -> y; alpha1:Float, alpha2:Float, alpha3:Float",
    (ins DefaultValuedAttr<F32Attr, "1.0f">:$alpha1,
         DefaultValuedAttr<F32Attr, "1.0f">:$alpha2,
         DefaultValuedAttr<F32Attr, "1.0f">:$alpha3),
    "{alpha1 = 2.0 : f32, alpha2 = 2.0 : f32}">;
def GE_SwishOp : GE_UnaryOp<"Swish", GE_FloatTensor,
    "x / (1 + exp(-scale * x))", "", "x -> y; scale:Float",
    (ins DefaultValuedAttr<F32Attr, "1.0f">:$scale)>;
def GE_MishOp : GE_UnaryOp<"Mish", GE_FloatTensor, "x * tanh(softplus(x))">;
def GE_GeluOp : GE_UnaryOp<"Gelu", GE_FloatTensor,
    "Gaussian error linear unit",
    "GE computes the approximation by tanh: "
    "`x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x ^ 3))) / 2`.">;
def GE_GeluV2Op : GE_UnaryOp<"GeluV2", GE_FloatTensor,
    "Gaussian error linear unit",
    "`x * (1 + erf(x / sqrt(2))) / 2` with `approximate` \"none\", the "
    "approximation of Gelu with \"tanh\".", "x -> y; approximate:String",
    (ins DefaultValuedStrAttr<GE_OneOfAttr<["none", "tanh"]>,
                              "none">:$approximate),
    "{approximate = \"tanh\"}">;
def GE_FastGeluOp : GE_UnaryOp<"FastGelu", GE_FloatTensor,
    "Gaussian error linear unit, approximated by a sigmoid",
    "`x / (1 + exp(-1.702 * x))`.">;

//===----------------------------------------------------------------------===//
// With an operand of its own
//===----------------------------------------------------------------------===//

def GE_PReluOp : GE_PureOp<"PRelu", "x, weight -> y",
    [LoweringOpInterface, PrecisionOpInterface,
     SameOperandsAndResultElementType]> {
  let summary = "x, or weight * x below 0";
  let description = [{
    A `weight` of rank 1 has one number, or one for each channel, which is dim 1
    of `x`; any other one broadcasts to `x` as in NumPy.

    Example:
    ```mlir
    %y = ge.PRelu "node" %x, %w
         : (tensor<1x8x4x4xf32>, tensor<8xf32>) -> tensor<1x8x4x4xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_FloatTensor:$x,
                       GE_FloatTensor:$weight);
  let results = (outs GE_FloatTensor:$y);
  let assemblyFormat = [{
    ($name^)? $x `,` $weight attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // EW-1 same shape, PR-1 shape of weight
}

//===----------------------------------------------------------------------===//
// Along axes
//===----------------------------------------------------------------------===//

def GE_LogSoftmaxV2Op : GE_PureOp<"LogSoftmaxV2",
    "logits -> logsoftmax; axes:ListInt",
    [LoweringOpInterface, SameOperandsAndResultElementType,
     DeclareOpInterfaceMethods<PrecisionOpInterface, ["getPrecisionClass"]>]> {
  let summary = "logarithm of the softmax";
  let description = [{
    `x - log(sum(exp(x)))`, where the sum runs over `axes`; negative axes count
    from the back.

    Example:
    ```mlir
    %y = ge.LogSoftmaxV2 "node" %x {axes = array<i64: 1>}
         : (tensor<1x8xf32>) -> tensor<1x8xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_FloatTensor:$logits,
    DefaultValuedAttr<DenseI64ArrayAttr, "{-1}">:$axes);
  let results = (outs GE_FloatTensor:$logsoftmax);
  let assemblyFormat = [{
    ($name^)? $logits attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // EW-1 same shape, AX-1 axes exist
}

def GE_HardMaxOp : GE_PureOp<"HardMax", "x -> y; axis:Int",
    [LoweringOpInterface, PrecisionOpInterface,
     SameOperandsAndResultElementType]> {
  let summary = "1 at the first maximum along an axis, else 0";
  let description = [{
    Example:
    ```mlir
    %y = ge.HardMax "node" %x {axis = 1 : i64}
         : (tensor<1x8xf32>) -> tensor<1x8xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_FloatTensor:$x,
                       DefaultValuedAttr<I64Attr, "-1">:$axis);
  let results = (outs GE_FloatTensor:$y);
  let assemblyFormat = [{
    ($name^)? $x attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // EW-1 same shape, AX-1 axis exists
}

#endif // GEDIALECT_DIALECT_GE_IR_GEACTIVATIONOPS_TD
