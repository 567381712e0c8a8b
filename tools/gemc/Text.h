// SPDX-License-Identifier: Apache-2.0
//
// Text that commands print about files.
#ifndef GEMC_TEXT_H
#define GEMC_TEXT_H

#include "GeDialect/Support/Printable.h"
#include "GeDialect/Target/OM/InOutInfo.h"

#include "llvm/Support/Error.h"

#include <string>

namespace gemlir::gemc {

/// "2,3".
std::string joinDims(llvm::ArrayRef<int64_t> dims);

/// "f32[2,3] ND".
std::string describe(const om::TensorInfo &tensor);

/// "; did you mean 'NAME'?" when one of `names` is close to `name`, else
/// nothing.
std::string suggest(llvm::StringRef name, llvm::ArrayRef<std::string> names);

/// A name for a file that stands for `name`: its letters, digits, '.', '_' and
/// '-', '_' for everything else, short enough for any file system.
std::string makeFileStem(llvm::StringRef name);

/// An error of usage when `value` of `option` is no tolerance.
llvm::Error checkTolerance(llvm::StringRef option, double value);

/// Flushes standard output. The result is `code`, or that of an input error
/// when not everything could be written.
int finishOutput(int code);

} // namespace gemlir::gemc

#endif // GEMC_TEXT_H
