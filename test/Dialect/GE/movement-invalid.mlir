// RUN: ge-opt %s -split-input-file -verify-diagnostics
//
// One test per rule; the rule ids are those of the operator definitions.

//===----------------------------------------------------------------------===//
// Squeeze
//===----------------------------------------------------------------------===//

// SQ-1
func.func @sq_1(%x: tensor<1x2xf32>) {
  // expected-error @+1 {{axis 2 does not exist in a tensor of rank 2}}
  %0 = ge.Squeeze %x {axis = array<i64: 2>} : (tensor<1x2xf32>) -> tensor<*xf32>
  return
}

// -----

// SQ-1
func.func @sq_1(%x: tensor<1x2xf32>) {
  // expected-error @+1 {{axis names dim 0 twice}}
  %0 = ge.Squeeze %x {axis = array<i64: 0, -2>} : (tensor<1x2xf32>) -> tensor<*xf32>
  return
}

// -----

// SQ-2
func.func @sq_2(%x: tensor<1x2xf32>) {
  // expected-error @+1 {{dim 1 has length 2, only 1 can be dropped}}
  %0 = ge.Squeeze %x {axis = array<i64: 1>} : (tensor<1x2xf32>) -> tensor<*xf32>
  return
}

// -----

// SQ-3
func.func @sq_3(%x: tensor<1x2xf32>) {
  // expected-error @+1 {{result has shape 3, the operands give 2}}
  %0 = ge.Squeeze %x {axis = array<i64: 0>} : (tensor<1x2xf32>) -> tensor<3xf32>
  return
}

// -----

// IL-1
func.func @il_1(%x: tensor<1x2xf32>, %a: tensor<1xf32>) {
  // expected-error @+1 {{axes must be i32 or i64, found 'f32'}}
  %0 = ge.SqueezeV3 %x axes(%a) : (tensor<1x2xf32>, tensor<1xf32>) -> tensor<*xf32>
  return
}

// -----

// IL-1
func.func @il_1(%x: tensor<1x2xf32>, %a: tensor<1x1xi64>) {
  // expected-error @+1 {{axes must have rank 0 or 1, found 1x1}}
  %0 = ge.UnsqueezeV3 %x, %a : (tensor<1x2xf32>, tensor<1x1xi64>) -> tensor<*xf32>
  return
}

// -----

// UQ-1
func.func @uq_1(%x: tensor<2xf32>) {
  // expected-error @+1 {{axes 2 does not exist in a tensor of rank 2}}
  %0 = ge.Unsqueeze %x {axes = array<i64: 2>} : (tensor<2xf32>) -> tensor<*xf32>
  return
}

// -----

// UQ-1
func.func @uq_1(%x: tensor<2xf32>, %a: tensor<2xi64>) {
  // expected-error @+1 {{axis has 2 entries, expected 1}}
  %0 = ge.ExpandDims %x, %a : (tensor<2xf32>, tensor<2xi64>) -> tensor<*xf32>
  return
}

// -----

// UQ-2
func.func @uq_2(%x: tensor<2xf32>) {
  // expected-error @+1 {{result has shape 2x1, the operands give 1x2}}
  %0 = ge.Unsqueeze %x {axes = array<i64: 0>} : (tensor<2xf32>) -> tensor<2x1xf32>
  return
}

// -----

// FL-1
func.func @fl_1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{axis 3 does not exist in a tensor of rank 2}}
  %0 = ge.Flatten %x {axis = 3 : i64} : (tensor<2x3xf32>) -> tensor<*xf32>
  return
}

// -----

// FL-2
func.func @fl_2(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{result has shape 1x6, the operands give 6x1}}
  %0 = ge.Flatten %x {axis = 2 : i64} : (tensor<2x3xf32>) -> tensor<1x6xf32>
  return
}

// -----

// SH-1
func.func @sh_1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{dtype must be 3 (i32) or 9 (i64), found 0}}
  %0 = ge.Shape %x {dtype = 0 : i64} : (tensor<2x3xf32>) -> tensor<2xi64>
  return
}

// -----

// SH-2
func.func @sh_2(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{result has element type 'i64', the operands give 'i32'}}
  %0 = ge.Shape %x : (tensor<2x3xf32>) -> tensor<2xi64>
  return
}

// -----

//===----------------------------------------------------------------------===//
// Parts
//===----------------------------------------------------------------------===//

// PK-1
func.func @pk_1(%x: tensor<2xf32>) {
  // expected-error @+1 {{N is 2, but there are 1 operands}}
  %0 = ge.Pack %x {N = 2 : i64} : (tensor<2xf32>) -> tensor<1x2xf32>
  return
}

