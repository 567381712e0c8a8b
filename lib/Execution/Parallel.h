// SPDX-License-Identifier: Apache-2.0
//
// Spreads work over threads without letting the result depend on how many
// there are: the caller cuts the work into pieces by its shape alone.
#ifndef GEDIALECT_LIB_EXECUTION_PARALLEL_H
#define GEDIALECT_LIB_EXECUTION_PARALLEL_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <memory>

namespace llvm {
class ThreadPoolInterface;
} // namespace llvm

namespace gemlir::exec {

class Parallel {
public:
  /// 0 counts as 1.
  explicit Parallel(unsigned threads);
  ~Parallel();

  /// Runs `work(0)` ... `work(count - 1)` in any order and returns the error
  /// of the lowest index. Pieces must not share results.
  llvm::Error forEach(int64_t count,
                      llvm::function_ref<llvm::Error(int64_t)> work);

  /// Cuts [0, total) into blocks of `block` and calls `work(begin, end)`.
  llvm::Error forBlocks(int64_t total, int64_t block,
                        llvm::function_ref<llvm::Error(int64_t, int64_t)> work);

private:
  unsigned threads;
  std::unique_ptr<llvm::ThreadPoolInterface> pool; // made at first need
};

} // namespace gemlir::exec

#endif // GEDIALECT_LIB_EXECUTION_PARALLEL_H
