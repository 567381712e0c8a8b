// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as an OM, or as one partition of a good one, that is imported and
// written again. The first byte says of which model, the second which
// partition, or that the bytes are the whole file.
#include "Bundle.h"
#include "RoundTrip.h"

#include <iterator>

using namespace gemlir::om;

static constexpr PartitionType kTypes[] = {
    PartitionType::ModelDef,    PartitionType::TaskInfo,
    PartitionType::WeightsData, PartitionType::ModelInOutInfo,
    PartitionType::TBEKernels,  PartitionType::CustAICPUKernels,
    PartitionType::SoBins,      PartitionType::FlowModel};

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size <= 2)
    return 0;
  llvm::ArrayRef<uint8_t> bytes(data + 2, size - 2);
  size_t choice = data[1] % (std::size(kTypes) + 1);
  gemlir::fuzz::roundTripOM(
      choice == std::size(kTypes)
          ? fuzz::repairLength(bytes)
          : fuzz::makeModel(data[0], kTypes[choice], bytes));
  return 0;
}
