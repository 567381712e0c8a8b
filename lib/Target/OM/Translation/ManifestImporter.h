// SPDX-License-Identifier: Apache-2.0
//
// The wr operations that a manifest was made of.
#ifndef GEMLIR_LIB_TARGET_OM_TRANSLATION_MANIFESTIMPORTER_H
#define GEMLIR_LIB_TARGET_OM_TRANSLATION_MANIFESTIMPORTER_H

#include "GeDialect/Dialect/Ascend/IR/AscendDialect.h"
#include "GeDialect/Target/OM/Manifest.h"
#include "GeDialect/Target/OM/Reader.h"

#include "mlir/IR/BuiltinOps.h"

namespace gemlir::om {

/// The text of the manifest of a bundle when all sub-models have the same and
/// it can be read; empty otherwise.
llvm::StringRef findManifest(const File &file, Manifest &manifest);

/// Adds the variables and the target of the manifest to `module`; fails
/// silently when they cannot be told from it.
mlir::LogicalResult importVariables(mlir::ModuleOp module,
                                    const Manifest &manifest, const File &file,
                                    mlir::FlatSymbolRefAttr store);

/// Adds the wr.bundle of the models, which are in file order, and tells whether
/// the writer would now make the manifest with this text.
mlir::LogicalResult importBundle(mlir::ModuleOp module, llvm::StringRef symbol,
                                 const Manifest &manifest,
                                 llvm::ArrayRef<ascend::ModelOp> models,
                                 llvm::StringRef text);

/// Takes back what the functions above did.
void dropManifest(mlir::ModuleOp module);

} // namespace gemlir::om

#endif // GEMLIR_LIB_TARGET_OM_TRANSLATION_MANIFESTIMPORTER_H
