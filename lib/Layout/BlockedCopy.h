// SPDX-License-Identifier: Apache-2.0
//
// The copy that every layout conversion comes down to: a nest of strided loops
// some of which step over zero padding, and the kernels that run it fast.
#ifndef GEDIALECT_LIB_LAYOUT_BLOCKEDCOPY_H
#define GEDIALECT_LIB_LAYOUT_BLOCKEDCOPY_H

#include "GeDialect/Layout/CastRows.h"

#include "llvm/ADT/SmallVector.h"

#include <cstdint>

namespace gemlir {

/// Where the indices [begin, end) of an axis lie, in elements: index x at
/// x * plainStride of the plain side and, with y = x + shift, at
/// y / block * outerStride + y % block * innerStride of the stored one.
struct CopyAxis {
  int64_t begin, end;
  int64_t plainStride;
  int64_t block; // 1: only outerStride counts
  int64_t outerStride, innerStride;
  int64_t shift = 0;
  /// Up to this y the target is filled with zeros behind the last index. Only
  /// for targets that are stored, at the end of a block.
  int64_t padTo = 0;
};

/// Copies all combinations of indices. The positions of the element whose
/// indices are all 0 are `plainStart` and `storedStart` elements behind the
/// pointers; they may lie outside of the buffers, the positions of what is
/// copied or filled must not. `elementBytes`, of the target, is 1, 2, 4, 8 or
/// 16. Buffers may have any alignment and must not overlap.
struct BlockedCopy {
  llvm::SmallVector<CopyAxis, 6> axes;
  unsigned elementBytes;
  ElementCast cast = ElementCast::None;
  bool toStored;
  int64_t plainStart = 0, storedStart = 0;

  void run(const uint8_t *source, uint8_t *target) const;
};

} // namespace gemlir

#endif // GEDIALECT_LIB_LAYOUT_BLOCKEDCOPY_H
