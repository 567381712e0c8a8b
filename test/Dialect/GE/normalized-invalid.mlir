// RUN: ge-opt %s -split-input-file -verify-diagnostics

func.func @type() {
  // expected-error @below {{needs static linear types of floating-point numbers, found 'tensor<2x3xi32>' and 'tensor<2xf32>'}}
  %0 = ge.Const #ge.normalized<value = dense<1> : tensor<2x3xi32>, type = tensor<2x3xi32>, axis = 0, channels = tensor<2xf32>, scale = dense<1.0> : tensor<2xf32>, variance = dense<1.0> : tensor<2xf32>, epsilon = 1.0e-05 : f32>
  return
}

// -----

func.func @axis() {
  // expected-error @below {{'tensor<2xf32>' does not belong to dim 1 of 'tensor<2x3xf32>'}}
  %0 = ge.Const #ge.normalized<value = dense<1.0> : tensor<2x3xf32>, type = tensor<2x3xf32>, axis = 1, channels = tensor<2xf32>, scale = dense<1.0> : tensor<2xf32>, variance = dense<1.0> : tensor<2xf32>, epsilon = 1.0e-05 : f32>
  return
}

// -----

func.func @epsilon() {
  // expected-error @below {{epsilon must be an f32 of 0 or more, found -1.000000e+00 : f32}}
  %0 = ge.Const #ge.normalized<value = dense<1.0> : tensor<2x3xf32>, type = tensor<2x3xf32>, axis = 0, channels = tensor<2xf32>, scale = dense<1.0> : tensor<2xf32>, variance = dense<1.0> : tensor<2xf32>, epsilon = -1.0 : f32>
  return
}

// -----

func.func @mean() {
  // expected-error @below {{mean and offset come together}}
  %0 = ge.Const #ge.normalized<value = dense<1.0> : tensor<2x3xf32>, type = tensor<2x3xf32>, axis = 0, channels = tensor<2xf32>, scale = dense<1.0> : tensor<2xf32>, variance = dense<1.0> : tensor<2xf32>, epsilon = 1.0e-05 : f32, mean = dense<1.0> : tensor<2xf32>>
  return
}

// -----

func.func @part() {
  // expected-error @below {{value has type 'tensor<3xf32>', the constant 'tensor<2xf32>'}}
  %0 = ge.Const #ge.normalized<value = dense<1.0> : tensor<2x3xf32>, type = tensor<2x3xf32>, axis = 0, channels = tensor<2xf32>, scale = dense<1.0> : tensor<3xf32>, variance = dense<1.0> : tensor<2xf32>, epsilon = 1.0e-05 : f32>
  return
}

// -----

func.func @nested() {
  // expected-error @below {{a computed value is not normalised}}
  %0 = ge.Const #ge.normalized<value = #ge.converted<dense<1.0> : tensor<2x3xf32>, tensor<2x3xf32> to tensor<2x3xf16>>, type = tensor<2x3xf16>, axis = 0, channels = tensor<2xf32>, scale = dense<1.0> : tensor<2xf32>, variance = dense<1.0> : tensor<2xf32>, epsilon = 1.0e-05 : f32>
  return
}

// -----

func.func @constant() {
  // expected-error @below {{value has type 'tensor<2x3xf32>', the constant 'tensor<3x2xf32>'}}
  %0 = ge.Const #ge.normalized<value = dense<1.0> : tensor<2x3xf32>, type = tensor<2x3xf32>, axis = 0, channels = tensor<2xf32>, scale = dense<1.0> : tensor<2xf32>, variance = dense<1.0> : tensor<2xf32>, epsilon = 1.0e-05 : f32> -> tensor<3x2xf32>
  return
}

// -----

func.func @refresh() {
  // expected-error @below {{a value that is refreshed cannot be normalised at compile time}}
  %0 = ge.Const "w" refresh(0) #ge.normalized<value = dense<1.0> : tensor<2x3xf32>, type = tensor<2x3xf32>, axis = 0, channels = tensor<2xf32>, scale = dense<1.0> : tensor<2xf32>, variance = dense<1.0> : tensor<2xf32>, epsilon = 1.0e-05 : f32>
  return
}

// -----

// expected-note @below {{file declared here}}
ge.store @model "a.onnx" size(8)

// Weights inside of a value are checked, too.
func.func @inside() {
  // expected-error @below {{weight ends at byte 12 of a file of 8 bytes}}
  %0 = ge.Const #ge.normalized<value = dense<1.0> : tensor<2x3xf32>, type = tensor<2x3xf32>, axis = 0, channels = tensor<2xf32>, scale = dense<1.0> : tensor<2xf32>, variance = #ge.weight<@model, offset = 4, length = 8>, epsilon = 1.0e-05 : f32>
  return
}
