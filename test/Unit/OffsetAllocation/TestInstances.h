// SPDX-License-Identifier: Apache-2.0
//
// Instances for the tests of the offset allocation, and checks that are slow
// and simple enough to be trusted.
#ifndef GEMLIR_TEST_UNIT_OFFSETALLOCATION_TESTINSTANCES_H
#define GEMLIR_TEST_UNIT_OFFSETALLOCATION_TESTINSTANCES_H

#include "GeDialect/Dialect/Ascend/Transforms/OffsetAllocation.h"
#include "GeDialect/Dialect/Ascend/Transforms/PlanChecker.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace gemlir::ascend::test {

/// xorshift64*: the same numbers on every platform.
class Numbers {
public:
  explicit Numbers(uint64_t seed)
      : state((seed + 1) * 0x9e3779b97f4a7c15u | 1) {}
  /// Uniform in [low, high].
  int64_t in(int64_t low, int64_t high);

private:
  uint64_t state;
};

/// `count` buffers of 1 to `maxBytes` bytes that begin before `horizon` and
/// live for at most `maxLength` instants.
std::vector<AllocationRequest> randomRequests(uint64_t seed, unsigned count,
                                              int64_t horizon,
                                              int64_t maxLength,
                                              int64_t maxBytes);

/// Buffers that come and go at four instants and always add up to `bytes`, so
/// that a plan without any gap is asked for.
std::vector<AllocationRequest> fullMemory(uint64_t seed, int64_t bytes);

/// The outputs of a graph of `numOps` ops that each read one to three of the
/// values of the 40 ops before them; sizes are spread evenly over orders of
/// magnitude, and multiples of 512.
std::vector<AllocationRequest> randomGraph(uint64_t seed, unsigned numOps);

/// The lines `id,lower,upper,size` of a file of the shared directory; empty
/// when it is not here.
std::vector<AllocationRequest> readShared(llvm::StringRef name);

std::vector<PlacedBuffer> place(llvm::ArrayRef<AllocationRequest> requests,
                                const AllocationResult &result);

/// Whether two life times meet, by the text of the header.
bool liveTogether(const AllocationRequest &a, const AllocationRequest &b);

/// A pair in conflict that shares bytes, by looking at all pairs.
bool hasOverlap(llvm::ArrayRef<PlacedBuffer> buffers);

/// Everything that the header says about the result for `requests`. Looks at
/// all pairs, unless there are too many.
void expectValid(llvm::ArrayRef<AllocationRequest> requests,
                 const AllocationOptions &options,
                 const AllocationResult &result);

/// Smallest peak by trying all orders with first fit, one of which is an
/// optimal plan read from bottom to top. For up to 9 buffers, alignment 1.
int64_t
exhaustiveOptimum(llvm::ArrayRef<int64_t> bytes,
                  llvm::function_ref<bool(unsigned, unsigned)> conflict);

} // namespace gemlir::ascend::test

#endif // GEMLIR_TEST_UNIT_OFFSETALLOCATION_TESTINSTANCES_H
