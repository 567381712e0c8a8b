// SPDX-License-Identifier: Apache-2.0
//
// GE's tensor formats and their integer encoding.
#ifndef GEDIALECT_LAYOUT_FORMAT_H
#define GEDIALECT_LAYOUT_FORMAT_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>

namespace gemlir {

/// Primary format; the value is GE's number (bits 0-7 of the encoding).
enum class Format : int32_t {
#define GEMLIR_FORMAT(id, name, number) id = number,
#include "GeDialect/Layout/Formats.def"
};

/// Name in files, e.g. "NCHW".
llvm::StringRef getName(Format format);
std::optional<Format> formatFromName(llvm::StringRef name);
std::optional<Format> formatFromNumber(int64_t number);

/// True when the bytes are a plain row-major array in the order of the logical
/// dims. Edges between two linear formats are never a conversion.
bool isLinear(Format format);

} // namespace gemlir

#endif // GEDIALECT_LAYOUT_FORMAT_H
