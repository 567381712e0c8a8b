// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Support/Error.h"

using namespace gemlir;

llvm::Error gemlir::makeError(const llvm::Twine &message) {
  return llvm::make_error<llvm::StringError>(message,
                                             llvm::inconvertibleErrorCode());
}

llvm::Error gemlir::addContext(llvm::Error error, const llvm::Twine &prefix) {
  if (!error)
    return llvm::Error::success();
  return makeError(prefix + ": " + llvm::toString(std::move(error)));
}
