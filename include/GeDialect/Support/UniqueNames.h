// SPDX-License-Identifier: Apache-2.0
//
// Names that must differ from each other.
#ifndef GEDIALECT_SUPPORT_UNIQUENAMES_H
#define GEDIALECT_SUPPORT_UNIQUENAMES_H

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

#include <string>

namespace gemlir {

/// A set of names that makes new ones: `base`, or `base_1`, `base_2`, ... when
/// that is taken. Thousands of requests for one base take linear time.
class UniqueNames {
public:
  /// Takes a name; false when it is taken already.
  bool insert(llvm::StringRef name) { return names.insert(name).second; }

  bool contains(llvm::StringRef name) const { return names.contains(name); }

  /// Makes and takes a name.
  std::string make(llvm::StringRef base) {
    std::string name = base.str();
    if (insert(name))
      return name;
    unsigned &suffix = lastSuffix[base];
    do
      name = (base + "_" + llvm::Twine(++suffix)).str();
    while (!insert(name));
    return name;
  }

private:
  llvm::StringSet<> names;
  llvm::StringMap<unsigned> lastSuffix;
};

} // namespace gemlir

#endif // GEDIALECT_SUPPORT_UNIQUENAMES_H
