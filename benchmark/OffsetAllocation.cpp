// SPDX-License-Identifier: Apache-2.0
//
// The memory planner's core on random graphs. Counters:
//   over_bound  peak / lower bound (1 is optimal)
//   over_sort   time / time of sorting the buffers by size
//   fit_peak    peak of first fit in program order / lower bound
//   over_fit    time / time of that first fit
#include "../test/Unit/OffsetAllocation/Instances.h"
#include "Stopwatch.h"

#include "llvm/ADT/STLExtras.h"

#include <benchmark/benchmark.h>

#include <map>

using namespace gemlir::ascend;
using gemlir::benchmarks::Stopwatch;

/// What an allocator at run time does: the lowest gap that is large enough, in
/// program order. The peak.
static int64_t firstFit(llvm::ArrayRef<AllocationRequest> requests) {
  std::map<int64_t, int64_t> live; // offset -> bytes
  std::multimap<int64_t, int64_t> ends;
  int64_t peak = 0;
  for (const AllocationRequest &request : requests) {
    while (!ends.empty() && ends.begin()->first <= request.begin) {
      live.erase(ends.begin()->second);
      ends.erase(ends.begin());
    }
    int64_t offset = 0;
    for (auto [begin, bytes] : live) {
      if (begin - offset >= request.bytes)
        break;
      offset = begin + bytes;
    }
    live[offset] = request.bytes;
    ends.emplace(request.end, offset);
    peak = std::max(peak, offset + request.bytes);
  }
  return peak;
}

static void allocateGraph(benchmark::State &state) {
  std::vector<AllocationRequest> requests =
      test::randomGraph(/*seed=*/1, static_cast<unsigned>(state.range(0)));
  Stopwatch plan, sort, fit;
  double overBound = 0, fitPeak = 0;
  for (auto _ : state) {
    plan.run([&] {
      AllocationResult result = llvm::cantFail(allocateOffsets(requests, {}));
      overBound = static_cast<double>(result.peak) / result.lowerBound;
      fitPeak = 1.0 / result.lowerBound;
    });
    sort.run([&] {
      std::vector<AllocationRequest> copy = requests;
      llvm::stable_sort(
          copy, [](const auto &a, const auto &b) { return a.bytes > b.bytes; });
      benchmark::DoNotOptimize(copy.data());
    });
    fit.run([&] { fitPeak *= static_cast<double>(firstFit(requests)); });
  }
  state.counters["over_bound"] = overBound;
  state.counters["over_sort"] = plan.median() / sort.median();
  state.counters["fit_peak"] = fitPeak;
  state.counters["over_fit"] = plan.median() / fit.median();
  state.SetComplexityN(state.range(0));
}
BENCHMARK(allocateGraph)
    ->RangeMultiplier(2)
    ->Range(12500, 100000)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(5)
    ->Complexity();
