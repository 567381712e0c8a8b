// SPDX-License-Identifier: Apache-2.0
//
// Canonical search: finds a plan of a given height, or proves that there is
// none. Private to the library.
//
// A plan is canonical when every buffer rests on offset 0 or on the top of a
// buffer in conflict with it. Pushing all buffers down turns any plan into a
// canonical one of at most the same peak, so only these are searched.
//
// State: each buffer that is not placed yet has a lower bound `low` on its
// offset, and `support`, the highest top of the placed buffers in conflict with
// it. One decision concerns a buffer that rests (`low` equals `support`) and is
// exposed: no other open buffer in conflict with it can end at or below its
// `low`, so nothing can come underneath it any more. Either it is placed at
// `low`, or it lies higher; then it must rest on some other open buffer in
// conflict with it, and `low` rises to the earliest end of those. The two cases
// exclude each other and cover everything: a failed search is a proof.
//
// Pruning: in every section the open buffers form a stack. Taken in the order
// of their `low`, with gaps where `low` forces them, they give the lowest top
// this section can have; above the capacity, the branch is dead. (This is the
// one-machine bound of scheduling, with offsets in the place of time and
// sections in the place of machines.)
//
// Choice: the section whose next buffer is most constrained, by the number of
// buffers that could still be the lowest one without breaking the capacity,
// weighted by how often the section made a branch die; in it, the buffer with
// the smallest `low`. Weights survive restarts, which come after a growing
// number of dead branches with other tie breaks.
//
// Stretches of time that become independent once a buffer is placed are solved
// one after the other, and a failure in one of them returns at once to the
// decision that made it independent.
#ifndef GEMLIR_LIB_DIALECT_ASCEND_TRANSFORMS_OFFSETALLOCATIONCANONICAL_H
#define GEMLIR_LIB_DIALECT_ASCEND_TRANSFORMS_OFFSETALLOCATIONCANONICAL_H

#include "OffsetAllocationProblem.h"

namespace gemlir::ascend::allocation {

class CanonicalSearch {
public:
  enum class Outcome { Found, Impossible, OutOfSteps };

  /// Takes 4 bytes per entry of `problem.countMembers()`.
  explicit CanonicalSearch(const IntervalProblem &problem);

  /// Steps that a search without any dead branch takes, roughly.
  static int64_t estimateSteps(int64_t numMembers) {
    // Measured: 60 to 200 steps per entry, fewer on small instances.
    constexpr int64_t kStepsPerMember = 96;
    return numMembers <= kUnbounded / kStepsPerMember
               ? kStepsPerMember * numMembers
               : kUnbounded;
  }

  /// Searches a plan with a peak of at most `capacity`. When there is one, it
  /// goes to `plan`. Later calls profit from what earlier ones learned.
  Outcome search(int64_t capacity, StepBudget &budget, Plan &plan);

private:
  enum class Change : uint8_t { Low, Support, Placed, Candidates };

  /// What to put back when a decision is undone.
  struct TrailEntry {
    Change change;
    int32_t index;
    int64_t old;
  };

  /// A stretch of sections that no open buffer connects to others, in a linked
  /// list of those still to be solved. Cells are never changed, so a decision
  /// remembers the list by its head.
  struct Stretch {
    int32_t first, last;
    /// The decision to return to when this stretch has no solution.
    int32_t parent;
    int32_t next;
  };

  struct Decision {
    int32_t buffer;
    int32_t parent;
    int32_t stretches;
    size_t numStretches;
    size_t trailSize;
  };

  struct Urgent {
    int32_t section = -1;
    double value = -1.0;
  };

  void prepareRun(int64_t capacity);
  Outcome run(int64_t patience, StepBudget &budget);
  int32_t returnTo(int32_t decision);
  void rankBuffers();
  void recordDeadEnd();

  bool place(int32_t buffer);
  bool raise(int32_t buffer);
  bool checkMarked();
  bool checkSection(int32_t section);
  void undo(size_t trailSize);

  void setLow(int32_t buffer, int64_t low);
  void mark(int32_t section);
  template <class Fn> void forEachOpen(int32_t buffer, Fn fn);

  Urgent mostUrgent(int32_t begin, int32_t end);
  int32_t selectSection(int32_t first, int32_t last);
  int32_t selectBuffer(int32_t section);
  int32_t findUnderneath(int32_t buffer);
  double urgency(int32_t section) const;
  int32_t splitStretch(int32_t head);

  /// The tie break within a section and along the way down.
  bool isBetter(int32_t a, int32_t b) const {
    return low[a] < low[b] || (low[a] == low[b] && rank[a] > rank[b]);
  }
  void touch(int32_t buffer) {
    bestIsStale[buffer / kFan] = true;
    bestOfBestIsStale[buffer / (kFan * kFan)] = true;
  }
  int32_t bestInBlock(int32_t block);
  int32_t bestInBlocks(int32_t superblock);

  /// Sections and buffers per cached maximum.
  static constexpr int32_t kFan = 64;
  /// Decisions taken back at the first retreat of a run.
  static constexpr size_t kFirstRetreat = 128;
  /// Combinations of tie break and weighting that the runs cycle through.
  static constexpr int64_t kNumSettings = 6;

  const IntervalProblem &problem;
  int32_t numBuffers, numSections;
  int64_t capacity = 0;
  int64_t steps = 0;

  // Per buffer.
  std::vector<int64_t> low, support;
  std::vector<uint8_t> isPlaced;
  std::vector<double> rank;

  // Per section. `members` lists the buffers of all sections; the first
  // `numOpen` of a section are the open ones, in any order. A placed buffer is
  // swapped to the end of them, so that undoing in reverse order only has to
  // increase the number.
  std::vector<size_t> membersBegin;
  std::vector<int32_t> members;
  std::vector<int32_t> numOpen;
  std::vector<int64_t> openUnits;
  std::vector<int32_t> numCandidates;
  std::vector<double> weight;
  std::vector<uint8_t> isMarked;
  std::vector<int32_t> marked;

  // The most urgent section per kFan sections, the best open buffer per kFan
  // and per kFan * kFan buffers; recomputed when stale and asked for.
  std::vector<Urgent> urgent;
  std::vector<uint8_t> urgentIsStale;
  std::vector<int32_t> best, bestOfBest;
  std::vector<uint8_t> bestIsStale, bestOfBestIsStale;

  std::vector<TrailEntry> trail;
  std::vector<Stretch> stretches;
  std::vector<Decision> decisions;
  /// The section in which the last branch died.
  int32_t deadSection = -1;
  bool mustSplit = false;

  int64_t numRuns = 0;
  bool squareCandidates = false;
};

} // namespace gemlir::ascend::allocation

#endif // GEMLIR_LIB_DIALECT_ASCEND_TRANSFORMS_OFFSETALLOCATIONCANONICAL_H
