// SPDX-License-Identifier: Apache-2.0
//
// Arbitrary conflict relations: neighbour lists, and plans for them.
#include "TestInstances.h"

#include "llvm/ADT/STLExtras.h"

#include <gtest/gtest.h>

#include <limits>

using namespace gemlir::ascend;
using namespace gemlir::ascend::test;

using Pairs = std::vector<std::pair<unsigned, unsigned>>;

static ConflictGraph makeGraph(unsigned count, const Pairs &pairs) {
  return llvm::cantFail(ConflictGraph::fromPairs(count, pairs));
}

template <class T> static std::string errorOf(llvm::Expected<T> result) {
  return result ? "" : llvm::toString(result.takeError());
}

static bool conflict(const ConflictGraph &graph, unsigned a, unsigned b) {
  return llvm::is_contained(graph.neighbours(a), b);
}

/// Everything that the header says about the result.
static void expectValid(llvm::ArrayRef<int64_t> bytes,
                        const ConflictGraph &graph,
                        const AllocationOptions &options,
                        const AllocationResult &result) {
  ASSERT_EQ(result.offsets.size(), bytes.size());
  int64_t peak = 0;
  for (unsigned a = 0; a < bytes.size(); ++a) {
    EXPECT_GE(result.offsets[a], 0);
    EXPECT_EQ(result.offsets[a] % options.alignment, 0);
    if (bytes[a] == 0) {
      EXPECT_EQ(result.offsets[a], 0);
    }
    peak = std::max(peak, result.offsets[a] + bytes[a]);
    for (unsigned b : graph.neighbours(a)) {
      EXPECT_TRUE(bytes[a] == 0 || bytes[b] == 0 ||
                  result.offsets[a] + bytes[a] <= result.offsets[b] ||
                  result.offsets[b] + bytes[b] <= result.offsets[a])
          << a << " and " << b;
    }
  }
  EXPECT_EQ(result.peak, peak);
  EXPECT_GE(result.peak, result.lowerBound);
  for (unsigned a : result.criticalRequests)
    for (unsigned b : result.criticalRequests)
      EXPECT_TRUE(a == b || conflict(graph, a, b));
}

static AllocationOptions steps(int64_t steps) {
  AllocationOptions options;
  options.steps = steps;
  return options;
}

static AllocationOptions unaligned(int64_t steps = 1 << 22) {
  AllocationOptions options;
  options.alignment = 1;
  options.steps = steps;
  return options;
}

static AllocationResult allocate(llvm::ArrayRef<int64_t> bytes,
                                 const ConflictGraph &graph,
                                 const AllocationOptions &options) {
  llvm::Expected<AllocationResult> result =
      allocateOffsets(bytes, graph, options);
  if (!result) {
    ADD_FAILURE() << llvm::toString(result.takeError());
    return {};
  }
  expectValid(bytes, graph, options, *result);
  return std::move(*result);
}

TEST(ConflictGraphTest, Neighbours) {
  ConflictGraph graph = makeGraph(5, {{3, 1}, {1, 3}, {0, 3}, {3, 1}, {2, 0}});
  EXPECT_EQ(graph.size(), 5u);
  EXPECT_EQ(graph.neighbours(0).vec(), (std::vector<uint32_t>{2, 3}));
  EXPECT_EQ(graph.neighbours(1).vec(), (std::vector<uint32_t>{3}));
  EXPECT_EQ(graph.neighbours(3).vec(), (std::vector<uint32_t>{0, 1}));
  EXPECT_TRUE(graph.neighbours(4).empty());
  EXPECT_EQ(makeGraph(0, {}).size(), 0u);
}

TEST(ConflictGraphTest, Errors) {
  Pairs outside = {{0, 1}, {1, 2}}, loop = {{1, 1}};
  EXPECT_EQ(errorOf(ConflictGraph::fromPairs(2, outside)),
            "expected conflicts of buffers below 2, found one of 1 and 2");
  EXPECT_EQ(errorOf(ConflictGraph::fromPairs(2, loop)),
            "expected a conflict of two buffers, found buffer 1 twice");
  ConflictGraph graph = makeGraph(2, {});
  EXPECT_EQ(errorOf(allocateOffsets({512, 512, 512}, graph, {})),
            "expected a conflict relation of 3 buffers, found one of 2");
  EXPECT_EQ(errorOf(allocateOffsets({512, -4}, graph, {})),
            "expected a non-negative size, found -4 in request 1");
  EXPECT_EQ(errorOf(allocateOffsets({512, 512}, graph, {}, {7})),
            "expected a clique of buffers below 2, found 7");
  EXPECT_EQ(errorOf(allocateOffsets({512, 512}, graph, {}, {0, 1})),
            "expected a clique, found that buffers 0 and 1 do not conflict");
}

