// SPDX-License-Identifier: Apache-2.0
#include "OffsetAllocationCanonical.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace gemlir::ascend;
using namespace gemlir::ascend::allocation;

CanonicalSearch::CanonicalSearch(const IntervalProblem &problem)
    : problem(problem), numBuffers(problem.numBuffers()),
      numSections(problem.numSections()) {
  std::vector<int32_t> count(numSections, 0);
  for (int32_t i = 0; i < numBuffers; ++i)
    for (int32_t s = problem.first[i]; s <= problem.last[i]; ++s)
      ++count[s];
  membersBegin.push_back(0);
  for (int32_t s = 0; s < numSections; ++s)
    membersBegin.push_back(membersBegin.back() + count[s]);
  members.resize(membersBegin.back());
  std::vector<size_t> end(membersBegin.begin(), membersBegin.end() - 1);
  for (int32_t i = 0; i < numBuffers; ++i)
    for (int32_t s = problem.first[i]; s <= problem.last[i]; ++s)
      members[end[s]++] = i;
  weight.assign(numSections, 1.0);
}

//===----------------------------------------------------------------------===//
// Consequences of a decision
//===----------------------------------------------------------------------===//

void CanonicalSearch::mark(int32_t section) {
  if (isMarked[section])
    return;
  isMarked[section] = true;
  marked.push_back(section);
}

/// Calls `fn` for every open buffer in conflict with `buffer`.
template <class Fn> void CanonicalSearch::forEachOpen(int32_t buffer, Fn fn) {
  int32_t section = problem.first[buffer];
  const int32_t *member = &members[membersBegin[section]];
  for (int32_t i = 0; i < numOpen[section]; ++i)
    if (member[i] != buffer)
      fn(member[i]);
  int32_t begin = problem.startsBefore[section + 1];
  int32_t end = problem.startsBefore[problem.last[buffer] + 1];
  for (int32_t other = begin; other < end; ++other)
    if (!isPlaced[other])
      fn(other);
  steps += numOpen[section] + (end - begin) / 2;
}

void CanonicalSearch::setLow(int32_t buffer, int64_t value) {
  trail.push_back({Change::Low, buffer, low[buffer]});
  low[buffer] = value;
  touch(buffer);
  // Where the buffer can still be the lowest one, neither the bound of the
  // section nor the number of its candidates changes.
  int64_t harmless = capacity - value;
  for (int32_t s = problem.first[buffer]; s <= problem.last[buffer]; ++s)
    if (openUnits[s] > harmless)
      mark(s);
  steps += 1 + (problem.last[buffer] - problem.first[buffer]) / 2;
}

/// Places `buffer` at its lower bound; false when that cannot lead to a plan.
bool CanonicalSearch::place(int32_t buffer) {
  int64_t top = low[buffer] + problem.size[buffer];
  forEachOpen(buffer, [&](int32_t other) {
    if (support[other] < top) {
      trail.push_back({Change::Support, other, support[other]});
      support[other] = top;
    }
    if (low[other] < top)
      setLow(other, top);
  });

  isPlaced[buffer] = true;
  touch(buffer);
  trail.push_back({Change::Placed, buffer, 0});
  for (int32_t s = problem.first[buffer]; s <= problem.last[buffer]; ++s) {
    openUnits[s] -= problem.size[buffer];
    int32_t *member = &members[membersBegin[s]];
    int32_t *lastOpen = member + --numOpen[s];
    steps += 1 + numOpen[s] / 8;
    std::iter_swap(std::find(member, lastOpen, buffer), lastOpen);
    mark(s);
    if (numOpen[s] == 0)
      mustSplit = true;
  }
  return checkMarked();
}

/// Demands that `buffer` lies above its lower bound; false when that cannot
/// lead to a plan.
bool CanonicalSearch::raise(int32_t buffer) {
  int64_t earliestEnd = kUnbounded;
  forEachOpen(buffer, [&](int32_t other) {
    earliestEnd = std::min(earliestEnd, low[other] + problem.size[other]);
  });
  if (earliestEnd > capacity - problem.size[buffer]) {
    auto begin = weight.begin() + problem.first[buffer];
    auto end = weight.begin() + problem.last[buffer] + 1;
    deadSection = std::max_element(begin, end) - weight.begin();
    return false;
  }
  if (earliestEnd > low[buffer])
    setLow(buffer, earliestEnd);
  return checkMarked();
}

bool CanonicalSearch::checkMarked() {
  bool alive = true;
  for (int32_t section : marked) {
    isMarked[section] = false;
    urgentIsStale[section / kFan] = true;
    if (alive && numOpen[section] && !checkSection(section)) {
      alive = false;
      deadSection = section;
    }
  }
  marked.clear();
  return alive;
}

