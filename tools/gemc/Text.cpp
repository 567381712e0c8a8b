// SPDX-License-Identifier: Apache-2.0
//
// What all commands print the same way.
#include "Text.h"

#include "Commands.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace gemlir;

std::string gemlir::gemc::joinDims(llvm::ArrayRef<int64_t> dims) {
  return llvm::join(
      llvm::map_range(dims, [](int64_t dim) { return std::to_string(dim); }),
      ",");
}

std::string gemlir::gemc::describe(const om::TensorInfo &tensor) {
  return llvm::formatv("{0}[{1}] {2}", getShortName(tensor.type),
                       joinDims(tensor.dims), getName(tensor.format))
      .str();
}

std::string gemlir::gemc::suggest(llvm::StringRef name,
                                  llvm::ArrayRef<std::string> names) {
  const std::string *best = nullptr;
  // A third of the letters may be wrong.
  unsigned limit = std::max<size_t>(1, name.size() / 3);
  for (const std::string &candidate : names) {
    unsigned distance = name.edit_distance(candidate, true, limit);
    if (distance > limit || (best && distance == limit))
      continue;
    best = &candidate;
    limit = distance;
  }
  return best ? "; did you mean '" + *best + "'?" : "";
}

std::string gemlir::gemc::makeFileStem(llvm::StringRef name) {
  // Leaves room for numbers and the suffix in what file systems accept.
  constexpr size_t kMaxLength = 200;
  std::string stem;
  for (char c : name.take_front(kMaxLength))
    stem += llvm::isAlnum(c) || c == '.' || c == '_' || c == '-' ? c : '_';
  if (stem.empty() || stem[0] == '.')
    stem.insert(0, "_");
  return stem;
}

llvm::Error gemlir::gemc::checkTolerance(llvm::StringRef option, double value) {
  if (value >= 0 && !std::isinf(value))
    return llvm::Error::success();
  std::string found;
  llvm::raw_string_ostream(found) << llvm::format("%g", value);
  return makeErrorf("{0} must be 0 or more, found {1}", option, found);
}

int gemlir::gemc::finishOutput(int code) {
  // A full disk must not end in an abort when the stream is destroyed.
  llvm::outs().flush();
  if (std::error_code error = llvm::outs().error()) {
    llvm::outs().clear_error();
    return reportInputError("cannot write standard output: " + error.message());
  }
  return code;
}
