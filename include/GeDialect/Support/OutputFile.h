// SPDX-License-Identifier: Apache-2.0
//
// Output that appears atomically or not at all.
#ifndef GEDIALECT_SUPPORT_OUTPUTFILE_H
#define GEDIALECT_SUPPORT_OUTPUTFILE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace gemlir {

/// Runs `write` on a stream and makes the result visible under `path` only
/// when everything succeeded: a regular file is written beside its final place
/// and renamed, so a failure leaves the old file (or none) behind. "-" is
/// standard output, and a device such as /dev/full is written in place. The
/// error names `path`.
llvm::Error writeFileAtomically(
    llvm::StringRef path,
    llvm::function_ref<llvm::Error(llvm::raw_pwrite_stream &)> write);

} // namespace gemlir

#endif // GEDIALECT_SUPPORT_OUTPUTFILE_H
