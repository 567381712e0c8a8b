// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as TASK_INFO of a good model: the first byte says of which.
#include "Bundle.h"

using namespace gemlir::om;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size > 1)
    fuzz::examinePartition(data[0], PartitionType::TaskInfo,
                           llvm::ArrayRef<uint8_t>(data + 1, size - 1));
  return 0;
}
