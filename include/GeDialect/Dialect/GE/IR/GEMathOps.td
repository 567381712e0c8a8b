// SPDX-License-Identifier: Apache-2.0
//
// Functions of one number.
#ifndef GEDIALECT_DIALECT_GE_IR_GEMATHOPS_TD
#define GEDIALECT_DIALECT_GE_IR_GEMATHOPS_TD

include "GeDialect/Dialect/GE/IR/GEElementwiseBase.td"

//===----------------------------------------------------------------------===//
// Sign and rounding
//===----------------------------------------------------------------------===//

def GE_AbsOp : GE_UnaryOp<"Abs", GE_NumberTensor, "absolute value",
    "The smallest integer of a type has itself as absolute value.">;
def GE_NegOp : GE_UnaryOp<"Neg", GE_NumberTensor, "-x",
    "Integers wrap around.">;
def GE_SignOp : GE_UnaryOp<"Sign", GE_NumberTensor, "-1, 0 or 1",
    "A NaN passes.">;
def GE_CeilOp : GE_UnaryOp<"Ceil", GE_FloatTensor,
    "smallest whole number not below x">;
def GE_FloorOp : GE_UnaryOp<"Floor", GE_FloatTensor,
    "largest whole number not above x">;
def GE_RoundOp : GE_UnaryOp<"Round", GE_NumberTensor,
    "nearest number with `decimals` decimal places",
    "The middle between two numbers rounds to the even one. Negative `decimals` "
    "round to tens, hundreds and so on; integers stay as they are otherwise.",
    "x -> y; decimals:Int",
    (ins DefaultValuedAttr<I64Attr, "0">:$decimals), "{decimals = 2 : i64}">;

//===----------------------------------------------------------------------===//
// Powers, exponentials and logarithms
//===----------------------------------------------------------------------===//

def GE_SquareOp : GE_UnaryOp<"Square", GE_NumberTensor, "x * x",
    "Integers wrap around.">;
def GE_SqrtOp : GE_UnaryOp<"Sqrt", GE_FloatTensor, "square root">;
def GE_RsqrtOp : GE_UnaryOp<"Rsqrt", GE_FloatTensor, "1 / sqrt(x)">;
def GE_ReciprocalOp : GE_UnaryOp<"Reciprocal", GE_FloatTensor, "1 / x">;
def GE_ExpOp : GE_UnaryOp<"Exp", GE_FloatTensor,
    "base ^ (scale * x + shift)",
    "`base` -1 stands for e; any other base must be positive.",
    "x -> y; base:Float, scale:Float, shift:Float",
    (ins DefaultValuedAttr<F32Attr, "-1.0f">:$base,
         DefaultValuedAttr<F32Attr, "1.0f">:$scale,
         DefaultValuedAttr<F32Attr, "0.0f">:$shift)>;
def GE_Expm1Op : GE_UnaryOp<"Expm1", GE_FloatTensor,
    "exp(x) - 1, exact for small x">;
def GE_LogOp : GE_UnaryOp<"Log", GE_FloatTensor,
    "logarithm of scale * x + shift",
    "`base` -1 stands for e; any other base must be positive.",
    "x -> y; base:Float, scale:Float, shift:Float",
    (ins DefaultValuedAttr<F32Attr, "-1.0f">:$base,
         DefaultValuedAttr<F32Attr, "1.0f">:$scale,
         DefaultValuedAttr<F32Attr, "0.0f">:$shift)>;
def GE_Log1pOp : GE_UnaryOp<"Log1p", GE_FloatTensor,
    "log(1 + x), exact for small x">;
def GE_ErfOp : GE_UnaryOp<"Erf", GE_FloatTensor, "Gauss error function">;

//===----------------------------------------------------------------------===//
// Trigonometry
//===----------------------------------------------------------------------===//

def GE_SinOp : GE_UnaryOp<"Sin", GE_FloatTensor, "sine of radians">;
def GE_CosOp : GE_UnaryOp<"Cos", GE_FloatTensor, "cosine of radians">;
def GE_TanOp : GE_UnaryOp<"Tan", GE_FloatTensor, "tangent of radians">;
def GE_AsinOp : GE_UnaryOp<"Asin", GE_FloatTensor, "inverse sine">;
def GE_AcosOp : GE_UnaryOp<"Acos", GE_FloatTensor, "inverse cosine">;
def GE_AtanOp : GE_UnaryOp<"Atan", GE_FloatTensor, "inverse tangent">;
def GE_SinhOp : GE_UnaryOp<"Sinh", GE_FloatTensor, "hyperbolic sine">;
def GE_CoshOp : GE_UnaryOp<"Cosh", GE_FloatTensor, "hyperbolic cosine">;
def GE_AsinhOp : GE_UnaryOp<"Asinh", GE_FloatTensor, "inverse hyperbolic sine">;
def GE_AcoshOp : GE_UnaryOp<"Acosh", GE_FloatTensor,
    "inverse hyperbolic cosine">;
def GE_AtanhOp : GE_UnaryOp<"Atanh", GE_FloatTensor,
    "inverse hyperbolic tangent">;

//===----------------------------------------------------------------------===//
// Others
//===----------------------------------------------------------------------===//

def GE_InvertOp : GE_UnaryOp<"Invert", GE_IntTensor, "all bits flipped",
    "", "x -> y", (ins), "", "i32">;
def GE_ZerosLikeOp : GE_UnaryOp<"ZerosLike", GE_ElementTensor,
    "zeros of the shape and type of x">;
def GE_OnesLikeOp : GE_UnaryOp<"OnesLike", GE_ElementTensor,
    "ones of the shape and type of x">;
def GE_MulsOp : GE_UnaryOp<"Muls", GE_NumberTensor, "x * value",
    "For integers the product is computed in f64 and truncated.",
    "x -> y; value:Float!", (ins F32Attr:$value), "{value = 2.0 : f32}">;
def GE_AddsOp : GE_UnaryOp<"Adds", GE_NumberTensor, "x + value",
    "For integers the sum is computed in f64 and truncated.",
    "x -> y; value:Float!", (ins F32Attr:$value), "{value = 2.0 : f32}">;

#endif // GEDIALECT_DIALECT_GE_IR_GEMATHOPS_TD
