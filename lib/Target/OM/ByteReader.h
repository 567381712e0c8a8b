// SPDX-License-Identifier: Apache-2.0
//
// Reads little-endian numbers from bytes that nobody aligned or checked. Every
// error is a `ReadError` of one id and place, with the byte offset.
#ifndef GEDIALECT_LIB_TARGET_OM_BYTEREADER_H
#define GEDIALECT_LIB_TARGET_OM_BYTEREADER_H

#include "GeDialect/Target/OM/Finding.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Endian.h"

#include <cstdint>

namespace gemlir::om {

class ByteReader {
public:
  /// `base` is the position of the first byte in whatever errors should count
  /// from; `id` and `where` are those of all errors.
  ByteReader(llvm::ArrayRef<uint8_t> bytes, uint64_t base, llvm::StringRef id,
             llvm::StringRef where)
      : bytes(bytes), base(base), id(id), where(where) {}

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
      return fail(position(), llvm::Twine(count) + " bytes of " + what,
                  llvm::Twine(remaining()));
    view = bytes.slice(offset, count);
    offset += count;
    return llvm::Error::success();
  }

  /// An error about the byte at position `at`.
  llvm::Error fail(uint64_t at, const llvm::Twine &expected,
                   const llvm::Twine &found) const {
    return makeReadError(id, where, at, expected, found);
  }

  /// Reads other bytes, from `newBase` on, with the same errors.
  ByteReader inside(llvm::ArrayRef<uint8_t> inner, uint64_t newBase) const {
    return ByteReader(inner, newBase, id, where);
  }

private:
  llvm::ArrayRef<uint8_t> bytes;
  uint64_t base;
  llvm::StringRef id, where;
  uint64_t offset = 0;
};

} // namespace gemlir::om

#endif // GEDIALECT_LIB_TARGET_OM_BYTEREADER_H
