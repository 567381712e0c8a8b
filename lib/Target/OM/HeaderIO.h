// SPDX-License-Identifier: Apache-2.0
//
// The 256-byte file header between its bytes and `FileHeader`.
#ifndef GEDIALECT_LIB_TARGET_OM_HEADERIO_H
#define GEDIALECT_LIB_TARGET_OM_HEADERIO_H

#include "GeDialect/Target/OM/FileFormat.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

namespace gemlir::om {

/// Reads a header without judging its values. `position` is where `bytes`
/// starts in the file, for the error of a short file. A header older than
/// version 2.0 has no model count; it becomes 1, unless the file is a bundle.
llvm::Expected<FileHeader> parseHeader(llvm::ArrayRef<uint8_t> bytes,
                                       uint64_t position);

/// The header in the layout of its version.
std::array<uint8_t, kHeaderSize> serializeHeader(const FileHeader &header);

/// A field of the header under the name it has in docs/om-format.md.
struct HeaderField {
  llvm::StringLiteral name;
  uint32_t offset;
  uint32_t size;

  /// Numbers have at most eight bytes.
  bool isNumber() const { return size <= sizeof(uint64_t); }
};

/// All fields of a header of this version, gaps included: together they are the
/// 256 bytes.
llvm::ArrayRef<HeaderField> getHeaderFields(uint32_t version, bool isBundle);

} // namespace gemlir::om

#endif // GEDIALECT_LIB_TARGET_OM_HEADERIO_H
