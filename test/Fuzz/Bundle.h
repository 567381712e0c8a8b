// SPDX-License-Identifier: Apache-2.0
//
// Puts fuzzed bytes in the place of one partition of a good OM, so that they
// reach what lies behind the reader of the container.
#ifndef GEMLIR_TEST_FUZZ_BUNDLE_H
#define GEMLIR_TEST_FUZZ_BUNDLE_H

#include "GeDialect/Target/OM/FileFormat.h"

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>

namespace gemlir::om::fuzz {

/// Sub-models of the bundle of which `examinePartition` takes one.
constexpr uint8_t kModels = 3;

/// Reads and checks a file; whatever it is, this must end with an answer.
void examine(llvm::ArrayRef<uint8_t> bytes);

/// Examines sub-model `model` of the test bundle as an OM of its own, with
/// `bytes`, at least one, in place of its partition of this type, or in
/// addition when it has none.
void examinePartition(uint8_t model, PartitionType type,
                      llvm::ArrayRef<uint8_t> bytes);

} // namespace gemlir::om::fuzz

#endif // GEMLIR_TEST_FUZZ_BUNDLE_H
