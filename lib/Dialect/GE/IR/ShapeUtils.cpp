// SPDX-License-Identifier: Apache-2.0
#include "ShapeUtils.h"

#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"

#include "llvm/ADT/Sequence.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace gemlir::geir;

std::optional<Shape> gemlir::geir::broadcastShapes(ArrayRef<int64_t> a,
                                                   ArrayRef<int64_t> b) {
  if (a.size() < b.size())
    std::swap(a, b);
  Shape result(a.begin(), a.end());
  size_t shift = a.size() - b.size();
  for (size_t i = 0; i < b.size(); ++i) {
    int64_t &dim = result[shift + i];
    if (dim == b[i] || b[i] == 1)
      continue;
    if (dim == 1 || (isDynamic(dim) && !isDynamic(b[i])))
      dim = b[i];
    else if (!isDynamic(b[i]))
      return std::nullopt;
  }
  return result;
}

std::optional<SpatialAxes> gemlir::geir::getSpatialAxes(StringRef dataFormat,
                                                        unsigned spatialRank) {
  if (dataFormat == (spatialRank == 2 ? "NCHW" : "NCDHW"))
    return SpatialAxes{0, 1,
                       llvm::to_vector<3>(llvm::seq(2u, spatialRank + 2))};
  if (dataFormat == (spatialRank == 2 ? "NHWC" : "NDHWC"))
    return SpatialAxes{0, spatialRank + 1,
                       llvm::to_vector<3>(llvm::seq(1u, spatialRank + 1))};
  return std::nullopt;
}

std::optional<int64_t> gemlir::geir::getWindowCount(int64_t in, int64_t extent,
                                                    int64_t stride,
                                                    int64_t padding,
                                                    bool ceilMode) {
  if (isDynamic(in))
    return ShapedType::kDynamic;
  int64_t room;
  if (llvm::AddOverflow(in, padding, room) ||
      llvm::SubOverflow(room, extent, room) || room < 0 || stride <= 0)
    return std::nullopt;
  return (ceilMode && room % stride != 0 ? 1 : 0) + room / stride + 1;
}

std::pair<int64_t, int64_t> gemlir::geir::getSamePadding(int64_t in,
                                                         int64_t extent,
                                                         int64_t stride,
                                                         bool lower) {
  // The last window covers `rest` elements; what else it needs is padding.
  int64_t rest = in % stride == 0 ? stride : in % stride;
  int64_t total = std::max<int64_t>(extent - rest, 0);
  int64_t small = total / 2, large = total - small;
  return lower ? std::pair(large, small) : std::pair(small, large);
}

bool gemlir::geir::areCompatible(ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
  return a.size() == b.size() &&
         llvm::all_of_zip(a, b, [](int64_t x, int64_t y) {
           return x == y || isDynamic(x) || isDynamic(y);
         });
}

std::string gemlir::geir::toString(ArrayRef<int64_t> shape) {
  if (shape.empty())
    return "scalar";
  return llvm::join(llvm::map_range(shape,
                                    [](int64_t dim) {
                                      return isDynamic(dim)
                                                 ? std::string("?")
                                                 : std::to_string(dim);
                                    }),
                    "x");
}

LogicalResult gemlir::geir::verifyInferredResult(Operation *op) {
  auto infer = cast<InferShapedTypeOpInterface>(op);
  SmallVector<ShapedTypeComponents> components;
  if (failed(infer.inferReturnTypeComponents(
          op->getContext(), op->getLoc(), op->getOperands(),
          op->getAttrDictionary(), op->getPropertiesStorage(), op->getRegions(),
          components)))
    return failure();
  if (components.size() != op->getNumResults())
    return op->emitOpError("has ")
           << op->getNumResults() << " results, expected " << components.size();
  for (auto [result, component] :
       llvm::zip_equal(op->getResults(), components)) {
    auto type = cast<ShapedType>(result.getType());
    if (component.getElementType() &&
        component.getElementType() != type.getElementType())
      return op->emitOpError("result has element type ")
             << type.getElementType() << ", the operands give "
             << component.getElementType();
    if (component.hasRank() && type.hasRank() &&
        !areCompatible(component.getDims(), type.getShape()))
      return op->emitOpError("result has shape ")
             << toString(type.getShape()) << ", the operands give "
             << toString(component.getDims());
  }
  return success();
}

LogicalResult
gemlir::geir::inferLikeOperand(ValueShapeRange operands,
                               SmallVectorImpl<ShapedTypeComponents> &results) {
  return inferLike(operands.front(), results);
}

LogicalResult
gemlir::geir::inferLike(Value x,
                        SmallVectorImpl<ShapedTypeComponents> &results) {
  auto type = cast<ShapedType>(x.getType());
  if (type.hasRank())
    results.emplace_back(type.getShape(), type.getElementType());
  else
    results.emplace_back(type.getElementType());
  return success();
}

Attribute gemlir::geir::getConstantValue(Value operand) {
  auto constant = operand.getDefiningOp<ConstOp>();
  return constant && !constant.getRefresh() ? constant.getValue() : Attribute();
}

std::optional<SmallVector<float>> gemlir::geir::getKnownFloats(Value operand) {
  auto list = dyn_cast_if_present<DenseFPElementsAttr>(
      getConstantValue(getViewRoot(operand)));
  if (!list || !list.getElementType().isF32() ||
      list.getNumElements() > kMaxListLength)
    return std::nullopt;
  return llvm::to_vector(list.getValues<float>());
}

