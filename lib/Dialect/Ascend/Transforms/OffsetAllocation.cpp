// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/Ascend/Transforms/OffsetAllocation.h"

#include "OffsetAllocationCanonical.h"
#include "OffsetAllocationEjection.h"
#include "OffsetAllocationGreedy.h"

#include "GeDialect/Support/Error.h"

#include <algorithm>
#include <numeric>

using namespace gemlir;
using namespace gemlir::ascend;
using namespace gemlir::ascend::allocation;

using Outcome = CanonicalSearch::Outcome;

namespace {
/// A plan in units and what is known about it.
struct Solution {
  Plan plan;
  /// No plan has a smaller peak.
  int64_t bound = 0;
};
} // namespace

/// Lowers the peak of `solution` to `goal`, or as far as the budget allows.
/// `attempt(target, budget, plan)` looks for a plan with a peak of at most
/// `target`, and may prove that there is none.
///
/// The goal comes first, because most instances meet it, and a search from
/// above would waste its effort on plans that are replaced at once. Only then
/// the interval between what failed and what is known is bisected.
template <class Attempt>
static void lowerPeak(Solution &solution, int64_t goal, int64_t minimumSlice,
                      StepBudget &budget, Attempt attempt) {
  // No peak up to `failed` was found.
  int64_t failed = std::max(goal, solution.bound) - 1;
  bool isFirst = true;
  while (solution.plan.peak > std::max(goal, solution.bound) &&
         !budget.exhausted()) {
    int64_t lowest = std::max(goal, solution.bound);
    if (failed >= solution.plan.peak - 1)
      failed = lowest - 1;
    int64_t target =
        isFirst ? lowest : failed + (solution.plan.peak - failed) / 2;
    int64_t slice =
        std::max(isFirst ? budget.left / 2 : budget.left / 6, minimumSlice);
    isFirst = false;
    StepBudget sliceBudget{std::min(slice, budget.left)};
    int64_t before = sliceBudget.left;
    Outcome outcome = attempt(target, sliceBudget, solution.plan);
    budget.spend(std::max<int64_t>(before - sliceBudget.left, 1));
    if (outcome == Outcome::Impossible)
      solution.bound = target + 1;
    if (outcome != Outcome::Found)
      failed = target;
  }
}

/// An attempt of ejection search with a new seed each time.
template <class Conflicts> class Ejection {
public:
  Ejection(Conflicts &conflicts, llvm::ArrayRef<int64_t> sizes)
      : conflicts(conflicts), sizes(sizes) {}

  Outcome operator()(int64_t target, StepBudget &budget, Plan &plan) {
    return ejectAbove(conflicts, sizes, target, seed++, budget, plan)
               ? Outcome::Found
               : Outcome::OutOfSteps;
  }

private:
  Conflicts &conflicts;
  llvm::ArrayRef<int64_t> sizes;
  uint64_t seed = 0;
};

static void improve(const IntervalProblem &problem, Solution &solution,
                    int64_t goal, StepBudget &budget) {
  IntervalConflicts conflicts(problem);
  Ejection eject(conflicts, problem.size);
  int64_t dive = CanonicalSearch::estimateSteps(problem.countMembers());
  if (dive > budget.left) {
    // With buffers that conflict with almost everything, a few moves of the
    // ejection search would eat up the budget and change nothing.
    constexpr int64_t kMinMoves = 1000;
    int64_t neighbours = 2 * problem.countConflicts() / problem.numBuffers();
    if (moveSteps(neighbours) > budget.left / kMinMoves)
      return;
    lowerPeak(solution, goal, /*minimumSlice=*/1, budget, eject);
    return;
  }
  // Ejection comes close to the goal in a small part of the time, but rarely
  // meets it on a full plan. Large steps first, while they succeed.
  StepBudget quick{std::min(budget.left, dive) / 8};
  budget.spend(quick.left);
  while (solution.plan.peak > goal) {
    int64_t gap = solution.plan.peak - goal;
    int64_t target = gap > goal / 2048 ? goal + gap / 4 : goal;
    if (eject(target, quick, solution.plan) != Outcome::Found)
      break;
  }
  budget.left += quick.left;
  if (solution.plan.peak <= goal)
    return;

  // One that can afford only a few such looks may end with nothing, and keeps
  // something for the ejection search.
  StepBudget reserve{dive > budget.left / 8 ? budget.left / 8 : 0};
  budget.spend(reserve.left);
  CanonicalSearch canonical(problem);
  lowerPeak(solution, goal, /*minimumSlice=*/4 * dive, budget,
            [&](int64_t target, StepBudget &slice, Plan &plan) {
              return canonical.search(target, slice, plan);
            });
  lowerPeak(solution, goal, /*minimumSlice=*/1, reserve, eject);
  budget.left += reserve.left;
}

