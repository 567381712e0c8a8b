// SPDX-License-Identifier: Apache-2.0
//
// Between task lists (stage S6) and OM files.
#ifndef GEDIALECT_TARGET_OM_TRANSLATION_H
#define GEDIALECT_TARGET_OM_TRANSLATION_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include "llvm/Support/raw_ostream.h"

namespace gemlir {

/// Reads an OM or a bundle as a module of stage S6, with `wr` operations where
/// its manifest gives them and an `ascend.file` otherwise. Payloads stay in the
/// file, to which the module refers by `path`. Null after reporting what is
/// wrong.
mlir::OwningOpRef<mlir::ModuleOp> importOM(llvm::StringRef path,
                                           mlir::MLIRContext *context);

/// Registers `--om-to-mlir` with ge-translate.
void registerFromOMTranslation();

/// Writes the file that `module` (stage S6) describes. Weights are streamed
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
