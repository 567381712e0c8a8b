// SPDX-License-Identifier: Apache-2.0
//
// Keys of external_data entries, shared by who writes them into the slim
// message and who reads them back.
#ifndef GEDIALECT_LIB_TARGET_GRAPHFILE_ONNXREFERENCE_H
#define GEDIALECT_LIB_TARGET_GRAPHFILE_ONNXREFERENCE_H

#include "llvm/ADT/StringRef.h"

namespace gemlir {

constexpr llvm::StringLiteral kLocationKey = "location";
constexpr llvm::StringLiteral kOffsetKey = "offset";
constexpr llvm::StringLiteral kLengthKey = "length";
/// Ours: number of the field that the payload stood in, which decides for
/// which element types it is meant.
constexpr llvm::StringLiteral kFieldKey = "gemlir_field";

} // namespace gemlir

#endif // GEDIALECT_LIB_TARGET_GRAPHFILE_ONNXREFERENCE_H