LogicalResult
gemlir::geir::inferBroadcast(std::optional<Location> location,
                             ValueShapeRange operands, Type elementType,
                             SmallVectorImpl<ShapedTypeComponents> &results) {
  std::optional<Shape> shape;
  for (Value operand : operands) {
    auto type = cast<ShapedType>(operand.getType());
    if (!type.hasRank()) {
      results.emplace_back(elementType);
      return success();
    }
    std::optional<Shape> joined = shape
                                      ? broadcastShapes(*shape, type.getShape())
                                      : Shape(type.getShape());
    if (!joined)
      return emitOptionalError(location, "shapes ", toString(*shape), " and ",
                               toString(type.getShape()), " do not broadcast");
    shape = std::move(joined);
  }
  results.emplace_back(*shape, elementType);
  return success();
}

LogicalResult
gemlir::geir::checkAxes(function_ref<InFlightDiagnostic()> emitError,
                        ArrayRef<int64_t> axes, int64_t rank,
                        SmallVectorImpl<bool> *isListed) {
  SmallVector<bool> own;
  SmallVectorImpl<bool> &seen = isListed ? *isListed : own;
  seen.assign(rank, false);
  for (int64_t axis : axes) {
    if (axis < -rank || axis >= rank)
      return emitError() << "axis " << axis
                         << " does not exist in a tensor of rank " << rank;
    bool &mark = seen[axis < 0 ? axis + rank : axis];
    if (mark)
      return emitError() << "axis " << axis << " is listed twice";
    mark = true;
  }
  return success();
}

DenseIntElementsAttr gemlir::geir::getKnownList(Value operand) {
  auto list = dyn_cast_if_present<DenseIntElementsAttr>(
      getConstantValue(getViewRoot(operand)));
  return list && list.getNumElements() <= kMaxListLength ? list : nullptr;
}

static bool isShortFloat(Type type) { return type.isF16() || type.isBF16(); }

Type gemlir::geir::getProductType(Type operandType) {
  if (operandType.isInteger(8) || operandType.isInteger(4))
    return IntegerType::get(operandType.getContext(), 32);
  return isShortFloat(operandType) ? Type() : operandType;
}

LogicalResult gemlir::geir::verifyProductType(Operation *op, Type operandType) {
  Type result = cast<ShapedType>(op->getResult(0).getType()).getElementType();
  if (!isShortFloat(operandType) || result == operandType || result.isF32())
    return success();
  return op->emitOpError("result has element type ")
         << result << ", the operands give " << operandType << " or 'f32'";
}

std::optional<Shape> gemlir::geir::getKnownInts(Value operand) {
  DenseIntElementsAttr list = getKnownList(operand);
  if (!list || list.getElementType().getIntOrFloatBitWidth() > 64)
    return std::nullopt;
  Shape values;
  for (const APInt &entry : list.getValues<APInt>())
    values.push_back(entry.getSExtValue());
  return values;
}

std::optional<int64_t> gemlir::geir::getKnownInt(Value operand) {
  std::optional<Shape> values = getKnownInts(operand);
  if (!values || values->size() != 1)
    return std::nullopt;
  return values->front();
}

std::optional<int64_t> gemlir::geir::getListLength(Value operand) {
  auto type = cast<ShapedType>(operand.getType());
  if (!type.hasStaticShape() || type.getRank() > 1)
    return std::nullopt;
  int64_t length = type.getRank() == 0 ? 1 : type.getDimSize(0);
  return length <= kMaxListLength ? std::optional(length) : std::nullopt;
}

bool gemlir::geir::isConstantOperand(Value operand) {
  return getViewRoot(operand).getDefiningOp<ConstOp>() != nullptr;
}

LogicalResult gemlir::geir::checkIndices(std::optional<Location> location,
                                         Value operand, StringRef slot) {
  Type type = cast<ShapedType>(operand.getType()).getElementType();
  if (type.isInteger(32) || type.isInteger(64))
    return success();
  return emitOptionalError(location, slot, " must be i32 or i64, found ",
                           type); // IL-1, IL-2
}

LogicalResult gemlir::geir::checkIntList(std::optional<Location> location,
                                         Value operand, StringRef slot) {
  if (!operand)
    return success();
  if (failed(checkIndices(location, operand, slot)))
    return failure();
  auto type = cast<ShapedType>(operand.getType());
  if (type.hasRank() && type.getRank() > 1)
    return emitOptionalError(location, slot, " must have rank 0 or 1, found ",
                             toString(type.getShape())); // IL-1
  return success();
}

std::optional<int64_t> gemlir::geir::resolveAxis(int64_t axis, int64_t rank) {
  if (axis < -rank || axis >= rank)
    return std::nullopt;
  return axis < 0 ? axis + rank : axis;
}

LogicalResult gemlir::geir::emitNoSuchDim(std::optional<Location> location,
                                          StringRef attr, int64_t axis,
                                          int64_t rank) {
  return emitOptionalError(location, attr, " ", axis,
                           " does not exist in a tensor of rank ", rank);
}

std::optional<int64_t> gemlir::geir::countElements(ArrayRef<int64_t> dims) {
  int64_t product = 1;
  for (int64_t dim : dims)
    if (isDynamic(dim) || llvm::MulOverflow(product, dim, product))
      return std::nullopt;
  return product;
}

void gemlir::geir::addResult(SmallVectorImpl<ShapedTypeComponents> &results,
                             Type elementType,
                             const std::optional<Shape> &shape) {
  if (shape)
    results.emplace_back(*shape, elementType);
  else
    results.emplace_back(elementType);
}
