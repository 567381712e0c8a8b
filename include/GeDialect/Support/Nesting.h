// SPDX-License-Identifier: Apache-2.0
//
// A bound on nested brackets in MLIR text. MLIR's parser calls itself for each
// of them and checks no limit.
#ifndef GEDIALECT_SUPPORT_NESTING_H
#define GEDIALECT_SUPPORT_NESTING_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>

namespace gemlir {

/// Our modules have a few levels.
constexpr int64_t kMaxNesting = 256;

/// Line of the first bracket in MLIR text that is nested more than
/// `kMaxNesting` deep. Strings and comments do not count; bytecode is no text
/// and has none.
std::optional<int64_t> findDeepNesting(llvm::StringRef text);

} // namespace gemlir

#endif // GEDIALECT_SUPPORT_NESTING_H
