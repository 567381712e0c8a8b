// SPDX-License-Identifier: Apache-2.0
//
// GE's element types and their two numberings.
#ifndef GEDIALECT_LAYOUT_DATATYPE_H
#define GEDIALECT_LAYOUT_DATATYPE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>

namespace gemlir {

/// Element type. The value of an enumerator is the number GE's C++ API and
/// int attributes use; TensorDescriptor.dtype uses another one
/// (`getProtoNumber`).
enum class DataType : int32_t {
#define GEMLIR_DATA_TYPE(id, name, number, proto, bits) id = number,
#include "GeDialect/Layout/DataTypes.def"
};

/// GE's name, e.g. "DT_FLOAT".
llvm::StringRef getName(DataType type);

/// Short name people use, e.g. "f32", as printed by the tools and stored in
/// the manifest; also the name of the matching MLIR element type.
llvm::StringRef getShortName(DataType type);

/// Storage bits of one element; 0 for types without a fixed size (strings).
unsigned getBits(DataType type);

/// The number used by `ge.proto.TensorDescriptor.dtype`.
int32_t getProtoNumber(DataType type);

std::optional<DataType> dataTypeFromNumber(int64_t number);
std::optional<DataType> dataTypeFromProtoNumber(int64_t number);
std::optional<DataType> dataTypeFromShortName(llvm::StringRef name);

/// Bytes of a tensor with these dims, packed (sub-byte types round up to a
/// byte at the end). Empty when a dim is negative, the type has no fixed size
/// or the product overflows int64.
std::optional<int64_t> getTensorBytes(llvm::ArrayRef<int64_t> dims,
                                      DataType type);

/// Number of elements; empty when a dim is negative or the product overflows.
std::optional<int64_t> getElementCount(llvm::ArrayRef<int64_t> dims);

} // namespace gemlir

#endif // GEDIALECT_LAYOUT_DATATYPE_H
