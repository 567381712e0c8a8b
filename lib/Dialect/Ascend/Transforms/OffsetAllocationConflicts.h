// SPDX-License-Identifier: Apache-2.0
//
// The two conflict relations. Greedy placement and ejection search are
// templates over a class `Conflicts` with
//
//   unsigned size() const;               number of buffers
//   void clear();                        nothing is placed
//   void insert(unsigned buffer);        it is placed from now on
//   void erase(unsigned buffer);         it is not placed any more
//   template <class Fn>                  calls fn(other) once for every placed
//   void forEachPlaced(unsigned buffer,  buffer in conflict with `buffer`,
//                      Fn fn) const;     except `buffer`, in a fixed order
//
// so a further relation needs no change in the search. Private to the library.
#ifndef GEMLIR_LIB_DIALECT_ASCEND_TRANSFORMS_OFFSETALLOCATIONCONFLICTS_H
#define GEMLIR_LIB_DIALECT_ASCEND_TRANSFORMS_OFFSETALLOCATIONCONFLICTS_H

#include "OffsetAllocationProblem.h"

#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/MathExtras.h"

namespace gemlir::ascend::allocation {

/// Life times. A query is O(log n + answers): buffers are sorted by their
/// first section, so those that start inside a life time are a range, and those
/// that reach into it from before are found with a tree over the last sections.
class IntervalConflicts {
public:
  explicit IntervalConflicts(const IntervalProblem &problem)
      : problem(problem) {
    size_t blocks = llvm::divideCeil(problem.numBuffers(), kBlock);
    leaves = llvm::PowerOf2Ceil(std::max<size_t>(blocks, 1));
    clear();
  }

  unsigned size() const { return problem.numBuffers(); }

  void clear() {
    lastPlaced.assign(size(), -1);
    tree.assign(2 * leaves, -1);
  }

  void insert(unsigned buffer) {
    int32_t last = problem.last[buffer];
    lastPlaced[buffer] = last;
    for (size_t node = leaves + buffer / kBlock; node && tree[node] < last;
         node /= 2)
      tree[node] = last;
  }

  void erase(unsigned buffer) {
    lastPlaced[buffer] = -1;
    size_t block = buffer / kBlock;
    size_t begin = block * kBlock;
    size_t end = std::min<size_t>(begin + kBlock, size());
    int32_t most =
        *std::max_element(lastPlaced.begin() + begin, lastPlaced.begin() + end);
    size_t node = leaves + block;
    while (node && tree[node] != most) {
      tree[node] = most;
      node /= 2;
      if (node)
        most = std::max(tree[2 * node], tree[2 * node + 1]);
    }
  }

  template <class Fn> void forEachPlaced(unsigned buffer, Fn fn) const {
    int32_t first = problem.first[buffer];
    unsigned before = problem.startsBefore[first];
    unsigned after = problem.startsBefore[problem.last[buffer] + 1];
    reachingInto(before, first, fn);
    for (unsigned other = before; other < after; ++other)
      if (lastPlaced[other] >= 0 && other != buffer)
        fn(other);
  }

private:
  /// Buffers per leaf: a few cache lines, scanned without branches on the tree.
  static constexpr unsigned kBlock = 16;

  /// Placed buffers with an index below `end` that are live in `section`.
  template <class Fn>
  void reachingInto(unsigned end, int32_t section, Fn &fn) const {
    if (end == 0)
      return;
    size_t lastLeaf = leaves + (end - 1) / kBlock;
    llvm::SmallVector<size_t, 64> stack = {1};
    while (!stack.empty()) {
      size_t node = stack.pop_back_val();
      if (tree[node] < section)
        continue;
      if (node >= leaves) {
        unsigned begin = (node - leaves) * kBlock;
        for (unsigned other = begin; other < std::min(begin + kBlock, end);
             ++other)
          if (lastPlaced[other] >= section)
            fn(other);
        continue;
      }
      size_t right = 2 * node + 1;
      // The first leaf under `right`.
      size_t leaf = right << (llvm::Log2_64(leaves) - llvm::Log2_64(right));
      if (leaf <= lastLeaf)
        stack.push_back(right);
      stack.push_back(2 * node);
    }
  }

  const IntervalProblem &problem;
  size_t leaves;
  /// Last section of a placed buffer, -1 for the others.
  std::vector<int32_t> lastPlaced;
  /// Maximum of `lastPlaced` under a node; the root is node 1.
  std::vector<int32_t> tree;
};

/// Any relation. A query walks all neighbours.
class GraphConflicts {
public:
  explicit GraphConflicts(const ConflictGraph &graph)
      : graph(graph), placed(graph.size()) {}

  unsigned size() const { return graph.size(); }
  void clear() { placed.reset(); }
  void insert(unsigned buffer) { placed.set(buffer); }
  void erase(unsigned buffer) { placed.reset(buffer); }

  template <class Fn> void forEachPlaced(unsigned buffer, Fn fn) const {
    for (uint32_t other : graph.neighbours(buffer))
      if (placed.test(other))
        fn(other);
  }

private:
  const ConflictGraph &graph;
  llvm::BitVector placed;
};

} // namespace gemlir::ascend::allocation

#endif // GEMLIR_LIB_DIALECT_ASCEND_TRANSFORMS_OFFSETALLOCATIONCONFLICTS_H
