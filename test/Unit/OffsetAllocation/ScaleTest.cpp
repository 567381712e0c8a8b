// SPDX-License-Identifier: Apache-2.0
//
// Large plans in bounded time. The limits in seconds hold for optimised builds
// without sanitizers and are far above what an idle machine needs.
#include "TestInstances.h"

#include <gtest/gtest.h>

#include <ctime>

using namespace gemlir::ascend;
using namespace gemlir::ascend::test;

namespace {
struct Measured {
  AllocationResult result;
  double cpuSeconds;
};
} // namespace

static Measured measure(llvm::ArrayRef<AllocationRequest> requests,
                        const AllocationOptions &options) {
  std::clock_t start = std::clock();
  llvm::Expected<AllocationResult> result = allocateOffsets(requests, options);
  double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  if (!result) {
    ADD_FAILURE() << llvm::toString(result.takeError());
    return {};
  }
  expectValid(requests, options, *result);
  return {std::move(*result), seconds};
}

static void expectSeconds(double seconds, double limit) {
#ifdef NDEBUG
  EXPECT_LT(seconds, limit);
#endif
}

static double excess(const AllocationResult &result) {
  return static_cast<double>(result.peak) /
         static_cast<double>(result.lowerBound);
}

TEST(ScaleTest, GraphOf130000Buffers) {
  Measured measured = measure(randomGraph(1, 130000), {});
  EXPECT_LE(excess(measured.result), 1.002);
  expectSeconds(measured.cpuSeconds, 2.0);
}

TEST(ScaleTest, TensOfThousandsLiveTogether) {
  // Conflicts grow with the square of the buffers: only what is O(n log n) is
  // affordable.
  std::vector<AllocationRequest> requests =
      randomRequests(2, 130000, 1000000, 600000, 1000000);
  Measured measured = measure(requests, {});
  EXPECT_LE(excess(measured.result), 1.05);
  expectSeconds(measured.cpuSeconds, 2.0);
}

TEST(ScaleTest, ThousandsLiveTogether) {
  std::vector<AllocationRequest> requests =
      randomRequests(3, 5000, 100000, 60000, 1000000);
  AllocationOptions options;
  options.steps = 1 << 26;
  Measured measured = measure(requests, options);
  EXPECT_LE(excess(measured.result), 1.05);
  expectSeconds(measured.cpuSeconds, 2.0);
}

TEST(ScaleTest, NoStepsStillGiveAPlan) {
  AllocationOptions options;
  options.steps = 0;
  Measured measured = measure(randomGraph(4, 130000), options);
  EXPECT_LE(excess(measured.result), 2.0);
  expectSeconds(measured.cpuSeconds, 1.0);
}
