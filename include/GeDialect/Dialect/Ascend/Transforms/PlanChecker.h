// SPDX-License-Identifier: Apache-2.0
//
// Checks a memory plan. Shares no code with the planner, so that a mistake in
// one does not hide in the other.
#ifndef GEDIALECT_DIALECT_ASCEND_TRANSFORMS_PLANCHECKER_H
#define GEDIALECT_DIALECT_ASCEND_TRANSFORMS_PLANCHECKER_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <optional>
#include <utility>

namespace gemlir::ascend {

/// Bytes [offset, offset + bytes) during the logical time [begin, end). A life
/// time with begin >= end is the single instant `begin`; a buffer without
/// bytes overlaps nothing.
struct PlacedBuffer {
  int64_t offset = 0;
  int64_t bytes = 0;
  int64_t begin = 0;
  int64_t end = 0;
};

/// Indices, the smaller first, of two buffers that share a byte at some time;
/// empty when there are none. Of several overlaps one that begins earliest is
/// reported. O(n log n) for any input, including offsets whose sum with the
/// size overflows.
std::optional<std::pair<unsigned, unsigned>>
findOverlap(llvm::ArrayRef<PlacedBuffer> buffers);

} // namespace gemlir::ascend

#endif // GEDIALECT_DIALECT_ASCEND_TRANSFORMS_PLANCHECKER_H
