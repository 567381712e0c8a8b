// SPDX-License-Identifier: Apache-2.0
//
// From the ge dialect (stage S0) to graph files of GE.
#ifndef GEDIALECT_TARGET_GRAPHFILE_AIREXPORT_H
#define GEDIALECT_TARGET_GRAPHFILE_AIREXPORT_H

#include "mlir/IR/BuiltinOps.h"

namespace gemlir {

/// Writes `module` as .air, or as ge_proto text. Paths of weights are relative
/// to `directory`, that of the module's file; empty for the working directory.
/// Maps are written in the order of their keys. Fails after reporting what
/// cannot be written.
mlir::LogicalResult exportAir(mlir::ModuleOp module, llvm::StringRef directory,
                              bool asText, llvm::raw_ostream &out);

} // namespace gemlir

#endif // GEDIALECT_TARGET_GRAPHFILE_AIREXPORT_H
