// SPDX-License-Identifier: Apache-2.0
//
// Shapes of graph inputs that the user fixes.
#ifndef GEDIALECT_TARGET_GRAPHFILE_INPUTSHAPES_H
#define GEDIALECT_TARGET_GRAPHFILE_INPUTSHAPES_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gemlir {

/// One entry of `--input-shape`: an input by name, or by position when `name`
/// is empty.
struct InputShape {
  std::string name;
  unsigned position = 0;
  std::vector<int64_t> dims;

  /// As the user wrote it, for messages.
  std::string getSpelling() const;
};

/// Parses `x:1,3,224,224;@1:1,77`. Dims are not negative; an empty list of dims
/// is a scalar. The last colon of an entry separates name and dims, because
/// names may contain colons.
llvm::Expected<std::vector<InputShape>> parseInputShapes(llvm::StringRef text);

} // namespace gemlir

#endif // GEDIALECT_TARGET_GRAPHFILE_INPUTSHAPES_H
