// SPDX-License-Identifier: Apache-2.0
//
// Judges what a well-formed OM or bundle says. GE's loader ignores many fields
// and loads many files that then compute something else; this is what catches
// them before a device does.
#ifndef GEDIALECT_TARGET_OM_CHECK_H
#define GEDIALECT_TARGET_OM_CHECK_H

#include "GeDialect/Target/OM/Finding.h"
#include "GeDialect/Target/OM/Reader.h"

#include <vector>

namespace gemlir::om {

/// Checks a file. The order of the findings is that of the file and the same on
/// every run. Of dynamic models, addresses and what depends on them are left
/// out, and a finding says so. Takes time linear in the size of the graphs,
/// apart from a logarithm; weights are not read.
std::vector<Finding> check(const File &file);

} // namespace gemlir::om

#endif // GEDIALECT_TARGET_OM_CHECK_H
