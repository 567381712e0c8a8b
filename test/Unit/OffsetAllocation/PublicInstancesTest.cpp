// SPDX-License-Identifier: Apache-2.0
//
// Public instances of offset allocation, with the targets that the planner is
// held to. Prints the ratio of each peak to the most bytes live at once.
#include "TestInstances.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

using namespace gemlir::ascend;
using namespace gemlir::ascend::test;

static constexpr int64_t kCapacity = 1048576;
static constexpr const char *kExactFits[] = {
    "minimalloc/A.1048576.csv", "minimalloc/C.1048576.csv",
    "minimalloc/E.1048576.csv", "minimalloc/G.1048576.csv",
    "minimalloc/I.1048576.csv", "minimalloc/K.1048576.csv"};

static AllocationResult allocate(const std::string &name,
                                 llvm::ArrayRef<AllocationRequest> requests,
                                 const AllocationOptions &options) {
  llvm::Expected<AllocationResult> result = allocateOffsets(requests, options);
  if (!result) {
    ADD_FAILURE() << llvm::toString(result.takeError());
    return {};
  }
  expectValid(requests, options, *result);
  std::printf("%-26s steps %10lld  peak / bound %.5f\n", name.c_str(),
              static_cast<long long>(options.steps),
              static_cast<double>(result->peak) /
                  static_cast<double>(result->lowerBound));
  return std::move(*result);
}

TEST(PublicInstancesTest, ExactFits) {
  for (std::string name : kExactFits) {
    std::vector<AllocationRequest> requests = readShared(name);
    if (requests.empty())
      GTEST_SKIP() << name << " is not here";
    AllocationOptions options;
    options.alignment = 1;
    EXPECT_LE(allocate(name, requests, options).peak, kCapacity) << name;
  }
}

/// Geometric mean of peak / capacity, at least 1 each, within `steps`.
static double meanExcess(int64_t steps) {
  double sum = 0;
  for (std::string name : kExactFits) {
    std::vector<AllocationRequest> requests = readShared(name);
    AllocationOptions options;
    options.alignment = 1;
    options.steps = steps;
    options.targetPeak = kCapacity;
    double peak = allocate(name, requests, options).peak;
    sum += std::log(std::max(peak / kCapacity, 1.0));
  }
  return std::exp(sum / std::size(kExactFits));
}

TEST(PublicInstancesTest, GoodPlansWithFewSteps) {
  if (readShared(kExactFits[0]).empty())
    GTEST_SKIP() << kExactFits[0] << " is not here";
  // About 10, 100 and 1000 ms.
  EXPECT_LE(meanExcess(2'500'000), 1.20);
  EXPECT_LE(meanExcess(25'000'000), 1.10);
  EXPECT_LE(meanExcess(250'000'000), 1.03);
}

/// A training graph with the padding that the device needs.
static AllocationResult
allocatePadded(const std::string &name,
               std::vector<AllocationRequest> requests) {
  for (AllocationRequest &request : requests)
    request.bytes = (request.bytes + 32 + 511) / 512 * 512;
  return allocate(name, requests, {});
}

TEST(PublicInstancesTest, TrainingGraphs) {
  const std::pair<std::string, double> targets[] = {
      {"somas/resnet50.csv", 1.0005}, {"somas/G_1.csv", 1.0}};
  for (const auto &[name, target] : targets) {
    std::vector<AllocationRequest> requests = readShared(name);
    if (requests.empty())
      GTEST_SKIP() << name << " is not here";
    AllocationResult result = allocatePadded(name, requests);
    EXPECT_LE(static_cast<double>(result.peak),
              target * static_cast<double>(result.lowerBound))
        << name;
  }
}
