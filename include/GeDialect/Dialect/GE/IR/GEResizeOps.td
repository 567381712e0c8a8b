// SPDX-License-Identifier: Apache-2.0
//
// Operators that sample a tensor at places between its elements.
#ifndef GEDIALECT_DIALECT_GE_IR_GERESIZEOPS_TD
#define GEDIALECT_DIALECT_GE_IR_GERESIZEOPS_TD

include "GeDialect/Dialect/GE/IR/GEBase.td"

def GE_ResizeOp : GE_ShapedOp<"Resize",
    "x, roi?, scales?, sizes? -> y; coordinate_transformation_mode:String, "
    "cubic_coeff_a:Float, exclude_outside:Int, extrapolation_value:Float, "
    "mode:String, nearest_mode:String",
    [LoweringOpInterface, AttrSizedOperandSegments], "operandIndex != 0"> {
  let summary = "a tensor with more or fewer elements per dim";
  let description = [{
    Either `scales` (the factor of each dim) or `sizes` (the dims of the result)
    is there; the lists are constants. Place `i` of the result is place `p` of
    `x`, by `coordinate_transformation_mode`, with `s` the factor:

    | mode | p |
    |---|---|
    | `half_pixel` | (i + 0.5) / s - 0.5 |
    | `pytorch_half_pixel` | the same, 0 when the result has length 1 |
    | `tf_half_pixel_for_nn` | (i + 0.5) / s |
    | `align_corners` | i * (length - 1) / (new length - 1) |
    | `asymmetric` | i / s |
    | `tf_crop_and_resize` | from the first to the last place of `roi`; outside of `x` the result is `extrapolation_value` |

    `mode` `nearest` takes the element that `nearest_mode` (`floor`, `ceil`,
    `round_prefer_floor`, `round_prefer_ceil`) rounds to, `linear` interpolates
    between two places per dim, `cubic` between four, with `cubic_coeff_a`; with
    `exclude_outside` places outside of `x` have no weight, otherwise the border
    continues.

    Example:
    ```mlir
    %y = ge.Resize "up" %x scales(%s)
           {coordinate_transformation_mode = "asymmetric",
            nearest_mode = "floor"}
         : (tensor<1x2x3x4xf32>, tensor<4xf32>) -> tensor<1x2x6x8xf32>
    ```
  }];
  // RZ-1 attributes, RZ-2 scales or sizes, RZ-3 their length, RZ-4 roi, RZ-5
  // they are positive, RZ-6 result
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
    Optional<GE_Tensor>:$roi, Optional<GE_Tensor>:$scales,
    Optional<GE_Tensor>:$sizes,
    DefaultValuedStrAttr<StrAttr, "half_pixel">:$coordinate_transformation_mode,
    DefaultValuedAttr<F32Attr, "-0.75f">:$cubic_coeff_a,
    DefaultValuedAttr<I64Attr, "0">:$exclude_outside,
    DefaultValuedAttr<F32Attr, "0.0f">:$extrapolation_value,
    DefaultValuedStrAttr<StrAttr, "nearest">:$mode,
    DefaultValuedStrAttr<StrAttr, "round_prefer_floor">:$nearest_mode);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x (`roi` `(` $roi^ `)`)? (`scales` `(` $scales^ `)`)?
    (`sizes` `(` $sizes^ `)`)? attr-dict `:`
    functional-type(operands, results)
  }];
}

def GE_GridSampler2DOp : GE_ShapedOp<"GridSampler2D",
    "x, grid -> y; interpolation_mode:String, padding_mode:String, "
    "align_corners:Bool",
    [LoweringOpInterface, PrecisionOpInterface]> {
  let summary = "an image sampled at given places";
  let description = [{
    `grid` holds a pair (x, y) for each pixel of the result, where -1 and 1 are
    the borders of `x` (the centres of the outer pixels with `align_corners`).
    `interpolation_mode` is `bilinear`, `nearest` or `bicubic`. Outside of `x`
    there is 0 (`padding_mode` `zeros`), the border pixel (`border`) or a mirror
    image (`reflection`).

    Example:
    ```mlir
    %y = ge.GridSampler2D "warp" %x, %grid
         : (tensor<1x3x4x5xf32>, tensor<1x6x7x2xf32>) -> tensor<1x3x6x7xf32>
    ```
  }]; // GS-1 attributes, GS-2 ranks and lengths, GS-3 result
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
    GE_Tensor:$grid,
    DefaultValuedStrAttr<StrAttr, "bilinear">:$interpolation_mode,
    DefaultValuedStrAttr<StrAttr, "zeros">:$padding_mode,
    DefaultValuedAttr<BoolAttr, "false">:$align_corners);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x `,` $grid attr-dict `:` functional-type(operands, results)
  }];
}

#endif // GEDIALECT_DIALECT_GE_IR_GERESIZEOPS_TD
