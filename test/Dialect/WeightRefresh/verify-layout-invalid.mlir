// RUN: ge-opt %s -split-input-file -verify-diagnostics -wr-verify-layout

func.func @result(%x: tensor<4x8xf32>) {
  // expected-error @+1 {{'ge.node' op gives a tensor in layout #ge.layout<origin = ND, storage = FRACTAL_NZ, c0 = 16>, which no operator of the graph accepts}}
  %0 = ge.node "TransData"(src = %x) : (tensor<4x8xf32>) -> tensor<4x8xf32, #ge.layout<origin = ND, storage = FRACTAL_NZ, c0 = 16>>
  return
}

// -----

// expected-error @+1 {{'func.func' op argument 1 has layout #ge.layout<origin = ND, storage = FRACTAL_NZ, c0 = 16>, which no operator of the graph accepts}}
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
