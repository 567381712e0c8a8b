// SPDX-License-Identifier: Apache-2.0
#include "OffsetAllocationProblem.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <numeric>
#include <tuple>

using namespace gemlir;
using namespace gemlir::ascend;
using namespace gemlir::ascend::allocation;

llvm::Expected<Sizes>
allocation::normaliseSizes(llvm::ArrayRef<int64_t> bytes,
                           const AllocationOptions &options) {
  if (options.alignment < 1)
    return makeErrorf("expected a positive alignment, found {0}",
                      options.alignment);
  if (options.steps < 0)
    return makeErrorf("expected a non-negative number of steps, found {0}",
                      options.steps);
  if (bytes.size() > std::numeric_limits<int32_t>::max())
    return makeErrorf("expected at most {0} requests, found {1}",
                      std::numeric_limits<int32_t>::max(), bytes.size());

  Sizes sizes;
  sizes.units.reserve(bytes.size());
  int64_t divisor = 0, total = 0;
  for (auto [index, size] : llvm::enumerate(bytes)) {
    if (size < 0)
      return makeErrorf("expected a non-negative size, found {0} in request "
                        "{1}",
                        size, index);
    int64_t blocks = size / options.alignment + (size % options.alignment != 0);
    int64_t rounded;
    if (llvm::MulOverflow(blocks, options.alignment, rounded) ||
        llvm::AddOverflow(total, rounded, total))
      return makeErrorf("expected sizes whose sum fits into 63 bits, found a "
                        "larger one at request {0} of {1}",
                        index, bytes.size());
    divisor = std::gcd(divisor, rounded);
    sizes.units.push_back(rounded);
  }
  sizes.unit = std::max(divisor, options.alignment);
  for (int64_t &size : sizes.units)
    size /= sizes.unit;
  return sizes;
}

size_t IntervalProblem::criticalSection() const {
  return std::max_element(live.begin(), live.end()) - live.begin();
}

int64_t IntervalProblem::countConflicts() const {
  // A buffer conflicts with the earlier ones that are live in its first
  // section, and with those that start with it.
  std::vector<int32_t> endsIn(numSections(), 0);
  for (int32_t section : last)
    ++endsIn[section];
  int64_t conflicts = 0, alive = 0;
  for (size_t section = 0; section < numSections(); ++section) {
    int64_t starting = startsBefore[section + 1] - startsBefore[section];
    int64_t added = alive * starting + starting * (starting - 1) / 2;
    if (llvm::AddOverflow(conflicts, added, conflicts))
      return kUnbounded;
    alive += starting - endsIn[section];
  }
  return conflicts;
}

int64_t IntervalProblem::countMembers() const {
  int64_t members = 0;
  for (size_t i = 0; i < numBuffers(); ++i)
    members += last[i] - first[i] + 1;
  return members;
}

std::vector<int64_t> IntervalProblem::contention() const {
  // A segment tree of maxima, leaves at [numSections, 2 * numSections).
  size_t width = numSections();
  std::vector<int64_t> tree(2 * width);
  std::copy(live.begin(), live.end(), tree.begin() + width);
  for (size_t node = width; node-- > 1;)
    tree[node] = std::max(tree[2 * node], tree[2 * node + 1]);

  std::vector<int64_t> result;
  result.reserve(numBuffers());
  for (size_t i = 0; i < numBuffers(); ++i) {
    int64_t most = 0;
    for (size_t left = first[i] + width, right = last[i] + width + 1;
         left < right; left /= 2, right /= 2) {
      if (left & 1)
        most = std::max(most, tree[left++]);
      if (right & 1)
        most = std::max(most, tree[--right]);
    }
    result.push_back(most);
  }
  return result;
}

namespace {
/// Closed life time of a request; closed, because the instant after the
/// largest int64_t does not exist.
struct Life {
  int64_t begin, last;
  uint32_t request;
};
} // namespace

/// Cuts `lives`, sorted by begin, into sections and adds the buffers to
/// `problem`.
static void addSections(llvm::ArrayRef<Life> lives,
                        llvm::ArrayRef<int64_t> units,
                        IntervalProblem &problem) {
  std::vector<int64_t> ends;
  for (const Life &life : lives)
    ends.push_back(life.last);
  std::sort(ends.begin(), ends.end());

  // The set of live buffers is maximal at a begin that is the last one before
  // something ends.
  std::vector<int64_t> &time = problem.time;
  size_t nextEnd = 0;
  for (size_t i = 0; i < lives.size(); ++i) {
    bool lastBegin =
        i + 1 == lives.size() || ends[nextEnd] < lives[i + 1].begin;
    if (!lastBegin)
      continue;
    time.push_back(lives[i].begin);
    while (i + 1 < lives.size() && nextEnd < ends.size() &&
           ends[nextEnd] < lives[i + 1].begin)
      ++nextEnd;
  }

  size_t numSections = time.size();
  std::vector<int64_t> change(numSections + 1, 0);
  problem.startsBefore.assign(numSections + 1, 0);
  // Sorting by section first makes buffers of equal life time and size
  // neighbours, whatever order the requests came in.
  std::vector<std::tuple<int32_t, int32_t, int64_t, uint32_t, double>> buffers;
  for (const Life &life : lives) {
    auto first = std::lower_bound(time.begin(), time.end(), life.begin);
    auto last = std::upper_bound(first, time.end(), life.last) - 1;
    buffers.emplace_back(first - time.begin(), last - time.begin(),
                         units[life.request], life.request,
                         static_cast<double>(life.last) -
                             static_cast<double>(life.begin) + 1.0);
  }
  std::sort(buffers.begin(), buffers.end());
  for (auto [first, last, size, request, length] : buffers) {
    problem.first.push_back(first);
    problem.last.push_back(last);
    problem.size.push_back(size);
    problem.request.push_back(request);
    problem.length.push_back(length);
    change[first] += size;
    change[last + 1] -= size;
    ++problem.startsBefore[first + 1];
  }
  problem.live.resize(numSections);
  std::partial_sum(change.begin(), change.end() - 1, problem.live.begin());
  std::partial_sum(problem.startsBefore.begin(), problem.startsBefore.end(),
                   problem.startsBefore.begin());
}

std::vector<IntervalProblem>
allocation::makeProblems(llvm::ArrayRef<AllocationRequest> requests,
                         llvm::ArrayRef<int64_t> units) {
  std::vector<Life> lives;
  for (auto [index, request] : llvm::enumerate(requests)) {
    if (units[index] == 0)
      continue;
    int64_t last =
        request.begin < request.end ? request.end - 1 : request.begin;
    lives.push_back({request.begin, last, static_cast<uint32_t>(index)});
  }
  std::sort(lives.begin(), lives.end(), [](const Life &a, const Life &b) {
    return std::tie(a.begin, a.request) < std::tie(b.begin, b.request);
  });

  std::vector<IntervalProblem> problems;
  for (size_t begin = 0; begin < lives.size();) {
    int64_t reach = lives[begin].last;
    size_t end = begin + 1;
    for (; end < lives.size() && lives[end].begin <= reach; ++end)
      reach = std::max(reach, lives[end].last);
    addSections(llvm::ArrayRef(lives).slice(begin, end - begin), units,
                problems.emplace_back());
    begin = end;
  }
  return problems;
}
