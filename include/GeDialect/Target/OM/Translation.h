// SPDX-License-Identifier: Apache-2.0
//
// From a task list (stage S6) to an OM bundle.
#ifndef GEDIALECT_TARGET_OM_TRANSLATION_H
#define GEDIALECT_TARGET_OM_TRANSLATION_H

#include "mlir/IR/BuiltinOps.h"

#include "llvm/Support/raw_ostream.h"

namespace gemlir {

/// Writes the bundle that `module` (stage S6) describes. Weights are streamed
/// from their files, whose relative paths start at `directory` (empty: the
/// working directory). Fails after reporting what is wrong; then the stream
/// holds nothing of use.
mlir::LogicalResult translateToOM(mlir::ModuleOp module,
                                  llvm::StringRef directory,
                                  llvm::raw_ostream &out);

/// Registers `--mlir-to-om` with ge-translate.
void registerToOMTranslation();

} // namespace gemlir

#endif // GEDIALECT_TARGET_OM_TRANSLATION_H
