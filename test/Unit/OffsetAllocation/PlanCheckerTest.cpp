// SPDX-License-Identifier: Apache-2.0
//
// findOverlap finds every overlap and invents none.
#include "TestInstances.h"

#include <gtest/gtest.h>

#include <limits>

using namespace gemlir::ascend;
using namespace gemlir::ascend::test;

using Pair = std::pair<unsigned, unsigned>;

static constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
static constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

TEST(PlanCheckerTest, NothingOverlaps) {
  EXPECT_EQ(findOverlap({}), std::nullopt);
  EXPECT_EQ(findOverlap({{0, 8, 0, 4}}), std::nullopt);
  // Above each other, after each other.
  EXPECT_EQ(findOverlap({{0, 8, 0, 4}, {8, 8, 0, 4}}), std::nullopt);
  EXPECT_EQ(findOverlap({{0, 8, 0, 4}, {0, 8, 4, 6}}), std::nullopt);
  // Without bytes.
  EXPECT_EQ(findOverlap({{0, 8, 0, 4}, {3, 0, 0, 4}, {3, -2, 0, 4}}),
            std::nullopt);
}

TEST(PlanCheckerTest, OneByteIsEnough) {
  EXPECT_EQ(findOverlap({{0, 9, 0, 4}, {8, 8, 0, 4}}), Pair(0, 1));
  EXPECT_EQ(findOverlap({{8, 8, 0, 4}, {0, 9, 0, 4}}), Pair(0, 1));
  EXPECT_EQ(findOverlap({{0, 8, 0, 5}, {0, 8, 4, 6}}), Pair(0, 1));
  EXPECT_EQ(findOverlap({{0, 8, 4, 6}, {0, 8, 0, 5}}), Pair(0, 1));
  // One inside the other, in both orders of time.
  EXPECT_EQ(findOverlap({{0, 100, 0, 9}, {50, 1, 3, 4}}), Pair(0, 1));
  EXPECT_EQ(findOverlap({{0, 100, 3, 4}, {50, 1, 0, 9}}), Pair(0, 1));
}

TEST(PlanCheckerTest, DegenerateLifeTimesAreInstants) {
  EXPECT_EQ(findOverlap({{0, 8, 3, 3}, {0, 8, 0, 4}}), Pair(0, 1));
  EXPECT_EQ(findOverlap({{0, 8, 3, 3}, {0, 8, 3, -7}}), Pair(0, 1));
  EXPECT_EQ(findOverlap({{0, 8, 4, 4}, {0, 8, 0, 4}}), std::nullopt);
}

TEST(PlanCheckerTest, Extremes) {
  EXPECT_EQ(findOverlap({{kMax - 4, kMax, kMin, kMax}, {0, 8, 0, 1}}),
            std::nullopt);
  EXPECT_EQ(findOverlap({{kMax - 4, kMax, 0, 1}, {kMax - 1, 1, 0, 1}}),
            Pair(0, 1));
  EXPECT_EQ(findOverlap({{kMin, 8, 0, 1}, {kMax - 8, 8, 0, 1}}), std::nullopt);
  EXPECT_EQ(findOverlap({{0, 8, kMax, kMax}, {0, 8, kMax, kMin}}), Pair(0, 1));
  EXPECT_EQ(findOverlap({{0, 8, kMin, kMin}, {0, 8, kMin + 1, kMax}}),
            std::nullopt);
}

TEST(PlanCheckerTest, AgreesWithAllPairs) {
  unsigned overlapping = 0;
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    Numbers numbers(seed);
    std::vector<PlacedBuffer> buffers;
    for (AllocationRequest request :
         randomRequests(seed, numbers.in(2, 12), 30, 8, 40))
      buffers.push_back(
          {numbers.in(0, 200), request.bytes, request.begin, request.end});
    auto pair = findOverlap(buffers);
    ASSERT_EQ(pair.has_value(), hasOverlap(buffers)) << "seed " << seed;
    if (!pair)
      continue;
    ++overlapping;
    EXPECT_LT(pair->first, pair->second);
    EXPECT_TRUE(hasOverlap({buffers[pair->first], buffers[pair->second]}));
  }
  // Both answers were asked for.
  EXPECT_GT(overlapping, 200u);
  EXPECT_LT(overlapping, 1800u);
}

TEST(PlanCheckerTest, FindsPlantedOverlaps) {
  std::vector<AllocationRequest> requests = randomGraph(1, 2000);
  llvm::Expected<AllocationResult> result = allocateOffsets(requests, {});
  ASSERT_TRUE(static_cast<bool>(result));
  std::vector<PlacedBuffer> plan = place(requests, *result);
  ASSERT_EQ(findOverlap(plan), std::nullopt);
  Numbers numbers(2);
  for (int round = 0; round < 200; ++round) {
    unsigned a = numbers.in(0, plan.size() - 1);
    unsigned b = numbers.in(0, plan.size() - 1);
    if (a == b || !liveTogether(requests[a], requests[b]))
      continue;
    // The last byte of b becomes the first one of a.
    std::vector<PlacedBuffer> broken = plan;
    broken[a].offset = plan[b].offset + plan[b].bytes - 1;
    auto pair = findOverlap(broken);
    ASSERT_TRUE(pair.has_value());
    EXPECT_TRUE(hasOverlap({broken[pair->first], broken[pair->second]}));
    EXPECT_TRUE(pair->first == a || pair->second == a);
  }
}
