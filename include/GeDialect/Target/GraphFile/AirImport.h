// SPDX-License-Identifier: Apache-2.0
//
// From graph files of GE to the ge dialect (stage S0).
#ifndef GEDIALECT_TARGET_GRAPHFILE_AIRIMPORT_H
#define GEDIALECT_TARGET_GRAPHFILE_AIRIMPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace gemlir {

/// Imports the .air file or ge_proto text at `path`, see docs/air.md: one
/// function per graph, the root first. Weights of a binary file stay in it: the
/// module refers to them with `path` as given. What the file says beyond the IR
/// is kept in attributes `ge.air`. Null after reporting what is wrong, with the
/// node.
mlir::OwningOpRef<mlir::ModuleOp> importAir(llvm::StringRef path,
                                            mlir::MLIRContext *context);

} // namespace gemlir

#endif // GEDIALECT_TARGET_GRAPHFILE_AIRIMPORT_H
