// SPDX-License-Identifier: Apache-2.0
//
// The option `target` of passes.
#ifndef GEDIALECT_LIB_DIALECT_GE_TRANSFORMS_TARGETOPTION_H
#define GEDIALECT_LIB_DIALECT_GE_TRANSFORMS_TARGETOPTION_H

#include "GeDialect/Layout/Targets.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"

namespace gemlir::geir {

/// The chip of this name; null, with an error that lists the names, when there
/// is none.
inline const Target *requireTarget(mlir::MLIRContext *context,
                                   llvm::StringRef name) {
  const Target *target = findTarget(name);
  if (!target)
    mlir::emitError(mlir::UnknownLoc::get(context))
        << "unknown target '" << name << "'; known are " << getTargetNames();
  return target;
}

} // namespace gemlir::geir

#endif // GEDIALECT_LIB_DIALECT_GE_TRANSFORMS_TARGETOPTION_H
