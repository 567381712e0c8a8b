// RUN: ge-opt %s -split-input-file -verify-diagnostics

// CA-1
func.func @cast_number(%x: tensor<4xf32>) {
  // expected-error @+1 {{dst_type 99 is no type that tensors can have}}
  %0 = ge.Cast %x {dst_type = 99 : i64} : (tensor<4xf32>) -> tensor<4xf16>
  return
}

// -----

func.func @cast_type(%x: tensor<4xf32>) {
  // expected-error @+1 {{'ge.Cast' op result has element type 'bf16', the operands give 'f16'}}
  %0 = ge.Cast %x {dst_type = 1 : i64} : (tensor<4xf32>) -> tensor<4xbf16>
  return
}

// -----

// TD-1
func.func @format(%x: tensor<32x32xf16>) {
  // expected-error @+1 {{'ge.TransData' op dst_format is FRACTAL_Z, the type says FRACTAL_NZ}}
  %0 = ge.TransData %x {dst_format = "FRACTAL_Z", src_format = "ND"} : (tensor<32x32xf16>) -> tensor<32x32xf16, #ge.layout<origin = ND, storage = FRACTAL_NZ, c0 = 16>>
  return
}

// -----

// TD-1
func.func @subformat(%x: tensor<8x2x1x1xf16, #ge.layout<origin = NCHW, storage = NCHW>>) {
  // expected-error @+1 {{'ge.TransData' op dst_subformat is 4, the type says 2}}
  %0 = ge.TransData %x {dst_format = "FRACTAL_Z", src_format = "NCHW", dst_subformat = 4 : i64, groups = 4 : i64} : (tensor<8x2x1x1xf16, #ge.layout<origin = NCHW, storage = NCHW>>) -> tensor<8x2x1x1xf16, #ge.layout<origin = NCHW, storage = FRACTAL_Z, c0 = 16, sub = 2>>
  return
}

// -----

// TD-1
func.func @groups(%x: tensor<32x32xf16>) {
  // expected-error @+1 {{'ge.TransData' op groups is 3, the types say 1}}
  %0 = ge.TransData %x {dst_format = "FRACTAL_NZ", src_format = "ND", groups = 3 : i64} : (tensor<32x32xf16>) -> tensor<32x32xf16, #ge.layout<origin = ND, storage = FRACTAL_NZ, c0 = 16>>
  return
}

// -----

// TD-2
func.func @no_conversion(%x: tensor<32x32xf16, #ge.layout<origin = ND, storage = FRACTAL_NZ, c0 = 16>>) {
  // expected-error @+1 {{'ge.TransData' op expected a linear format on one side, found FRACTAL_NZ and FRACTAL_ZZ}}
  %0 = ge.TransData %x {dst_format = "FRACTAL_ZZ", src_format = "FRACTAL_NZ"} : (tensor<32x32xf16, #ge.layout<origin = ND, storage = FRACTAL_NZ, c0 = 16>>) -> tensor<32x32xf16, #ge.layout<origin = ND, storage = FRACTAL_ZZ, c0 = 16>>
  return
}

// -----

func.func @shape(%x: tensor<32x32xf16>) {
  // expected-error @+1 {{'ge.TransData' op result has shape 32x16, the operands give 32x32}}
  %0 = ge.TransData %x {dst_format = "FRACTAL_NZ", src_format = "ND"} : (tensor<32x32xf16>) -> tensor<32x16xf16, #ge.layout<origin = ND, storage = FRACTAL_NZ, c0 = 16>>
  return
}

// -----

func.func @converted_types() {
  // expected-error @+1 {{expected equal element types, or f32 and one of f16 and bf16; found i32 and f16}}
  %0 = ge.Const "c" #ge.converted<dense<1> : tensor<4xi32>, tensor<4xi32> to tensor<4xf16>>
  return
}

// -----

func.func @converted_size() {
  // expected-error @+1 {{weight has 4 bytes, 'tensor<4xf32>' needs 16}}
  %0 = ge.Const "c" #ge.converted<#ge.weight<@m, offset = 0, length = 4>, tensor<4xf32> to tensor<4xf16>>
  return
}

// -----

func.func @converted_twice() {
  // expected-error @+1 {{a converted value is not converted again}}
  %0 = ge.Const "c" #ge.converted<#ge.converted<dense<1.0> : tensor<4xf32>, tensor<4xf32> to tensor<4xf16>>, tensor<4xf16> to tensor<4xf32>>
  return
}

// -----

func.func @converted_refresh() {
  // expected-error @+1 {{'ge.Const' op a value that is refreshed cannot be converted at compile time}}
  %0 = ge.Const "c" refresh(0) #ge.converted<dense<1.0> : tensor<4xf32>, tensor<4xf32> to tensor<4xf16>>
  return
}

// -----

// expected-error @+1 {{expand must name axes of NCHW in their order, found 'HC'}}
func.func private @expand(tensor<4x4xf16, #ge.layout<origin = NCHW, storage = NC1HWC0, c0 = 16, expand = "HC">>)

// -----

// CV-6
func.func @product_type(%x: tensor<1x8x4x4xf16>, %w: tensor<8x8x1x1xf16>) {
  // expected-error @+1 {{'ge.Conv2D' op result has element type 'bf16', the operands give 'f16' or 'f32'}}
  %0 = ge.Conv2D %x, %w {data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x8x4x4xf16>, tensor<8x8x1x1xf16>) -> tensor<1x8x4x4xbf16>
  return
}

// -----

// The linear side is called what its dims are called, or nothing in particular.
func.func @linear_name(%x: tensor<1x8x4x4xf16>) {
  %nd = ge.TransData %x {dst_format = "NC1HWC0", src_format = "ND"} : (tensor<1x8x4x4xf16>) -> tensor<1x8x4x4xf16, #ge.layout<origin = NHWC, storage = NC1HWC0, c0 = 16>>
  // expected-error @+1 {{'ge.TransData' op src_format is NCHW, the type says NHWC}}
  %0 = ge.TransData %x {dst_format = "NC1HWC0", src_format = "NCHW"} : (tensor<1x8x4x4xf16>) -> tensor<1x8x4x4xf16, #ge.layout<origin = NHWC, storage = NC1HWC0, c0 = 16>>
  return
}

// -----

func.func @own_linear_name(%x: tensor<32x32xf16, #ge.layout<origin = NC, storage = NC>>) {
  // expected-error @+1 {{'ge.TransData' op src_format is ND, the type says NC}}
  %0 = ge.TransData %x {dst_format = "FRACTAL_NZ", src_format = "ND"} : (tensor<32x32xf16, #ge.layout<origin = NC, storage = NC>>) -> tensor<32x32xf16, #ge.layout<origin = ND, storage = FRACTAL_NZ, c0 = 16>>
  return
}
