// SPDX-License-Identifier: Apache-2.0
//
// Ejection search. Private to the library.
#ifndef GEMLIR_LIB_DIALECT_ASCEND_TRANSFORMS_OFFSETALLOCATIONEJECTION_H
#define GEMLIR_LIB_DIALECT_ASCEND_TRANSFORMS_OFFSETALLOCATIONEJECTION_H

#include "OffsetAllocationConflicts.h"

namespace gemlir::ascend::allocation {

/// Steps to put one buffer back.
inline int64_t moveSteps(int64_t neighbours) {
  return 8 + 2 * neighbours * (1 + llvm::Log2_64_Ceil(2 * neighbours + 1));
}

/// Tries to bring `plan` to a peak of at most `target`. The buffers that reach
/// above it are taken out. Then one buffer after the other is put back where
/// the buffers that it displaces are the easiest to place, counted by how often
/// each of them had to displace others itself; the displaced ones are taken out
/// in turn. Returns true and replaces `plan` when no buffer is left out;
/// otherwise `plan` stays. Repeats exactly for the same `seed`.
template <class Conflicts>
bool ejectAbove(Conflicts &conflicts, llvm::ArrayRef<int64_t> sizes,
                int64_t target, uint64_t seed, StepBudget &budget, Plan &plan);

} // namespace gemlir::ascend::allocation

#endif // GEMLIR_LIB_DIALECT_ASCEND_TRANSFORMS_OFFSETALLOCATIONEJECTION_H