/// Stacks the open buffers of a section and counts those that may come first.
bool CanonicalSearch::checkSection(int32_t section) {
  int32_t *begin = &members[membersBegin[section]];
  int32_t count = numOpen[section];
  // A buffer with a larger lower bound cannot come first: what is left would
  // not fit on top of it.
  int64_t limit = capacity - openUnits[section];
  int64_t highest = 0;
  for (int32_t i = 0; i < count; ++i)
    highest = std::max(highest, low[begin[i]]);
  steps += count;

  int32_t candidates = count;
  if (highest > limit) {
    // Insertion sort, because the order hardly changes from time to time.
    for (int32_t i = 1; i < count; ++i) {
      int32_t buffer = begin[i], to = i;
      for (; to > 0 && low[begin[to - 1]] > low[buffer]; --to)
        begin[to] = begin[to - 1];
      begin[to] = buffer;
      steps += (i - to) / 4;
    }
    steps += count;
    int64_t top = 0;
    candidates = 0;
    for (int32_t i = 0; i < count; ++i) {
      candidates += low[begin[i]] <= limit;
      top = std::max(top, low[begin[i]]) + problem.size[begin[i]];
    }
    if (top > capacity)
      return false;
  }
  if (candidates != numCandidates[section]) {
    trail.push_back({Change::Candidates, section, numCandidates[section]});
    numCandidates[section] = candidates;
  }
  return true;
}

void CanonicalSearch::undo(size_t trailSize) {
  steps += (trail.size() - trailSize) / 4;
  while (trail.size() > trailSize) {
    auto [change, index, old] = trail.back();
    trail.pop_back();
    switch (change) {
    case Change::Low:
      low[index] = old;
      touch(index);
      break;
    case Change::Support:
      support[index] = old;
      break;
    case Change::Placed:
      isPlaced[index] = false;
      touch(index);
      for (int32_t s = problem.first[index]; s <= problem.last[index]; ++s) {
        openUnits[s] += problem.size[index];
        ++numOpen[s];
        urgentIsStale[s / kFan] = true;
      }
      break;
    case Change::Candidates:
      numCandidates[index] = old;
      urgentIsStale[index / kFan] = true;
      break;
    }
  }
}

//===----------------------------------------------------------------------===//
// Choice of the next decision
//===----------------------------------------------------------------------===//

double CanonicalSearch::urgency(int32_t section) const {
  if (numOpen[section] == 0)
    return -1.0;
  double candidates = numCandidates[section];
  return weight[section] /
         (squareCandidates ? candidates * candidates : candidates);
}

CanonicalSearch::Urgent CanonicalSearch::mostUrgent(int32_t begin,
                                                    int32_t end) {
  steps += (end - begin) / 4;
  Urgent most;
  for (int32_t s = begin; s < end; ++s) {
    double value = urgency(s);
    if (value > most.value)
      most = {s, value};
  }
  return most;
}

/// The most urgent section of [first, last], the first of equal ones; -1 when
/// no buffer is open there.
int32_t CanonicalSearch::selectSection(int32_t first, int32_t last) {
  Urgent most;
  for (int32_t block = first / kFan; block <= last / kFan; ++block) {
    int32_t begin = block * kFan, end = std::min(begin + kFan, numSections);
    ++steps;
    Urgent inBlock;
    if (begin < first || end > last + 1) {
      inBlock = mostUrgent(std::max(begin, first), std::min(end, last + 1));
    } else {
      if (urgentIsStale[block]) {
        urgent[block] = mostUrgent(begin, end);
        urgentIsStale[block] = false;
      }
      inBlock = urgent[block];
    }
    if (inBlock.value > most.value)
      most = inBlock;
  }
  return most.section;
}

int32_t CanonicalSearch::bestInBlock(int32_t block) {
  if (bestIsStale[block]) {
    int32_t begin = block * kFan, end = std::min(begin + kFan, numBuffers);
    int32_t found = -1;
    for (int32_t i = begin; i < end; ++i)
      if (!isPlaced[i] && (found < 0 || isBetter(i, found)))
        found = i;
    best[block] = found;
    bestIsStale[block] = false;
    steps += (end - begin) / 4;
  }
  return best[block];
}

int32_t CanonicalSearch::bestInBlocks(int32_t superblock) {
  if (bestOfBestIsStale[superblock]) {
    int32_t begin = superblock * kFan;
    int32_t end = std::min<int32_t>(begin + kFan, best.size());
    int32_t found = -1;
    for (int32_t block = begin; block < end; ++block) {
      int32_t i = bestInBlock(block);
      if (i >= 0 && (found < 0 || isBetter(i, found)))
        found = i;
    }
    bestOfBest[superblock] = found;
    bestOfBestIsStale[superblock] = false;
    steps += (end - begin) / 4;
  }
  return bestOfBest[superblock];
}

