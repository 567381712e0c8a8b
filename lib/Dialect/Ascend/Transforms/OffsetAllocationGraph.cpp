// SPDX-License-Identifier: Apache-2.0
//
// ConflictGraph: neighbour lists from pairs and from live intervals.
#include "GeDialect/Dialect/Ascend/Transforms/OffsetAllocation.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

using namespace gemlir;
using namespace gemlir::ascend;

/// A pair takes 16 bytes while a graph is built. A relation of more pairs is
/// better described by life times, and would not fit into memory.
static constexpr size_t kMaxPairs = size_t(1) << 27;

llvm::Expected<ConflictGraph>
ConflictGraph::fromPairs(unsigned numBuffers,
                         llvm::ArrayRef<std::pair<unsigned, unsigned>> pairs) {
  ConflictGraph graph;
  graph.starts.assign(numBuffers + size_t(1), 0);
  for (auto [a, b] : pairs) {
    if (a >= numBuffers || b >= numBuffers)
      return makeErrorf("expected conflicts of buffers below {0}, found one of "
                        "{1} and {2}",
                        numBuffers, a, b);
    if (a == b)
      return makeErrorf("expected a conflict of two buffers, found buffer {0} "
                        "twice",
                        a);
    ++graph.starts[a + size_t(1)];
    ++graph.starts[b + size_t(1)];
  }
  std::partial_sum(graph.starts.begin(), graph.starts.end(),
                   graph.starts.begin());
  graph.list.resize(graph.starts.back());
  std::vector<size_t> ends(graph.starts.begin(), graph.starts.end() - 1);
  for (auto [a, b] : pairs) {
    graph.list[ends[a]++] = b;
    graph.list[ends[b]++] = a;
  }

  // Sort each list and close the gaps that repeated pairs leave.
  size_t used = 0;
  for (unsigned buffer = 0; buffer < numBuffers; ++buffer) {
    auto begin = graph.list.begin() + graph.starts[buffer];
    auto end = graph.list.begin() + ends[buffer];
    std::sort(begin, end);
    end = std::unique(begin, end);
    graph.starts[buffer] = used;
    used =
        std::copy(begin, end, graph.list.begin() + used) - graph.list.begin();
  }
  graph.starts[numBuffers] = used;
  graph.list.resize(used);
  return graph;
}

llvm::Expected<ConflictGraph> ConflictGraph::fromLiveIntervals(
    llvm::ArrayRef<std::vector<Interval>> intervals) {
  // Closed intervals: the instant after the largest int64_t does not exist.
  struct Life {
    int64_t begin, last;
    unsigned buffer;
  };
  std::vector<Life> lives;
  for (auto [buffer, list] : llvm::enumerate(intervals))
    for (Interval interval : list)
      lives.push_back(
          {interval.begin,
           interval.begin < interval.end ? interval.end - 1 : interval.begin,
           static_cast<unsigned>(buffer)});
  llvm::sort(lives, [](const Life &a, const Life &b) {
    return std::tie(a.begin, a.buffer, a.last) <
           std::tie(b.begin, b.buffer, b.last);
  });

  std::vector<std::pair<unsigned, unsigned>> pairs;
  // What is live, by last instant.
  std::set<std::pair<int64_t, unsigned>> live;
  for (const Life &life : lives) {
    live.erase(live.begin(), live.lower_bound({life.begin, 0}));
    if (pairs.size() + live.size() > kMaxPairs)
      return makeErrorf("expected at most {0} conflicts, found more",
                        kMaxPairs);
    for (auto [last, buffer] : live)
      if (buffer != life.buffer)
        pairs.emplace_back(life.buffer, buffer);
    live.emplace(life.last, life.buffer);
  }
  return fromPairs(intervals.size(), pairs);
}

ConflictGraph ConflictGraph::withoutEmpty(llvm::ArrayRef<int64_t> bytes) const {
  ConflictGraph graph;
  graph.starts = {0};
  for (unsigned buffer = 0; buffer < size(); ++buffer) {
    if (bytes[buffer] != 0)
      llvm::copy_if(neighbours(buffer), std::back_inserter(graph.list),
                    [&](uint32_t other) { return bytes[other] != 0; });
    graph.starts.push_back(graph.list.size());
  }
  return graph;
}
