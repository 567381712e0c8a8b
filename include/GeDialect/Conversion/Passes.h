// SPDX-License-Identifier: Apache-2.0
//
// Conversions between dialects; described in Passes.td.
#ifndef GEDIALECT_CONVERSION_PASSES_H
#define GEDIALECT_CONVERSION_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace gemlir {

#define GEN_PASS_DECL
#include "GeDialect/Conversion/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "GeDialect/Conversion/Passes.h.inc"

} // namespace gemlir

#endif // GEDIALECT_CONVERSION_PASSES_H
