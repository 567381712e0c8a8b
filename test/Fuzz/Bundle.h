// SPDX-License-Identifier: Apache-2.0
//
// Puts fuzzed bytes in the place of one partition of a good OM, so that they
// reach what lies behind the reader of the container.
#ifndef GEMLIR_TEST_FUZZ_BUNDLE_H
#define GEMLIR_TEST_FUZZ_BUNDLE_H

#include "GeDialect/Target/OM/FileFormat.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <vector>

namespace gemlir::om::fuzz {

/// Sub-models of the bundle of which `makeModel` takes one.
constexpr uint8_t kModels = 3;

/// Reads and checks a file; whatever it is, this must end with an answer.
void examine(llvm::ArrayRef<uint8_t> bytes);

/// Sub-model `model` of the test bundle as an OM of its own, with `bytes`, at
/// least one, in place of its partition of this type, or in addition when it
/// has none.
std::vector<uint8_t> makeModel(uint8_t model, PartitionType type,
                               llvm::ArrayRef<uint8_t> bytes);

/// The test bundle with another manifest.
std::vector<uint8_t> makeBundle(llvm::StringRef manifest);

/// The bytes with the length of the file in the header, if there is one.
/// Headers state it, and mutation changes it.
std::vector<uint8_t> repairLength(llvm::ArrayRef<uint8_t> bytes);

/// Examines what `makeModel` makes.
void examinePartition(uint8_t model, PartitionType type,
                      llvm::ArrayRef<uint8_t> bytes);

} // namespace gemlir::om::fuzz

#endif // GEMLIR_TEST_FUZZ_BUNDLE_H
