// SPDX-License-Identifier: Apache-2.0
//
// What the translations of ge-translate have in common: files that weights stay
// in, and modules that people edit.
#ifndef GEDIALECT_TARGET_TRANSLATIONSUPPORT_H
#define GEDIALECT_TARGET_TRANSLATIONSUPPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include "llvm/Support/raw_ostream.h"

#include <functional>

namespace gemlir {

/// Registers `--name`, which imports the file at a path. The importer maps the
/// file itself, so it cannot come from stdin; `what` ("an OM") is for the
/// message that says so. The module refers to files from the directory it is
/// written to.
void registerFileToMLIR(llvm::StringRef name, llvm::StringRef description,
                        llvm::StringRef what,
                        std::function<mlir::OwningOpRef<mlir::ModuleOp>(
                            llvm::StringRef path, mlir::MLIRContext *context)>
                            import);

/// Registers `--name`, which writes a module. `directory`, that of the module's
/// file, is where its relative paths begin; empty for the working directory.
/// Unlike MLIR's own registration, this one refuses brackets nested too deep
/// for the parser, and errors do not print the operation, which may be a whole
/// model.
void registerMLIRToFile(llvm::StringRef name, llvm::StringRef description,
                        std::function<mlir::LogicalResult(
                            mlir::ModuleOp module, llvm::StringRef directory,
                            llvm::raw_ostream &out)>
                            write);

} // namespace gemlir

#endif // GEDIALECT_TARGET_TRANSLATIONSUPPORT_H
