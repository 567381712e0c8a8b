// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as the manifest of a good bundle, which is checked, imported and
// written again.
#include "Bundle.h"
#include "RoundTrip.h"

using namespace gemlir::om;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::vector<uint8_t> file = fuzz::makeBundle(
      llvm::StringRef(reinterpret_cast<const char *>(data), size));
  fuzz::examine(file);
  gemlir::fuzz::roundTripOM(file);
  return 0;
}