/// Sum of the rounded sizes of a clique in bytes, without the largest padding:
/// the buffer on top needs none.
static int64_t cliqueBytes(llvm::ArrayRef<unsigned> clique,
                           llvm::ArrayRef<int64_t> bytes, const Sizes &sizes) {
  int64_t sum = 0, padding = 0;
  for (unsigned request : clique) {
    int64_t rounded = sizes.units[request] * sizes.unit;
    sum += rounded;
    padding = std::max(padding, rounded - bytes[request]);
  }
  return sum - padding;
}

/// Fills in what follows from the offsets in units.
static void finish(AllocationResult &result, llvm::ArrayRef<int64_t> bytes,
                   const Sizes &sizes, int64_t peakUnits, int64_t boundUnits) {
  for (auto [offset, size] : llvm::zip_equal(result.offsets, bytes)) {
    offset *= sizes.unit;
    result.peak = std::max(result.peak, offset + size);
  }
  llvm::sort(result.criticalRequests);
  result.lowerBound = cliqueBytes(result.criticalRequests, bytes, sizes);
  result.optimal = peakUnits <= boundUnits;
}

/// The largest number of units that is worth no improvement.
static int64_t targetUnits(const AllocationOptions &options,
                           const Sizes &sizes) {
  return std::max<int64_t>(options.targetPeak, 0) / sizes.unit;
}

llvm::Expected<AllocationResult>
gemlir::ascend::allocateOffsets(llvm::ArrayRef<AllocationRequest> requests,
                                const AllocationOptions &options) {
  std::vector<int64_t> bytes;
  for (const AllocationRequest &request : requests)
    bytes.push_back(request.bytes);
  llvm::Expected<Sizes> sizes = normaliseSizes(bytes, options);
  if (!sizes)
    return sizes.takeError();
  AllocationResult result;
  result.offsets.assign(requests.size(), 0);

  std::vector<IntervalProblem> problems = makeProblems(requests, sizes->units);
  std::vector<Solution> solutions(problems.size());
  size_t critical = 0, numBuffers = 0;
  for (size_t i = 0; i < problems.size(); ++i) {
    solutions[i].bound = problems[i].live[problems[i].criticalSection()];
    if (solutions[i].bound > solutions[critical].bound)
      critical = i;
    numBuffers += problems[i].numBuffers();
  }
  int64_t bound = problems.empty() ? 0 : solutions[critical].bound;
  if (!problems.empty()) {
    const IntervalProblem &problem = problems[critical];
    int32_t section = problem.criticalSection();
    result.criticalTime = problem.time[section];
    for (size_t i = 0; i < problem.numBuffers(); ++i)
      if (problem.first[i] <= section && section <= problem.last[i])
        result.criticalRequests.push_back(problem.request[i]);
  }

  // No stretch of time needs a smaller peak than the one with the largest
  // bound.
  int64_t goal = std::max(bound, targetUnits(options, *sizes));
  StepBudget budget{options.steps};
  for (size_t i = 0; i < problems.size(); ++i) {
    double share = static_cast<double>(problems[i].numBuffers()) / numBuffers;
    StepBudget slice{static_cast<int64_t>(options.steps / 16 * share)};
    int64_t before = slice.left;
    solutions[i].plan = placeGreedily(problems[i], goal, 8 * before, slice);
    budget.spend(before - slice.left);
  }

  // The highest first: what it cannot get below, the others need not either.
  std::vector<size_t> order(problems.size());
  std::iota(order.begin(), order.end(), 0);
  llvm::sort(order, [&](size_t a, size_t b) {
    return std::pair(solutions[b].plan.peak, a) <
           std::pair(solutions[a].plan.peak, b);
  });
  size_t above = llvm::count_if(solutions, [&](const Solution &solution) {
    return solution.plan.peak > goal;
  });
  for (size_t i : llvm::ArrayRef(order).take_front(above)) {
    StepBudget slice{budget.left / static_cast<int64_t>(above--)};
    int64_t before = slice.left;
    improve(problems[i], solutions[i], goal, slice);
    budget.spend(before - slice.left);
    goal = std::max(goal, solutions[i].plan.peak);
  }

  int64_t peak = 0;
  for (auto [problem, solution] : llvm::zip_equal(problems, solutions)) {
    peak = std::max(peak, solution.plan.peak);
    bound = std::max(bound, solution.bound);
    for (auto [request, offset] :
         llvm::zip_equal(problem.request, solution.plan.offsets))
      result.offsets[request] = offset;
  }
  finish(result, bytes, *sizes, peak, bound);
  return result;
}

