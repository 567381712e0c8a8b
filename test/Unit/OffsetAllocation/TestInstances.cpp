// SPDX-License-Identifier: Apache-2.0
#include "TestInstances.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>

using namespace gemlir::ascend;
using namespace gemlir::ascend::test;

std::vector<AllocationRequest> test::readShared(llvm::StringRef name) {
  const char *shared = std::getenv("GEMLIR_SHARED_DIR");
  std::string path = shared ? shared : GEMLIR_SHARED_DIR_DEFAULT;
  auto file = llvm::MemoryBuffer::getFile(path + "/memplan/" + name);
  std::vector<AllocationRequest> requests;
  if (!file)
    return requests;
  llvm::SmallVector<llvm::StringRef> lines;
  (*file)->getBuffer().split(lines, '\n', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (llvm::StringRef line : llvm::drop_begin(lines)) {
    llvm::SmallVector<llvm::StringRef, 4> fields;
    line.trim().split(fields, ',');
    AllocationRequest request;
    bool failed = fields.size() != 4 ||
                  fields[1].getAsInteger(10, request.begin) ||
                  fields[2].getAsInteger(10, request.end) ||
                  fields[3].getAsInteger(10, request.bytes);
    EXPECT_FALSE(failed) << path << ": " << line.str();
    requests.push_back(request);
  }
  return requests;
}

std::vector<PlacedBuffer>
test::place(llvm::ArrayRef<AllocationRequest> requests,
            const AllocationResult &result) {
  std::vector<PlacedBuffer> buffers;
  for (auto [request, offset] : llvm::zip_equal(requests, result.offsets))
    buffers.push_back({offset, request.bytes, request.begin, request.end});
  return buffers;
}

bool test::liveTogether(const AllocationRequest &a,
                        const AllocationRequest &b) {
  if (a.bytes == 0 || b.bytes == 0)
    return false;
  auto isLiveAt = [](const AllocationRequest &request, int64_t time) {
    return time == request.begin ||
           (request.begin <= time && time < request.end);
  };
  return isLiveAt(a, b.begin) || isLiveAt(b, a.begin);
}

bool test::hasOverlap(llvm::ArrayRef<PlacedBuffer> buffers) {
  for (size_t i = 0; i < buffers.size(); ++i)
    for (size_t j = 0; j < i; ++j) {
      const PlacedBuffer &a = buffers[i], &b = buffers[j];
      if (liveTogether({a.bytes, a.begin, a.end}, {b.bytes, b.begin, b.end}) &&
          a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes)
        return true;
    }
  return false;
}

void test::expectValid(llvm::ArrayRef<AllocationRequest> requests,
                       const AllocationOptions &options,
                       const AllocationResult &result) {
  ASSERT_EQ(result.offsets.size(), requests.size());
  int64_t peak = 0;
  for (auto [request, offset] : llvm::zip_equal(requests, result.offsets)) {
    EXPECT_GE(offset, 0);
    EXPECT_EQ(offset % options.alignment, 0);
    if (request.bytes == 0) {
      EXPECT_EQ(offset, 0);
    }
    peak = std::max(peak, offset + request.bytes);
  }
  EXPECT_EQ(result.peak, peak);
  EXPECT_GE(result.peak, result.lowerBound);

  std::vector<PlacedBuffer> buffers = place(requests, result);
  if (requests.size() <= 5000) {
    EXPECT_FALSE(hasOverlap(buffers));
  }
  EXPECT_EQ(findOverlap(buffers), std::nullopt);

  // The certificate: live at the critical time, and their sum is the bound.
  int64_t sum = 0, padding = 0;
  for (unsigned index : result.criticalRequests) {
    ASSERT_LT(index, requests.size());
    const AllocationRequest &request = requests[index];
    EXPECT_TRUE(liveTogether(request, {1, result.criticalTime, 0}));
    auto rounded =
        static_cast<int64_t>(llvm::alignTo(request.bytes, options.alignment));
    sum += rounded;
    padding = std::max(padding, rounded - request.bytes);
  }
  EXPECT_TRUE(llvm::is_sorted(result.criticalRequests));
  EXPECT_EQ(std::adjacent_find(result.criticalRequests.begin(),
                               result.criticalRequests.end()),
            result.criticalRequests.end());
  EXPECT_EQ(result.lowerBound, sum - padding);
  // No instant is fuller. Life is fullest at some begin.
  if (requests.size() > 5000)
    return;
  for (const AllocationRequest &at : requests) {
    int64_t live = 0;
    for (const AllocationRequest &request : requests)
      if (liveTogether(request, {1, at.begin, 0}))
        live += llvm::alignTo(request.bytes, options.alignment);
    EXPECT_LE(live, sum);
  }
}

int64_t
test::exhaustiveOptimum(llvm::ArrayRef<int64_t> bytes,
                        llvm::function_ref<bool(unsigned, unsigned)> conflict) {
  std::vector<unsigned> order(bytes.size());
  std::iota(order.begin(), order.end(), 0);
  int64_t best = std::numeric_limits<int64_t>::max();
  do {
    std::vector<int64_t> offsets(bytes.size());
    int64_t peak = 0;
    for (size_t i = 0; i < order.size(); ++i) {
      unsigned buffer = order[i];
      int64_t offset = 0;
      for (bool moved = true; moved;) {
        moved = false;
        for (unsigned other : llvm::ArrayRef(order).take_front(i))
          if (conflict(buffer, other) &&
              offset < offsets[other] + bytes[other] &&
              offsets[other] < offset + bytes[buffer]) {
            offset = offsets[other] + bytes[other];
            moved = true;
          }
      }
      offsets[buffer] = offset;
      peak = std::max(peak, offset + bytes[buffer]);
    }
    best = std::min(best, peak);
  } while (std::next_permutation(order.begin(), order.end()));
  return best;
}
