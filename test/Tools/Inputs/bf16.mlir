module {
  func.func @graph(%x: tensor<2x4xf32> {ge.arg = #ge.arg<name = "x", index = 0>}) -> (tensor<2x2xf32> {ge.res = #ge.res<name = "y">}) attributes {ge.graph = #ge.graph<name = "g">} {
    %w = ge.Const "w" source "layer.weight" dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]> : tensor<4x2xbf16>
    %h = ge.Cast "h" %x {dst_type = 27 : i64} : (tensor<2x4xf32>) -> tensor<2x4xbf16>
    %p = ge.MatMulV2 "fc" %h, %w : (tensor<2x4xbf16>, tensor<4x2xbf16>) -> tensor<2x2xbf16>
    %y = ge.Cast "y" %p {dst_type = 0 : i64} : (tensor<2x2xbf16>) -> tensor<2x2xf32>
    return %y : tensor<2x2xf32>
  }
}
