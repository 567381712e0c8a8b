// SPDX-License-Identifier: Apache-2.0
//
// Finds the numbers that are finite in f32 and infinite in a 16-bit type. What
// is wrong then is the choice of the type, so somebody should be told.
#ifndef GEDIALECT_LAYOUT_ROUNDINGOVERFLOW_H
#define GEDIALECT_LAYOUT_ROUNDINGOVERFLOW_H

#include "GeDialect/Layout/DataType.h"

#include "llvm/ADT/ArrayRef.h"

namespace gemlir {

/// Whether one of these numbers of type f16 or bf16 is infinite; false for
/// other types. Costs about as much as reading the bytes, and little while they
/// are in the cache.
bool hasInfinity(llvm::ArrayRef<uint8_t> bytes, DataType type);

struct RoundingOverflow {
  /// How many finite numbers become infinite, and the one of them that is
  /// furthest from 0.
  int64_t count = 0;
  float furthest = 0;
};

/// Rounds all these f32 numbers to f16 or bf16.
RoundingOverflow findOverflow(llvm::ArrayRef<uint8_t> floats, DataType type);

} // namespace gemlir

#endif // GEDIALECT_LAYOUT_ROUNDINGOVERFLOW_H
