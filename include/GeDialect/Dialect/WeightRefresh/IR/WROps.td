// SPDX-License-Identifier: Apache-2.0
//
// Operations of the wr dialect.
#ifndef GEDIALECT_DIALECT_WEIGHTREFRESH_IR_WROPS_TD
#define GEDIALECT_DIALECT_WEIGHTREFRESH_IR_WROPS_TD

include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "GeDialect/Dialect/WeightRefresh/IR/WRAttributes.td"

// All variables together: a read may move across a read, never across a write.
def WR_VariableResource : Resource<"::gemlir::wr::VariableResource">;
def WR_ReadEffect : MemoryEffects<[MemRead<WR_VariableResource>]>;
def WR_WriteEffect : MemoryEffects<[MemWrite<WR_VariableResource>]>;

class WR_VariableUserOp<string mnemonic, list<Trait> traits = []>
    : WR_Op<mnemonic,
            !listconcat(traits, [DeclareOpInterfaceMethods<
                                    SymbolUserOpInterface>])>;

def WR_VariableOp : WR_Op<"variable",
    [Symbol, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a weight in device memory, shared by the functions of a bundle";
  let description = [{
    `type` is the origin type: what users hand over and see. `storage` is what
    the device keeps; `road` leads from the first to the second. `constant` is
    the GE node name of the constant that the variable replaces and `source` its
    name in the source file. `index` is the position among the inputs of the
    update function. `initial` is the initial value in origin type, here and
    nowhere else; without it the bundle must be updated before the first run.

    `address` and `slot` are set by `wr-assign-memory`: the logical address and
    the bytes reserved, guard bytes included.

    Example:
    ```mlir
    wr.variable @fc_var : tensor<64x84xf32> storage(tensor<64x84xf32>)
      road(#wr.road<[]>) constant("fc_Initializer_0") source("fc") index(0)
      initial(#ge.weight<@model, offset = 64, length = 21504>)
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttr:$type,
                       TypeAttr:$storage, WR_RoadAttr:$road,
                       StrAttr:$constant, OptionalAttr<StrAttr>:$source,
                       I64Attr:$index, OptionalAttr<AnyAttr>:$initial,
                       OptionalAttr<I64Attr>:$address,
                       OptionalAttr<I64Attr>:$slot);
  let assemblyFormat = [{
    $sym_name `:` $type `storage` `(` $storage `)` `road` `(` $road `)`
    `constant` `(` $constant `)` (`source` `(` $source^ `)`)?
    `index` `(` $index `)` (`initial` `(` $initial^ `)`)?
    (`address` `(` $address^ `)`)? (`slot` `(` $slot^ `)`)? attr-dict
  }];
  let hasVerifier = 1; // VA-1 types, VA-2 road, VA-3 initial, VA-4 memory
}

def WR_ReadOp : WR_VariableUserOp<"read", [WR_ReadEffect,
    DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let summary = "the present value of a variable, in storage type";
  let description = [{
    Example:
    ```mlir
    %w = wr.read @fc_var : tensor<64x84xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$variable);
  let results = (outs AnyTensor:$value);
  let assemblyFormat = "$variable attr-dict `:` type($value)";
}

def WR_InitialOp : WR_VariableUserOp<"initial", [Pure]> {
  let summary = "the initial value of a variable, in storage type";
  let description = [{
    Example:
    ```mlir
    %c = wr.initial @fc_var : tensor<64x84xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$variable);
  let results = (outs AnyTensor:$value);
  let assemblyFormat = "$variable attr-dict `:` type($value)";
}

def WR_AssignOp : WR_VariableUserOp<"assign", [WR_WriteEffect]> {
  let summary = "give a variable a new value, in storage type";
  let description = [{
    Example:
    ```mlir
    wr.assign @fc_var, %c : tensor<64x84xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$variable, AnyTensor:$value);
  let assemblyFormat = "$variable `,` $value attr-dict `:` type($value)";
}

def WR_FedOp : WR_Op<"fed", [Pure]> {
  let summary = "whether the caller handed over a new value for a weight";
  let description = [{
    True when element `index` of the update mask is 1.

    Example:
    ```mlir
    %fed = wr.fed %mask[0] : tensor<2xi32>
    ```
  }];
  let arguments = (ins 1DTensorOf<[I32]>:$mask, I64Attr:$index);
  let results = (outs I1:$present);
  let assemblyFormat = "$mask `[` $index `]` attr-dict `:` type($mask)";
  let hasVerifier = 1;
}

def WR_AssignIfOp : WR_VariableUserOp<"assign_if", [WR_WriteEffect]> {
  let summary = "give a variable a new value when the caller handed one over";
  let description = [{
    Leaves the variable alone when `present` is false. Presence is an operand of
    its own and never derived from the value, so that every value can be
    assigned, zero included.

    Example:
    ```mlir
    wr.assign_if @fc_var, %n fed(%fed) : tensor<64x84xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$variable, AnyTensor:$value,
                       I1:$present);
  let assemblyFormat = [{
    $variable `,` $value `fed` `(` $present `)` attr-dict `:` type($value)
  }];
}

def WR_BundleOp : WR_Op<"bundle",
    [Symbol, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "the functions of a bundle, their roles and their order";
  let description = [{
    The order of the members is the order of the sub-models in the file, which
    is how programs address them. `update` is the form of the update function.

    Example:
    ```mlir
    wr.bundle @main members([#wr.member<infer @infer>, #wr.member<init @init>,
                             #wr.member<update @update>]) update(masked)
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, WR_MemberArrayAttr:$members,
                       OptionalAttr<WR_UpdateForm>:$update);
  let assemblyFormat = [{
    $sym_name `members` `(` $members `)` (`update` `(` $update^ `)`)? attr-dict
  }];
  let hasVerifier = 1; // BU-1 one infer, BU-2 roles once, BU-3 update form
}

#endif // GEDIALECT_DIALECT_WEIGHTREFRESH_IR_WROPS_TD
