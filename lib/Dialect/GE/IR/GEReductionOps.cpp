// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/IR/GEReductionOps.h"

#include "ShapeUtils.h"

#include "GeDialect/Support/Einsum.h"

#include "mlir/IR/Diagnostics.h"

using namespace mlir;
using namespace gemlir::geir;

//===----------------------------------------------------------------------===//
// Axes
//===----------------------------------------------------------------------===//

static SmallVector<int64_t> readList(DenseIntElementsAttr list) {
  return llvm::map_to_vector(list.getValues<APInt>(), [](const APInt &value) {
    return value.getSExtValue();
  });
}

/// Runs `checkAxes` where errors are optional.
static LogicalResult checkKnownAxes(std::optional<Location> location,
                                    ArrayRef<int64_t> axes, int64_t rank,
                                    SmallVectorImpl<bool> &isListed) {
  return checkAxes(
      [&] { return location ? emitError(*location) : InFlightDiagnostic(); },
      axes, rank, &isListed);
}

/// The shape of `x` without `axes`.
static LogicalResult
inferWithoutAxes(std::optional<Location> location, ShapedType x,
                 ArrayRef<int64_t> axes, bool keepDims,
                 bool reducesAllWhenEmpty,
                 SmallVectorImpl<ShapedTypeComponents> &results) {
  if (!x.hasRank()) {
    results.emplace_back(x.getElementType());
    return success();
  }
  SmallVector<bool> isReduced;
  if (failed(checkKnownAxes(location, axes, x.getRank(), isReduced)))
    return failure(); // AX-1, AX-2
  Shape shape;
  for (auto [dim, reduced] : llvm::zip_equal(x.getShape(), isReduced)) {
    if (!reduced && !(axes.empty() && reducesAllWhenEmpty))
      shape.push_back(dim);
    else if (keepDims)
      shape.push_back(1);
  }
  results.emplace_back(shape, x.getElementType());
  return success();
}

//===----------------------------------------------------------------------===//
// Reductions over axes that an operand lists
//===----------------------------------------------------------------------===//

static LogicalResult
inferReduction(std::optional<Location> location, Value operand, Value axes,
               bool keepDims, bool reducesAllWhenEmpty,
               SmallVectorImpl<ShapedTypeComponents> &results) {
  auto x = cast<ShapedType>(operand.getType());
  if (DenseIntElementsAttr list = getKnownList(axes))
    return inferWithoutAxes(location, x, readList(list), keepDims,
                            reducesAllWhenEmpty, results);
  if (!x.hasRank() || !keepDims) {
    results.emplace_back(x.getElementType());
    return success();
  }
  // Each dim stays or becomes 1.
  results.emplace_back(llvm::map_to_vector(x.getShape(),
                                           [](int64_t dim) {
                                             return dim == 1
                                                        ? dim
                                                        : ShapedType::kDynamic;
                                           }),
                       x.getElementType());
  return success();
}

/// Fails unless `list` is a number or a list.
static LogicalResult verifyList(Operation *op, Value list, StringRef name) {
  auto type = cast<ShapedType>(list.getType());
  if (type.hasRank() && type.getRank() > 1)
    return op->emitOpError() << name << " must have rank 0 or 1, found shape "
                             << toString(type.getShape());
  return success();
}

static LogicalResult verifyReduction(Operation *op, Value axes) {
  if (failed(verifyList(op, axes, "axes")))
    return failure();              // RD-1
  return verifyInferredResult(op); // EW-1
}

//===----------------------------------------------------------------------===//
// Places of extremes
//===----------------------------------------------------------------------===//

static LogicalResult
inferPlace(MLIRContext *context, std::optional<Location> location,
           Value operand, Value dimension, TypeAttr dtype,
           SmallVectorImpl<ShapedTypeComponents> &results) {
  auto x = cast<ShapedType>(operand.getType());
  Type elementType =
      dtype ? dtype.getValue() : Type(IntegerType::get(context, 64));
  if (!elementType.isInteger(32) && !elementType.isInteger(64))
    return emitOptionalError(location, "dtype must be i32 or i64, found ",
                             elementType); // AM-2
  SmallVector<ShapedTypeComponents> found;
  if (DenseIntElementsAttr list = getKnownList(dimension)) {
    if (list.getNumElements() != 1)
      return emitOptionalError(location, "dimension must be one number, found ",
                               list.getNumElements()); // AM-1
    if (failed(inferWithoutAxes(location, x, readList(list),
                                /*keepDims=*/false,
                                /*reducesAllWhenEmpty=*/false, found)))
      return failure(); // AX-1
  } else if (x.hasRank() && x.getRank() > 0) {
    found.emplace_back(Shape(x.getRank() - 1, ShapedType::kDynamic));
  }
  if (!found.empty() && found.front().hasRank())
    results.emplace_back(found.front().getDims(), elementType);
  else
    results.emplace_back(elementType);
  return success();
}

/// Fails unless `value` is one number.
static LogicalResult verifyNumber(Operation *op, Value value, StringRef name) {
  auto type = cast<ShapedType>(value.getType());
  if (type.hasRank() &&
      (type.getRank() > 1 ||
       (type.getRank() == 1 && !isDynamic(type.getDimSize(0)) &&
        type.getDimSize(0) != 1)))
    return op->emitOpError() << name << " must be one number, found shape "
                             << toString(type.getShape());
  return success();
}

static LogicalResult verifyPlace(Operation *op, Value dimension) {
  if (failed(verifyNumber(op, dimension, "dimension")))
    return failure();              // AM-1
  return verifyInferredResult(op); // EW-1, AM-2
}

