// SPDX-License-Identifier: Apache-2.0
//
// Read-only view of a whole file. Weights stay in the mapping until emission,
// so opening a file costs the same for a kilobyte and for a terabyte.
#ifndef GEDIALECT_SUPPORT_MAPPEDFILE_H
#define GEDIALECT_SUPPORT_MAPPEDFILE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <string>

namespace gemlir {

/// A file mapped read-only. Immutable and shareable between threads; the
/// mapping lives as long as the last reference.
class MappedFile {
public:
  /// Opens `path`, which must be a regular file. The error names the path.
  static llvm::Expected<std::shared_ptr<const MappedFile>>
  open(llvm::StringRef path);

  MappedFile(const MappedFile &) = delete;
  MappedFile &operator=(const MappedFile &) = delete;
  ~MappedFile();

  /// Path as given to `open`.
  llvm::StringRef getPath() const { return path; }
  uint64_t size() const { return length; }
  llvm::ArrayRef<uint8_t> bytes() const { return {data, length}; }

  /// The `count` bytes at `offset`; an error when they do not lie in the file.
  llvm::Expected<llvm::ArrayRef<uint8_t>> slice(uint64_t offset,
                                                uint64_t count) const;

  /// Says that nobody is about to read `part` of `bytes()`: it need not stay
  /// in memory. Reading it later is slower, and nothing else.
  void release(llvm::ArrayRef<uint8_t> part) const;

private:
  MappedFile(std::string path, const uint8_t *data, size_t length)
      : path(std::move(path)), data(data), length(length) {}

  std::string path;
  const uint8_t *data;
  size_t length;
};

} // namespace gemlir

#endif // GEDIALECT_SUPPORT_MAPPEDFILE_H
