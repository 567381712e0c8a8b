// SPDX-License-Identifier: Apache-2.0
//
// The wr dialect: variables that the functions of a bundle share.
#ifndef GEDIALECT_DIALECT_WEIGHTREFRESH_IR_WRDIALECT_H
#define GEDIALECT_DIALECT_WEIGHTREFRESH_IR_WRDIALECT_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace gemlir::wr {

/// The device memory of all variables, for memory effects.
struct VariableResource
    : public mlir::SideEffects::Resource::Base<VariableResource> {
  llvm::StringRef getName() final { return "wr.variables"; }
};

/// Name of the mask among the inputs of a masked update function.
constexpr llvm::StringLiteral kUpdateMaskName = "__update_mask";

} // namespace gemlir::wr

#include "GeDialect/Dialect/WeightRefresh/IR/WRDialect.h.inc"
#include "GeDialect/Dialect/WeightRefresh/IR/WREnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "GeDialect/Dialect/WeightRefresh/IR/WRAttributes.h.inc"

#define GET_OP_CLASSES
#include "GeDialect/Dialect/WeightRefresh/IR/WROps.h.inc"

#endif // GEDIALECT_DIALECT_WEIGHTREFRESH_IR_WRDIALECT_H
