// SPDX-License-Identifier: Apache-2.0
#include "OffsetAllocationGreedy.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

using namespace gemlir::ascend;
using namespace gemlir::ascend::allocation;

namespace {
/// Units [begin, end) that a placed neighbour occupies.
struct Occupied {
  int64_t begin, end;
};
} // namespace

/// Where a buffer of `size` goes between `occupied`, which is sorted by begin.
static int64_t findPlace(llvm::ArrayRef<Occupied> occupied, int64_t size,
                         Fit fit) {
  int64_t top = 0, place = -1, smallest = kUnbounded;
  for (const Occupied &range : occupied) {
    int64_t gap = range.begin - top;
    if (gap >= size && gap < smallest) {
      if (fit == Fit::First)
        return top;
      smallest = gap;
      place = top;
    }
    top = std::max(top, range.end);
  }
  return place >= 0 ? place : top;
}

/// Steps to find and sort the placed neighbours of one buffer.
static int64_t gatherSteps(int64_t neighbours) {
  return 4 + 3 * neighbours * (1 + llvm::Log2_64_Ceil(neighbours + 1));
}

template <class Conflicts>
bool allocation::placeInOrder(Conflicts &conflicts,
                              llvm::ArrayRef<int64_t> sizes,
                              llvm::ArrayRef<uint32_t> order, Fit fit,
                              int64_t limit, StepBudget &budget, Plan &plan) {
  conflicts.clear();
  plan.offsets.assign(sizes.size(), 0);
  plan.peak = 0;
  std::vector<Occupied> occupied;
  for (uint32_t buffer : order) {
    occupied.clear();
    conflicts.forEachPlaced(buffer, [&](uint32_t other) {
      int64_t offset = plan.offsets[other];
      occupied.push_back({offset, offset + sizes[other]});
    });
    // Equal begins need no order: only the highest end so far matters.
    std::sort(
        occupied.begin(), occupied.end(),
        [](const Occupied &a, const Occupied &b) { return a.begin < b.begin; });
    budget.spend(gatherSteps(occupied.size()));
    int64_t offset = findPlace(occupied, sizes[buffer], fit);
    plan.offsets[buffer] = offset;
    plan.peak = std::max(plan.peak, offset + sizes[buffer]);
    if (plan.peak >= limit)
      return false;
    conflicts.insert(buffer);
  }
  return true;
}

template bool allocation::placeInOrder(IntervalConflicts &,
                                       llvm::ArrayRef<int64_t>,
                                       llvm::ArrayRef<uint32_t>, Fit, int64_t,
                                       StepBudget &, Plan &);
template bool allocation::placeInOrder(GraphConflicts &,
                                       llvm::ArrayRef<int64_t>,
                                       llvm::ArrayRef<uint32_t>, Fit, int64_t,
                                       StepBudget &, Plan &);

namespace {
/// All placed buffers by offset, in chunks, so that an insertion moves little.
class PlacedByOffset {
public:
  explicit PlacedByOffset(const IntervalProblem &problem) : problem(problem) {}

  /// Calls `fn(buffer)` in ascending order of offsets until it returns false.
  template <class Fn> void forEach(Fn fn) const {
    for (const std::vector<Entry> &chunk : chunks)
      for (const Entry &entry : chunk)
        if (!fn(entry))
          return;
  }

  struct Entry {
    int32_t first, last;
    int64_t begin, end;
  };

  void insert(unsigned buffer, int64_t offset) {
    Entry entry = {problem.first[buffer], problem.last[buffer], offset,
                   offset + problem.size[buffer]};
    auto chunk =
        llvm::partition_point(chunks, [&](const std::vector<Entry> &entries) {
          return entries.back().begin < offset;
        });
    if (chunk == chunks.end()) {
      if (chunks.empty())
        chunks.emplace_back();
      chunk = std::prev(chunks.end());
    }
    auto place = llvm::partition_point(
        *chunk, [&](const Entry &other) { return other.begin < offset; });
    chunk->insert(place, entry);
    if (chunk->size() == kMaxChunk) {
      auto middle = chunk->begin() + kMaxChunk / 2;
      std::vector<Entry> upper(middle, chunk->end());
      chunk->erase(middle, chunk->end());
      chunks.insert(std::next(chunk), std::move(upper));
    }
  }

private:
  static constexpr size_t kMaxChunk = 512;
  const IntervalProblem &problem;
  std::vector<std::vector<Entry>> chunks;
};
} // namespace