/// The best open buffer in conflict with `buffer` that can end at or below its
/// lower bound; -1 when `buffer` is exposed.
int32_t CanonicalSearch::findUnderneath(int32_t buffer) {
  int64_t bound = low[buffer];
  if (bound == 0)
    return -1;
  int32_t found = -1;
  auto fits = [&](int32_t other) {
    return low[other] + problem.size[other] <= bound;
  };
  auto look = [&](int32_t other) {
    if (fits(other) && (found < 0 || isBetter(other, found)))
      found = other;
  };
  int32_t section = problem.first[buffer];
  const int32_t *member = &members[membersBegin[section]];
  for (int32_t i = 0; i < numOpen[section]; ++i)
    look(member[i]);
  steps += numOpen[section];

  // The others start later. A block is settled by its best buffer when that
  // one fits, or is no better than what was found.
  auto isSettled = [&](int32_t bestOther) {
    if (bestOther < 0 || low[bestOther] >= bound ||
        (found >= 0 && !isBetter(bestOther, found)))
      return true;
    if (!fits(bestOther))
      return false;
    found = bestOther;
    return true;
  };
  int32_t end = problem.startsBefore[problem.last[buffer] + 1];
  for (int32_t i = problem.startsBefore[section + 1]; i < end;) {
    ++steps;
    constexpr int32_t kLarge = kFan * kFan;
    if (i % kLarge == 0 && end - i >= kLarge &&
        isSettled(bestInBlocks(i / kLarge))) {
      i += kLarge;
      continue;
    }
    if (i % kFan == 0 && end - i >= kFan && isSettled(bestInBlock(i / kFan))) {
      i += kFan;
      continue;
    }
    int32_t blockEnd = std::min((i / kFan + 1) * kFan, end);
    steps += (blockEnd - i) / 4;
    for (; i < blockEnd; ++i)
      if (!isPlaced[i])
        look(i);
  }
  return found;
}

/// An exposed buffer: the lowest of the section, or what can still come
/// underneath it.
int32_t CanonicalSearch::selectBuffer(int32_t section) {
  const int32_t *member = &members[membersBegin[section]];
  int32_t buffer = member[0];
  for (int32_t i = 1; i < numOpen[section]; ++i)
    if (isBetter(member[i], buffer))
      buffer = member[i];
  steps += numOpen[section];
  // Lower bounds decrease strictly on the way.
  while (true) {
    int32_t underneath = findUnderneath(buffer);
    if (underneath < 0)
      return buffer;
    buffer = underneath;
  }
}

/// Replaces the stretch at `head` by its independent parts without sections
/// that are solved; the new head.
int32_t CanonicalSearch::splitStretch(int32_t head) {
  Stretch whole = stretches[head];
  steps += (whole.last - whole.first) / 8;
  std::vector<std::pair<int32_t, int32_t>> parts;
  bool isInside = false;
  for (int32_t s = whole.first; s <= whole.last; ++s) {
    bool isOpen = numOpen[s] > 0;
    if (isOpen && !isInside)
      parts.emplace_back(s, s);
    else if (isOpen)
      parts.back().second = s;
    isInside = isOpen;
  }
  // The shortest part is solved first: it fails, if it does, at least cost.
  std::sort(parts.begin(), parts.end(), [](const auto &a, const auto &b) {
    return std::pair(a.first - a.second, a.first) <
           std::pair(b.first - b.second, b.first);
  });
  head = whole.next;
  for (auto [first, last] : parts) {
    stretches.push_back({first, last, whole.parent, head});
    head = stretches.size() - 1;
  }
  return head;
}

//===----------------------------------------------------------------------===//
// Search
//===----------------------------------------------------------------------===//

void CanonicalSearch::recordDeadEnd() {
  weight[deadSection] += 1.0;
  urgentIsStale[deadSection / kFan] = true;
}

/// Takes back the decisions from `index` on; the head of the stretches that
/// were open before.
int32_t CanonicalSearch::returnTo(int32_t index) {
  Decision decision = decisions[index];
  decisions.resize(index);
  undo(decision.trailSize);
  stretches.resize(decision.numStretches);
  mustSplit = false;
  return decision.stretches;
}

