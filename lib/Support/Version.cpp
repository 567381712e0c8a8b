// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Support/Version.h"
#include "GeDialect/Support/Version.inc"

llvm::StringRef gemlir::getCompilerVersion() { return GEMLIR_VERSION_STRING; }
