// SPDX-License-Identifier: Apache-2.0
//
// Shape rules that several operators share. Shapes may hold kDynamic dims;
// unknown in gives unknown out.
#ifndef GEMLIR_LIB_DIALECT_GE_IR_SHAPEUTILS_H
#define GEMLIR_LIB_DIALECT_GE_IR_SHAPEUTILS_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypeInterfaces.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"

#include <optional>

namespace gemlir::geir {

using Shape = llvm::SmallVector<int64_t>;

inline bool isDynamic(int64_t dim) { return mlir::ShapedType::isDynamic(dim); }

/// NumPy broadcast of two shapes; empty when they do not fit.
std::optional<Shape> broadcastShapes(llvm::ArrayRef<int64_t> a,
                                     llvm::ArrayRef<int64_t> b);

/// Places of the batch, of the channels and of height and width (or depth,
/// height and width) in an image or filter.
struct SpatialAxes {
  unsigned n, c;
  llvm::SmallVector<unsigned, 3> spatial;

  int64_t getRank() const { return spatial.size() + 2; }
};
/// By data format; empty unless that is NCHW or NHWC, or with `spatialRank` 3
/// NCDHW or NDHWC.
std::optional<SpatialAxes> getSpatialAxes(llvm::StringRef dataFormat,
                                          unsigned spatialRank = 2);

/// Elements of a sliding window over `in` elements: floor (or ceil) of
/// (in + padding - extent) / stride, plus 1, where `extent` is the dilated
/// length of the window. Empty when the window does not fit.
std::optional<int64_t> getWindowCount(int64_t in, int64_t extent,
                                      int64_t stride, int64_t padding,
                                      bool ceilMode);

/// Padding before and after `in` elements such that the window gives
/// ceil(in / stride) elements; the odd element goes to the end, or to the
/// beginning for `lower`.
std::pair<int64_t, int64_t> getSamePadding(int64_t in, int64_t extent,
                                           int64_t stride, bool lower);

/// True when the two shapes can describe one tensor.
bool areCompatible(llvm::ArrayRef<int64_t> a, llvm::ArrayRef<int64_t> b);

/// Verifies that the results of `op` have the element types and shapes that
/// `inferReturnTypeComponents` gives, as far as both are known.
mlir::LogicalResult verifyInferredResult(mlir::Operation *op);

/// The elementwise rule: result 0 looks like operand 0.
mlir::LogicalResult
inferLikeOperand(mlir::ValueShapeRange operands,
                 llvm::SmallVectorImpl<mlir::ShapedTypeComponents> &results);

/// Result 0 has the shape that all operands broadcast to, and `elementType`.
/// There is at least one operand.
mlir::LogicalResult
inferBroadcast(std::optional<mlir::Location> location,
               mlir::ValueShapeRange operands, mlir::Type elementType,
               llvm::SmallVectorImpl<mlir::ShapedTypeComponents> &results);

/// Fails unless each of `axes`, which may count from the back, is a dim of a
/// tensor of `rank`, and none is listed twice. `isListed`, when given, gets a
/// flag for each dim.
mlir::LogicalResult
checkAxes(llvm::function_ref<mlir::InFlightDiagnostic()> emitError,
          llvm::ArrayRef<int64_t> axes, int64_t rank,
          llvm::SmallVectorImpl<bool> *isListed = nullptr);

/// Longest list that `getKnownList` returns. Lists come from files, and a splat
/// may claim any length.
constexpr int64_t kMaxListLength = 64;

/// The integers (dims, axes) that a constant operand lists; null when they are
/// not known, will change, or are more than `kMaxListLength`.
mlir::DenseIntElementsAttr getKnownList(mlir::Value operand);

/// Element type of a product (matrix product or convolution). Small integers
/// accumulate in i32 on the device. Sums of 16-bit floating point numbers
/// accumulate in f32, which may be the result: the operands do not tell, so the
/// type is null. Everything else keeps its type.
mlir::Type getProductType(mlir::Type operandType);

/// The rest of the rule for result 0 of products that `getProductType` leaves
/// open.
mlir::LogicalResult verifyProductType(mlir::Operation *op,
                                      mlir::Type operandType);

/// Describes a shape for a message, e.g. "1x?x28".
std::string toString(llvm::ArrayRef<int64_t> shape);

} // namespace gemlir::geir

#endif // GEMLIR_LIB_DIALECT_GE_IR_SHAPEUTILS_H
