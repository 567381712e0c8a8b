// SPDX-License-Identifier: Apache-2.0
//
// Values of constants, as all importers make them.
#ifndef GEDIALECT_LIB_TARGET_GRAPHFILE_CONSTANTS_H
#define GEDIALECT_LIB_TARGET_GRAPHFILE_CONSTANTS_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"

namespace gemlir {

/// Constants of up to this many bytes are attributes; larger ones stay where
/// they are.
constexpr uint64_t kMaxInlineBytes = 1024;

/// Elements of `type` (which has no encoding) from `bytes` as files hold them:
/// row-major, little-endian, of exactly the length of the type. Elements that
/// do not lie in a file as they are become an attribute when they are few, else
/// a resource called after `key`.
mlir::Attribute createElements(mlir::RankedTensorType type,
                               llvm::ArrayRef<uint8_t> bytes,
                               llvm::StringRef key);

} // namespace gemlir

#endif // GEDIALECT_LIB_TARGET_GRAPHFILE_CONSTANTS_H
