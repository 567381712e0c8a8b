// SPDX-License-Identifier: Apache-2.0
//
// A bound on nested brackets in MLIR text and JSON. The parsers of LLVM call
// themselves for each of them and check no limit.
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

/// Position of the first bracket in JSON that is nested more than `maxDepth`
/// deep.
std::optional<size_t> findDeepJSON(llvm::StringRef text, unsigned maxDepth);

} // namespace gemlir

#endif // GEDIALECT_SUPPORT_NESTING_H
