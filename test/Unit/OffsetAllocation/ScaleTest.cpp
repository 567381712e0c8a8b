// SPDX-License-Identifier: Apache-2.0
//
// How close large plans come to the bound. How long they take is measured in
// benchmark/.
#include "TestInstances.h"

#include <gtest/gtest.h>

using namespace gemlir::ascend;
using namespace gemlir::ascend::test;

/// Peak / lower bound.
static double allocate(llvm::ArrayRef<AllocationRequest> requests,
                       const AllocationOptions &options) {
  llvm::Expected<AllocationResult> result = allocateOffsets(requests, options);
  if (!result) {
    ADD_FAILURE() << llvm::toString(result.takeError());
    return 0;
  }
  expectValid(requests, options, *result);
  return static_cast<double>(result->peak) /
         static_cast<double>(result->lowerBound);
}

TEST(ScaleTest, GraphOf130000Buffers) {
  EXPECT_LE(allocate(randomGraph(1, 130000), {}), 1.002);
}

TEST(ScaleTest, TensOfThousandsLiveTogether) {
  // Conflicts grow with the square of the buffers: only what is O(n log n) is
  // affordable.
  EXPECT_LE(allocate(randomRequests(2, 130000, 1000000, 600000, 1000000), {}),
            1.05);
}

TEST(ScaleTest, ThousandsLiveTogether) {
  AllocationOptions options;
  options.steps = 1 << 26;
  EXPECT_LE(allocate(randomRequests(3, 5000, 100000, 60000, 1000000), options),
            1.05);
}

TEST(ScaleTest, NoStepsStillGiveAPlan) {
  AllocationOptions options;
  options.steps = 0;
  EXPECT_LE(allocate(randomGraph(4, 130000), options), 2.0);
}