#define GET_OP_CLASSES
#include "GeDialect/Dialect/GE/IR/GEReductionOps.cpp.inc"

void GEDialect::registerReductionOps() {
  addOperations<
#define GET_OP_LIST
#include "GeDialect/Dialect/GE/IR/GEReductionOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Reductions over axes that an attribute lists
//===----------------------------------------------------------------------===//

LogicalResult SquareSumV1Op::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> location, ValueShapeRange operands,
    DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  Adaptor op(operands, attributes, properties, regions);
  return inferWithoutAxes(location, cast<ShapedType>(op.getX().getType()),
                          op.getAxis(), op.getKeepDims(),
                          /*reducesAllWhenEmpty=*/false, results);
}

LogicalResult SquareSumV1Op::verify() {
  return verifyInferredResult(*this); // AX-1, AX-2, EW-1
}

LogicalResult LpNormV2Op::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> location, ValueShapeRange operands,
    DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  Adaptor op(operands, attributes, properties, regions);
  return inferWithoutAxes(location, cast<ShapedType>(op.getX().getType()),
                          op.getAxes(), op.getKeepdim(),
                          /*reducesAllWhenEmpty=*/true, results);
}

LogicalResult LpNormV2Op::verify() {
  return verifyInferredResult(*this); // AX-1, AX-2, EW-1
}

//===----------------------------------------------------------------------===//
// TopK
//===----------------------------------------------------------------------===//

LogicalResult TopKOp::inferReturnTypeComponents(
    MLIRContext *context, std::optional<Location> location,
    ValueShapeRange operands, DictionaryAttr attributes,
    OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  Adaptor op(operands, attributes, properties, regions);
  auto x = cast<ShapedType>(op.getX().getType());
  Type places = IntegerType::get(context, 32);
  if (!x.hasRank()) {
    results.emplace_back(x.getElementType());
    results.emplace_back(places);
    return success();
  }
  int64_t dim = op.getDim(), rank = x.getRank();
  SmallVector<bool> isListed;
  if (failed(checkKnownAxes(location, {dim}, rank, isListed)))
    return failure(); // AX-1
  Shape shape(x.getShape());
  int64_t &length = shape[dim < 0 ? dim + rank : dim];
  DenseIntElementsAttr list = getKnownList(op.getK());
  if (list && list.getNumElements() == 1) {
    int64_t k = readList(list).front();
    if (k < 0 || (!isDynamic(length) && k > length))
      return emitOptionalError(location, "k is ", k, ", but dim ", dim, " is ",
                               toString({length}), " long"); // TK-2
    length = k;
  } else {
    length = ShapedType::kDynamic;
  }
  results.emplace_back(shape, x.getElementType());
  results.emplace_back(shape, places);
  return success();
}

LogicalResult TopKOp::verify() {
  if (failed(verifyNumber(*this, getK(), "k")))
    return failure();                 // TK-1
  return verifyInferredResult(*this); // AX-1, TK-2, EW-1
}

//===----------------------------------------------------------------------===//
// Cumsum
//===----------------------------------------------------------------------===//

LogicalResult CumsumOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> location, ValueShapeRange operands,
    DictionaryAttr, OpaqueProperties, RegionRange,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  auto x = cast<ShapedType>(operands[0].getType());
  DenseIntElementsAttr list = getKnownList(operands[1]);
  SmallVector<bool> isListed;
  if (list && list.getNumElements() == 1 && x.hasRank() &&
      failed(checkKnownAxes(location, readList(list), x.getRank(), isListed)))
    return failure(); // AX-1
  return inferLikeOperand(operands, results);
}

LogicalResult CumsumOp::verify() {
  if (failed(verifyNumber(*this, getAxis(), "axis")))
    return failure();                 // AM-1
  return verifyInferredResult(*this); // AX-1, EW-1
}

//===----------------------------------------------------------------------===//
// Einsum
//===----------------------------------------------------------------------===//

LogicalResult EinsumOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> location, ValueShapeRange operands,
    DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  Adaptor op(operands, attributes, properties, regions);
  if (operands.empty() || op.getN() != operands.size())
    return emitOptionalError(location, "N is ", static_cast<int64_t>(op.getN()),
                             ", but there are ", operands.size(),
                             " operands"); // AC-1
  Type elementType = getElementTypeOrSelf(operands[0].getType());
  SmallVector<int64_t> ranks;
  for (Value operand : operands) {
    auto type = cast<ShapedType>(operand.getType());
    if (!type.hasRank()) {
      results.emplace_back(elementType);
      return success();
    }
    ranks.push_back(type.getRank());
  }
  llvm::Expected<gemlir::EinsumEquation> equation =
      gemlir::EinsumEquation::parse(op.getEquation(), ranks);
  if (!equation)
    return emitOptionalError(location,
                             llvm::toString(equation.takeError())); // ES-1
  Shape lengths(equation->numIndices, 1);
  for (auto [operand, indices] :
       llvm::zip_equal(operands, equation->operands)) {
    ArrayRef<int64_t> shape = cast<ShapedType>(operand.getType()).getShape();
    for (auto [dim, index] : llvm::zip_equal(shape, indices)) {
      std::optional<Shape> joined = broadcastShapes({lengths[index]}, {dim});
      if (!joined)
        return emitOptionalError(location, "an index is ", lengths[index],
                                 " and ", dim, " long"); // ES-2
      lengths[index] = joined->front();
    }
  }
  lengths.resize(equation->numResultDims);
  results.emplace_back(lengths, elementType);
  return success();
}

LogicalResult EinsumOp::verify() {
  return verifyInferredResult(*this); // AC-1, ES-1, ES-2, EW-1
}
