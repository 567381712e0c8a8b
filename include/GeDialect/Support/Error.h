// SPDX-License-Identifier: Apache-2.0
//
// Errors of the libraries that do not know MLIR. An error says what was
// expected, what was found and where; the driver adds the file name.
#ifndef GEDIALECT_SUPPORT_ERROR_H
#define GEDIALECT_SUPPORT_ERROR_H

#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FormatVariadic.h"

namespace gemlir {

/// What a message starts with that is no fault of the input.
constexpr llvm::StringLiteral kInternalErrorPrefix = "internal error: ";

/// Makes an error out of a complete, lower-case sentence without full stop.
llvm::Error makeError(const llvm::Twine &message);

/// Makes an error with `llvm::formatv` syntax.
template <typename... Args>
llvm::Error makeErrorf(const char *format, Args &&...args) {
  return makeError(llvm::formatv(format, std::forward<Args>(args)...).str());
}

/// Puts `prefix` and ": " in front of the message of `error`; success stays
/// success.
llvm::Error addContext(llvm::Error error, const llvm::Twine &prefix);

} // namespace gemlir

#endif // GEDIALECT_SUPPORT_ERROR_H
