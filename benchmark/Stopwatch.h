// SPDX-License-Identifier: Apache-2.0
//
// Times pieces of code that alternate in one benchmark, so that both see the
// same machine.
#ifndef GEMLIR_BENCHMARK_STOPWATCH_H
#define GEMLIR_BENCHMARK_STOPWATCH_H

#include "llvm/ADT/STLFunctionalExtras.h"

#include <algorithm>
#include <chrono>
#include <vector>

namespace gemlir::benchmarks {

/// Seconds of each run of a piece of code.
class Stopwatch {
public:
  void run(llvm::function_ref<void()> work) {
    auto start = std::chrono::steady_clock::now();
    work();
    std::chrono::duration<double> time =
        std::chrono::steady_clock::now() - start;
    seconds.push_back(time.count());
  }

  /// 0 when nothing ran. The median, because noise only ever adds.
  double median() {
    if (seconds.empty())
      return 0;
    auto middle = seconds.begin() + seconds.size() / 2;
    std::nth_element(seconds.begin(), middle, seconds.end());
    return *middle;
  }

private:
  std::vector<double> seconds;
};

} // namespace gemlir::benchmarks

#endif // GEMLIR_BENCHMARK_STOPWATCH_H
