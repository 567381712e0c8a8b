// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/IR/GEMatrixOps.h"

#include "ShapeUtils.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace gemlir::geir;

#define GET_OP_CLASSES
#include "GeDialect/Dialect/GE/IR/GEMatrixOps.cpp.inc"

void GEDialect::registerMatrixOps() {
  addOperations<
#define GET_OP_LIST
#include "GeDialect/Dialect/GE/IR/GEMatrixOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// MatMulV2, BatchMatMulV2
//===----------------------------------------------------------------------===//

/// The result of a (batched) product. `batched` allows more than two dims.
static LogicalResult
inferProduct(std::optional<Location> location, ShapedType x1, ShapedType x2,
             bool transpose1, bool transpose2, bool batched,
             SmallVectorImpl<ShapedTypeComponents> &results) {
  Type resultType = getProductType(x1.getElementType());
  if (!x1.hasRank() || !x2.hasRank()) {
    results.emplace_back(resultType);
    return success();
  }
  auto hasLegalRank = [&](ShapedType type) {
    return batched ? type.getRank() >= 2 : type.getRank() == 2;
  };
  if (!hasLegalRank(x1) || !hasLegalRank(x2))
    return emitOptionalError(location, "needs operands of rank ",
                             batched ? "2 or more" : "2", ", found ",
                             toString(x1.getShape()), " and ",
                             toString(x2.getShape())); // MM-1
  ArrayRef<int64_t> m1 = x1.getShape().take_back(2),
                    m2 = x2.getShape().take_back(2);
  int64_t inner1 = m1[transpose1 ? 0 : 1], inner2 = m2[transpose2 ? 1 : 0];
  if (inner1 != inner2 && !isDynamic(inner1) && !isDynamic(inner2))
    return emitOptionalError(location, "inner dims differ: ", inner1, " in ",
                             toString(x1.getShape()), " and ", inner2, " in ",
                             toString(x2.getShape())); // MM-2
  std::optional<Shape> shape =
      broadcastShapes(x1.getShape().drop_back(2), x2.getShape().drop_back(2));
  if (!shape)
    return emitOptionalError(location, "batch dims of ",
                             toString(x1.getShape()), " and ",
                             toString(x2.getShape()),
                             " do not broadcast"); // MM-1
  shape->push_back(m1[transpose1 ? 1 : 0]);
  shape->push_back(m2[transpose2 ? 0 : 1]);
  results.emplace_back(*shape, resultType);
  return success();
}

/// Rules that both products share.
template <typename OpTy> static LogicalResult verifyProduct(OpTy op) {
  if (op.getX1().getType().getElementType() !=
      op.getX2().getType().getElementType())
    return op.emitOpError("operands have element types ")
           << op.getX1().getType().getElementType() << " and "
           << op.getX2().getType().getElementType();
  if (failed(verifyInferredResult(op)) ||
      failed(verifyProductType(
          op, op.getX1().getType().getElementType()))) // MM-1, MM-2, MM-4
    return failure();
  if (Value bias = op.getBias()) {
    auto biasType = cast<ShapedType>(bias.getType());
    auto result = cast<ShapedType>(op.getY().getType());
    // Operands of unknown rank leave the rank of the result to the file.
    if (!biasType.hasStaticShape() || !result.hasRank() ||
        result.getRank() == 0 || isDynamic(result.getShape().back()))
      return success();
    int64_t columns = result.getShape().back();
    ArrayRef<int64_t> shape = biasType.getShape();
    if (shape != ArrayRef<int64_t>{columns} &&
        shape != ArrayRef<int64_t>{1, columns})
      return op.emitOpError("bias has shape ")
             << toString(shape) << ", the result has " << columns
             << " columns"; // MM-3
  }
  return success();
}

LogicalResult MatMulV2Op::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> location, ValueShapeRange operands,
    DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  MatMulV2OpAdaptor op(operands, attributes, properties, regions);
  return inferProduct(location, cast<ShapedType>(op.getX1().getType()),
                      cast<ShapedType>(op.getX2().getType()),
                      op.getTransposeX1(), op.getTransposeX2(),
                      /*batched=*/false, results);
}

LogicalResult MatMulV2Op::verify() { return verifyProduct(*this); }

LogicalResult BatchMatMulV2Op::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> location, ValueShapeRange operands,
    DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  BatchMatMulV2OpAdaptor op(operands, attributes, properties, regions);
  return inferProduct(location, cast<ShapedType>(op.getX1().getType()),
                      cast<ShapedType>(op.getX2().getType()), op.getAdjX1(),
                      op.getAdjX2(), /*batched=*/true, results);
}

LogicalResult BatchMatMulV2Op::verify() { return verifyProduct(*this); }

//===----------------------------------------------------------------------===//
// Formats and precision
//===----------------------------------------------------------------------===//

/// Matrix products do not name the dims. The second operand, mostly a weight,
/// is best stored as the cube unit reads it.
static SmallVector<FormatPort> getMatMulPorts(Operation *op,
                                              const FormatContext &context) {
  constexpr int64_t kPreferFractal = 1;
  return {makeMatrixPort(op, {false, 0}, context),
          makeMatrixPort(op, {false, 1}, context, kPreferFractal),
          makeMatrixPort(op, {true, 0}, context)};
}

AxisOrder MatMulV2Op::getAxisOrder() { return AxisOrder::none(); }
AxisOrder BatchMatMulV2Op::getAxisOrder() { return AxisOrder::none(); }

SmallVector<FormatPort>
MatMulV2Op::getFormatPorts(const FormatContext &context) {
  return getMatMulPorts(*this, context);
}
SmallVector<FormatPort>
BatchMatMulV2Op::getFormatPorts(const FormatContext &context) {
  return getMatMulPorts(*this, context);
}

PrecisionClass MatMulV2Op::getPrecisionClass() {
  return PrecisionClass::Reduce;
}
PrecisionClass BatchMatMulV2Op::getPrecisionClass() {
  return PrecisionClass::Reduce;
}

bool MatMulV2Op::isAccumulatorOperand(unsigned operandIndex) {
  return getBias() && operandIndex == 2;
}
bool BatchMatMulV2Op::isAccumulatorOperand(unsigned operandIndex) {
  return getBias() && operandIndex == 2;
}

/// Each column of the second operand makes a column of the result.
template <typename Op>
static std::optional<AffineChannels> getColumns(Op op, bool isTransposed) {
  auto weight = cast<ShapedType>(op.getX2().getType()),
       result = cast<ShapedType>(op.getY().getType());
  if (op.getOffsetW() || op.getOffsetX() != 0 || !weight.hasRank() ||
      !result.hasRank())
    return std::nullopt;
  return AffineChannels{1, weight.getRank() - (isTransposed ? 2 : 1),
                        result.getRank() - 1};
}

std::optional<AffineChannels> MatMulV2Op::getAffineChannels() {
  return getColumns(*this, getTransposeX2());
}
std::optional<AffineChannels> BatchMatMulV2Op::getAffineChannels() {
  return getColumns(*this, getAdjX2());
}
