// SPDX-License-Identifier: Apache-2.0
//
// The ascend dialect: programs of an Ascend device.
#ifndef GEDIALECT_DIALECT_ASCEND_IR_ASCENDDIALECT_H
#define GEDIALECT_DIALECT_ASCEND_IR_ASCENDDIALECT_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/RegionKindInterface.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include <optional>

#include "GeDialect/Dialect/Ascend/IR/AscendDialect.h.inc"
#include "GeDialect/Dialect/Ascend/IR/AscendEnums.h.inc"
#include "GeDialect/Dialect/Ascend/IR/AscendInterfaces.h.inc"

#define GET_ATTRDEF_CLASSES
#include "GeDialect/Dialect/Ascend/IR/AscendAttributes.h.inc"

#define GET_TYPEDEF_CLASSES
#include "GeDialect/Dialect/Ascend/IR/AscendTypes.h.inc"

#define GET_OP_CLASSES
#include "GeDialect/Dialect/Ascend/IR/AscendProgramOps.h.inc"

#define GET_OP_CLASSES
#include "GeDialect/Dialect/Ascend/IR/AscendTaskOps.h.inc"

namespace gemlir {
struct Target;
} // namespace gemlir

namespace gemlir::ascend {

/// The values of `ascend.formats`.
constexpr llvm::StringLiteral kFractalFormats = "fractal";
constexpr llvm::StringLiteral kLinearFormats = "linear";

/// The target of the module that `op` is or lies in (`ascend.target`); the
/// default one when the module names none.
const Target &getTarget(mlir::Operation *op);

/// Whether that module keeps all tensors linear (`ascend.formats`).
bool hasLinearFormats(mlir::Operation *op);

/// Verifies that `extra`, which may be null, has no keys but these.
llvm::LogicalResult verifyExtraKeys(mlir::Operation *op,
                                    mlir::DictionaryAttr extra,
                                    llvm::ArrayRef<llvm::StringRef> keys);

} // namespace gemlir::ascend

#endif // GEDIALECT_DIALECT_ASCEND_IR_ASCENDDIALECT_H
