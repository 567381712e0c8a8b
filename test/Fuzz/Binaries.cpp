// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as one of the partitions that are no messages: the first byte says
// of which model, the second which partition.
#include "Bundle.h"

#include <iterator>

using namespace gemlir::om;

static constexpr PartitionType kTypes[] = {
    PartitionType::ModelInOutInfo,   PartitionType::TBEKernels,
    PartitionType::CustAICPUKernels, PartitionType::SoBins,
    PartitionType::TilingData,       PartitionType::CustomOps};

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size > 2)
    fuzz::examinePartition(data[0], kTypes[data[1] % std::size(kTypes)],
                           llvm::ArrayRef<uint8_t>(data + 2, size - 2));
  return 0;
}
