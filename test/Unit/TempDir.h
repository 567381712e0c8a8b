// SPDX-License-Identifier: Apache-2.0
//
// A directory for the files of one test, removed with everything in it.
#ifndef GEDIALECT_TEST_UNIT_TEMPDIR_H
#define GEDIALECT_TEST_UNIT_TEMPDIR_H

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

namespace gemlir::test {

class TempDir {
public:
  TempDir() {
    EXPECT_FALSE(llvm::sys::fs::createUniqueDirectory("gemlir-unit", dir));
  }
  ~TempDir() { llvm::sys::fs::remove_directories(dir); }
  TempDir(const TempDir &) = delete;
  TempDir &operator=(const TempDir &) = delete;

  /// The path of `name` in the directory.
  std::string path(llvm::StringRef name) const {
    llvm::SmallString<256> result(dir);
    llvm::sys::path::append(result, name);
    return result.str().str();
  }

  /// Writes `content` to the file `name` and returns its path.
  std::string write(llvm::StringRef name, llvm::StringRef content) const {
    std::string result = path(name);
    std::error_code ec;
    llvm::raw_fd_ostream os(result, ec);
    EXPECT_FALSE(ec) << ec.message();
    os << content;
    return result;
  }

  /// The content of the file `name`; empty when there is none.
  std::string read(llvm::StringRef name) const {
    auto buffer = llvm::MemoryBuffer::getFile(path(name));
    return buffer ? (*buffer)->getBuffer().str() : std::string();
  }

private:
  llvm::SmallString<256> dir;
};

} // namespace gemlir::test

#endif // GEDIALECT_TEST_UNIT_TEMPDIR_H
