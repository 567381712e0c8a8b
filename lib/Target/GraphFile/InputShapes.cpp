// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Target/GraphFile/InputShapes.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/StringExtras.h"

using namespace gemlir;

std::string InputShape::getSpelling() const {
  return name.empty() ? "@" + std::to_string(position) : name;
}

llvm::Expected<std::vector<InputShape>>
gemlir::parseInputShapes(llvm::StringRef text) {
  std::vector<InputShape> shapes;
  if (text.trim().empty())
    return shapes;
  for (llvm::StringRef entry : llvm::split(text, ';')) {
    entry = entry.trim();
    if (!entry.contains(':'))
      return makeError("expected NAME:DIMS, found '" + entry + "'");
    auto [name, dims] = entry.rsplit(':');
    InputShape shape;
    if (name.consume_front("@")) {
      if (name.getAsInteger(10, shape.position))
        return makeError(
            "expected the position of an input after '@', found '" + name +
            "'");
    } else if (name.empty()) {
      return makeError("expected the name of an input in '" + entry + "'");
    } else {
      shape.name = name.str();
    }
    if (!dims.trim().empty())
      for (llvm::StringRef part : llvm::split(dims, ',')) {
        int64_t dim;
        if (part.trim().getAsInteger(10, dim) || dim < 0)
          return makeError(
              "expected a dimension that is not negative, found '" +
              part.trim() + "' in '" + entry + "'");
        shape.dims.push_back(dim);
      }
    for (const InputShape &other : shapes)
      if (other.getSpelling() == shape.getSpelling())
        return makeError("input '" + shape.getSpelling() + "' has two shapes");
    shapes.push_back(std::move(shape));
  }
  return shapes;
}
