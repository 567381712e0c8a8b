// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as a file of tensors: .npy, .npz or .safetensors by content.
#include "InputFile.h"

#include "GeDialect/Target/WeightFile/WeightFile.h"

using namespace gemlir;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static fuzz::InputFile input("input");
  llvm::Expected<std::vector<NamedTensor>> tensors =
      readTensorFile(input.write(data, size));
  if (!tensors) {
    (void)llvm::toString(tensors.takeError());
    return 0;
  }
  // Every byte of what was read can be read.
  volatile uint8_t sum = 0;
  for (const NamedTensor &tensor : *tensors)
    for (uint8_t byte : tensor.bytes)
      sum = sum + byte;
  return 0;
}
