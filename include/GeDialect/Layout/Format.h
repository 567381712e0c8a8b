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

/// Names of the axes in order of the dims, e.g. "NCHW"; empty for formats that
/// name none, ND among them.
llvm::StringRef getAxisNames(Format format);

/// The encoding of a format keeps the number of groups in 16 bits.
constexpr int64_t kMaxGroups = 0xffff;

/// A format as GE encodes it in 32 bits: primary format, number of groups of a
/// filter (0 and 1 both mean ungrouped) and C0 (0 when absent).
struct FormatCode {
  Format format = Format::ND;
  int64_t groups = 0;
  int64_t c0 = 0;
};

/// Empty when the number names no format or has other bits set.
std::optional<FormatCode> decodeFormat(int64_t number);

/// Empty when there are more than `kMaxGroups` groups or C0 is not 0 or a power
/// of two up to 16384.
std::optional<int64_t> encodeFormat(const FormatCode &code);

} // namespace gemlir

#endif // GEDIALECT_LAYOUT_FORMAT_H