/// First fit in `order` like placeInOrder, for plans in which most buffers are
/// live together: looks at all placed buffers in the order of their offsets,
/// which needs no sorting and ends at the first gap. O(n^2), but few
/// nanoseconds per pair.
static Plan placeDense(const IntervalProblem &problem,
                       llvm::ArrayRef<uint32_t> order, StepBudget &budget) {
  Plan plan;
  plan.offsets.resize(order.size());
  PlacedByOffset placed(problem);
  for (uint32_t buffer : order) {
    int32_t first = problem.first[buffer], last = problem.last[buffer];
    int64_t size = problem.size[buffer], offset = 0, looked = 0;
    placed.forEach([&](const PlacedByOffset::Entry &entry) {
      ++looked;
      if (entry.first > last || entry.last < first)
        return true;
      if (entry.begin - offset >= size)
        return false;
      offset = std::max(offset, entry.end);
      return true;
    });
    budget.spend(1 + looked / 2);
    placed.insert(buffer, offset);
    plan.offsets[buffer] = offset;
    plan.peak = std::max(plan.peak, offset + size);
  }
  return plan;
}

namespace {
/// Free ranges below the highest byte used so far; everything above is free.
class FreeRanges {
public:
  /// Takes the smallest range that is large enough, the lowest of equal ones.
  int64_t take(int64_t size) {
    auto it = bySize.lower_bound({size, 0});
    if (it == bySize.end())
      return takeTop(size);
    auto [found, offset] = *it;
    remove(offset, found);
    if (found > size)
      add(offset + size, found - size);
    return offset;
  }

  void give(int64_t offset, int64_t size) {
    auto above = byOffset.lower_bound(offset);
    if (above != byOffset.end() && above->first == offset + size) {
      auto [aboveOffset, aboveSize] = *above;
      remove(aboveOffset, aboveSize);
      size += aboveSize;
    }
    auto below = byOffset.lower_bound(offset);
    if (below != byOffset.begin()) {
      auto [belowOffset, belowSize] = *std::prev(below);
      if (belowOffset + belowSize == offset) {
        remove(belowOffset, belowSize);
        offset = belowOffset;
        size += belowSize;
      }
    }
    add(offset, size);
  }

  int64_t peak() const { return top; }

private:
  void add(int64_t offset, int64_t size) {
    byOffset.emplace(offset, size);
    bySize.emplace(size, offset);
  }
  void remove(int64_t offset, int64_t size) {
    byOffset.erase(offset);
    bySize.erase({size, offset});
  }
  /// Grows the memory; a free range at its end becomes part of the place.
  int64_t takeTop(int64_t size) {
    int64_t offset = top;
    if (!byOffset.empty()) {
      auto [lastOffset, lastSize] = *byOffset.rbegin();
      if (lastOffset + lastSize == top) {
        remove(lastOffset, lastSize);
        offset = lastOffset;
      }
    }
    top = offset + size;
    return offset;
  }

  std::map<int64_t, int64_t> byOffset;
  std::set<std::pair<int64_t, int64_t>> bySize;
  int64_t top = 0;
};
} // namespace

Plan allocation::placeOnline(const IntervalProblem &problem, bool backwards) {
  size_t count = problem.numBuffers();
  const std::vector<int32_t> &enters = backwards ? problem.last : problem.first;
  const std::vector<int32_t> &leaves = backwards ? problem.first : problem.last;
  int32_t sign = backwards ? -1 : 1;
  std::vector<uint32_t> entering(count), leaving(count);
  std::iota(entering.begin(), entering.end(), 0);
  std::iota(leaving.begin(), leaving.end(), 0);
  // Large buffers first: of those that come together, they are the hardest to
  // fit.
  std::sort(entering.begin(), entering.end(), [&](uint32_t a, uint32_t b) {
    return std::tuple(sign * enters[a], -problem.size[a], a) <
           std::tuple(sign * enters[b], -problem.size[b], b);
  });
  std::sort(leaving.begin(), leaving.end(), [&](uint32_t a, uint32_t b) {
    return std::tuple(sign * leaves[a], a) < std::tuple(sign * leaves[b], b);
  });

  Plan plan;
  plan.offsets.resize(count);
  FreeRanges free;
  auto next = leaving.begin();
  for (uint32_t buffer : entering) {
    for (; sign * leaves[*next] < sign * enters[buffer]; ++next)
      free.give(plan.offsets[*next], problem.size[*next]);
    plan.offsets[buffer] = free.take(problem.size[buffer]);
  }
  plan.peak = free.peak();
  return plan;
}

namespace {
/// Buffers by descending key, then ascending index.
template <class Key> std::vector<uint32_t> orderBy(size_t count, Key key) {
  std::vector<uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    auto keyA = key(a), keyB = key(b);
    return keyA > keyB || (keyA == keyB && a < b);
  });
  return order;
}

