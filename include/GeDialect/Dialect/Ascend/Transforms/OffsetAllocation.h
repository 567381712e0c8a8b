// SPDX-License-Identifier: Apache-2.0
//
// The core of the memory planner: gives every buffer an offset such that
// buffers which may be live together share no byte, and keeps the highest
// byte low. Knows neither MLIR nor Ascend.
//
// Two conflict relations are supported by the same search code:
//  * life times on one line of logical time (`AllocationRequest`), the case of
//    one stream;
//  * any symmetric relation, given as lists of neighbours (`ConflictGraph`),
//    the case of several streams, where two buffers may share bytes only when
//    every access of one happens before the first access of the other, and of
//    buffers with several live intervals.
// Life times allow more: a lower bound that is the true clique bound, and the
// canonical search, which reaches that bound on almost every instance. Use a
// graph only when the relation is not one of intervals.
//
// The method, and why each stage is there:
//  1. Time is reduced to sections, the maximal sets of buffers live together;
//     independent stretches of time are planned one by one.
//  2. A portfolio of greedy orders, first fit and best fit. No order wins
//     everywhere; the search stops as soon as the lower bound is met.
//  3. Ejection search: a buffer above the target is put where it displaces the
//     least, the displaced ones are placed anew. Touches only the
//     neighbourhood of the peak, so it is cheap on large plans.
//  4. Canonical search (life times only): depth-first over placements in which
//     every buffer rests on another one or on offset 0. Finds a plan of a
//     given height or proves that there is none.
// Work is counted in steps, never in time, so that the same input gives the
// same plan on every machine.
#ifndef GEDIALECT_DIALECT_ASCEND_TRANSFORMS_OFFSETALLOCATION_H
#define GEDIALECT_DIALECT_ASCEND_TRANSFORMS_OFFSETALLOCATION_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <utility>
#include <vector>

namespace gemlir::ascend {

/// Half-open range of logical time, [begin, end). A range with begin >= end
/// stands for the single instant `begin`.
struct Interval {
  int64_t begin = 0;
  int64_t end = 0;
};

/// A buffer with one life time. `bytes` is the size to reserve; padding that
/// the device needs has been added by the caller. A buffer of 0 bytes gets
/// offset 0 and conflicts with nothing. A life time with begin >= end occupies
/// the single instant `begin`.
struct AllocationRequest {
  int64_t bytes = 0;
  int64_t begin = 0;
  int64_t end = 0;
};

struct AllocationOptions {
  /// Every offset is a multiple of it. Positive.
  int64_t alignment = 512;

  /// Work allowed after the first plan. One step looks at one buffer or one
  /// section, a few nanoseconds. The first plan costs O(n log n) beyond it.
  int64_t steps = int64_t(1) << 29;

  /// A plan whose peak is at most this many bytes is not improved further, for
  /// a caller who only has to fit into a memory of this size.
  int64_t targetPeak = 0;
};

struct AllocationResult {
  /// Byte offset of each request, in the order of the requests.
  std::vector<int64_t> offsets;

  /// The first byte above all buffers.
  int64_t peak = 0;

  /// No plan has a smaller peak: the sizes of `criticalRequests`, each rounded
  /// up to the alignment except the one whose padding is largest. With sizes
  /// that are multiples of the alignment this is the most bytes live at once
  /// (for a graph: of the heaviest clique found).
  int64_t lowerBound = 0;

  /// The certificate of `lowerBound`, checked without knowing the search: these
  /// requests conflict pairwise. Ascending. With life times they are the
  /// requests live at `criticalTime`, which is 0 for a graph.
  std::vector<unsigned> criticalRequests;
  int64_t criticalTime = 0;

  /// No plan exists whose peak, rounded up to the alignment, is smaller:
  /// because `lowerBound` is met, or because the search was exhaustive.
  bool optimal = false;
};

/// A symmetric conflict relation over buffers 0..size()-1 as lists of
/// neighbours. Takes 4 bytes per direction of a conflict.
class ConflictGraph {
public:
  /// The relation that holds exactly for `pairs`, in any order; repeated pairs
  /// count once. Fails on an index >= `numBuffers` and on a pair of equal
  /// indices.
  static llvm::Expected<ConflictGraph>
  fromPairs(unsigned numBuffers,
            llvm::ArrayRef<std::pair<unsigned, unsigned>> pairs);

  /// Buffers with any number of live intervals each, as in loop bodies; two
  /// conflict when two of their intervals overlap. Fails when there are more
  /// than 2^27 conflicts.
  static llvm::Expected<ConflictGraph>
  fromLiveIntervals(llvm::ArrayRef<std::vector<Interval>> intervals);

  unsigned size() const { return starts.size() - 1; }

  /// Ascending, without `buffer` itself.
  llvm::ArrayRef<uint32_t> neighbours(unsigned buffer) const {
    return llvm::ArrayRef(list).slice(starts[buffer],
                                      starts[buffer + 1] - starts[buffer]);
  }

  /// The same buffers, without the conflicts of those of 0 bytes.
  ConflictGraph withoutEmpty(llvm::ArrayRef<int64_t> bytes) const;

private:
  ConflictGraph() = default;
  std::vector<size_t> starts;
  std::vector<uint32_t> list;
};

/// Places `requests`. Fails on a negative size, a non-positive alignment, a
/// negative number of steps, more than 2^31 - 1 requests, and when the rounded
/// sizes add up to more than an int64_t holds.
llvm::Expected<AllocationResult>
allocateOffsets(llvm::ArrayRef<AllocationRequest> requests,
                const AllocationOptions &options);

/// Places buffers of the given sizes under an arbitrary conflict relation.
/// `knownClique` may name buffers in pairwise conflict, for example those that
/// are live at the fullest instant of one possible order of execution: where
/// the heaviest clique comes from is known to the caller, and hard to find
/// here. Fails as above, when `conflicts` is of another size than `bytes`, and
/// when `knownClique` is no clique of its buffers.
llvm::Expected<AllocationResult>
allocateOffsets(llvm::ArrayRef<int64_t> bytes, const ConflictGraph &conflicts,
                const AllocationOptions &options,
                llvm::ArrayRef<unsigned> knownClique = {});

} // namespace gemlir::ascend

#endif // GEDIALECT_DIALECT_ASCEND_TRANSFORMS_OFFSETALLOCATION_H
