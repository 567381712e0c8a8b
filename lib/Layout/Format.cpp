// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Layout/Format.h"

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
