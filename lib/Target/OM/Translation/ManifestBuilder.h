// SPDX-License-Identifier: Apache-2.0
//
// The manifest of a module of stage S6.
#ifndef GEMLIR_LIB_TARGET_OM_TRANSLATION_MANIFESTBUILDER_H
#define GEMLIR_LIB_TARGET_OM_TRANSLATION_MANIFESTBUILDER_H

#include "GeDialect/Target/OM/Manifest.h"

#include "mlir/IR/BuiltinOps.h"

namespace gemlir::om {

/// Collects the facts from the variables, the bundle and the task lists.
mlir::FailureOr<Manifest> buildManifest(mlir::ModuleOp module);

} // namespace gemlir::om

#endif // GEMLIR_LIB_TARGET_OM_TRANSLATION_MANIFESTBUILDER_H
