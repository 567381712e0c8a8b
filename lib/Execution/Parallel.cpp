// SPDX-License-Identifier: Apache-2.0
//
// A thread pool whose threads take piece after piece.
#include "Parallel.h"

#include "llvm/Support/MathExtras.h"
#include "llvm/Support/ThreadPool.h"

#include <atomic>
#include <mutex>

using namespace gemlir::exec;

Parallel::Parallel(unsigned threads) : threads(std::max(threads, 1u)) {}
Parallel::~Parallel() = default;

llvm::Error Parallel::forEach(int64_t count,
                              llvm::function_ref<llvm::Error(int64_t)> work) {
  if (threads == 1 || count <= 1) {
    for (int64_t i = 0; i < count; ++i)
      if (llvm::Error error = work(i))
        return error;
    return llvm::Error::success();
  }

  if (!pool)
    pool = std::make_unique<llvm::DefaultThreadPool>(
        llvm::hardware_concurrency(threads));
  std::atomic<int64_t> next = 0;
  std::mutex mutex;
  llvm::Error first = llvm::Error::success();
  int64_t firstIndex = count;
  auto loop = [&] {
    for (int64_t i = next++; i < count; i = next++) {
      llvm::Error error = work(i);
      if (!error)
        continue;
      std::lock_guard<std::mutex> lock(mutex);
      if (i < firstIndex) {
        llvm::consumeError(std::move(first));
        first = std::move(error);
        firstIndex = i;
      } else {
        llvm::consumeError(std::move(error));
      }
    }
  };
  for (int64_t i = 0, e = std::min<int64_t>(threads, count); i < e; ++i)
    pool->async(loop);
  pool->wait();
  return first;
}

llvm::Error
Parallel::forBlocks(int64_t total, int64_t block,
                    llvm::function_ref<llvm::Error(int64_t, int64_t)> work) {
  return forEach(llvm::divideCeil(total, block), [&](int64_t i) {
    return work(i * block, std::min((i + 1) * block, total));
  });
}