CanonicalSearch::Outcome CanonicalSearch::run(int64_t patience,
                                              StepBudget &budget) {
  stretches.push_back({0, numSections - 1, /*parent=*/-1, /*next=*/-1});
  int32_t head = 0;
  mustSplit = false;
  // Dead ends since the search got deeper than ever, since the last retreat.
  int64_t dead = 0;
  size_t deepest = 0, retreat = kFirstRetreat;
  while (steps < budget.left) {
    if (dead > patience) {
      // A mistake further up is likely. Taking back more and more decisions
      // keeps most of a large plan, where a restart would lose it all.
      if (retreat >= decisions.size())
        return Outcome::OutOfSteps;
      head = returnTo(decisions.size() - retreat);
      retreat *= 2;
      dead = 0;
    }
    if (mustSplit && head >= 0) {
      mustSplit = false;
      head = splitStretch(head);
    }
    if (head < 0)
      return Outcome::Found;
    Stretch stretch = stretches[head];
    int32_t section = selectSection(stretch.first, stretch.last);
    if (section < 0) {
      head = stretch.next;
      continue;
    }

    int32_t buffer = selectBuffer(section);
    bool alive;
    int32_t parent;
    if (low[buffer] != support[buffer]) {
      // Nothing carries it where it is, so it lies higher in any case.
      parent = stretch.parent;
      alive = raise(buffer);
    } else {
      parent = decisions.size();
      decisions.push_back(
          {buffer, stretch.parent, head, stretches.size(), trail.size()});
      stretches.push_back({stretch.first, stretch.last, parent, stretch.next});
      head = stretches.size() - 1;
      alive = place(buffer);
      if (alive && decisions.size() > deepest) {
        deepest = decisions.size();
        retreat = kFirstRetreat;
        dead = 0;
      }
    }
    while (!alive) {
      ++dead;
      recordDeadEnd();
      if (parent < 0)
        return Outcome::Impossible;
      Decision decision = decisions[parent];
      head = returnTo(parent);
      parent = decision.parent;
      alive = raise(decision.buffer);
    }
  }
  return Outcome::OutOfSteps;
}

/// Tie breaks of the next run: life time, at times area, with some noise from
/// the second round of settings on.
void CanonicalSearch::rankBuffers() {
  constexpr double kNoise = 0.15;
  int64_t setting = numRuns % kNumSettings;
  squareCandidates = setting % 3 == 1;
  bool byArea = setting == 2 || setting == 5;
  double noise = numRuns < kNumSettings ? 0.0 : kNoise;
  Random random(numRuns);
  for (int32_t i = 0; i < numBuffers; ++i) {
    double key = problem.length[i];
    if (byArea)
      key *= problem.size[i];
    rank[i] = key * (1.0 + noise * random.symmetric());
  }
}

void CanonicalSearch::prepareRun(int64_t newCapacity) {
  capacity = newCapacity;
  low.assign(numBuffers, 0);
  support.assign(numBuffers, 0);
  isPlaced.assign(numBuffers, false);
  rank.resize(numBuffers);
  numOpen.resize(numSections);
  for (int32_t s = 0; s < numSections; ++s)
    numOpen[s] = membersBegin[s + 1] - membersBegin[s];
  openUnits = problem.live;
  numCandidates = numOpen;
  isMarked.assign(numSections, false);
  marked.clear();
  size_t sectionBlocks = llvm::divideCeil(numSections, kFan);
  urgent.resize(sectionBlocks);
  urgentIsStale.assign(sectionBlocks, true);
  size_t blocks = llvm::divideCeil(numBuffers, kFan);
  best.resize(blocks);
  bestIsStale.assign(blocks, true);
  size_t superblocks = llvm::divideCeil(blocks, kFan);
  bestOfBest.resize(superblocks);
  bestOfBestIsStale.assign(superblocks, true);
  trail.clear();
  stretches.clear();
  decisions.clear();
  // Old failures count less than new ones.
  constexpr double kMemory = 9.0;
  double most = *std::max_element(weight.begin(), weight.end());
  for (double &value : weight)
    value = 1.0 + kMemory * (value - 1.0) / std::max(most - 1.0, kMemory);
  steps += numBuffers + numSections;
}

/// The Luby sequence 1 1 2 1 1 2 4 …, from index 1 on.
static int64_t luby(int64_t index) {
  while (true) {
    int64_t power = llvm::PowerOf2Ceil(index + 1);
    if (power == index + 1)
      return power / 2;
    index -= power / 2 - 1;
  }
}

CanonicalSearch::Outcome
CanonicalSearch::search(int64_t newCapacity, StepBudget &budget, Plan &plan) {
  if (*std::max_element(problem.live.begin(), problem.live.end()) > newCapacity)
    return Outcome::Impossible;
  constexpr int64_t kPatience = 100;
  for (int64_t round = 1; !budget.exhausted(); ++round) {
    steps = 0;
    prepareRun(newCapacity);
    rankBuffers();
    Outcome outcome =
        run(kPatience * luby(llvm::divideCeil(round, kNumSettings)), budget);
    ++numRuns;
    budget.spend(steps);
    if (outcome == Outcome::Impossible)
      return outcome;
    if (outcome == Outcome::Found) {
      plan.offsets = low;
      plan.peak = 0;
      for (int32_t i = 0; i < numBuffers; ++i)
        plan.peak = std::max(plan.peak, low[i] + problem.size[i]);
      return outcome;
    }
  }
  return Outcome::OutOfSteps;
}
