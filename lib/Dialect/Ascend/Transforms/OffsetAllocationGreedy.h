// SPDX-License-Identifier: Apache-2.0
//
// Greedy placement. Private to the library.
#ifndef GEMLIR_LIB_DIALECT_ASCEND_TRANSFORMS_OFFSETALLOCATIONGREEDY_H
#define GEMLIR_LIB_DIALECT_ASCEND_TRANSFORMS_OFFSETALLOCATIONGREEDY_H

#include "OffsetAllocationConflicts.h"

namespace gemlir::ascend::allocation {

/// First fit takes the lowest gap that is large enough, best fit the smallest
/// one. Both put a buffer on top when no gap fits.
enum class Fit { First, Best };

/// Places the buffers in `order`. Gives up, and returns false, as soon as the
/// peak reaches `limit`. O((n + k) log n) for k pairs in conflict.
template <class Conflicts>
bool placeInOrder(Conflicts &conflicts, llvm::ArrayRef<int64_t> sizes,
                  llvm::ArrayRef<uint32_t> order, Fit fit, int64_t limit,
                  StepBudget &budget, Plan &plan);

/// Places buffers in the order of time, forwards or backwards, into the best
/// fitting free range, as an allocator at run time would. O(n log n) however
/// many buffers are live together, and the worst of all orders.
Plan placeOnline(const IntervalProblem &problem, bool backwards);

/// The best of a portfolio of orders with both fits. Stops at a peak of
/// `goal`, and before the next order when `budget` is exhausted. The first
/// order runs to its end in any case, unless it would cost more than
/// `affordable` steps; then only the online placement is made.
Plan placeGreedily(const IntervalProblem &problem, int64_t goal,
                   int64_t affordable, StepBudget &budget);
Plan placeGreedily(const ConflictGraph &graph, llvm::ArrayRef<int64_t> sizes,
                   int64_t goal, StepBudget &budget);

} // namespace gemlir::ascend::allocation

#endif // GEMLIR_LIB_DIALECT_ASCEND_TRANSFORMS_OFFSETALLOCATIONGREEDY_H
