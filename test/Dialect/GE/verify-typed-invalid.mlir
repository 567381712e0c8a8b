// RUN: ge-opt %s -split-input-file -verify-diagnostics -ge-verify-typed

// Operators that cannot be executed are reported all at once: by type and
// domain in the order of their first node, with their number. What the file
// called them counts. One that only waits for the type of an operand is no
// news beside them.
// expected-error @+1 {{3 operators are not supported: PRelu (1 node, first 'a'), Elu (ai.onnx opset 13, 2 nodes, first 'b'), Elu (com.example opset 2, 1 node, first 'd': no)}}
func.func @unknown(%x: tensor<4xf32> {ge.arg = #ge.arg<name = "x", index = 0>},
                   %c: tensor<i1> {ge.arg = #ge.arg<name = "c", index = 1>})
    attributes {ge.graph = #ge.graph<name = "g">} {
  %0 = ge.node "PRelu" "a"(x = %x) : (tensor<4xf32>) -> tensor<4xf32>
  %1 = ge.node "GEsName" "b"(x = %0) {ge.origin = #ge.origin<type = "Elu", domain = "ai.onnx", version = 13>} : (tensor<4xf32>) -> tensor<4xf32>
  ge.If "if" %c : tensor<i1> {
    %2 = ge.node "Elu" "c"(x = %1) {ge.origin = #ge.origin<type = "Elu", domain = "ai.onnx", version = 13>} : (tensor<4xf32>) -> tensor<4xf32>
  } else {
  }
  %3 = ge.node "Elu" "d"(x = %1) {ge.origin = #ge.origin<type = "Elu", domain = "com.example", version = 2, reason = "no">} : (tensor<4xf32>) -> tensor<*x!ge.unknown>
  %4 = ge.node "Relu" "e"(x = %3) {ge.origin = #ge.origin<type = "Relu", domain = "ai.onnx", version = 13, untyped = unit>} : (tensor<*x!ge.unknown>) -> tensor<*x!ge.unknown>
  return
}

// -----

func.func @untyped(%x: tensor<4xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    attributes {ge.graph = #ge.graph<name = "g">} {
  // expected-error @+1 {{has an operand whose element type is not known}}
  %0 = ge.node "Relu" "e"(x = %x) {ge.origin = #ge.origin<type = "Relu", domain = "ai.onnx", version = 13, untyped = unit>} : (tensor<4xf32>) -> tensor<*x!ge.unknown>
  return
}

// -----

// The compiler must know a shape: a value that is given when the model runs
// would be ignored.
func.func @shape_is_input(%x: tensor<4xf32> {ge.arg = #ge.arg<name = "x", index = 0>},
                          %s: tensor<2xi64> {ge.arg = #ge.arg<name = "the shape", index = 1>})
    attributes {ge.graph = #ge.graph<name = "g">} {
  // expected-error @+1 {{input 'shape' must be a constant, it comes from graph input 'the shape'}}
  %0 = ge.Reshape "r" %x, %s : (tensor<4xf32>, tensor<2xi64>) -> tensor<2x2xf32>
  return
}

// -----

func.func @shape_is_refreshed(%x: tensor<4xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    attributes {ge.graph = #ge.graph<name = "g">} {
  %c = ge.Const "c" refresh(0) dense<[2, 2]> : tensor<2xi64>
  %s = ge.Identity "alias" %c : (tensor<2xi64>) -> tensor<2xi64>
  // expected-error @+1 {{input 'shape' must be a constant, it comes from constant 'c', which is refreshed}}
  %0 = ge.Reshape "r" %x, %s : (tensor<4xf32>, tensor<2xi64>) -> tensor<2x2xf32>
  return
}

// -----

func.func @shape_is_computed(%x: tensor<4xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    attributes {ge.graph = #ge.graph<name = "g">} {
  %c = ge.Const "c" dense<[1, 1]> : tensor<2xi64>
  %s = ge.Add "twice" %c, %c : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
  %t = ge.Identity %s : (tensor<2xi64>) -> tensor<2xi64>
  // expected-error @+1 {{input 'shape' must be a constant, it comes from node 'twice' (Add)}}
  %0 = ge.Reshape "r" %x, %t : (tensor<4xf32>, tensor<2xi64>) -> tensor<2x2xf32>
  return
}

// -----

ge.store @model "a.onnx" size(64)
func.func @shape_is_in_file(%x: tensor<4xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    attributes {ge.graph = #ge.graph<name = "g">} {
  %c = ge.Const "c" #ge.weight<@model, offset = 0, length = 16> -> tensor<2xi64>
  // expected-error @+1 {{input 'shape' must be a constant, it comes from constant 'c', whose value is not in the module}}
  %0 = ge.Reshape "r" %x, %c : (tensor<4xf32>, tensor<2xi64>) -> tensor<2x2xf32>
  return
}

// -----

// expected-error @+1 {{input x has no static shape: 'tensor<?xf32>'; fix it with --input-shape}}
func.func @dynamic_input(%x: tensor<?xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    attributes {ge.graph = #ge.graph<name = "g">} {
  // What follows from the input is no news.
  %0 = ge.Relu %x : (tensor<?xf32>) -> tensor<?xf32>
  return
}

// -----

// expected-error @+1 {{input x is too large, its size does not fit into 64 bits: 'tensor<4294967296x4294967296xf32>'}}
func.func @absurd_input(%x: tensor<4294967296x4294967296xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    attributes {ge.graph = #ge.graph<name = "g">} {
  return
}

// -----

// Parts of a tensor without elements have sizes, too.
// expected-error @+1 {{input x is too large, its size does not fit into 64 bits: 'tensor<4294967296x4294967296x0xf32>'}}
func.func @absurd_empty_input(%x: tensor<4294967296x4294967296x0xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    attributes {ge.graph = #ge.graph<name = "g">} {
  return
}

// -----

func.func @no_device_type(%x: tensor<4xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    attributes {ge.graph = #ge.graph<name = "g">} {
  // expected-error @+1 {{'ge.Const' op result has elements of a type that GE does not have: 'tensor<4xi128>'}}
  %0 = ge.Const dense<0> : tensor<4xi128>
  return
}

// -----

func.func @dynamic_result(%x: tensor<4xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    attributes {ge.graph = #ge.graph<name = "g">} {
  // expected-error @+1 {{'ge.Relu' op result has no static shape: 'tensor<*xf32>'}}
  %0 = ge.Relu %x : (tensor<4xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @auto_pad(%x: tensor<1x1x8x8xf32> {ge.arg = #ge.arg<name = "x", index = 0>},
                    %w: tensor<1x1x3x3xf32> {ge.arg = #ge.arg<name = "w", index = 1>})
    attributes {ge.graph = #ge.graph<name = "g">} {
  // expected-error @+1 {{'ge.Conv2D' op has attributes that wait for a static shape}}
  %0 = ge.Conv2D %x, %w {auto_pad = "SAME_UPPER", data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x1x8x8xf32>, tensor<1x1x3x3xf32>) -> tensor<1x1x8x8xf32>
  return
}

// -----

// expected-error @+1 {{a graph needs the attribute 'ge.graph'}}
func.func @no_graph() {
  return
}

// -----

// expected-error @+1 {{result 0 of a graph needs the attribute 'ge.res'}}
func.func @no_name(%x: tensor<4xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    -> tensor<4xf32> attributes {ge.graph = #ge.graph<name = "g">} {
  return %x : tensor<4xf32>
}

// -----

// expected-error @+1 {{a graph needs a body}}
func.func private @external() attributes {ge.graph = #ge.graph<name = "g">}
