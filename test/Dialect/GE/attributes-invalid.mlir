// RUN: ge-opt %s -split-input-file -verify-diagnostics

// expected-error @+1 {{origin must be a linear format, found FRACTAL_Z}}
func.func private @f(tensor<4xf16, #ge.layout<origin = FRACTAL_Z, storage = ND>>)

// -----

// expected-error @+1 {{c0 must be 0 or a power of two up to 16384, found 12}}
func.func private @f(tensor<4xf16, #ge.layout<origin = ND, storage = FRACTAL_NZ, c0 = 12>>)

// -----

// expected-error @+1 {{c0 must be 0 or a power of two up to 16384, found -16}}
func.func private @f(tensor<4xf16, #ge.layout<origin = ND, storage = FRACTAL_NZ, c0 = -16>>)

// -----

// expected-error @+1 {{linear format NCHW has no c0, found 16}}
func.func private @f(tensor<4xf16, #ge.layout<origin = NCHW, storage = NCHW, c0 = 16>>)

// -----

// expected-error @+1 {{linear format NCHW has no sub, found 5}}
func.func private @f(tensor<4xf16, #ge.layout<origin = NCHW, storage = NCHW, sub = 5>>)

// -----

// expected-error @+1 {{sub must lie in 0..65535, found 65536}}
func.func private @f(tensor<4xf16, #ge.layout<origin = NCHW, storage = FRACTAL_Z, c0 = 16, sub = 65536>>)

// -----

// expected-error @+2 {{expected ::gemlir::geir::FormatKind to be one of}}
// expected-error @+1 {{failed to parse GE_LayoutAttr parameter 'origin'}}
func.func private @f(tensor<4xf16, #ge.layout<origin = NCWH, storage = ND>>)

// -----

// expected-error @+1 {{offset and length must not be negative nor overflow, found -1 and 4}}
func.func private @f() attributes {x = #ge.weight<@s, offset = -1, length = 4>}

// -----

// expected-error @+1 {{offset and length must not be negative nor overflow, found 4 and -4}}
func.func private @f() attributes {x = #ge.weight<@s, offset = 4, length = -4>}

// -----

// expected-error @+1 {{offset and length must not be negative nor overflow, found 9223372036854775807 and 1}}
func.func private @f() attributes {x = #ge.weight<@s, offset = 9223372036854775807, length = 1>}

// -----

// expected-error @+1 {{list of kind int holds "a"}}
func.func private @f() attributes {x = #ge.list<int, ["a"]>}

// -----

// expected-error @+1 {{list of kind int holds 1 : i32}}
func.func private @f() attributes {x = #ge.list<int, [1 : i32]>}

// -----

// expected-error @+1 {{list of kind float holds 1.000000e+00 : f64}}
func.func private @f() attributes {x = #ge.list<float, [1.0 : f64]>}

// -----

// expected-error @+1 {{list of kind bool holds 1 : i64}}
func.func private @f() attributes {x = #ge.list<bool, [1]>}

// -----

// expected-error @+1 {{list of kind string holds true}}
func.func private @f() attributes {x = #ge.list<string, ["a", true]>}

// -----

// expected-error @+1 {{'ge' has no attribute "ge.grph"}}
func.func private @f() attributes {ge.grph = #ge.graph<name = "g">}

// -----

// expected-error @+1 {{'ge.graph' must be a #ge.graph, found "g"}}
func.func private @f() attributes {ge.graph = "g"}

// -----

// expected-error @+1 {{'ge.graph' belongs on a function}}
module attributes {ge.graph = #ge.graph<name = "g">} {}

// -----

// expected-error @+1 {{argument 1 of a graph needs the attribute 'ge.arg'}}
func.func private @f(i1 {ge.arg = #ge.arg<name = "x", index = 0>}, i1)
    attributes {ge.graph = #ge.graph<name = "g">}

// -----

// expected-error @+1 {{two arguments of the graph are called "x"}}
func.func private @f(i1 {ge.arg = #ge.arg<name = "x", index = 0>},
                     i1 {ge.arg = #ge.arg<name = "x", index = 1>})
    attributes {ge.graph = #ge.graph<name = "g">}

// -----

// expected-error @+1 {{two arguments of the graph have index 0}}
func.func private @f(i1 {ge.arg = #ge.arg<name = "x", index = 0>},
                     i1 {ge.arg = #ge.arg<name = "y", index = 0>})
    attributes {ge.graph = #ge.graph<name = "g">}

// -----

// expected-error @+1 {{'ge' has no argument attribute "ge.res"}}
func.func private @f(i1 {ge.res = #ge.res<name = "x">})

// -----

// expected-error @+1 {{'ge.arg' must be a #ge.arg, found "x"}}
func.func private @f(i1 {ge.arg = "x"})

// -----

// expected-error @+1 {{argument 0 has an empty name}}
func.func private @f(i1 {ge.arg = #ge.arg<name = "", index = 0>})

// -----

// expected-error @+1 {{argument "x" has negative index -1}}
func.func private @f(i1 {ge.arg = #ge.arg<name = "x", index = -1>})

// -----

// expected-error @+1 {{'ge' has no result attribute "ge.arg"}}
func.func private @f() -> (i1 {ge.arg = #ge.arg<name = "x", index = 0>})

// -----

// expected-error @+1 {{'ge.res' must be a #ge.res, found unit}}
func.func private @f() -> (i1 {ge.res})

// -----

// expected-error @+1 {{result 0 has an empty name}}
func.func private @f() -> (i1 {ge.res = #ge.res<name = "">})

// -----

// Dialect attributes are verified before the function they are on. Neither a
// missing nor a wrong type, nor too few argument attributes, may be followed.

// expected-error @+1 {{requires attribute 'function_type'}}
"func.func"() ({}) {sym_name = "f", ge.graph = #ge.graph<name = "g">} : () -> ()

// -----

// expected-error @+1 {{attribute 'function_type' failed to satisfy constraint}}
"func.func"() <{sym_name = "f", function_type = i32}> ({})
    {ge.graph = #ge.graph<name = "g">} : () -> ()

// -----

// expected-error @+1 {{expects argument attribute array to have the same number of elements}}
"func.func"() <{sym_name = "f", sym_visibility = "private", function_type = (i1, i1) -> (),
                arg_attrs = [{ge.arg = #ge.arg<name = "x", index = 0>}]}> ({})
    {ge.graph = #ge.graph<name = "g">} : () -> ()

// -----

// expected-error @+1 {{attribute 'arg_attrs' failed to satisfy constraint}}
"func.func"() <{sym_name = "f", sym_visibility = "private", function_type = (i1) -> (),
                arg_attrs = [1]}> ({})
    {ge.graph = #ge.graph<name = "g">} : () -> ()

// -----

// expected-error @+1 {{two results of the graph are called "y"}}
func.func private @f() -> (tensor<1xf32> {ge.res = #ge.res<name = "y">}, tensor<1xf32> {ge.res = #ge.res<name = "y">})
    attributes {ge.graph = #ge.graph<name = "g">}

// -----

func.func @f(%x: tensor<1xf32>) {
  // expected-error @+1 {{'ge.origin' must be a #ge.origin, found 1 : i64}}
  %0 = ge.Relu %x {ge.origin = 1 : i64} : (tensor<1xf32>) -> tensor<1xf32>
  return
}

// -----

// expected-error @+1 {{'ge.origin' belongs on a node}}
func.func private @f() attributes {ge.origin = #ge.origin<type = "A", domain = "b", version = 1>}

// -----

// expected-error @+1 {{'ge.air' must be a dictionary, or a unit on the return, found 1 : i64}}
func.func @air() attributes {ge.air = 1 : i64} {
  return
}

// -----

// expected-error @+1 {{'ge.air' must be a dictionary, or a unit on the return, found unit}}
func.func @air_unit() attributes {ge.air} {
  return
}

// -----

// expected-error @+1 {{'ge.air' must be a dictionary, or a unit on the return, found "x"}}
func.func @air_argument(%x: tensor<4xf32> {ge.air = "x"}) {
  return
}

// -----

// expected-error @+1 {{'ge.order' must be an array<i64>, found [0]}}
func.func @order_kind() attributes {ge.order = [0]} {
  return
}

// -----

// expected-error @+1 {{'ge.order' must hold each number below 2 once, found 2}}
func.func @order_range() attributes {ge.order = array<i64: 0, 2>} {
  return
}

// -----

// expected-error @+1 {{'ge.order' must hold each number below 2 once, found 1}}
func.func @order_twice() attributes {ge.order = array<i64: 1, 1>} {
  return
}

// -----

func.func @subgraphs() {
  // expected-error @+1 {{'ge.subgraphs' must be a list of symbols, found ["x"]}}
  ge.node "N"() {ge.subgraphs = ["x"]} : () -> ()
  return
}
