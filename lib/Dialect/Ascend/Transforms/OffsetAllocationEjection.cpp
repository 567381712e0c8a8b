// SPDX-License-Identifier: Apache-2.0
#include "OffsetAllocationEjection.h"

#include <algorithm>

using namespace gemlir::ascend;
using namespace gemlir::ascend::allocation;

namespace {
template <class Conflicts> class EjectionSearch {
public:
  EjectionSearch(Conflicts &conflicts, llvm::ArrayRef<int64_t> sizes,
                 int64_t target, uint64_t seed, StepBudget &budget,
                 llvm::ArrayRef<int64_t> startOffsets)
      : conflicts(conflicts), sizes(sizes), target(target), random(seed),
        budget(budget), offsets(startOffsets), hardness(sizes.size(), 1) {}

  bool run() {
    conflicts.clear();
    for (unsigned buffer = 0; buffer < sizes.size(); ++buffer) {
      if (sizes[buffer] > target)
        return false;
      if (offsets[buffer] + sizes[buffer] > target)
        waiting.push_back(buffer);
      else
        conflicts.insert(buffer);
    }
    budget.spend(sizes.size());
    // The largest is placed first, while there is most room.
    llvm::sort(waiting, [&](unsigned a, unsigned b) {
      return std::pair(sizes[a], b) < std::pair(sizes[b], a);
    });
    while (!waiting.empty() && !budget.exhausted()) {
      unsigned buffer = waiting.back();
      waiting.pop_back();
      putBack(buffer);
    }
    return waiting.empty();
  }

  std::vector<int64_t> takeOffsets() { return std::move(offsets); }

private:
  struct Neighbour {
    unsigned buffer;
    int64_t begin, end;
  };
  /// At `offset` and above, a buffer placed there displaces buffers that are
  /// harder by `change` in total.
  struct Border {
    int64_t offset, change;
  };

  /// Places `buffer` at the offset whose displaced neighbours are the easiest,
  /// one of equal ones at random.
  void putBack(unsigned buffer) {
    int64_t size = sizes[buffer];
    neighbours.clear();
    borders.clear();
    conflicts.forEachPlaced(buffer, [&](unsigned other) {
      int64_t begin = offsets[other], end = begin + sizes[other];
      neighbours.push_back({other, begin, end});
      borders.push_back({begin - size + 1, hardness[other]});
      borders.push_back({end, -hardness[other]});
    });
    llvm::sort(borders, [](const Border &a, const Border &b) {
      return a.offset < b.offset;
    });
    budget.spend(moveSteps(neighbours.size()));

    // The cost changes only at borders, so it is enough to look at both sides
    // of each one and at both ends.
    bestCost = kUnbounded;
    numBest = 0;
    int64_t cost = 0;
    size_t next = 0;
    auto passBorders = [&](int64_t offset) {
      for (; next < borders.size() && borders[next].offset <= offset; ++next)
        cost += borders[next].change;
    };
    passBorders(0);
    consider(0, cost);
    while (next < borders.size() && borders[next].offset <= target - size) {
      int64_t offset = borders[next].offset;
      consider(offset - 1, cost);
      passBorders(offset);
      consider(offset, cost);
    }
    consider(target - size, cost);

    if (bestCost > 0) {
      ++hardness[buffer];
      for (const Neighbour &other : neighbours) {
        if (other.begin >= bestOffset + size || other.end <= bestOffset)
          continue;
        conflicts.erase(other.buffer);
        waiting.push_back(other.buffer);
      }
    }
    offsets[buffer] = bestOffset;
    conflicts.insert(buffer);
  }

  void consider(int64_t offset, int64_t cost) {
    if (cost > bestCost)
      return;
    numBest = cost < bestCost ? 1 : numBest + 1;
    bestCost = cost;
    if (random.next() % numBest == 0)
      bestOffset = offset;
  }

  Conflicts &conflicts;
  llvm::ArrayRef<int64_t> sizes;
  int64_t target;
  Random random;
  StepBudget &budget;
  std::vector<int64_t> offsets;
  std::vector<int64_t> hardness;
  std::vector<unsigned> waiting;
  std::vector<Neighbour> neighbours;
  std::vector<Border> borders;
  int64_t bestCost = 0, bestOffset = 0;
  uint64_t numBest = 0;
};
} // namespace

template <class Conflicts>
bool allocation::ejectAbove(Conflicts &conflicts, llvm::ArrayRef<int64_t> sizes,
                            int64_t target, uint64_t seed, StepBudget &budget,
                            Plan &plan) {
  EjectionSearch<Conflicts> search(conflicts, sizes, target, seed, budget,
                                   plan.offsets);
  if (!search.run())
    return false;
  plan.offsets = search.takeOffsets();
  plan.peak = 0;
  for (auto [offset, size] : llvm::zip_equal(plan.offsets, sizes))
    plan.peak = std::max(plan.peak, offset + size);
  return true;
}

template bool allocation::ejectAbove(IntervalConflicts &,
                                     llvm::ArrayRef<int64_t>, int64_t, uint64_t,
                                     StepBudget &, Plan &);
template bool allocation::ejectAbove(GraphConflicts &, llvm::ArrayRef<int64_t>,
                                     int64_t, uint64_t, StepBudget &, Plan &);