//===----------------------------------------------------------------------===//
// Arbitrary conflicts
//===----------------------------------------------------------------------===//

static bool areNeighbours(const ConflictGraph &graph, unsigned a, unsigned b) {
  return std::binary_search(graph.neighbours(a).begin(),
                            graph.neighbours(a).end(), b);
}

/// A heavy clique, grown from each buffer in turn by its largest neighbours.
/// The heaviest clique is hard to find; one that is a little lighter only
/// makes the planner work longer.
static std::vector<unsigned> findClique(const ConflictGraph &graph,
                                        llvm::ArrayRef<int64_t> sizes,
                                        std::vector<unsigned> best,
                                        StepBudget budget) {
  auto weigh = [&](llvm::ArrayRef<unsigned> clique) {
    int64_t sum = 0;
    for (unsigned buffer : clique)
      sum += sizes[buffer];
    return sum;
  };
  auto isLarger = [&](unsigned a, unsigned b) {
    return std::pair(sizes[a], b) > std::pair(sizes[b], a);
  };
  int64_t bestWeight = weigh(best);
  std::vector<unsigned> seeds(graph.size());
  std::iota(seeds.begin(), seeds.end(), 0);
  llvm::sort(seeds, isLarger);
  for (unsigned seed : seeds) {
    if (budget.exhausted())
      break;
    std::vector<unsigned> candidates(graph.neighbours(seed).begin(),
                                     graph.neighbours(seed).end());
    llvm::sort(candidates, isLarger);
    std::vector<unsigned> clique = {seed};
    budget.spend(1 + 8 * candidates.size());
    for (unsigned candidate : candidates) {
      budget.spend(clique.size());
      if (llvm::all_of(clique, [&](unsigned member) {
            return areNeighbours(graph, candidate, member);
          }))
        clique.push_back(candidate);
    }
    int64_t weight = weigh(clique);
    if (weight > bestWeight) {
      bestWeight = weight;
      best = std::move(clique);
    }
  }
  return best;
}

llvm::Expected<AllocationResult> gemlir::ascend::allocateOffsets(
    llvm::ArrayRef<int64_t> bytes, const ConflictGraph &conflicts,
    const AllocationOptions &options, llvm::ArrayRef<unsigned> knownClique) {
  if (conflicts.size() != bytes.size())
    return makeErrorf("expected a conflict relation of {0} buffers, found one "
                      "of {1}",
                      bytes.size(), conflicts.size());
  llvm::Expected<Sizes> sizes = normaliseSizes(bytes, options);
  if (!sizes)
    return sizes.takeError();
  for (unsigned member : knownClique) {
    if (member >= bytes.size())
      return makeErrorf("expected a clique of buffers below {0}, found {1}",
                        bytes.size(), member);
    for (unsigned other : knownClique)
      if (other < member && !areNeighbours(conflicts, member, other))
        return makeErrorf("expected a clique, found that buffers {0} and {1} "
                          "do not conflict",
                          other, member);
  }
  AllocationResult result;
  if (bytes.empty())
    return result;

  // Buffers without bytes stay in the relation but conflict with nothing.
  ConflictGraph graph = conflicts.withoutEmpty(bytes);
  StepBudget budget{options.steps};
  int64_t cliqueSteps = options.steps / 16;
  result.criticalRequests =
      findClique(graph, sizes->units, knownClique.vec(), {cliqueSteps});
  budget.spend(cliqueSteps);
  Solution solution;
  for (unsigned member : result.criticalRequests)
    solution.bound += sizes->units[member];

  int64_t goal = std::max(solution.bound, targetUnits(options, *sizes));
  StepBudget slice{options.steps / 4};
  solution.plan = placeGreedily(graph, sizes->units, goal, slice);
  budget.spend(options.steps / 4 - slice.left);
  GraphConflicts index(graph);
  lowerPeak(solution, goal, /*minimumSlice=*/1, budget,
            Ejection(index, sizes->units));

  result.offsets = std::move(solution.plan.offsets);
  finish(result, bytes, *sizes, solution.plan.peak, solution.bound);
  return result;
}
