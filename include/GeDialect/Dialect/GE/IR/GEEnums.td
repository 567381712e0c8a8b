// SPDX-License-Identifier: Apache-2.0
//
// Enumerations of the ge dialect.
#ifndef GEDIALECT_DIALECT_GE_IR_GEENUMS_TD
#define GEDIALECT_DIALECT_GE_IR_GEENUMS_TD

include "mlir/IR/EnumAttr.td"

// GE's formats under their names in files; numbers as in Layout/Formats.def.
def GE_Format : I32EnumAttr<"FormatKind", "GE tensor format", [
  I32EnumAttrCase<"NCHW", 0, "NCHW">,
  I32EnumAttrCase<"NHWC", 1, "NHWC">,
  I32EnumAttrCase<"ND", 2, "ND">,
  I32EnumAttrCase<"NC1HWC0", 3, "NC1HWC0">,
  I32EnumAttrCase<"FRACTAL_Z", 4, "FRACTAL_Z">,
  I32EnumAttrCase<"NC1C0HWPAD", 5, "NC1C0HWPAD">,
  I32EnumAttrCase<"NHWC1C0", 6, "NHWC1C0">,
  I32EnumAttrCase<"FSR_NCHW", 7, "FSR_NCHW">,
  I32EnumAttrCase<"FRACTAL_DECONV", 8, "FRACTAL_DECONV">,
  I32EnumAttrCase<"C1HWNC0", 9, "C1HWNC0">,
  I32EnumAttrCase<"FRACTAL_DECONV_TRANSPOSE", 10, "FRACTAL_DECONV_TRANSPOSE">,
  I32EnumAttrCase<"FRACTAL_DECONV_SP_STRIDE_TRANS", 11, "FRACTAL_DECONV_SP_STRIDE_TRANS">,
  I32EnumAttrCase<"NC1HWC0_C04", 12, "NC1HWC0_C04">,
  I32EnumAttrCase<"FRACTAL_Z_C04", 13, "FRACTAL_Z_C04">,
  I32EnumAttrCase<"CHWN", 14, "CHWN">,
  I32EnumAttrCase<"DECONV_SP_STRIDE8_TRANS", 15, "DECONV_SP_STRIDE8_TRANS">,
  I32EnumAttrCase<"HWCN", 16, "HWCN">,
  I32EnumAttrCase<"NC1KHKWHWC0", 17, "NC1KHKWHWC0">,
  I32EnumAttrCase<"BN_WEIGHT", 18, "BN_WEIGHT">,
  I32EnumAttrCase<"FILTER_HWCK", 19, "FILTER_HWCK">,
  I32EnumAttrCase<"LOOKUP_LOOKUPS", 20, "LOOKUP_LOOKUPS">,
  I32EnumAttrCase<"LOOKUP_KEYS", 21, "LOOKUP_KEYS">,
  I32EnumAttrCase<"LOOKUP_VALUE", 22, "LOOKUP_VALUE">,
  I32EnumAttrCase<"LOOKUP_OUTPUT", 23, "LOOKUP_OUTPUT">,
  I32EnumAttrCase<"LOOKUP_HITS", 24, "LOOKUP_HITS">,
  I32EnumAttrCase<"C1HWNCoC0", 25, "C1HWNCoC0">,
  I32EnumAttrCase<"MD", 26, "MD">,
  I32EnumAttrCase<"NDHWC", 27, "NDHWC">,
  I32EnumAttrCase<"FRACTAL_ZZ", 28, "FRACTAL_ZZ">,
  I32EnumAttrCase<"FRACTAL_NZ", 29, "FRACTAL_NZ">,
  I32EnumAttrCase<"NCDHW", 30, "NCDHW">,
  I32EnumAttrCase<"DHWCN", 31, "DHWCN">,
  I32EnumAttrCase<"NDC1HWC0", 32, "NDC1HWC0">,
  I32EnumAttrCase<"FRACTAL_Z_3D", 33, "FRACTAL_Z_3D">,
  I32EnumAttrCase<"CN", 34, "CN">,
  I32EnumAttrCase<"NC", 35, "NC">,
  I32EnumAttrCase<"DHWNC", 36, "DHWNC">,
  I32EnumAttrCase<"FRACTAL_Z_3D_TRANSPOSE", 37, "FRACTAL_Z_3D_TRANSPOSE">,
  I32EnumAttrCase<"FRACTAL_ZN_LSTM", 38, "FRACTAL_ZN_LSTM">,
  I32EnumAttrCase<"FRACTAL_Z_G", 39, "FRACTAL_Z_G">,
  I32EnumAttrCase<"RESERVED", 40, "RESERVED">,
  I32EnumAttrCase<"ALL", 41, "ALL">,
  I32EnumAttrCase<"Null", 42, "NULL">,
  I32EnumAttrCase<"ND_RNN_BIAS", 43, "ND_RNN_BIAS">,
  I32EnumAttrCase<"FRACTAL_ZN_RNN", 44, "FRACTAL_ZN_RNN">,
  I32EnumAttrCase<"NYUV", 45, "NYUV">,
  I32EnumAttrCase<"NYUV_A", 46, "NYUV_A">,
  I32EnumAttrCase<"NCL", 47, "NCL">,
  I32EnumAttrCase<"FRACTAL_Z_WINO", 48, "FRACTAL_Z_WINO">,
  I32EnumAttrCase<"C1HWC0", 49, "C1HWC0">,
  I32EnumAttrCase<"FRACTAL_NZ_C0_16", 50, "FRACTAL_NZ_C0_16">,
  I32EnumAttrCase<"FRACTAL_NZ_C0_32", 51, "FRACTAL_NZ_C0_32">,
  I32EnumAttrCase<"FRACTAL_NZ_C0_2", 52, "FRACTAL_NZ_C0_2">,
  I32EnumAttrCase<"FRACTAL_NZ_C0_4", 53, "FRACTAL_NZ_C0_4">,
  I32EnumAttrCase<"FRACTAL_NZ_C0_8", 54, "FRACTAL_NZ_C0_8">
]> {
  let cppNamespace = "::gemlir::geir";
  let genSpecializedAttr = 0;
}

// Kinds of a GE list attribute (AttrDef.ListValue.val_type).
def GE_ListKind : I32EnumAttr<"ListKind", "kind of a GE list attribute", [
  I32EnumAttrCase<"String", 1, "string">, I32EnumAttrCase<"Int", 2, "int">,
  I32EnumAttrCase<"Float", 3, "float">, I32EnumAttrCase<"Bool", 4, "bool">
]> {
  let cppNamespace = "::gemlir::geir";
  let genSpecializedAttr = 0;
}

#endif // GEDIALECT_DIALECT_GE_IR_GEENUMS_TD
