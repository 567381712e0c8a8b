// SPDX-License-Identifier: Apache-2.0
//
// What follows from shapes and small constants, asked without changing a graph.
#ifndef GEDIALECT_DIALECT_GE_TRANSFORMS_CONSTANTFOLDING_H
#define GEDIALECT_DIALECT_GE_TRANSFORMS_CONSTANTFOLDING_H

#include "mlir/IR/Value.h"

#include <optional>

namespace gemlir::geir {

/// The elements of `value` when they follow from the types of operands and from
/// constants of at most 1 KiB that are not refreshed, else null. Follows at
/// most a few hundred operators.
mlir::Attribute computeValue(mlir::Value value);

/// Whether a condition holds: any number but 0. Empty unless `elements` is one
/// number.
std::optional<bool> getTruth(mlir::Attribute elements);

} // namespace gemlir::geir

#endif // GEDIALECT_DIALECT_GE_TRANSFORMS_CONSTANTFOLDING_H
