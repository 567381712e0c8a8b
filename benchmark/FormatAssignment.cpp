// SPDX-License-Identifier: Apache-2.0
//
// Format assignment on random graphs of three fractal formats. Counters:
//   over_bound   cost / lower bound (1 is optimal)
//   over_greedy  cost / cost of the cheapest choice operator by operator
//   over_local   cost / cost of preferred formats and local cancellation
//   over_walk    time / time of that greedy walk
#include "../test/Unit/FormatAssignment/Instances.h"
#include "Stopwatch.h"

#include <benchmark/benchmark.h>

using namespace gemlir::geir;
using gemlir::benchmarks::Stopwatch;

static void assignGraph(benchmark::State &state) {
  test::GraphOptions options;
  options.numOps = static_cast<unsigned>(state.range(0));
  FormatProblem problem = test::randomGraph(/*seed=*/1, options);
  Stopwatch assign, greedy;
  FormatAssignment result;
  double greedyCost = 0;
  for (auto _ : state) {
    assign.run([&] { result = llvm::cantFail(assignFormats(problem)); });
    greedy.run([&] {
      greedyCost = static_cast<double>(
          computeCost(problem, test::assignGreedily(problem)));
    });
  }
  auto cost = static_cast<double>(result.cost);
  auto local =
      static_cast<double>(computeCost(problem, test::cancelLocally(problem)));
  state.counters["over_bound"] = cost / static_cast<double>(result.lowerBound);
  state.counters["over_greedy"] = cost / greedyCost;
  state.counters["over_local"] = cost / local;
  state.counters["over_walk"] = assign.median() / greedy.median();
  state.SetComplexityN(state.range(0));
}
BENCHMARK(assignGraph)
    ->Arg(1000)
    ->Arg(10000)
    ->Arg(100000)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(5)
    ->Complexity();
