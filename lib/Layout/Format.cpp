// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Layout/Format.h"

#include "llvm/Support/MathExtras.h"

#include <utility>

using namespace gemlir;

static constexpr std::pair<Format, llvm::StringRef> kFormats[] = {
#define GEMLIR_FORMAT(id, name, number) {Format::id, name},
#include "GeDialect/Layout/Formats.def"
};

llvm::StringRef gemlir::getName(Format format) {
  for (auto [candidate, name] : kFormats)
    if (candidate == format)
      return name;
  return "RESERVED";
}

std::optional<Format> gemlir::formatFromName(llvm::StringRef name) {
  for (auto [format, candidate] : kFormats)
    if (candidate == name)
      return format;
  return std::nullopt;
}

std::optional<Format> gemlir::formatFromNumber(int64_t number) {
  for (auto [format, name] : kFormats)
    if (static_cast<int64_t>(format) == number)
      return format;
  return std::nullopt;
}

bool gemlir::isLinear(Format format) {
  switch (format) {
  case Format::ND:
  case Format::NCHW:
  case Format::NHWC:
  case Format::HWCN:
  case Format::CHWN:
  case Format::NCDHW:
  case Format::NDHWC:
  case Format::DHWCN:
  case Format::DHWNC:
  case Format::NC:
  case Format::CN:
  case Format::NCL:
    return true;
  default:
    return false;
  }
}

llvm::StringRef gemlir::getAxisNames(Format format) {
  return isLinear(format) && format != Format::ND ? getName(format)
                                                  : llvm::StringRef();
}

// Bits 0-7 primary format, 8-23 groups, 24-27 the exponent of C0 plus 1.

std::optional<FormatCode> gemlir::decodeFormat(int64_t number) {
  if (number < 0 || number >> 28)
    return std::nullopt;
  std::optional<Format> format = formatFromNumber(number & 0xff);
  if (!format)
    return std::nullopt;
  int64_t exponent = number >> 24;
  return FormatCode{*format, number >> 8 & 0xffff,
                    exponent == 0 ? 0 : int64_t(1) << (exponent - 1)};
}

std::optional<int64_t> gemlir::encodeFormat(const FormatCode &code) {
  if (code.groups < 0 || code.groups > kMaxGroups || code.c0 < 0 ||
      code.c0 > 1 << 14 || (code.c0 != 0 && !llvm::isPowerOf2_64(code.c0)))
    return std::nullopt;
  int64_t exponent = code.c0 == 0 ? 0 : llvm::Log2_64(code.c0) + 1;
  return exponent << 24 | code.groups << 8 | static_cast<int64_t>(code.format);
}