TEST(ConflictGraphTest, LiveIntervalsAgreeWithAllPairs) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Numbers numbers(seed);
    std::vector<std::vector<Interval>> intervals(numbers.in(1, 15));
    for (std::vector<Interval> &list : intervals)
      for (int64_t i = numbers.in(0, 3); i > 0; --i) {
        int64_t begin = numbers.in(0, 30);
        list.push_back({begin, begin + numbers.in(-1, 5)});
      }
    ConflictGraph graph =
        llvm::cantFail(ConflictGraph::fromLiveIntervals(intervals));
    for (unsigned a = 0; a < intervals.size(); ++a)
      for (unsigned b = 0; b < intervals.size(); ++b) {
        bool expected = false;
        for (Interval x : intervals[a])
          for (Interval y : intervals[b])
            expected |= a != b &&
                        liveTogether({1, x.begin, x.end}, {1, y.begin, y.end});
        EXPECT_EQ(conflict(graph, a, b), expected)
            << "seed " << seed << ": " << a << " and " << b;
      }
  }
}

TEST(ConflictGraphTest, RingOfFiveIsNoIntervalRelation) {
  // Neighbours conflict. Cliques have two members, but three levels are
  // needed.
  ConflictGraph ring = makeGraph(5, {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 0}});
  AllocationResult result =
      allocate(std::vector<int64_t>(5, 512), ring, steps(1 << 16));
  EXPECT_EQ(result.peak, 3 * 512);
  EXPECT_EQ(result.lowerBound, 2 * 512);
  EXPECT_FALSE(result.optimal);
}

TEST(ConflictGraphTest, BuffersWithoutBytes) {
  ConflictGraph graph = makeGraph(3, {{0, 1}, {1, 2}, {0, 2}});
  AllocationResult result = allocate({512, 0, 512}, graph, {});
  EXPECT_EQ(result.peak, 1024);
  EXPECT_EQ(result.criticalRequests, (std::vector<unsigned>{0, 2}));
}

TEST(ConflictGraphTest, TinyInstances) {
  unsigned optimal = 0, total = 0;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    Numbers numbers(seed);
    unsigned count = numbers.in(1, 7);
    std::vector<int64_t> bytes;
    Pairs pairs;
    for (unsigned a = 0; a < count; ++a) {
      bytes.push_back(numbers.in(1, 12));
      for (unsigned b = 0; b < a; ++b)
        if (numbers.in(0, 1))
          pairs.emplace_back(a, b);
    }
    ConflictGraph graph = makeGraph(count, pairs);
    AllocationResult result = allocate(bytes, graph, unaligned(1 << 18));
    int64_t optimum = exhaustiveOptimum(
        bytes, [&](unsigned a, unsigned b) { return conflict(graph, a, b); });
    EXPECT_GE(result.peak, optimum) << "seed " << seed;
    if (result.optimal) {
      EXPECT_EQ(result.peak, optimum) << "seed " << seed;
    }
    optimal += result.peak == optimum;
    ++total;
  }
  // A search without proof, but one that leaves nothing on this scale.
  EXPECT_GE(optimal, total * 99 / 100);
}

TEST(ConflictGraphTest, SameInputSamePlan) {
  std::vector<std::vector<Interval>> intervals;
  std::vector<int64_t> bytes;
  for (const AllocationRequest &request :
       randomRequests(9, 200, 100, 40, 100000)) {
    intervals.push_back({{request.begin, request.end}});
    bytes.push_back(request.bytes);
  }
  ConflictGraph graph =
      llvm::cantFail(ConflictGraph::fromLiveIntervals(intervals));
  AllocationResult first = allocate(bytes, graph, unaligned());
  EXPECT_EQ(first.offsets, allocate(bytes, graph, unaligned()).offsets);
}

TEST(ConflictGraphTest, KnownCliqueRaisesTheBound) {
  std::vector<AllocationRequest> requests =
      randomRequests(10, 300, 100, 40, 100000);
  std::vector<std::vector<Interval>> intervals;
  std::vector<int64_t> bytes;
  for (const AllocationRequest &request : requests) {
    intervals.push_back({{request.begin, request.end}});
    bytes.push_back(request.bytes);
  }
  ConflictGraph graph =
      llvm::cantFail(ConflictGraph::fromLiveIntervals(intervals));
  AllocationResult lifetimes =
      llvm::cantFail(allocateOffsets(requests, unaligned()));
  AllocationResult known = llvm::cantFail(
      allocateOffsets(bytes, graph, unaligned(), lifetimes.criticalRequests));
  expectValid(bytes, graph, unaligned(), known);
  EXPECT_EQ(known.lowerBound, lifetimes.lowerBound);
  EXPECT_LE(known.peak, known.lowerBound + known.lowerBound / 5);
}
