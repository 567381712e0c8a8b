// RUN: ge-opt %s -split-input-file -verify-diagnostics -wr-verify-layout

func.func @result(%x: tensor<4x8xf32>) {
  // expected-error @+1 {{'ge.node' op result 0 has layout #ge.layout<origin = ND, storage = FRACTAL_NZ, c0 = 16>, but only linear formats are accepted here}}
  %0 = ge.node "TransData"(src = %x) : (tensor<4x8xf32>) -> tensor<4x8xf32, #ge.layout<origin = ND, storage = FRACTAL_NZ, c0 = 16>>
  return
}

// -----

// expected-error @+1 {{'func.func' op argument 1 has layout #ge.layout<origin = ND, storage = FRACTAL_NZ, c0 = 16>, but inputs are linear}}
func.func @argument(%x: tensor<4x8xf32>, %y: tensor<4x8xf32, #ge.layout<origin = ND, storage = FRACTAL_NZ, c0 = 16>>) {
  return
}

// -----

// expected-error @+1 {{'wr.variable' op road #wr.road<["cast"]> does not lead from 'tensor<4xf32>' to 'tensor<4xf16>'}}
wr.variable @v : tensor<4xf32> storage(tensor<4xf16>) road(<["cast"]>) constant("c") index(0)

// -----

// expected-error @+1 {{'wr.variable' op road #wr.road<["nothing"]> does not lead}}
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(<["nothing"]>) constant("c") index(0)

// -----

// expected-error @+1 {{'wr.variable' op road #wr.road<[]> does not lead from}}
wr.variable @v : tensor<16x16xf16, #ge.layout<origin = ND, storage = FRACTAL_NZ, c0 = 16>>
  storage(tensor<16x16xf16, #ge.layout<origin = ND, storage = FRACTAL_NZ, c0 = 16>>) road(<[]>) constant("c") index(0)

// -----

!nz = tensor<32x32xf16, #ge.layout<origin = ND, storage = FRACTAL_NZ, c0 = 16>>

func.func @ports(%x: tensor<32x32xf16>) -> tensor<32x32xf16> {
  %0 = ge.TransData "nz" %x {dst_format = "FRACTAL_NZ", src_format = "ND"} : (tensor<32x32xf16>) -> !nz
  // expected-error @+1 {{'ge.Relu' op result 0 has another format than operand 0}}
  %1 = ge.Relu %0 : (!nz) -> tensor<32x32xf16>
  return %1 : tensor<32x32xf16>
}

// -----

!nz = tensor<32x32xf16, #ge.layout<origin = ND, storage = FRACTAL_NZ, c0 = 32>>

func.func @not_offered(%x: tensor<32x32xf16>) {
  %0 = ge.TransData "nz" %x {dst_format = "FRACTAL_NZ", src_format = "ND"} : (tensor<32x32xf16>) -> !nz
  // expected-error @+1 {{'ge.Relu' op operand 0 has layout #ge.layout<origin = ND, storage = FRACTAL_NZ, c0 = 32>, which the operator does not know}}
  %1 = ge.Relu %0 : (!nz) -> !nz
  return
}

// -----

!nz = tensor<32x32xf16, #ge.layout<origin = ND, storage = FRACTAL_NZ, c0 = 16>>

func.func @linear_only(%x: tensor<32x32xf16>) {
  %0 = ge.TransData "nz" %x {dst_format = "FRACTAL_NZ", src_format = "ND"} : (tensor<32x32xf16>) -> !nz
  // expected-error @+1 {{'ge.SoftmaxV2' op operand 0 has layout #ge.layout<origin = ND, storage = FRACTAL_NZ, c0 = 16>, but only linear formats are accepted here}}
  %1 = ge.SoftmaxV2 %0 : (!nz) -> tensor<32x32xf16>
  return
}

// -----

// Linear must be offered, too. Which chip decides is a fact of the module.
module attributes {ascend.target = #ascend.target<soc = "Ascend310P3">} {
  func.func @linear(%x: tensor<32x32xf16>) -> tensor<32x32xf16> {
    // expected-error @+1 {{'ge.MatMulV2' op operand 0 is linear, which the operator does not know on Ascend310P3}}
    %0 = ge.MatMulV2 %x, %x : (tensor<32x32xf16>, tensor<32x32xf16>) -> tensor<32x32xf16>
    return %0 : tensor<32x32xf16>
  }
}

// -----

// Nothing to say here: this chip reads linear matrices.
module attributes {ascend.formats = "fractal", ascend.target = #ascend.target<soc = "Ascend910B2">} {
  func.func @linear(%x: tensor<32x32xf16>) -> tensor<32x32xf16> {
    %0 = ge.MatMulV2 %x, %x : (tensor<32x32xf16>, tensor<32x32xf16>) -> tensor<32x32xf16>
    return %0 : tensor<32x32xf16>
  }
}

// -----

// Nor here: everything is meant to be linear.
module attributes {ascend.formats = "linear", ascend.target = #ascend.target<soc = "Ascend310P3">} {
  func.func @linear(%x: tensor<32x32xf16>) -> tensor<32x32xf16> {
    %0 = ge.MatMulV2 %x, %x : (tensor<32x32xf16>, tensor<32x32xf16>) -> tensor<32x32xf16>
    return %0 : tensor<32x32xf16>
  }
}

// -----

// Operators that disagree about names leave no other choice.
func.func @disputed(%x: tensor<1x8x16x16xf16>) {
  %0 = ge.MaxPoolV3 %x {data_format = "NCHW", ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x16x16xf16>) -> tensor<1x8x8x8xf16>
  %1 = ge.MaxPoolV3 %0 {data_format = "NHWC", ksize = array<i64: 1, 2, 2, 1>, strides = array<i64: 1, 2, 2, 1>} : (tensor<1x8x8x8xf16>) -> tensor<1x4x4x8xf16>
  return
}
