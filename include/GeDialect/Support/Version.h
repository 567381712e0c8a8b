// SPDX-License-Identifier: Apache-2.0
//
// The version numbers stored in every output (docs/versions.md).
#ifndef GEDIALECT_SUPPORT_VERSION_H
#define GEDIALECT_SUPPORT_VERSION_H

#include "llvm/ADT/StringRef.h"

namespace gemlir {

/// Semantic version of the compiler, e.g. "0.1.0".
llvm::StringRef getCompilerVersion();

/// Version of the three dialects as written into MLIR bytecode. Raised by one
/// whenever an op, attribute or type changes its stored form.
constexpr unsigned kDialectVersion = 1;

/// Version of the JSON manifest inside an OM bundle (docs/manifest.md).
constexpr unsigned kManifestVersion = 1;

} // namespace gemlir

#endif // GEDIALECT_SUPPORT_VERSION_H
