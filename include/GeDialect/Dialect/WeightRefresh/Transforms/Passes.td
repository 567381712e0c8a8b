// SPDX-License-Identifier: Apache-2.0
//
// Passes of the wr dialect.
#ifndef GEDIALECT_DIALECT_WEIGHTREFRESH_TRANSFORMS_PASSES_TD
#define GEDIALECT_DIALECT_WEIGHTREFRESH_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def Select : Pass<"wr-select", "::mlir::ModuleOp"> {
  let summary = "mark the constants that become refreshable weights";
  let description = [{
    Sets `refresh` on constants, before any pass may fold one. Exact names
    (source name or GE node name), globs and a minimum size unite. The order of
    the marks is the order of the inputs of the update function: constants that
    are marked already, exact names in the order given, then what globs and the
    size add, in the order of the file.

    An exact name must be refreshable; if it is not, the error says why. Globs
    and the size take floating-point constants that no operator needs as a
    compile-time value and remark what they passed over. A name or glob that
    matches nothing is an error with the nearest name, a size that no refreshable
    constant has a warning. Nothing is marked unless
    everything is right.

    Before, with `wr-select{names=fc}`:
    ```mlir
    %w = ge.Const "fc_Initializer_0" source "fc" #ge.weight<...> -> tensor<4xf32>
    ```
    After:
    ```mlir
    %w = ge.Const "fc_Initializer_0" source "fc" refresh(0) #ge.weight<...>
           -> tensor<4xf32>
    ```
  }];
  let options = [
    ListOption<"names", "names", "std::string",
               "exact names or globs of constants">,
    Option<"minBytes", "min-bytes", "int64_t", /*default=*/"-1",
           "also take floating-point constants of at least this many bytes">
  ];
}

def Split : Pass<"wr-split", "::mlir::ModuleOp"> {
  let summary = "split a graph into infer, init and update functions";
  let description = [{
    Turns every marked constant into a `wr.variable` that the graph reads, adds
    the init function (unless `init=false`, which also drops the initial
    values) and the update function, and lists them in a `wr.bundle`. Without
    marked constants the bundle has the infer function only.

    Precondition: one graph in the module (stage S1), and no symbol @infer,
    @init, @update or @main but the graph itself. Postcondition: stage S2, see
    `wr-verify-split`.
  }];
  let options = [
    Option<"init", "init", "bool", /*default=*/"true",
           "give the bundle an init function with the initial values">,
    Option<"update", "update", "std::string", /*default=*/"\"masked\"",
           "form of the update function: masked or all">
  ];
  let dependentDialects = ["::gemlir::wr::WRDialect",
                           "::gemlir::geir::GEDialect"];
}

def VerifySplit : Pass<"wr-verify-split", "::mlir::ModuleOp"> {
  let summary = "verify stage S2: variables, their readers and their writers";
  let description = [{
    Every variable is assigned exactly once, outside of branches, by init (when
    there is one) and by update; init, the only one to know initial values,
    assigns those; update assigns argument i to the variable with index i, under
    element i of the mask when there is one; infer assigns nothing; indices are 0, 1, 2, ...; every function is a member of the bundle.
  }];
}

def VerifyLayout : Pass<"wr-verify-layout", "::mlir::ModuleOp"> {
  let summary = "verify stage S3: storage formats agree";
  let description = [{
    Operands and results that an operator wants in one format are all linear, or
    all in one of the fractal formats that the operator offers on the chip of
    the module (`ascend.target`); all others, and inputs and outputs, are linear.
    Linear is accepted where the operator offers it, and everywhere in a module
    with `ascend.formats = "linear"`. The road of each variable leads from its
    origin type to its storage type.
  }];
}

def AssignMemory : Pass<"wr-assign-memory", "::mlir::ModuleOp"> {
  let summary = "give each variable its slot";
  let description = [{
    Sets `address` and `slot` of the variables in the order of their indices:
    the first slot starts at the variable base, the next one stride behind it
    (docs/om-format.md, "Variables"). All sub-models use the same slots.
  }];
}

#endif // GEDIALECT_DIALECT_WEIGHTREFRESH_TRANSFORMS_PASSES_TD
