// SPDX-License-Identifier: Apache-2.0
//
// Reads little-endian numbers from bytes that nobody aligned or checked. Every
// error names the byte offset, counted from `base`.
#ifndef GEDIALECT_LIB_TARGET_OM_BYTEREADER_H
#define GEDIALECT_LIB_TARGET_OM_BYTEREADER_H

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Endian.h"

#include <cstdint>

namespace gemlir::om {

class ByteReader {
public:
  /// `base` is the position of the first byte in whatever errors should count
  /// from.
  explicit ByteReader(llvm::ArrayRef<uint8_t> bytes, uint64_t base = 0)
      : bytes(bytes), base(base) {}

  /// Position of the next byte, counted from `base`.
  uint64_t position() const { return base + offset; }
  uint64_t remaining() const { return bytes.size() - offset; }

  /// Reads one number. `what` names it in the error.
  template <typename T> llvm::Error read(T &value, const llvm::Twine &what) {
    llvm::ArrayRef<uint8_t> raw;
    if (llvm::Error error = take(sizeof(T), raw, what))
      return error;
    value =
        llvm::support::endian::read<T, llvm::endianness::little>(raw.data());
    return llvm::Error::success();
  }

  /// Views the next `count` bytes.
  llvm::Error take(uint64_t count, llvm::ArrayRef<uint8_t> &view,
                   const llvm::Twine &what) {
    if (count > remaining())
      return makeError("expected " + llvm::Twine(count) + " bytes of " + what +
                       " at byte " + llvm::Twine(position()) + ", found " +
                       llvm::Twine(remaining()));
    view = bytes.slice(offset, count);
    offset += count;
    return llvm::Error::success();
  }

private:
  llvm::ArrayRef<uint8_t> bytes;
  uint64_t base;
  uint64_t offset = 0;
};

} // namespace gemlir::om

#endif // GEDIALECT_LIB_TARGET_OM_BYTEREADER_H
