// SPDX-License-Identifier: Apache-2.0
//
// allocateOffsets for life times: valid plans, optimal ones where all plans can
// be tried, the same plan each time, and errors.
#include "TestInstances.h"

#include <gtest/gtest.h>

#include <limits>
#include <thread>

using namespace gemlir::ascend;
using namespace gemlir::ascend::test;

static constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
static constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

/// The plan, which must be valid.
static AllocationResult allocate(llvm::ArrayRef<AllocationRequest> requests,
                                 const AllocationOptions &options) {
  llvm::Expected<AllocationResult> result = allocateOffsets(requests, options);
  if (!result) {
    ADD_FAILURE() << llvm::toString(result.takeError());
    return {};
  }
  expectValid(requests, options, *result);
  return std::move(*result);
}

static std::string errorOf(llvm::ArrayRef<AllocationRequest> requests,
                           const AllocationOptions &options) {
  llvm::Expected<AllocationResult> result = allocateOffsets(requests, options);
  return result ? "" : llvm::toString(result.takeError());
}

static AllocationOptions unaligned(int64_t steps = 1 << 24) {
  AllocationOptions options;
  options.alignment = 1;
  options.steps = steps;
  return options;
}

TEST(LifetimesTest, NothingToPlace) {
  AllocationResult result = allocate({}, {});
  EXPECT_EQ(result.peak, 0);
  EXPECT_EQ(result.lowerBound, 0);
  EXPECT_TRUE(result.optimal);
  result = allocate({{0, 0, 5}, {0, 3, 3}}, {});
  EXPECT_EQ(result.peak, 0);
  EXPECT_TRUE(result.criticalRequests.empty());
}

TEST(LifetimesTest, LifeTimesAreHalfOpen) {
  EXPECT_EQ(allocate({{512, 0, 2}, {512, 2, 4}}, {}).peak, 512);
  EXPECT_EQ(allocate({{512, 0, 3}, {512, 2, 4}}, {}).peak, 1024);
}

TEST(LifetimesTest, DegenerateLifeTimesAreInstants) {
  EXPECT_EQ(allocate({{512, 2, 2}, {512, 2, 3}}, {}).peak, 1024);
  EXPECT_EQ(allocate({{512, 2, -5}, {512, 0, 3}}, {}).peak, 1024);
  EXPECT_EQ(allocate({{512, 3, 3}, {512, 0, 3}}, {}).peak, 512);
}

TEST(LifetimesTest, ExtremeTimes) {
  EXPECT_EQ(allocate({{512, kMin, kMax}, {512, kMax, kMax}}, {}).peak, 512);
  EXPECT_EQ(allocate({{512, kMax, kMin}, {512, kMax, kMax}}, {}).peak, 1024);
  EXPECT_EQ(
      allocate({{512, kMin, kMin}, {512, kMin, kMax}, {512, 0, 1}}, {}).peak,
      1024);
}

TEST(LifetimesTest, CriticalTime) {
  AllocationResult result =
      allocate({{512, 0, 9}, {1024, 3, 5}, {1024, 6, 8}, {2048, 7, 8}}, {});
  EXPECT_EQ(result.criticalTime, 7);
  EXPECT_EQ(result.criticalRequests, (std::vector<unsigned>{0, 2, 3}));
  EXPECT_EQ(result.lowerBound, 3584);
}

TEST(LifetimesTest, PaddingOnTopIsNotCounted) {
  AllocationOptions options;
  options.alignment = 512;
  // 513 takes 1024 below 512, but 512 below 513 ends at 1025.
  AllocationResult result = allocate({{513, 0, 1}, {512, 0, 1}}, options);
  EXPECT_EQ(result.lowerBound, 1025);
  EXPECT_TRUE(result.peak == 1025 || result.peak == 1536);
}

TEST(LifetimesTest, Errors) {
  EXPECT_EQ(errorOf({{512, 0, 1}, {-1, 0, 1}}, {}),
            "expected a non-negative size, found -1 in request 1");
  AllocationOptions options;
  options.alignment = 0;
  EXPECT_EQ(errorOf({}, options), "expected a positive alignment, found 0");
  options.alignment = 512;
  options.steps = -1;
  EXPECT_EQ(errorOf({}, options),
            "expected a non-negative number of steps, found -1");
  std::string tooLarge = "expected sizes whose sum fits into 63 bits, found a "
                         "larger one at request 1 of 2";
  EXPECT_EQ(errorOf({{kMax / 2, 0, 1}, {kMax / 2 + 2, 0, 1}}, {}), tooLarge);
  // Rounding up overflows, not the size.
  EXPECT_EQ(errorOf({{1, 0, 1}, {kMax, 0, 1}}, {}), tooLarge);
}

TEST(LifetimesTest, LargestSizes) {
  AllocationResult result =
      allocate({{kMax - 1, 0, 1}, {1, 0, 1}}, unaligned());
  EXPECT_EQ(result.peak, kMax);
  AllocationOptions options = unaligned();
  options.alignment = int64_t(1) << 62;
  EXPECT_EQ(allocate({{1, 0, 1}}, options).peak, 1);
}

