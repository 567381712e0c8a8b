// SPDX-License-Identifier: Apache-2.0
//
// Attention and rotary position embedding.
#ifndef GEDIALECT_DIALECT_GE_IR_GEATTENTIONOPS_TD
#define GEDIALECT_DIALECT_GE_IR_GEATTENTIONOPS_TD

include "GeDialect/Dialect/GE/IR/GEBase.td"

def GE_FlashAttentionScoreOp : GE_PureOp<"FlashAttentionScore",
    "query, key, value, real_shift?, drop_mask?, padding_mask?, atten_mask?, "
    "prefix?, actual_seq_qlen?, actual_seq_kvlen?, q_start_idx?, kv_start_idx? "
    "-> softmax_max, softmax_sum, softmax_out, attention_out; "
    "scale_value:Float, keep_prob:Float, pre_tockens:Int, next_tockens:Int, "
    "head_num:Int!, input_layout:String!, inner_precise:Int, sparse_mode:Int, "
    "pse_type:Int",
    [LoweringOpInterface, FormatOpInterface, AttrSizedOperandSegments]> {
  let summary = "scaled dot-product attention";
  let description = [{
    `attention_out = softmax(query * key^T * scale_value + real_shift) * value`
    for each head. `input_layout` is BSH (batch, sequence, heads * size) or BNSD
    (batch, head, sequence, size); `head_num` counts the heads of the query, of
    which key and value may have a divisor. `real_shift` is [B or 1, N or 1, Sq,
    Skv]; `atten_mask` is bool or u8 and broadcasts to the same, 1 hides a
    place. `softmax_max` and `softmax_sum` are f32[B, N, Sq, 8], `softmax_out`
    has no elements. Other operands and modes of GE's operator are not defined
    here (AT-3).

    Example:
    ```mlir
    %m, %s, %o, %y = ge.FlashAttentionScore "attention" %q, %k, %v mask(%mask)
        {head_num = 4 : i64, input_layout = "BSH", scale_value = 0.125 : f32}
        : (tensor<1x8x256xf32>, tensor<1x8x256xf32>, tensor<1x8x256xf32>, tensor<8x8xi1>)
        -> (tensor<1x4x8x8xf32>, tensor<1x4x8x8xf32>, tensor<0xf32>, tensor<1x8x256xf32>)
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$query,
    GE_Tensor:$key, GE_Tensor:$value, Optional<GE_Tensor>:$real_shift,
    Optional<GE_Tensor>:$drop_mask, Optional<GE_Tensor>:$padding_mask,
    Optional<GE_Tensor>:$atten_mask, Optional<GE_Tensor>:$prefix,
    Optional<GE_Tensor>:$actual_seq_qlen, Optional<GE_Tensor>:$actual_seq_kvlen,
    Optional<GE_Tensor>:$q_start_idx, Optional<GE_Tensor>:$kv_start_idx,
    DefaultValuedAttr<F32Attr, "1.0f">:$scale_value,
    DefaultValuedAttr<F32Attr, "1.0f">:$keep_prob,
    DefaultValuedAttr<I64Attr, "2147483647">:$pre_tockens,
    DefaultValuedAttr<I64Attr, "2147483647">:$next_tockens,
    I64Attr:$head_num, StrAttr:$input_layout,
    DefaultValuedAttr<I64Attr, "0">:$inner_precise,
    DefaultValuedAttr<I64Attr, "0">:$sparse_mode,
    DefaultValuedAttr<I64Attr, "1">:$pse_type);
  let results = (outs GE_Tensor:$softmax_max, GE_Tensor:$softmax_sum,
                      GE_Tensor:$softmax_out, GE_Tensor:$attention_out);
  let assemblyFormat = [{
    ($name^)? $query `,` $key `,` $value (`shift` `(` $real_shift^ `)`)?
    (`drop` `(` $drop_mask^ `)`)? (`padding` `(` $padding_mask^ `)`)?
    (`mask` `(` $atten_mask^ `)`)? (`prefix` `(` $prefix^ `)`)?
    (`lengths` `(` $actual_seq_qlen^ `)`)?
    (`kv_lengths` `(` $actual_seq_kvlen^ `)`)?
    (`start` `(` $q_start_idx^ `)`)? (`kv_start` `(` $kv_start_idx^ `)`)?
    attr-dict `:` functional-type(operands, results)
  }];
  // AT-1 input_layout and head_num, AT-2 shapes, AT-3 only what is defined
  let hasVerifier = 1;
  let extraClassDeclaration = geDeclaration # linearFormatsWithoutNames;
}

def GE_RotaryMulOp : GE_PureOp<"RotaryMul", "x, r1, r2 -> y",
    [LoweringOpInterface, FormatOpInterface]> {
  let summary = "rotary position embedding";
  let description = [{
    `y = x * r1 + rotate(x) * r2` on four dims, where `rotate` turns the two
    halves (a, b) of the last dim into (-b, a). r1 and r2, the cosines and
    sines, broadcast to x.

    Example:
    ```mlir
    %y = ge.RotaryMul "rope" %x, %cos, %sin
         : (tensor<1x4x8x64xf16>, tensor<1x1x8x64xf16>, tensor<1x1x8x64xf16>)
         -> tensor<1x4x8x64xf16>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x, GE_Tensor:$r1,
                       GE_Tensor:$r2);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x `,` $r1 `,` $r2 attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // EW-1 same shape, BC-1 broadcast, RO-1 even last dim
  let extraClassDeclaration = geDeclaration # linearFormatsWithoutNames;
}

#endif // GEDIALECT_DIALECT_GE_IR_GEATTENTIONOPS_TD
