// SPDX-License-Identifier: Apache-2.0
#include "MinimumCut.h"

#include <algorithm>

using namespace gemlir::geir;

void MinimumCut::addEdge(unsigned from, unsigned to, int64_t forward,
                         int64_t backward) {
  if (from == to)
    return;
  edges.push_back({to, heads[from], forward});
  heads[from] = edges.size() - 1;
  edges.push_back({from, heads[to], backward});
  heads[to] = edges.size() - 1;
}

/// Distances from the source over edges that can take more. Goes through the
/// whole reachable part, so that it is known when there is no path.
bool MinimumCut::findLevels(int64_t &steps) {
  levels.assign(heads.size(), -1);
  levels[kSource] = 0;
  queue.assign(1, kSource);
  for (size_t at = 0; at < queue.size(); ++at)
    for (unsigned i = heads[queue[at]]; i != kNone; i = edges[i].next) {
      ++steps;
      if (edges[i].residual == 0 || levels[edges[i].to] >= 0)
        continue;
      levels[edges[i].to] = levels[queue[at]] + 1;
      queue.push_back(edges[i].to);
    }
  return levels[kSink] >= 0;
}

/// Fills shortest paths until none is left; returns what went through.
int64_t MinimumCut::augment(int64_t &steps) {
  int64_t total = 0;
  current = heads;
  path.clear();
  unsigned node = kSource;
  while (true) {
    if (node == kSink) {
      int64_t amount = kInfinite;
      for (unsigned i : path)
        amount = std::min(amount, edges[i].residual);
      total += amount;
      if (total >= kInfinite)
        return total;
      // The walk goes on where the path is full now.
      size_t keep = path.size();
      for (size_t at = path.size(); at-- > 0;) {
        unsigned i = path[at];
        ++steps;
        edges[i].residual -= amount;
        edges[i ^ 1].residual += amount;
        if (edges[i].residual == 0)
          keep = at;
      }
      node = edges[path[keep] ^ 1].to;
      path.resize(keep);
      continue;
    }
    unsigned &i = current[node];
    while (i != kNone && (edges[i].residual == 0 ||
                          levels[edges[i].to] != levels[node] + 1)) {
      ++steps;
      i = edges[i].next;
    }
    if (i != kNone) {
      path.push_back(i);
      node = edges[i].to;
      continue;
    }
    if (path.empty())
      return total;
    // A dead end: nobody needs to come here again.
    levels[node] = -1;
    node = edges[path.back() ^ 1].to;
    path.pop_back();
    current[node] = edges[current[node]].next;
  }
}

int64_t MinimumCut::solve(int64_t &steps) {
  int64_t total = 0;
  while (findLevels(steps)) {
    total += augment(steps);
    if (total >= kInfinite)
      break;
  }
  return total;
}
