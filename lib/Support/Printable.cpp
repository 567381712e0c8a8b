// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Support/Printable.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"

using namespace gemlir;

std::string gemlir::printable(llvm::StringRef text) {
  std::string result;
  auto escape = [&](unsigned char byte) {
    result += "\\x";
    result += llvm::toHex(llvm::ArrayRef(byte), /*LowerCase=*/false);
  };
  const auto *position = text.bytes_begin(), *end = text.bytes_end();
  while (position != end) {
    bool isLegal = llvm::isLegalUTF8Sequence(position, end);
    unsigned length = isLegal ? llvm::getNumBytesForUTF8(*position) : 1;
    // U+0080 to U+009F are control characters, too.
    bool isControl = *position < 0x20 || *position == 0x7F ||
                     (length == 2 && position[0] == 0xC2 && position[1] < 0xA0);
    if (isLegal && !isControl)
      result.append(position, position + length);
    else
      for (unsigned i = 0; i < length; ++i)
        escape(position[i]);
    position += length;
  }
  return result;
}
