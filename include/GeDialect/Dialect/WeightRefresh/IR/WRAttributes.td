// SPDX-License-Identifier: Apache-2.0
//
// Attributes of the wr dialect.
#ifndef GEDIALECT_DIALECT_WEIGHTREFRESH_IR_WRATTRIBUTES_TD
#define GEDIALECT_DIALECT_WEIGHTREFRESH_IR_WRATTRIBUTES_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "GeDialect/Dialect/WeightRefresh/IR/WRBase.td"

// What a function of a bundle is for.
def WR_Role : I32EnumAttr<"Role", "role of a function in a bundle", [
  I32EnumAttrCase<"Infer", 0, "infer">, I32EnumAttrCase<"Init", 1, "init">,
  I32EnumAttrCase<"Update", 2, "update">
]> {
  let cppNamespace = "::gemlir::wr";
  let genSpecializedAttr = 0;
}

// How the update function takes new values.
def WR_UpdateForm : I32EnumAttr<"UpdateForm", "form of the update function", [
  // One input per weight and a mask that says which of them count.
  I32EnumAttrCase<"Masked", 0, "masked">,
  // One input per weight; every call writes all of them.
  I32EnumAttrCase<"All", 1, "all">
]> {
  let cppNamespace = "::gemlir::wr";
}

def WR_RoadAttr : AttrDef<WR_Dialect, "Road"> {
  let mnemonic = "road";
  let summary = "conversions between what the user hands over and what the "
                "device stores";
  let description = [{
    The list of conversions, first applied first, that turn a value of origin
    type into one of storage type. The empty road stores the bytes as given.

    Example: `#wr.road<[]>`
  }];
  let parameters = (ins "::mlir::ArrayAttr":$steps);
  let assemblyFormat = "`<` $steps `>`";
  let extraClassDeclaration = [{
    bool isEmpty() const { return getSteps().empty(); }
  }];
}

def WR_MemberAttr : AttrDef<WR_Dialect, "Member"> {
  let mnemonic = "member";
  let summary = "a function of a bundle and its role";
  let description = [{
    Example: `#wr.member<infer @infer>`
  }];
  let parameters = (ins EnumParameter<WR_Role>:$role,
                        "::mlir::FlatSymbolRefAttr":$function);
  let assemblyFormat = "`<` $role $function `>`";
}

def WR_MemberArrayAttr
    : TypedArrayAttrBase<WR_MemberAttr, "members of a bundle">;

#endif // GEDIALECT_DIALECT_WEIGHTREFRESH_IR_WRATTRIBUTES_TD
