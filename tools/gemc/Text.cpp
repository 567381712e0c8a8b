// SPDX-License-Identifier: Apache-2.0
//
// What all commands print the same way.
#include "Text.h"

#include "Commands.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

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

int gemlir::gemc::finishOutput(int code) {
  // A full disk must not end in an abort when the stream is destroyed.
  llvm::outs().flush();
  if (std::error_code error = llvm::outs().error()) {
    llvm::outs().clear_error();
    return reportInputError("cannot write standard output: " + error.message());
  }
  return code;
}
