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

/// The same for any operand.
mlir::LogicalResult
inferLike(mlir::Value x,
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
/// The same, as numbers; empty when they are not known.
std::optional<Shape> getKnownInts(mlir::Value operand);

/// The number that a constant of one element holds.
std::optional<int64_t> getKnownInt(mlir::Value operand);

/// The f32 numbers that a constant lists, at most `kMaxListLength` of them.
std::optional<llvm::SmallVector<float>> getKnownFloats(mlir::Value operand);

/// The value of a constant operand that is not refreshed, looking through
/// nothing; null for other operands.
mlir::Attribute getConstantValue(mlir::Value operand);

/// How many entries a list operand has; empty when that is not known or more
/// than `kMaxListLength`. A scalar is a list of one.
std::optional<int64_t> getListLength(mlir::Value operand);

/// Whether the value is a constant, directly or through views.
bool isConstantOperand(mlir::Value operand);

/// Rule IL-1: a list of integers has type i32 or i64 and at most one dim; a
/// null operand is fine.
mlir::LogicalResult checkIntList(std::optional<mlir::Location> location,
                                 mlir::Value operand, llvm::StringRef slot);

/// Rule IL-2: indices are i32 or i64, of any rank.
mlir::LogicalResult checkIndices(std::optional<mlir::Location> location,
                                 mlir::Value operand, llvm::StringRef slot);

/// `axis` counted from the front; empty when a tensor of this rank has no such
/// dim.
std::optional<int64_t> resolveAxis(int64_t axis, int64_t rank);

/// The error for an axis that `resolveAxis` does not find.
mlir::LogicalResult emitNoSuchDim(std::optional<mlir::Location> location,
                                  llvm::StringRef attr, int64_t axis,
                                  int64_t rank);

/// Product of the dims; empty when one is unknown or the product overflows.
std::optional<int64_t> countElements(llvm::ArrayRef<int64_t> dims);

/// Adds a result of this element type and shape; unranked without a shape.
void addResult(llvm::SmallVectorImpl<mlir::ShapedTypeComponents> &results,
               mlir::Type elementType,
               const std::optional<Shape> &shape = std::nullopt);

/// Describes a shape for a message, e.g. "1x?x28".
std::string toString(llvm::ArrayRef<int64_t> shape);

} // namespace gemlir::geir

#endif // GEMLIR_LIB_DIALECT_GE_IR_SHAPEUTILS_H
