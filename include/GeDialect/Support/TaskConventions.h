// SPDX-License-Identifier: Apache-2.0
//
// What the compiler and the readers of its files agree on about tasks, beyond
// the file format itself.
#ifndef GEDIALECT_SUPPORT_TASKCONVENTIONS_H
#define GEDIALECT_SUPPORT_TASKCONVENTIONS_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>

namespace gemlir {

/// Library of the tasks whose operator has no device kernel. The device
/// refuses them at the first launch, naming this library.
constexpr llvm::StringLiteral kReferenceLibrary = "libgemlir_reference.so";

/// Largest copy of one MEMCPY_ASYNC task that we emit.
constexpr int64_t kMaxCopyBytes = int64_t(1) << 30;

/// The label table of a model holds at most this many labels.
constexpr int64_t kMaxLabels = 65535;

} // namespace gemlir

#endif // GEDIALECT_SUPPORT_TASKCONVENTIONS_H
