// SPDX-License-Identifier: Apache-2.0
//
// The ge dialect: attributes and interfaces. Operators have one header per
// category (GEStructureOps.h, GEMatrixOps.h, ...).
#ifndef GEDIALECT_DIALECT_GE_IR_GEDIALECT_H
#define GEDIALECT_DIALECT_GE_IR_GEDIALECT_H

#include "GeDialect/Dialect/GE/IR/AffineChannels.h"
#include "GeDialect/Dialect/GE/IR/FormatRules.h"
#include "GeDialect/Dialect/GE/IR/OperatorSpec.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/TensorEncoding.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "GeDialect/Dialect/GE/IR/GEEnums.h.inc"

#include "GeDialect/Dialect/GE/IR/GEInterfaces.h.inc"

#include "GeDialect/Dialect/GE/IR/GEDialect.h.inc"

#define GET_ATTRDEF_CLASSES
#include "GeDialect/Dialect/GE/IR/GEAttributes.h.inc"

#define GET_TYPEDEF_CLASSES
#include "GeDialect/Dialect/GE/IR/GETypes.h.inc"

namespace gemlir {
enum class DataType : int32_t;
struct TensorLayout;
} // namespace gemlir

namespace gemlir::geir {

/// GE's data type of an MLIR element type; empty when there is none. Signless
/// integers are GE's signed ones, i1 is DT_BOOL.
std::optional<DataType> getDataType(mlir::Type elementType);

/// The MLIR element type of a GE data type; null when there is none.
mlir::Type getElementType(mlir::MLIRContext *context, DataType type);

/// The layout of a tensor type; null when it has none.
LayoutAttr getLayout(mlir::Type type);

/// The same, but null when the layout is linear, too.
LayoutAttr getFractalLayout(mlir::Type type);

/// A tensor type in the vocabulary of the layout library; a type without
/// encoding is ND. Empty when the rank is not known or GE does not have the
/// element type. Unknown dims stay unknown.
std::optional<TensorLayout> getTensorLayout(mlir::Type type);
std::optional<TensorLayout> makeTensorLayout(llvm::ArrayRef<int64_t> shape,
                                             mlir::Type elementType,
                                             LayoutAttr layout);

/// The dims of the tensor as it is stored; those of the type when it is linear.
/// Unknown dims are kDynamic.
llvm::SmallVector<int64_t> getStorageDims(mlir::RankedTensorType type);

/// The type of a tensor of which a file says how it is stored: the one whose
/// dims are `originDims`, and whose storage has `storageDims`. Null when the
/// formula for the format says something else, and when a dim is not known.
mlir::RankedTensorType getStoredType(mlir::Type elementType,
                                     llvm::ArrayRef<int64_t> originDims,
                                     Format origin,
                                     llvm::ArrayRef<int64_t> storageDims,
                                     const FormatCode &storage);

/// Bytes of a statically shaped tensor as it is stored, padding of fractal
/// formats included; empty for dynamic shapes, element types without a size,
/// and products of dims that overflow even when another dim is zero.
std::optional<int64_t> getTensorBytes(mlir::Type type);

/// Verifies that `value` is the value of a constant of type `type`: elements of
/// that type, a `#ge.weight` of its size, or a `#ge.converted` or
/// `#ge.normalized` that leads to it.
mlir::LogicalResult
verifyConstantValue(llvm::function_ref<mlir::InFlightDiagnostic()> emitError,
                    mlir::Attribute value, mlir::Type type);

/// Why `getTensorBytes` gives nothing, as the end of a sentence about the
/// tensor, e.g. "has no static shape".
llvm::StringRef whyNoTensorBytes(mlir::Type type);

/// Longest chain of operators that only view their operand which is followed.
constexpr unsigned kMaxViews = 64;

/// The value whose bytes `value` has: looks through operators that give their
/// operand under another name or shape (LoweringOpInterface), at most kMaxViews
/// of them. May be `value` itself.
mlir::Value getViewRoot(mlir::Value value);

} // namespace gemlir::geir

#endif // GEDIALECT_DIALECT_GE_IR_GEDIALECT_H
