// SPDX-License-Identifier: Apache-2.0
//
// Passes of this dialect; described in Passes.td.
#ifndef GEDIALECT_DIALECT_GE_TRANSFORMS_PASSES_H
#define GEDIALECT_DIALECT_GE_TRANSFORMS_PASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace gemlir::geir {

#define GEN_PASS_DECL
#include "GeDialect/Dialect/GE/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "GeDialect/Dialect/GE/Transforms/Passes.h.inc"

/// Whether `ge-set-precision` knows this mode.
bool isPrecisionMode(llvm::StringRef mode);

} // namespace gemlir::geir

#endif // GEDIALECT_DIALECT_GE_TRANSFORMS_PASSES_H
