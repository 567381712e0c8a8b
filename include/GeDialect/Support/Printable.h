// SPDX-License-Identifier: Apache-2.0
//
// Text from files on a terminal.
#ifndef GEDIALECT_SUPPORT_PRINTABLE_H
#define GEDIALECT_SUPPORT_PRINTABLE_H

#include "llvm/ADT/StringRef.h"

#include <string>

namespace gemlir {

/// `text` with control characters and bytes that are no UTF-8 as `\xNN`: names
/// come from files, and a terminal must not obey them.
std::string printable(llvm::StringRef text);

} // namespace gemlir

#endif // GEDIALECT_SUPPORT_PRINTABLE_H