// -----

// PK-2
func.func @pk_2(%x: tensor<2xf32>, %b: tensor<3xf32>) {
  // expected-error @+1 {{operands have shapes 2 and 3}}
  %0 = ge.Pack %x, %b : (tensor<2xf32>, tensor<3xf32>) -> tensor<*xf32>
  return
}

// -----

// PK-3
func.func @pk_3(%x: tensor<2xf32>) {
  // expected-error @+1 {{axis 2 does not exist in a tensor of rank 2}}
  %0 = ge.Pack %x {axis = 2 : i64} : (tensor<2xf32>) -> tensor<*xf32>
  return
}

// -----

// PK-4
func.func @pk_4(%x: tensor<2xf32>) {
  // expected-error @+1 {{result has shape 2x2, the operands give 1x2}}
  %0 = ge.Pack %x : (tensor<2xf32>) -> tensor<2x2xf32>
  return
}

// -----

// SP-1
func.func @sp_1(%x: tensor<4xf32>, %d: tensor<i32>) {
  // expected-error @+1 {{num_split must lie in 1..65536, found 0}}
  %0 = ge.Split %d, %x {num_split = 0 : i64} : (tensor<i32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

// SP-1
func.func @sp_1(%x: tensor<4xf32>, %d: tensor<i32>) {
  // expected-error @+1 {{'ge.Split' op has 1 results, expected 2}}
  %0 = ge.Split %d, %x {num_split = 2 : i64} : (tensor<i32>, tensor<4xf32>) -> tensor<2xf32>
  return
}

// -----

// SP-1
func.func @sp_1(%x: tensor<4xf32>, %s: tensor<3xi64>, %d: tensor<i32>) {
  // expected-error @+1 {{size_splits has 3 entries for 1 results}}
  %0 = ge.SplitV %x, %s, %d {num_split = 1 : i64} : (tensor<4xf32>, tensor<3xi64>, tensor<i32>) -> tensor<4xf32>
  return
}

// -----

// SP-2
func.func @sp_2(%x: tensor<4xf32>) {
  %d = ge.Const dense<1> : tensor<i32>
  // expected-error @+1 {{split_dim 1 does not exist in a tensor of rank 1}}
  %0:2 = ge.Split %d, %x {num_split = 2 : i64} : (tensor<i32>, tensor<4xf32>) -> (tensor<2xf32>, tensor<2xf32>)
  return
}

// -----

// SP-3
func.func @sp_3(%x: tensor<4xf32>) {
  %d = ge.Const dense<0> : tensor<i32>
  // expected-error @+1 {{cannot divide dim 0 of length 4 into 3 equal parts}}
  %0:3 = ge.Split %d, %x {num_split = 3 : i64} : (tensor<i32>, tensor<4xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)
  return
}

// -----

// SP-3
func.func @sp_3(%x: tensor<4xf32>) {
  %d = ge.Const dense<0> : tensor<i32>
  %s = ge.Const dense<[1, 2]> : tensor<2xi64>
  // expected-error @+1 {{size_splits add up to 3, the dim has length 4}}
  %0:2 = ge.SplitV %x, %s, %d {num_split = 2 : i64} : (tensor<4xf32>, tensor<2xi64>, tensor<i32>) -> (tensor<1xf32>, tensor<2xf32>)
  return
}

// -----

// SP-3
func.func @sp_3(%x: tensor<4xf32>) {
  %d = ge.Const dense<0> : tensor<i32>
  %s = ge.Const dense<[-2, 6]> : tensor<2xi64>
  // expected-error @+1 {{size_splits has entry -2}}
  %0:2 = ge.SplitV %x, %s, %d {num_split = 2 : i64} : (tensor<4xf32>, tensor<2xi64>, tensor<i32>) -> (tensor<1xf32>, tensor<2xf32>)
  return
}

// -----

// SP-4
func.func @sp_4(%x: tensor<4xf32>) {
  %d = ge.Const dense<0> : tensor<i32>
  // expected-error @+1 {{result has shape 3, the operands give 2}}
  %0:2 = ge.Split %d, %x {num_split = 2 : i64} : (tensor<i32>, tensor<4xf32>) -> (tensor<2xf32>, tensor<3xf32>)
  return
}

// -----

// SS-1
func.func @ss_1(%x: tensor<4xf32>, %i: tensor<1xi64>) {
  // expected-error @+1 {{masks are not supported}}
  %0 = ge.StridedSliceV2 %x, %i, %i {end_mask = 1 : i64} : (tensor<4xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<*xf32>
  return
}

// -----

// SS-2
func.func @ss_2(%x: tensor<4xf32>, %i: tensor<1xi64>, %j: tensor<2xi64>) {
  // expected-error @+1 {{axes has 2 entries, begin has 1}}
  %0 = ge.StridedSliceV2 %x, %i, %i axes(%j) : (tensor<4xf32>, tensor<1xi64>, tensor<1xi64>, tensor<2xi64>) -> tensor<*xf32>
  return
}

// -----

// SS-3
func.func @ss_3(%x: tensor<4xf32>, %i: tensor<2xi64>) {
  // expected-error @+1 {{axis 1 does not exist in a tensor of rank 1}}
  %0 = ge.StridedSliceV2 %x, %i, %i : (tensor<4xf32>, tensor<2xi64>, tensor<2xi64>) -> tensor<*xf32>
  return
}

// -----

// SS-3
func.func @ss_3(%x: tensor<4x4xf32>, %i: tensor<2xi64>) {
  %a = ge.Const dense<[1, -1]> : tensor<2xi64>
  // expected-error @+1 {{axes names dim 1 twice}}
  %0 = ge.StridedSliceV2 %x, %i, %i axes(%a) : (tensor<4x4xf32>, tensor<2xi64>, tensor<2xi64>, tensor<2xi64>) -> tensor<*xf32>
  return
}

// -----

// SS-4
func.func @ss_4(%x: tensor<4xf32>, %i: tensor<1xi64>) {
  %s = ge.Const dense<0> : tensor<1xi64>
  // expected-error @+1 {{a stride is 0}}
  %0 = ge.StridedSliceV2 %x, %i, %i strides(%s) : (tensor<4xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<*xf32>
  return
}

// -----

// SS-5
func.func @ss_5(%x: tensor<4xf32>) {
  %b = ge.Const dense<1> : tensor<1xi64>
  %e = ge.Const dense<9> : tensor<1xi64>
  // expected-error @+1 {{result has shape 4, the operands give 3}}
  %0 = ge.StridedSliceV2 %x, %b, %e : (tensor<4xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<4xf32>
  return
}

// -----

// PA-1
func.func @pa_1(%x: tensor<4xf32>, %p: tensor<2xi64>) {
  // expected-error @+1 {{mode must be constant, reflect or edge, found wrap}}
  %0 = ge.PadV3 %x, %p {mode = "wrap"} : (tensor<4xf32>, tensor<2xi64>) -> tensor<*xf32>
  return
}

// -----

// PA-2
func.func @pa_2(%x: tensor<4xf32>, %p: tensor<3xi64>) {
  // expected-error @+1 {{paddings has 3 entries for an operand of rank 1}}
  %0 = ge.PadV3 %x, %p : (tensor<4xf32>, tensor<3xi64>) -> tensor<*xf32>
  return
}

// -----

// PA-3
func.func @pa_3(%x: tensor<4xf32>) {
  %p = ge.Const dense<[4, 0]> : tensor<2xi64>
  // expected-error @+1 {{cannot pad dim 0 of length 4 by 4 and 0 in mode reflect}}
  %0 = ge.PadV3 %x, %p {mode = "reflect"} : (tensor<4xf32>, tensor<2xi64>) -> tensor<*xf32>
  return
}

// -----

// PA-3
func.func @pa_3(%x: tensor<4xf32>) {
  %p = ge.Const dense<[9223372036854775807, 1]> : tensor<2xi64>
  // expected-error @+1 {{cannot pad dim 0 of length 4 by 9223372036854775807 and 1 in mode constant}}
  %0 = ge.PadV3 %x, %p : (tensor<4xf32>, tensor<2xi64>) -> tensor<*xf32>
  return
}

// -----

// PA-4
func.func @pa_4(%x: tensor<4xf32>) {
  %p = ge.Const dense<[1, 0]> : tensor<2xi64>
  // expected-error @+1 {{result has shape 4, the operands give 5}}
  %0 = ge.PadV3 %x, %p : (tensor<4xf32>, tensor<2xi64>) -> tensor<4xf32>
  return
}

// -----

// PA-5
func.func @pa_5(%x: tensor<4xf32>, %p: tensor<2xi64>, %v: tensor<2xf32>) {
  // expected-error @+1 {{constant_values must be one 'f32', found 'tensor<2xf32>'}}
  %0 = ge.PadV3 %x, %p value(%v) : (tensor<4xf32>, tensor<2xi64>, tensor<2xf32>) -> tensor<*xf32>
  return
}

// -----

// TI-1
func.func @ti_1(%x: tensor<4xf32>, %m: tensor<2xi64>) {
  // expected-error @+1 {{multiples has 2 entries for an operand of rank 1}}
  %0 = ge.Tile %x, %m : (tensor<4xf32>, tensor<2xi64>) -> tensor<*xf32>
  return
}

// -----

// TI-2
func.func @ti_2(%x: tensor<4xf32>) {
  %m = ge.Const dense<-1> : tensor<1xi64>
  // expected-error @+1 {{multiples has a negative entry}}
  %0 = ge.Tile %x, %m : (tensor<4xf32>, tensor<1xi64>) -> tensor<*xf32>
  return
}

// -----

// TI-3
func.func @ti_3(%x: tensor<4xf32>) {
  %m = ge.Const dense<4611686018427387904> : tensor<1xi64>
  // expected-error @+1 {{the result has too many elements}}
  %0 = ge.Tile %x, %m : (tensor<4xf32>, tensor<1xi64>) -> tensor<*xf32>
  return
}

// -----

// EX-1
func.func @ex_1(%x: tensor<4xf32>) {
  %m = ge.Const dense<3> : tensor<1xi64>
  // expected-error @+1 {{shapes 4 and 3 do not broadcast}}
  %0 = ge.Expand %x, %m : (tensor<4xf32>, tensor<1xi64>) -> tensor<*xf32>
  return
}

// -----

// EX-1
func.func @ex_1(%x: tensor<4xf32>) {
  %m = ge.Const dense<1> : tensor<1xi64>
  // expected-error @+1 {{shapes 4 and 1 do not broadcast}}
  %0 = ge.BroadcastTo %x, %m : (tensor<4xf32>, tensor<1xi64>) -> tensor<*xf32>
  return
}

// -----

// EX-2
func.func @ex_2(%x: tensor<4xf32>) {
  %m = ge.Const dense<[2, 1]> : tensor<2xi64>
  // expected-error @+1 {{result has shape 4, the operands give 2x4}}
  %0 = ge.Expand %x, %m : (tensor<4xf32>, tensor<2xi64>) -> tensor<4xf32>
  return
}

// -----

// DS-1
func.func @ds_1(%x: tensor<1x4x2x2xf32>) {
  // expected-error @+1 {{block_size must lie in 1..16777216, found 0}}
  %0 = ge.DepthToSpace %x {block_size = 0 : i64} : (tensor<1x4x2x2xf32>) -> tensor<*xf32>
  return
}

// -----

// DS-1
func.func @ds_1(%x: tensor<1x4x2x2xf32>) {
  // expected-error @+1 {{mode must be DCR or CRD, found DRC}}
  %0 = ge.DepthToSpace %x {block_size = 2 : i64, mode = "DRC"} : (tensor<1x4x2x2xf32>) -> tensor<*xf32>
  return
}

// -----

// DS-1
func.func @ds_1(%x: tensor<1x4x2x2xf32>) {
  // expected-error @+1 {{data_format must be NCHW or NHWC, found ND}}
  %0 = ge.SpaceToDepth %x {block_size = 2 : i64, data_format = "ND"} : (tensor<1x4x2x2xf32>) -> tensor<*xf32>
  return
}

// -----

// DS-2
func.func @ds_2(%x: tensor<4x2x2xf32>) {
  // expected-error @+1 {{needs an operand of rank 4, found 4x2x2}}
  %0 = ge.DepthToSpace %x {block_size = 2 : i64} : (tensor<4x2x2xf32>) -> tensor<*xf32>
  return
}

// -----

// DS-3
func.func @ds_3(%x: tensor<1x4x2x6xf32>) {
  // expected-error @+1 {{dim 3 of length 6 cannot be divided by 4}}
  %0 = ge.DepthToSpace %x {block_size = 2 : i64} : (tensor<1x4x2x6xf32>) -> tensor<*xf32>
  return
}

// -----

// DS-4
func.func @ds_4(%x: tensor<1x4x2x4xf32>) {
  // expected-error @+1 {{result has shape 1x8x4x2, the operands give 1x8x4x1}}
  %0 = ge.DepthToSpace %x {block_size = 2 : i64} : (tensor<1x4x2x4xf32>) -> tensor<1x8x4x2xf32>
  return
}

// -----

// SQ-4
func.func @sq_4(%x: tensor<2x5xf32>, %l: tensor<2xi64>) {
  // expected-error @+1 {{seq_dim and batch_dim are the same}}
  %0 = ge.ReverseSequence %x, %l {batch_dim = 1 : i64, seq_dim = -1 : i64} : (tensor<2x5xf32>, tensor<2xi64>) -> tensor<*xf32>
  return
}

// -----

// SQ-5
func.func @sq_5(%x: tensor<2x5xf32>, %l: tensor<3xi64>) {
  // expected-error @+1 {{seq_lengths has shape 3, the batch has 2 sequences}}
  %0 = ge.ReverseSequence %x, %l {seq_dim = 1 : i64} : (tensor<2x5xf32>, tensor<3xi64>) -> tensor<*xf32>
  return
}

// -----

// TR-1
func.func @tr_1(%x: tensor<5xf32>) {
  // expected-error @+1 {{needs an operand of rank 2 or more, found 5}}
  %0 = ge.Trilu %x : (tensor<5xf32>) -> tensor<*xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

// GA-1
func.func @ga_1(%x: tensor<2x5xf32>, %i: tensor<3xi64>) {
  %a = ge.Const dense<2> : tensor<i64>
  // expected-error @+1 {{axis 2 does not exist in a tensor of rank 2}}
  %0 = ge.GatherV2 %x, %i, %a : (tensor<2x5xf32>, tensor<3xi64>, tensor<i64>) -> tensor<*xf32>
  return
}

// -----

// GA-2
func.func @ga_2(%x: tensor<2x5xf32>, %i: tensor<3xi64>) {
  %a = ge.Const dense<1> : tensor<i64>
  // expected-error @+1 {{the first 1 dims of 2x5 and 3 do not belong together}}
  %0 = ge.GatherV2 %x, %i, %a {batch_dims = 1 : i64} : (tensor<2x5xf32>, tensor<3xi64>, tensor<i64>) -> tensor<*xf32>
  return
}

// -----

// GA-3
func.func @ga_3(%x: tensor<2x5xf32>, %i: tensor<3xi64>) {
  %a = ge.Const dense<1> : tensor<i64>
  // expected-error @+1 {{result has shape 3x5, the operands give 2x3}}
  %0 = ge.GatherV2 %x, %i, %a : (tensor<2x5xf32>, tensor<3xi64>, tensor<i64>) -> tensor<3x5xf32>
  return
}

// -----

// IL-2
func.func @il_2(%x: tensor<2x5xf32>, %i: tensor<3xf32>, %a: tensor<i64>) {
  // expected-error @+1 {{indices must be i32 or i64, found 'f32'}}
  %0 = ge.GatherV2 %x, %i, %a : (tensor<2x5xf32>, tensor<3xf32>, tensor<i64>) -> tensor<*xf32>
  return
}

// -----

// GE-2
func.func @ge_2(%x: tensor<2x5xf32>, %i: tensor<3xi64>) {
  // expected-error @+1 {{x has rank 2, index has rank 1}}
  %0 = ge.GatherElements %x, %i : (tensor<2x5xf32>, tensor<3xi64>) -> tensor<*xf32>
  return
}

// -----

// GE-2
func.func @ge_2(%x: tensor<2x5xf32>, %i: tensor<2x6xi64>) {
  // expected-error @+1 {{index is 6 long in dim 1, x only 5}}
  %0 = ge.GatherElements %x, %i : (tensor<2x5xf32>, tensor<2x6xi64>) -> tensor<*xf32>
  return
}

// -----

// GE-3
func.func @ge_3(%x: tensor<2x5xf32>, %i: tensor<2x5xi64>) {
  // expected-error @+1 {{dim 2 does not exist in a tensor of rank 2}}
  %0 = ge.GatherElements %x, %i {dim = 2 : i64} : (tensor<2x5xf32>, tensor<2x5xi64>) -> tensor<*xf32>
  return
}

// -----

// GE-4
func.func @ge_4(%x: tensor<2x5xf32>, %i: tensor<2x4xi64>) {
  // expected-error @+1 {{result has shape 2x5, the operands give 2x4}}
  %0 = ge.GatherElements %x, %i : (tensor<2x5xf32>, tensor<2x4xi64>) -> tensor<2x5xf32>
  return
}

// -----

// GN-1
func.func @gn_1(%x: tensor<5xf32>, %i: tensor<2x2xi64>) {
  // expected-error @+1 {{indices lists 2 coordinates of a place in a tensor of rank 1}}
  %0 = ge.GatherNd %x, %i : (tensor<5xf32>, tensor<2x2xi64>) -> tensor<*xf32>
  return
}

// -----

// GN-1
func.func @gn_1(%x: tensor<5xf32>, %i: tensor<i64>) {
  // expected-error @+1 {{indices must have rank 1 or more}}
  %0 = ge.GatherNd %x, %i : (tensor<5xf32>, tensor<i64>) -> tensor<*xf32>
  return
}

// -----

// GN-2
func.func @gn_2(%x: tensor<5x6xf32>, %i: tensor<2x1xi64>) {
  // expected-error @+1 {{result has shape 2, the operands give 2x6}}
  %0 = ge.GatherNd %x, %i : (tensor<5x6xf32>, tensor<2x1xi64>) -> tensor<2xf32>
  return
}

// -----

// SE-1
func.func @se_1(%x: tensor<2x5xf32>, %i: tensor<2x4xi64>, %u: tensor<2x3xf32>) {
  // expected-error @+1 {{indices have shape 2x4, updates 2x3}}
  %0 = ge.ScatterElements %x, %i, %u : (tensor<2x5xf32>, tensor<2x4xi64>, tensor<2x3xf32>) -> tensor<*xf32>
  return
}

// -----

// SE-1
func.func @se_1(%x: tensor<2x5xf32>, %i: tensor<4xi64>, %u: tensor<4xf32>) {
  // expected-error @+1 {{data has rank 2, indices have rank 1}}
  %0 = ge.ScatterElements %x, %i, %u : (tensor<2x5xf32>, tensor<4xi64>, tensor<4xf32>) -> tensor<*xf32>
  return
}

// -----

// SE-2
func.func @se_2(%x: tensor<5xf32>, %i: tensor<4xi64>, %u: tensor<4xf32>) {
  // expected-error @+1 {{axis 1 does not exist in a tensor of rank 1}}
  %0 = ge.ScatterElements %x, %i, %u {axis = 1 : i64} : (tensor<5xf32>, tensor<4xi64>, tensor<4xf32>) -> tensor<*xf32>
  return
}

// -----

// SE-3
func.func @se_3(%x: tensor<5xf32>, %i: tensor<4xi64>, %u: tensor<4xf32>) {
  // expected-error @+1 {{reduction must be none, add, mul, max or min, found sub}}
  %0 = ge.ScatterElements %x, %i, %u {reduction = "sub"} : (tensor<5xf32>, tensor<4xi64>, tensor<4xf32>) -> tensor<*xf32>
  return
}

// -----

// SN-1
func.func @sn_1(%x: tensor<5xf32>, %i: tensor<1x2xi64>, %u: tensor<1xf32>) {
  // expected-error @+1 {{indices lists 2 coordinates of a place in a tensor of rank 1}}
  %0 = ge.TensorScatterUpdate %x, %i, %u : (tensor<5xf32>, tensor<1x2xi64>, tensor<1xf32>) -> tensor<*xf32>
  return
}

// -----

// SN-2
func.func @sn_2(%x: tensor<5xf32>, %i: tensor<3x1xi64>, %u: tensor<2xf32>) {
  // expected-error @+1 {{updates have shape 2, expected 3}}
  %0 = ge.TensorScatterAdd %x, %i, %u : (tensor<5xf32>, tensor<3x1xi64>, tensor<2xf32>) -> tensor<*xf32>
  return
}

// -----

// NZ-1
func.func @nz_1(%x: tensor<5xf32>) {
  // expected-error @+1 {{dtype must be i32 or i64, found 'f32'}}
  %0 = ge.NonZero %x {dtype = f32} : (tensor<5xf32>) -> tensor<*xi64>
  return
}

// -----

// NZ-2
func.func @nz_2(%x: tensor<5xf32>) {
  // expected-error @+1 {{result has shape 1x4, the operands give ?x1}}
  %0 = ge.NonZero %x : (tensor<5xf32>) -> tensor<1x4xi64>
  return
}

// -----

// MD-1
func.func @md_1(%d: tensor<2x2xf32>, %i: tensor<i64>, %p: tensor<f32>) {
  // expected-error @+1 {{needs a list and an element of its type, found 'tensor<2x2xf32>' and 'tensor<f32>'}}
  %0 = ge.MatrixDiagV2 %d, %i, %i, %i, %p : (tensor<2x2xf32>, tensor<i64>, tensor<i64>, tensor<i64>, tensor<f32>) -> tensor<*xf32>
  return
}

// -----

// MD-2
func.func @md_2(%d: tensor<2xf32>, %p: tensor<f32>) {
  %i = ge.Const dense<1> : tensor<i64>
  // expected-error @+1 {{diagonal 1 of a 1x1 matrix does not have 2 elements}}
  %0 = ge.MatrixDiagV2 %d, %i, %i, %i, %p : (tensor<2xf32>, tensor<i64>, tensor<i64>, tensor<i64>, tensor<f32>) -> tensor<*xf32>
  return
}

// -----

// MD-3
func.func @md_3(%d: tensor<1xf32>, %p: tensor<f32>, %k: tensor<i64>) {
  %i = ge.Const dense<1> : tensor<i64>
  // expected-error @+1 {{result has shape 2x1, the operands give 1x1}}
  %0 = ge.MatrixDiagV2 %d, %k, %i, %i, %p : (tensor<1xf32>, tensor<i64>, tensor<i64>, tensor<i64>, tensor<f32>) -> tensor<2x1xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// Created
//===----------------------------------------------------------------------===//

// FI-1
func.func @fi_1(%v: tensor<f32>) {
  %d = ge.Const dense<-1> : tensor<1xi64>
  // expected-error @+1 {{dims has a negative entry}}
  %0 = ge.Fill %d, %v : (tensor<1xi64>, tensor<f32>) -> tensor<*xf32>
  return
}

// -----

// FI-2
func.func @fi_2(%d: tensor<1xi64>, %v: tensor<2xf32>) {
  // expected-error @+1 {{value must have one element, found 'tensor<2xf32>'}}
  %0 = ge.Fill %d, %v : (tensor<1xi64>, tensor<2xf32>) -> tensor<*xf32>
  return
}

// -----

// FI-3
func.func @fi_3(%d: tensor<1xi64>, %v: tensor<f32>) {
  // expected-error @+1 {{result has shape 1x1, the operands give ?}}
  %0 = ge.Fill %d, %v : (tensor<1xi64>, tensor<f32>) -> tensor<1x1xf32>
  return
}

// -----

// RA-1
func.func @ra_1(%v: tensor<f32>) {
  // expected-error @+1 {{is_closed is not supported}}
  %0 = ge.Range %v, %v, %v {is_closed = true} : (tensor<f32>, tensor<f32>, tensor<f32>) -> tensor<*xf32>
  return
}

// -----

// RA-2
func.func @ra_2(%v: tensor<f32>, %i: tensor<i64>) {
  // expected-error @+1 {{start, limit and delta must be scalars of one type, found 'tensor<f32>' and 'tensor<i64>'}}
  %0 = ge.Range %v, %v, %i : (tensor<f32>, tensor<f32>, tensor<i64>) -> tensor<*xf32>
  return
}

// -----

// RA-3
func.func @ra_3() {
  %i = ge.Const dense<0> : tensor<i64>
  // expected-error @+1 {{the number of elements is not finite}}
  %0 = ge.Range %i, %i, %i : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<*xi64>
  return
}

// -----

// RA-4
func.func @ra_4(%i: tensor<i64>) {
  // expected-error @+1 {{result has shape 1x1, the operands give ?}}
  %0 = ge.Range %i, %i, %i : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<1x1xi64>
  return
}

// -----

// OH-1
func.func @oh_1(%x: tensor<2xi64>, %d: tensor<i64>, %v: tensor<f32>) {
  // expected-error @+1 {{axis 2 does not exist in a tensor of rank 2}}
  %0 = ge.OneHot %x, %d, %v, %v {axis = 2 : i64} : (tensor<2xi64>, tensor<i64>, tensor<f32>, tensor<f32>) -> tensor<*xf32>
  return
}

// -----

// OH-2
func.func @oh_2(%x: tensor<2xi64>, %d: tensor<i64>, %v: tensor<2xf32>) {
  // expected-error @+1 {{depth, on_value and off_value must have one element, found 'tensor<2xf32>'}}
  %0 = ge.OneHot %x, %d, %v, %v : (tensor<2xi64>, tensor<i64>, tensor<2xf32>, tensor<2xf32>) -> tensor<*xf32>
  return
}

// -----

// OH-3
func.func @oh_3(%x: tensor<2xi64>, %v: tensor<f32>) {
  %d = ge.Const dense<-1> : tensor<i64>
  // expected-error @+1 {{depth is -1}}
  %0 = ge.OneHot %x, %d, %v, %v : (tensor<2xi64>, tensor<i64>, tensor<f32>, tensor<f32>) -> tensor<*xf32>
  return
}

// -----

// OH-4
func.func @oh_4(%x: tensor<2xi64>, %d: tensor<i64>, %v: tensor<f32>) {
  // expected-error @+1 {{result has shape 3x4, the operands give 2x?}}
  %0 = ge.OneHot %x, %d, %v, %v : (tensor<2xi64>, tensor<i64>, tensor<f32>, tensor<f32>) -> tensor<3x4xf32>
  return
}

// -----

// OH-5
func.func @oh_5(%x: tensor<2xf32>, %d: tensor<i64>, %v: tensor<f32>) {
  // expected-error @+1 {{x must be integers, found 'f32'}}
  %0 = ge.OneHot %x, %d, %v, %v : (tensor<2xf32>, tensor<i64>, tensor<f32>, tensor<f32>) -> tensor<*xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// Sampled
//===----------------------------------------------------------------------===//

// RZ-1
func.func @rz_1(%x: tensor<2xf32>, %s: tensor<1xf32>) {
  // expected-error @+1 {{mode must be one of nearest, linear, cubic, found 'area'}}
  %0 = ge.Resize %x scales(%s) {mode = "area"} : (tensor<2xf32>, tensor<1xf32>) -> tensor<*xf32>
  return
}

// -----

// RZ-2
func.func @rz_2(%x: tensor<2xf32>) {
  // expected-error @+1 {{needs scales or sizes}}
  %0 = ge.Resize %x : (tensor<2xf32>) -> tensor<*xf32>
  return
}

// -----

// RZ-3
func.func @rz_3(%x: tensor<2xf32>, %s: tensor<2xf32>) {
  // expected-error @+1 {{scales has 2 entries for an operand of rank 1}}
  %0 = ge.Resize %x scales(%s) : (tensor<2xf32>, tensor<2xf32>) -> tensor<*xf32>
  return
}

// -----

// RZ-4
func.func @rz_4(%x: tensor<2xf32>, %s: tensor<1xf32>) {
  // expected-error @+1 {{tf_crop_and_resize needs roi}}
  %0 = ge.Resize %x scales(%s) {coordinate_transformation_mode = "tf_crop_and_resize"} : (tensor<2xf32>, tensor<1xf32>) -> tensor<*xf32>
  return
}

// -----

// RZ-5
func.func @rz_5(%x: tensor<2xf32>) {
  %s = ge.Const dense<0.0> : tensor<1xf32>
  // expected-error @+1 {{scales must be positive}}
  %0 = ge.Resize %x scales(%s) : (tensor<2xf32>, tensor<1xf32>) -> tensor<*xf32>
  return
}

// -----

// RZ-6
func.func @rz_6(%x: tensor<2xf32>) {
  %s = ge.Const dense<1.5> : tensor<1xf32>
  // expected-error @+1 {{result has shape 4, the operands give 3}}
  %0 = ge.Resize %x scales(%s) : (tensor<2xf32>, tensor<1xf32>) -> tensor<4xf32>
  return
}

// -----

// GS-1
func.func @gs_1(%x: tensor<1x1x2x2xf32>, %g: tensor<1x2x2x2xf32>) {
  // expected-error @+1 {{padding_mode must be one of zeros, border, reflection, found 'mirror'}}
  %0 = ge.GridSampler2D %x, %g {padding_mode = "mirror"} : (tensor<1x1x2x2xf32>, tensor<1x2x2x2xf32>) -> tensor<*xf32>
  return
}

// -----

// GS-2
func.func @gs_2(%x: tensor<1x2x2xf32>, %g: tensor<1x2x2x2xf32>) {
  // expected-error @+1 {{needs operands of rank 4, found 1x2x2}}
  %0 = ge.GridSampler2D %x, %g : (tensor<1x2x2xf32>, tensor<1x2x2x2xf32>) -> tensor<*xf32>
  return
}

// -----

// GS-2
func.func @gs_2(%x: tensor<1x1x2x2xf32>, %g: tensor<1x2x2x3xf32>) {
  // expected-error @+1 {{the last dim of grid has length 3, expected 2}}
  %0 = ge.GridSampler2D %x, %g : (tensor<1x1x2x2xf32>, tensor<1x2x2x3xf32>) -> tensor<*xf32>
  return
}

// -----

// GS-3
func.func @gs_3(%x: tensor<1x1x2x2xf32>, %g: tensor<1x2x2x2xf32>) {
  // expected-error @+1 {{result has shape 1x2x2x2, the operands give 1x1x2x2}}
  %0 = ge.GridSampler2D %x, %g : (tensor<1x1x2x2xf32>, tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  return
}
