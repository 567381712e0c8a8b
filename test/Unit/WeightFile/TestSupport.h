// SPDX-License-Identifier: Apache-2.0
//
// What the tests of the weight files share: reading a file made of bytes in
// memory, and looking at the result.
#ifndef GEDIALECT_TEST_UNIT_WEIGHTFILE_TESTSUPPORT_H
#define GEDIALECT_TEST_UNIT_WEIGHTFILE_TESTSUPPORT_H

#include "../TempDir.h"
#include "GeDialect/Target/WeightFile/WeightFile.h"

#include "llvm/ADT/StringExtras.h"

#include <cstring>

namespace gemlir::test {

using Tensors = std::vector<NamedTensor>;

/// Reads `content` as a file called "file.bin".
inline llvm::Expected<Tensors> readBytes(llvm::StringRef content) {
  TempDir dir;
  return readTensorFile(dir.write("file.bin", content));
}

/// The error of reading `content`; empty when it can be read.
inline std::string readError(llvm::StringRef content) {
  llvm::Expected<Tensors> tensors = readBytes(content);
  return tensors ? std::string() : llvm::toString(tensors.takeError());
}

/// The tensors of `content`; a failure and nothing when it cannot be read.
inline Tensors readGood(llvm::StringRef content) {
  llvm::Expected<Tensors> tensors = readBytes(content);
  if (tensors)
    return std::move(*tensors);
  ADD_FAILURE() << llvm::toString(tensors.takeError());
  return {};
}

template <typename T> std::vector<T> elements(const NamedTensor &tensor) {
  std::vector<T> result(tensor.bytes.size() / sizeof(T));
  if (!result.empty())
    std::memcpy(result.data(), tensor.bytes.data(), tensor.bytes.size());
  return result;
}

inline std::string errorText(llvm::Error error) {
  return error ? llvm::toString(std::move(error)) : std::string();
}

inline bool contains(llvm::StringRef text, llvm::StringRef part) {
  return text.contains(part);
}

/// Every proper prefix of `content` must be refused.
inline void expectTruncationsFail(llvm::StringRef content) {
  for (size_t size = 0; size < content.size(); ++size)
    EXPECT_NE(readError(content.take_front(size)), "") << "cut at " << size;
}

/// Reads `content` with every byte changed in turn. Only that it ends is
/// checked; sanitizers find the rest.
inline void readWithEveryByteChanged(llvm::StringRef content) {
  TempDir dir;
  for (size_t i = 0; i < content.size(); ++i)
    for (char change : {'\x01', '\x80', '\xff'}) {
      std::string changed = content.str();
      changed[i] ^= change;
      llvm::Expected<Tensors> tensors =
          readTensorFile(dir.write("file.bin", changed));
      if (!tensors) {
        llvm::consumeError(tensors.takeError());
        continue;
      }
      for (const NamedTensor &tensor : *tensors)
        EXPECT_EQ(getTensorBytes(tensor.dims, tensor.type),
                  static_cast<int64_t>(tensor.bytes.size()));
    }
}

} // namespace gemlir::test

#endif // GEDIALECT_TEST_UNIT_WEIGHTFILE_TESTSUPPORT_H
