func.func @chain(%x: tensor<1x8xf32>) -> tensor<*xf32> {
  %0 = ge.Relu "relu" %x : (tensor<1x8xf32>) -> tensor<*xf32>
  return %0 : tensor<*xf32>
}

func.func @other_dialects(%x: tensor<?xf32>, %lower: index, %upper: index) -> tensor<?xf32> {
  %0 = scf.for %i = %lower to %upper step %lower iter_args(%it = %x) -> (tensor<?xf32>) {
    %1 = ge.Relu "inner" %it : (tensor<?xf32>) -> tensor<*xf32>
    %2 = tensor.cast %1 : tensor<*xf32> to tensor<?xf32>
    scf.yield %2 : tensor<?xf32>
  }
  return %0 : tensor<?xf32>
}

func.func @blocks(%x: tensor<?xf32>, %c: i1) -> tensor<?xf32> {
  cf.cond_br %c, ^bb1, ^bb2(%c : i1)
^bb1:
  return %x : tensor<?xf32>
^bb2(%d: i1):
  cf.br ^bb1
}
