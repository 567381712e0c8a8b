// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as an OM file. Headers state the length of the file, which mutation
// destroys; each input is tried with and without repair.
#include "Bundle.h"

#include "llvm/Support/Endian.h"

using namespace gemlir::om;
using namespace llvm::support::endian;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::vector<uint8_t> bytes(data, data + size);
  fuzz::examine(bytes);
  if (size > kHeaderSize) {
    bool isBundle = bytes[82] == static_cast<uint8_t>(ModelType::Bundle);
    write64le(bytes.data() + 184, isBundle ? size : size - kHeaderSize);
    fuzz::examine(bytes);
  }
  return 0;
}
