// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as an OM file, with and without a repaired header.
#include "Bundle.h"

using namespace gemlir::om;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::vector<uint8_t> bytes(data, data + size);
  fuzz::examine(bytes);
  if (size > kHeaderSize)
    fuzz::examine(fuzz::repairLength(bytes));
  return 0;
}
