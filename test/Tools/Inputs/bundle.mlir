module attributes {ascend.target = #ascend.target<soc = "Ascend910B1">} {
  ge.store @model "a.onnx" size(64)
  wr.variable @w_var : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("w") index(0) initial(#ge.weight<@model, offset = 0, length = 16>)
  ascend.kernel @Relu engine(reference) op("Relu")
}
