// SPDX-License-Identifier: Apache-2.0
#include "Instances.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cmath>

using namespace gemlir::ascend;
using namespace gemlir::ascend::test;

int64_t Numbers::in(int64_t low, int64_t high) {
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  uint64_t value = (state * 0x2545f4914f6cdd1du) >> 11;
  return low + static_cast<int64_t>(value % (high - low + 1));
}

std::vector<AllocationRequest>
test::randomRequests(uint64_t seed, unsigned count, int64_t horizon,
                     int64_t maxLength, int64_t maxBytes) {
  Numbers numbers(seed);
  std::vector<AllocationRequest> requests;
  for (unsigned i = 0; i < count; ++i) {
    int64_t begin = numbers.in(0, horizon - 1);
    int64_t bytes = numbers.in(1, maxBytes);
    requests.push_back({bytes, begin, begin + numbers.in(1, maxLength)});
  }
  return requests;
}

std::vector<AllocationRequest> test::fullMemory(uint64_t seed, int64_t bytes) {
  constexpr int64_t kInstants = 4;
  Numbers numbers(seed);
  std::vector<AllocationRequest> requests;
  for (int64_t time = 0; time < kInstants; ++time) {
    int64_t free = bytes;
    for (AllocationRequest &request : requests)
      if (request.end == time && numbers.in(0, 1)) {
        request.end = time + 1;
        free -= request.bytes;
      }
    while (free > 0) {
      int64_t size = numbers.in(1, free);
      requests.push_back({size, time, time + 1});
      free -= size;
    }
  }
  return requests;
}

std::vector<AllocationRequest> test::randomGraph(uint64_t seed,
                                                 unsigned numOps) {
  Numbers numbers(seed);
  std::vector<AllocationRequest> requests;
  for (int64_t op = 0; op < numOps; ++op) {
    for (int64_t input = numbers.in(1, 3); op > 0 && input > 0; --input) {
      int64_t producer = numbers.in(std::max<int64_t>(0, op - 40), op - 1);
      requests[producer].end = op + 1;
    }
    double exponent = static_cast<double>(numbers.in(0, 1000)) / 100.0;
    auto bytes = static_cast<int64_t>(4096.0 * std::exp2(exponent));
    requests.push_back(
        {static_cast<int64_t>(llvm::alignTo(bytes, 512)), op, op + 1});
  }
  return requests;
}
