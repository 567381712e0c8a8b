// SPDX-License-Identifier: Apache-2.0
//
// A file with fuzzed content, for readers that take a path. It is alone in a
// directory of its own, which is removed when the process ends.
#ifndef GEMLIR_TEST_FUZZ_INPUTFILE_H
#define GEMLIR_TEST_FUZZ_INPUTFILE_H

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

namespace gemlir::fuzz {

class InputFile {
public:
  explicit InputFile(llvm::StringRef name) {
    if (llvm::sys::fs::createUniqueDirectory("gemlir-fuzz", directory))
      llvm::report_fatal_error("cannot create a directory");
    path = directory;
    llvm::sys::path::append(path, name);
  }
  ~InputFile() { llvm::sys::fs::remove_directories(directory); }
  InputFile(const InputFile &) = delete;
  InputFile &operator=(const InputFile &) = delete;

  /// Writes the content anew and returns the path.
  llvm::StringRef write(const uint8_t *data, size_t size) {
    std::error_code error;
    llvm::raw_fd_ostream out(path, error);
    out.write(reinterpret_cast<const char *>(data), size);
    out.close();
    if (error || out.has_error())
      llvm::report_fatal_error("cannot write the input");
    return path;
  }

private:
  llvm::SmallString<256> directory, path;
};

} // namespace gemlir::fuzz

#endif // GEMLIR_TEST_FUZZ_INPUTFILE_H
