// SPDX-License-Identifier: Apache-2.0
//
// Which constants may become refreshable weights, and why not.
#ifndef GEDIALECT_DIALECT_WEIGHTREFRESH_TRANSFORMS_REFRESHABLE_H
#define GEDIALECT_DIALECT_WEIGHTREFRESH_TRANSFORMS_REFRESHABLE_H

#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"

#include <optional>
#include <string>

namespace gemlir::wr {

/// Why `constant` cannot be refreshed; empty when it can. A sentence that
/// continues "'name' cannot be refreshed: ".
std::optional<std::string> whyNotRefreshable(geir::ConstOp constant);

/// Why a glob or size rule passes over `constant` although its name may be
/// given exactly; empty when they take it. Includes `whyNotRefreshable`.
std::optional<std::string> whyNotTakenByPattern(geir::ConstOp constant);

} // namespace gemlir::wr

#endif // GEDIALECT_DIALECT_WEIGHTREFRESH_TRANSFORMS_REFRESHABLE_H
