// SPDX-License-Identifier: Apache-2.0
//
// Minimum cut between two terminals of a directed network.
#ifndef GEDIALECT_LIB_DIALECT_GE_TRANSFORMS_MINIMUMCUT_H
#define GEDIALECT_LIB_DIALECT_GE_TRANSFORMS_MINIMUMCUT_H

#include <cstdint>
#include <limits>
#include <vector>

namespace gemlir::geir {

/// Dinic's method: shortest augmenting paths, level by level. Iterative,
/// because a path may be as long as the graph is deep.
class MinimumCut {
public:
  static constexpr unsigned kSource = 0, kSink = 1;
  /// Larger than every sum of finite capacities.
  static constexpr int64_t kInfinite = std::numeric_limits<int64_t>::max() / 4;

  MinimumCut() { clear(); }
  void clear() {
    heads.assign(2, kNone);
    edges.clear();
  }
  unsigned addNode() {
    heads.push_back(kNone);
    return heads.size() - 1;
  }
  /// An edge with these capacities forward and backward; between the same node
  /// it means nothing.
  void addEdge(unsigned from, unsigned to, int64_t forward, int64_t backward);

  /// The weight of a minimum cut, at least `kInfinite` when there is no finite
  /// one. Adds the edges looked at to `steps`.
  int64_t solve(int64_t &steps);
  /// After `solve`: whether the node is on the source side of every minimum
  /// cut, that is, of the one with the smallest source side.
  bool isOnSourceSide(unsigned node) const { return levels[node] >= 0; }

private:
  static constexpr unsigned kNone = ~0u;
  struct Edge {
    unsigned to;
    unsigned next; // edge with the same start
    int64_t residual;
  };

  bool findLevels(int64_t &steps);
  int64_t augment(int64_t &steps);

  std::vector<unsigned> heads;
  /// Edge i ^ 1 is the reverse of edge i.
  std::vector<Edge> edges;
  std::vector<int> levels;
  std::vector<unsigned> current, path, queue;
};

} // namespace gemlir::geir

#endif // GEDIALECT_LIB_DIALECT_GE_TRANSFORMS_MINIMUMCUT_H
