// SPDX-License-Identifier: Apache-2.0
//
// Normalisations and softmax.
#ifndef GEDIALECT_DIALECT_GE_IR_GENORMALIZATIONOPS_TD
#define GEDIALECT_DIALECT_GE_IR_GENORMALIZATIONOPS_TD

include "GeDialect/Dialect/GE/IR/GEBase.td"

def GE_SoftmaxV2Op : GE_PureOp<"SoftmaxV2",
    "x -> y; axes:ListInt, half_to_float:Bool", [LoweringOpInterface,
     FormatOpInterface,
     DeclareOpInterfaceMethods<PrecisionOpInterface,
                               ["getPrecisionClass", "hasFixedResultType"]>]> {
  let summary = "softmax over some axes";
  let description = [{
    `exp(x - max) / sum(exp(x - max))`, maximum and sum taken over all `axes`
    together; negative axes count from the back. `half_to_float` makes the
    result f32 for an f16 operand.

    Example:
    ```mlir
    %y = ge.SoftmaxV2 "prob" %x {axes = array<i64: 1>}
         : (tensor<64x10xf32>) -> tensor<64x10xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
    DefaultValuedAttr<DenseI64ArrayAttr, "{-1}">:$axes,
    DefaultValuedAttr<BoolAttr, "false">:$half_to_float);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // EW-1 same shape, SM-1 axes in range, SM-2 types
  let extraClassDeclaration = geDeclaration # linearFormats;
}

// Normalisation by mean and variance. `form` is how the operands are written.
//
// EW-1 y has the shape of x, NM-1 lengths of the parameters, NM-2 axes,
// NM-3 data_format, NM-4 floating-point operands, BN-1 BatchNorm is inference
class GE_NormOp<string type, string signature, dag operands, string form,
                dag attributes, dag outputs, list<Trait> traits = []>
    : GE_PureOp<type, signature,
        !listconcat([LoweringOpInterface, FormatOpInterface], traits)> {
  let arguments =
      !con((ins OptionalAttr<StrAttr>:$name), operands, attributes);
  let results = outputs;
  let assemblyFormat = "($name^)? " # form # " attr-dict "
                       "`:` functional-type(operands, results)";
  let hasVerifier = 1;
  let extraClassDeclaration = geDeclaration # linearFormatsWithoutNames;
}

def GE_BatchNormOp : GE_NormOp<"BatchNorm",
    "x, scale, offset, mean?, variance? -> y, batch_mean, batch_variance, "
    "reserve_space_1, reserve_space_2, reserve_space_3; epsilon:Float, "
    "data_format:String, is_training:Bool, exponential_avg_factor:Float",
    (ins GE_Tensor:$x, GE_Tensor:$scale, GE_Tensor:$offset,
         Optional<GE_Tensor>:$mean, Optional<GE_Tensor>:$variance),
    "$x `,` $scale `,` $offset (`stats` `(` $mean^ `,` $variance `)`)?",
    (ins DefaultValuedAttr<F32Attr, "1e-4f">:$epsilon,
         DefaultValuedStrAttr<StrAttr, "NHWC">:$data_format,
         DefaultValuedAttr<BoolAttr, "true">:$is_training,
         DefaultValuedAttr<F32Attr, "1.0f">:$exponential_avg_factor),
    (outs GE_Tensor:$y, GE_Tensor:$batch_mean, GE_Tensor:$batch_variance,
          GE_Tensor:$reserve_space_1, GE_Tensor:$reserve_space_2,
          GE_Tensor:$reserve_space_3),
    [AttrSizedOperandSegments]> {
  let summary = "batch normalisation";
  let description = [{
    `y = (x - mean) * scale / sqrt(variance + epsilon) + offset` per channel.
    Channels are in the last dim when `data_format` ends with C, else in dim 1.
    Only inference is defined: `is_training` must be false, and mean and
    variance present (BN-1). The other results are the mean and the variance
    again, and zeros.

    Example:
    ```mlir
    %y, %m, %v, %0, %1, %2 = ge.BatchNorm "bn" %x, %s, %b stats(%mean, %var)
        {data_format = "NCHW", is_training = false}
        : (tensor<1x8x4x4xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>)
        -> (tensor<1x8x4x4xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>)
    ```
  }];
}

def GE_InstanceNormOp : GE_NormOp<"InstanceNorm",
    "x, gamma, beta -> y, mean, variance; data_format:String, epsilon:Float",
    (ins GE_Tensor:$x, GE_Tensor:$gamma, GE_Tensor:$beta),
    "$x `,` $gamma `,` $beta",
    (ins DefaultValuedStrAttr<StrAttr, "NDHWC">:$data_format,
         DefaultValuedAttr<F32Attr, "1e-6f">:$epsilon),
    (outs GE_Tensor:$y, GE_Tensor:$mean, GE_Tensor:$variance)> {
  let summary = "normalisation of each channel of each image";
  let description = [{
    `y = (x - mean) / sqrt(variance + epsilon) * gamma + beta`, mean and
    variance taken over the spatial dims, which have length 1 in these results.
    Channels are in the last dim when `data_format` ends with C, else in dim 1.

    Example:
    ```mlir
    %y, %m, %v = ge.InstanceNorm "in" %x, %g, %b {data_format = "NCHW"}
        : (tensor<2x8x4x4xf32>, tensor<8xf32>, tensor<8xf32>)
        -> (tensor<2x8x4x4xf32>, tensor<2x8x1x1xf32>, tensor<2x8x1x1xf32>)
    ```
  }];
}

def GE_GroupNormOp : GE_NormOp<"GroupNorm",
    "x, gamma, beta -> y, mean, variance; num_groups:Int!, "
    "data_format:String, eps:Float, is_training:Bool",
    (ins GE_Tensor:$x, GE_Tensor:$gamma, GE_Tensor:$beta),
    "$x `,` $gamma `,` $beta",
    (ins I64Attr:$num_groups,
         DefaultValuedStrAttr<StrAttr, "NCHW">:$data_format,
         DefaultValuedAttr<F32Attr, "0.0001f">:$eps,
         DefaultValuedAttr<BoolAttr, "true">:$is_training),
    (outs GE_Tensor:$y, GE_Tensor:$mean, GE_Tensor:$variance)> {
  let summary = "normalisation of groups of channels of each image";
  let description = [{
    As InstanceNorm, mean and variance taken over `num_groups` groups of
    channels; they have one element per image and group. gamma and beta have
    one per channel.

    Example:
    ```mlir
    %y, %m, %v = ge.GroupNorm "gn" %x, %g, %b {num_groups = 2 : i64}
        : (tensor<2x8x4x4xf32>, tensor<8xf32>, tensor<8xf32>)
        -> (tensor<2x8x4x4xf32>, tensor<4xf32>, tensor<4xf32>)
    ```
  }];
}

class GE_LayerNormLikeOp<string type, string stat>
    : GE_NormOp<type,
    "x, gamma, beta -> y, mean, " # stat # "; begin_norm_axis:Int, "
    "begin_params_axis:Int, epsilon:Float",
    (ins GE_Tensor:$x, GE_Tensor:$gamma, GE_Tensor:$beta),
    "$x `,` $gamma `,` $beta",
    (ins DefaultValuedAttr<I64Attr, "0">:$begin_norm_axis,
         DefaultValuedAttr<I64Attr, "0">:$begin_params_axis,
         DefaultValuedAttr<F32Attr, !if(!eq(stat, "rstd"), "1e-5f", "1e-7f")>
             :$epsilon),
    (outs GE_Tensor:$y, GE_Tensor:$mean, GE_Tensor:$deviation)>;

def GE_LayerNormOp : GE_LayerNormLikeOp<"LayerNorm", "variance"> {
  let summary = "normalisation over the last dims";
  let description = [{
    `y = (x - mean) / sqrt(variance + epsilon) * gamma + beta`, mean and
    variance taken over the dims from `begin_norm_axis` on, which have length 1
    in these results. gamma and beta have the dims from `begin_params_axis` on;
    only `begin_params_axis` = `begin_norm_axis` is defined (NM-2).

    Example:
    ```mlir
    %y, %m, %v = ge.LayerNorm "ln" %x, %g, %b
        {begin_norm_axis = -1 : i64, begin_params_axis = -1 : i64}
        : (tensor<2x16x64xf32>, tensor<64xf32>, tensor<64xf32>)
        -> (tensor<2x16x64xf32>, tensor<2x16x1xf32>, tensor<2x16x1xf32>)
    ```
  }];
}

def GE_LayerNormV3Op : GE_LayerNormLikeOp<"LayerNormV3", "rstd"> {
  let summary = "LayerNorm that gives 1 / sqrt(variance + epsilon)";
  let description = [{
    As LayerNorm; the last result is what `x - mean` is multiplied by.

    Example:
    ```mlir
    %y, %m, %r = ge.LayerNormV3 "ln" %x, %g, %b
        {begin_norm_axis = -1 : i64, begin_params_axis = -1 : i64}
        : (tensor<2x16x64xf32>, tensor<64xf32>, tensor<64xf32>)
        -> (tensor<2x16x64xf32>, tensor<2x16x1xf32>, tensor<2x16x1xf32>)
    ```
  }];
}

def GE_AddLayerNormOp : GE_NormOp<"AddLayerNorm",
    "x1, x2, gamma, beta, bias? -> y, mean, rstd, x; epsilon:Float, "
    "additional_output:Bool",
    (ins GE_Tensor:$x1, GE_Tensor:$x2, GE_Tensor:$gamma, GE_Tensor:$beta,
         Optional<GE_Tensor>:$bias),
    "$x1 `,` $x2 `,` $gamma `,` $beta (`bias` `(` $bias^ `)`)?",
    (ins DefaultValuedAttr<F32Attr, "1e-5f">:$epsilon,
         DefaultValuedAttr<BoolAttr, "false">:$additional_output),
    (outs GE_Tensor:$y, GE_Tensor:$mean, GE_Tensor:$rstd, GE_Tensor:$x)> {
  let summary = "LayerNorm of a sum";
  let description = [{
    LayerNorm of `x1 + x2 + bias` over as many last dims as gamma has. `mean`
    and `rstd` are f32; `x` is the sum.

    Example:
    ```mlir
    %y, %m, %r, %s = ge.AddLayerNorm "ln" %a, %b, %g, %beta
        : (tensor<2x16x64xf32>, tensor<2x16x64xf32>, tensor<64xf32>, tensor<64xf32>)
        -> (tensor<2x16x64xf32>, tensor<2x16x1xf32>, tensor<2x16x1xf32>, tensor<2x16x64xf32>)
    ```
  }];
}

def GE_RmsNormOp : GE_NormOp<"RmsNorm", "x, gamma -> y, rstd; epsilon:Float",
    (ins GE_Tensor:$x, GE_Tensor:$gamma), "$x `,` $gamma",
    (ins DefaultValuedAttr<F32Attr, "1e-6f">:$epsilon),
    (outs GE_Tensor:$y, GE_Tensor:$rstd)> {
  let summary = "division by the root of the mean square";
  let description = [{
    `y = x * rstd * gamma` with `rstd = 1 / sqrt(mean(x * x) + epsilon)`, the
    mean taken over as many last dims as gamma has. `rstd` is f32.

    Example:
    ```mlir
    %y, %r = ge.RmsNorm "norm" %x, %g
        : (tensor<2x16x64xf16>, tensor<64xf16>)
        -> (tensor<2x16x64xf16>, tensor<2x16x1xf32>)
    ```
  }];
}

def GE_AddRmsNormOp : GE_NormOp<"AddRmsNorm",
    "x1, x2, gamma -> y, rstd, x; epsilon:Float",
    (ins GE_Tensor:$x1, GE_Tensor:$x2, GE_Tensor:$gamma),
    "$x1 `,` $x2 `,` $gamma",
    (ins DefaultValuedAttr<F32Attr, "1e-6f">:$epsilon),
    (outs GE_Tensor:$y, GE_Tensor:$rstd, GE_Tensor:$x)> {
  let summary = "RmsNorm of a sum";
  let description = [{
    RmsNorm of `x1 + x2`; `x` is the sum.

    Example:
    ```mlir
    %y, %r, %s = ge.AddRmsNorm "norm" %a, %b, %g
        : (tensor<2x16x64xf16>, tensor<2x16x64xf16>, tensor<64xf16>)
        -> (tensor<2x16x64xf16>, tensor<2x16x1xf32>, tensor<2x16x64xf16>)
    ```
  }];
}

def GE_LRNOp : GE_NormOp<"LRN",
    "x -> y; depth_radius:Int, bias:Float, alpha:Float, beta:Float, "
    "norm_region:String",
    (ins GE_Tensor:$x), "$x",
    (ins DefaultValuedAttr<I64Attr, "5">:$depth_radius,
         DefaultValuedAttr<F32Attr, "1.0f">:$bias,
         DefaultValuedAttr<F32Attr, "1.0f">:$alpha,
         DefaultValuedAttr<F32Attr, "0.5f">:$beta,
         DefaultValuedStrAttr<StrAttr, "ACROSS_CHANNELS">:$norm_region),
    (outs GE_Tensor:$y)> {
  let summary = "local response normalisation";
  let description = [{
    `y = x / (bias + alpha * s) ^ beta`, `s` being the sum of the squares of the
    elements at most `depth_radius` channels (dim 1) away.

    Example:
    ```mlir
    %y = ge.LRN "lrn" %x {depth_radius = 2 : i64}
        : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
    ```
  }];
}

def GE_MVNV2Op : GE_NormOp<"MVNV2", "x -> y; eps:Float, axes:ListInt",
    (ins GE_Tensor:$x), "$x",
    (ins DefaultValuedAttr<F32Attr, "1e-9f">:$eps,
         DefaultValuedAttr<DenseI64ArrayAttr, "{0, 2, 3}">:$axes),
    (outs GE_Tensor:$y)> {
  let summary = "mean 0 and variance 1 along some axes";
  let description = [{
    `y = (x - mean) / (sqrt(variance) + eps)`, mean and variance taken over
    `axes`.

    Example:
    ```mlir
    %y = ge.MVNV2 "mvn" %x : (tensor<2x8x4x4xf32>) -> tensor<2x8x4x4xf32>
    ```
  }];
}

#endif // GEDIALECT_DIALECT_GE_IR_GENORMALIZATIONOPS_TD