/// The best plan of all orders that `makeOrder(0)`, `makeOrder(1)`, … gives.
template <class Conflicts, class MakeOrder>
Plan bestOf(Conflicts &conflicts, llvm::ArrayRef<int64_t> sizes,
            unsigned numOrders, int64_t goal, StepBudget &budget,
            MakeOrder makeOrder) {
  Plan plan, best;
  best.peak = kUnbounded;
  for (unsigned number = 0; number < numOrders; ++number) {
    std::vector<uint32_t> order = makeOrder(number);
    for (Fit fit : {Fit::First, Fit::Best}) {
      if (best.peak <= goal || (budget.exhausted() && best.peak != kUnbounded))
        return best;
      if (placeInOrder(conflicts, sizes, order, fit, best.peak, budget, plan))
        std::swap(best, plan);
    }
  }
  return best;
}
} // namespace

/// The online placement, forwards or backwards.
static Plan placeOnlineBothWays(const IntervalProblem &problem, int64_t goal) {
  Plan forwards = placeOnline(problem, /*backwards=*/false);
  if (forwards.peak <= goal)
    return forwards;
  Plan backwards = placeOnline(problem, /*backwards=*/true);
  return backwards.peak < forwards.peak ? backwards : forwards;
}

Plan allocation::placeGreedily(const IntervalProblem &problem, int64_t goal,
                               int64_t affordable, StepBudget &budget) {
  size_t count = problem.numBuffers();
  if (count == 0)
    return Plan();
  // A pass visits each conflict once.
  int64_t conflicts = problem.countConflicts();
  double passSteps =
      static_cast<double>(gatherSteps(conflicts / count)) * count;
  double denseSteps = static_cast<double>(count) * count / 4;
  if (std::min(passSteps, denseSteps) > affordable)
    return placeOnlineBothWays(problem, goal);

  constexpr unsigned kNumOrders = 7;
  std::vector<int64_t> contention;
  auto length = [&](uint32_t i) { return problem.last[i] - problem.first[i]; };
  auto makeOrder = [&](unsigned number) {
    switch (number) {
    case 0: // size
      return orderBy(count, [&](uint32_t i) {
        return std::pair(problem.size[i], length(i));
      });
    case 1: // area
      return orderBy(count, [&](uint32_t i) {
        return static_cast<double>(problem.size[i]) * (length(i) + 1.0);
      });
    case 2: // how full it gets while the buffer lives, then size
      contention = problem.contention();
      return orderBy(count, [&](uint32_t i) {
        return std::pair(contention[i], problem.size[i]);
      });
    case 3: // life time
      return orderBy(count, [&](uint32_t i) {
        return std::pair(static_cast<int64_t>(length(i)), problem.size[i]);
      });
    case 4: // how full it gets, then life time
      return orderBy(count, [&](uint32_t i) {
        return std::pair(contention[i], length(i));
      });
    case 5: // start
      return orderBy(count, [&](uint32_t i) {
        return std::pair(-problem.first[i], problem.size[i]);
      });
    default: // end, backwards
      return orderBy(count, [&](uint32_t i) {
        return std::pair(problem.last[i], problem.size[i]);
      });
    }
  };
  if (denseSteps < passSteps) {
    Plan best = placeOnlineBothWays(problem, goal);
    for (unsigned number = 0; number < kNumOrders; ++number) {
      if (best.peak <= goal || (number > 0 && budget.exhausted()))
        break;
      Plan plan = placeDense(problem, makeOrder(number), budget);
      if (plan.peak < best.peak)
        best = std::move(plan);
    }
    return best;
  }
  IntervalConflicts index(problem);
  return bestOf(index, problem.size, kNumOrders, goal, budget, makeOrder);
}

Plan allocation::placeGreedily(const ConflictGraph &graph,
                               llvm::ArrayRef<int64_t> sizes, int64_t goal,
                               StepBudget &budget) {
  size_t count = sizes.size();
  auto degree = [&](uint32_t i) { return graph.neighbours(i).size(); };
  std::vector<int64_t> around;
  auto makeOrder = [&](unsigned number) {
    switch (number) {
    case 0: // size
      return orderBy(
          count, [&](uint32_t i) { return std::pair(sizes[i], degree(i)); });
    case 1: // number of conflicts
      return orderBy(
          count, [&](uint32_t i) { return std::pair(degree(i), sizes[i]); });
    case 2: // size times number of conflicts
      return orderBy(count, [&](uint32_t i) {
        return static_cast<double>(sizes[i]) * (degree(i) + 1.0);
      });
    default: // units in conflict
      for (uint32_t i = 0; i < count; ++i) {
        int64_t sum = 0;
        for (uint32_t other : graph.neighbours(i))
          sum += sizes[other];
        around.push_back(sum);
      }
      return orderBy(count, [&](uint32_t i) { return around[i]; });
    }
  };
  GraphConflicts index(graph);
  return bestOf(index, sizes, 4, goal, budget, makeOrder);
}
