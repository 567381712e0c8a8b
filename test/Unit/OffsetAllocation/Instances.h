// SPDX-License-Identifier: Apache-2.0
//
// Random instances of offset allocation, for tests and benchmarks.
#ifndef GEMLIR_TEST_UNIT_OFFSETALLOCATION_INSTANCES_H
#define GEMLIR_TEST_UNIT_OFFSETALLOCATION_INSTANCES_H

#include "GeDialect/Dialect/Ascend/Transforms/OffsetAllocation.h"

#include <cstdint>
#include <vector>

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

} // namespace gemlir::ascend::test

#endif // GEMLIR_TEST_UNIT_OFFSETALLOCATION_INSTANCES_H