TEST(LifetimesTest, RandomInstancesAreValid) {
  for (uint64_t seed = 0; seed < 60; ++seed) {
    Numbers numbers(seed);
    unsigned count = numbers.in(1, 200);
    int64_t length = numbers.in(1, 60);
    std::vector<AllocationRequest> requests =
        randomRequests(seed, count, numbers.in(1, 100), length, 4000);
    for (AllocationRequest &request : requests) {
      if (numbers.in(0, 20) == 0)
        request.bytes = 0;
      if (numbers.in(0, 20) == 0)
        request.end = request.begin - numbers.in(0, 3);
    }
    for (int64_t alignment : {1, 32, 512, 700})
      for (int64_t steps : {0, 1000, 200000}) {
        AllocationOptions options;
        options.alignment = alignment;
        options.steps = steps;
        SCOPED_TRACE(testing::Message() << "seed " << seed << " alignment "
                                        << alignment << " steps " << steps);
        allocate(requests, options);
      }
  }
}

TEST(LifetimesTest, TinyInstancesAreOptimal) {
  for (uint64_t seed = 0; seed < 400; ++seed) {
    Numbers numbers(seed);
    std::vector<AllocationRequest> requests =
        seed % 2 ? randomRequests(seed, numbers.in(1, 7), 8, 4, 12)
                 : fullMemory(seed, /*bytes=*/numbers.in(3, 12));
    requests.resize(std::min<size_t>(requests.size(), 7));
    std::vector<int64_t> bytes;
    for (const AllocationRequest &request : requests)
      bytes.push_back(request.bytes);
    int64_t optimum = exhaustiveOptimum(bytes, [&](unsigned a, unsigned b) {
      return liveTogether(requests[a], requests[b]);
    });
    AllocationResult result = allocate(requests, unaligned());
    EXPECT_EQ(result.peak, optimum) << "seed " << seed;
    EXPECT_TRUE(result.optimal) << "seed " << seed;
  }
}

TEST(LifetimesTest, ProvesThatTheBoundIsOutOfReach) {
  // Six units are live at every instant, and no plan has room for the last
  // buffer in one piece.
  const std::vector<AllocationRequest> gap = {{5, 0, 1}, {2, 1, 2}, {1, 0, 3},
                                              {1, 2, 3}, {3, 1, 4}, {2, 3, 4},
                                              {1, 2, 5}, {1, 4, 5}, {4, 4, 5}};
  std::vector<int64_t> bytes;
  for (const AllocationRequest &request : gap)
    bytes.push_back(request.bytes);
  int64_t optimum = exhaustiveOptimum(bytes, [&](unsigned a, unsigned b) {
    return liveTogether(gap[a], gap[b]);
  });
  ASSERT_EQ(optimum, 7);

  Numbers numbers(1);
  for (int round = 0; round < 50; ++round) {
    // The same in another order, backwards in time, in larger units, and next
    // to a stretch of time that is easy.
    std::vector<AllocationRequest> requests;
    int64_t scale = numbers.in(1, 9);
    bool backwards = numbers.in(0, 1);
    for (AllocationRequest request : gap) {
      request.bytes *= scale;
      if (backwards)
        request = {request.bytes, 5 - request.end, 5 - request.begin};
      requests.insert(requests.begin() + numbers.in(0, requests.size()),
                      request);
    }
    if (numbers.in(0, 1))
      requests.push_back({numbers.in(1, 6) * scale, 100, 200});
    AllocationResult result = allocate(requests, unaligned());
    EXPECT_EQ(result.lowerBound, 6 * scale);
    EXPECT_EQ(result.peak, 7 * scale);
    EXPECT_TRUE(result.optimal);
    // A plan above the bound is not called optimal without the proof.
    EXPECT_FALSE(allocate(requests, unaligned(/*steps=*/0)).optimal);
  }
}

TEST(LifetimesTest, SameInputSamePlan) {
  std::vector<AllocationRequest> requests =
      randomRequests(7, 300, 100, 40, 100000);
  AllocationOptions options = unaligned(3000000);
  AllocationResult first = allocate(requests, options);
  EXPECT_EQ(first.offsets, allocate(requests, options).offsets);
  AllocationResult others[2];
  std::thread threads[] = {
      std::thread([&] { others[0] = allocate(requests, options); }),
      std::thread([&] { others[1] = allocate(requests, options); })};
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(first.offsets, others[0].offsets);
  EXPECT_EQ(first.offsets, others[1].offsets);
}

TEST(LifetimesTest, StopsAtTheTarget) {
  std::vector<AllocationRequest> requests =
      randomRequests(3, 300, 100, 40, 100000);
  AllocationOptions options = unaligned();
  AllocationResult best = allocate(requests, options);
  options.targetPeak = best.lowerBound + best.lowerBound / 5;
  AllocationResult enough = allocate(requests, options);
  EXPECT_LE(enough.peak, options.targetPeak);
  EXPECT_EQ(enough.lowerBound, best.lowerBound);
}

TEST(LifetimesTest, IndependentStretchesOfTime) {
  // The second stretch is the high one; the first may use as much.
  std::vector<AllocationRequest> requests =
      randomRequests(4, 100, 50, 10, 1000);
  for (AllocationRequest request : randomRequests(5, 100, 50, 10, 5000)) {
    request.begin += 1000;
    request.end += 1000;
    requests.push_back(request);
  }
  AllocationResult result = allocate(requests, unaligned());
  EXPECT_GE(result.criticalTime, 1000);
  EXPECT_LE(result.peak, result.lowerBound + result.lowerBound / 20);
}

TEST(LifetimesTest, EverythingLivesTogether) {
  std::vector<AllocationRequest> requests = randomRequests(6, 3000, 1, 1, 1000);
  AllocationResult result = allocate(requests, unaligned());
  EXPECT_EQ(result.peak, result.lowerBound);
}
