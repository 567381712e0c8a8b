// SPDX-License-Identifier: Apache-2.0
//
// The 256-byte file header between its bytes and `FileHeader`.
#ifndef GEDIALECT_LIB_TARGET_OM_HEADERIO_H
#define GEDIALECT_LIB_TARGET_OM_HEADERIO_H

#include "GeDialect/Target/OM/FileFormat.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

namespace gemlir::om {

/// Byte positions of the fields in a header of version 2.0.
namespace header_field {
enum Field : uint64_t {
  kMagic = 0,
  kHeadSize = 4,
  kVersion = 8,
  kChecksum = 12,
  kLength = 76,
  kIsEncrypt = 80,
  kIsChecksum = 81,
  kModelType = 82,
  kGenMode = 83,
  kName = 84,
  kOps = 116,
  kUserDefineInfo = 120,
  kOmIRVersion = 152,
  kModelNum = 156,
  kPlatformVersionField = 160,
  kPlatformTypeField = 180,
  kModelLength = 184,
  kNeedCheckOsCpuInfo = 192,
  kIsUnknownModel = 193,
};
} // namespace header_field

/// Whether the header has a count of models; without it, the platform fields
/// lie four bytes earlier. The version of a bundle says nothing: GE leaves it
/// 0.
inline bool hasModelNum(const FileHeader &header) {
  return header.version >= kHeaderVersion ||
         header.modelType == static_cast<uint8_t>(ModelType::Bundle);
}

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
std::vector<HeaderField> getHeaderFields(uint32_t version, bool isBundle);

} // namespace gemlir::om

#endif // GEDIALECT_LIB_TARGET_OM_HEADERIO_H
