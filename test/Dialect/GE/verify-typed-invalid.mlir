// RUN: ge-opt %s -split-input-file -verify-diagnostics -ge-verify-typed

// Unknown operators are reported all at once, at the first of them: by type in
// the order of their first node, with their number.
func.func @unknown(%x: tensor<4xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    attributes {ge.graph = #ge.graph<name = "g">} {
  // expected-error @+1 {{2 operators are not supported: PRelu (1 node, first "a"), Elu (2 nodes, first "b")}}
  %0 = ge.node "PRelu" "a"(x = %x) : (tensor<4xf32>) -> tensor<4xf32>
  %1 = ge.node "Elu" "b"(x = %0) : (tensor<4xf32>) -> tensor<4xf32>
  %2 = ge.node "Elu" "c"(x = %1) : (tensor<4xf32>) -> tensor<4xf32>
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

// A static shape whose size does not fit into an integer is none.
// expected-error @+1 {{input x has no static shape: 'tensor<4294967296x4294967296xf32>'}}
func.func @absurd_input(%x: tensor<4294967296x4294967296xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    attributes {ge.graph = #ge.graph<name = "g">} {
  return
}

// -----

func.func @no_device_type(%x: tensor<4xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    attributes {ge.graph = #ge.graph<name = "g">} {
  // expected-error @+1 {{'ge.Const' op result has no static shape of known size: 'tensor<4xi128>'}}
  %0 = ge.Const dense<0> : tensor<4xi128>
  return
}

// -----

// Inside of a branch, too.
func.func @branch(%c: tensor<i1> {ge.arg = #ge.arg<name = "c", index = 0>},
                  %x: tensor<4xf32> {ge.arg = #ge.arg<name = "x", index = 1>})
    attributes {ge.graph = #ge.graph<name = "g">} {
  ge.If %c : tensor<i1> {
    // expected-error @+1 {{'ge.Relu' op result has no static shape of known size: 'tensor<*xf32>'}}
    %0 = ge.Relu %x : (tensor<4xf32>) -> tensor<*xf32>
  } else {
  }
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
