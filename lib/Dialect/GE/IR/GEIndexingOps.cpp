// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/IR/GEIndexingOps.h"

#include "FoldUtils.h"
#include "ShapeUtils.h"

using namespace mlir;
using namespace gemlir::geir;

#define GET_OP_CLASSES
#include "GeDialect/Dialect/GE/IR/GEIndexingOps.cpp.inc"

void GEDialect::registerIndexingOps() {
  addOperations<
#define GET_OP_LIST
#include "GeDialect/Dialect/GE/IR/GEIndexingOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// GatherV2
//===----------------------------------------------------------------------===//

LogicalResult
GatherV2Op::inferShapes(Adaptor op, std::optional<Location> location,
                        SmallVectorImpl<ShapedTypeComponents> &to) {
  if (failed(checkIndices(location, op.getIndices(), "indices")) || // IL-2
      failed(checkIntList(location, op.getAxis(), "axis")))         // IL-1
    return failure();
  auto x = cast<ShapedType>(op.getX().getType());
  auto indices = cast<ShapedType>(op.getIndices().getType());
  std::optional<int64_t> known = getKnownInt(op.getAxis());
  if (!x.hasRank() || !indices.hasRank()) {
    addResult(to, x.getElementType());
    return success();
  }
  int64_t batch = op.getBatchDims();
  if (batch < 0)
    batch += indices.getRank();
  if (batch < 0 || batch > indices.getRank() || batch >= x.getRank())
    if (batch != 0)
      return emitNoSuchDim(location, "batch_dims", op.getBatchDims(),
                           indices.getRank()); // GA-2
  if (!known) {
    int64_t rank = x.getRank() + indices.getRank() - 1 - batch;
    std::optional<Shape> shape;
    if (x.getRank() > 0)
      shape = Shape(rank, ShapedType::kDynamic);
    addResult(to, x.getElementType(), shape);
    return success();
  }
  std::optional<int64_t> axis = resolveAxis(*known, x.getRank());
  if (!axis)
    return emitNoSuchDim(location, "axis", *known, x.getRank()); // GA-1
  if (*axis < batch || !areCompatible(x.getShape().take_front(batch),
                                      indices.getShape().take_front(batch)))
    return emitOptionalError(location, "the first ", batch, " dims of ",
                             toString(x.getShape()), " and ",
                             toString(indices.getShape()),
                             " do not belong together"); // GA-2
  Shape shape(x.getShape().take_front(*axis));
  llvm::append_range(shape, indices.getShape().drop_front(batch));
  llvm::append_range(shape, x.getShape().drop_front(*axis + 1));
  addResult(to, x.getElementType(), shape); // GA-3
  return success();
}

OpFoldResult GatherV2Op::fold(FoldAdaptor adaptor) {
  auto from = dyn_cast<RankedTensorType>(getX().getType());
  auto indices = dyn_cast<RankedTensorType>(getIndices().getType());
  auto picked = getFoldedInts(adaptor.getIndices()),
       known = getFoldedInts(adaptor.getAxis());
  if (!from || !indices || !picked || !known || known->size() != 1 ||
      getBatchDims() != 0)
    return {};
  int64_t axis = *resolveAxis(known->front(), from.getRank());
  int64_t length = from.getDimSize(axis);
  for (int64_t &index : *picked) {
    if (index < 0 && getNegativeIndexSupport())
      index += length;
    if (index < 0 || index >= length)
      return {}; // an error at run time
  }
  return foldMove(adaptor.getX(), getType(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> place(index.take_front(axis));
    ArrayRef<int64_t> which = index.slice(axis, indices.getRank());
    place.push_back((*picked)[linearize(which, indices.getShape())]);
    llvm::append_range(place, index.drop_front(axis + which.size()));
    return linearize(place, from.getShape());
  });
}

//===----------------------------------------------------------------------===//
// GatherElements, GatherNd
//===----------------------------------------------------------------------===//

LogicalResult
GatherElementsOp::inferShapes(Adaptor op, std::optional<Location> location,
                              SmallVectorImpl<ShapedTypeComponents> &to) {
  if (failed(checkIndices(location, op.getIndex(), "index"))) // IL-2
    return failure();
  auto x = cast<ShapedType>(op.getX().getType());
  auto index = cast<ShapedType>(op.getIndex().getType());
  if (x.hasRank() && !resolveAxis(op.getDim(), x.getRank()))
    return emitNoSuchDim(location, "dim", op.getDim(), x.getRank()); // GE-3
  if (x.hasRank() && index.hasRank()) {
    if (x.getRank() != index.getRank())
      return emitOptionalError(location, "x has rank ", x.getRank(),
                               ", index has rank ", index.getRank()); // GE-2
    int64_t axis = *resolveAxis(op.getDim(), x.getRank());
    for (auto [i, dims] :
         llvm::enumerate(llvm::zip_equal(x.getShape(), index.getShape()))) {
      auto [have, wanted] = dims;
      if (static_cast<int64_t>(i) != axis && !isDynamic(have) &&
          !isDynamic(wanted) && wanted > have)
        return emitOptionalError(location, "index is ", wanted, " long in dim ",
                                 i, ", x only ",
                                 have); // GE-2
    }
  }
  std::optional<Shape> shape;
  if (index.hasRank())
    shape = Shape(index.getShape());
  addResult(to, x.getElementType(), shape); // GE-4
  return success();
}

OpFoldResult GatherElementsOp::fold(FoldAdaptor adaptor) {
  auto from = dyn_cast<RankedTensorType>(getX().getType());
  auto index = dyn_cast<RankedTensorType>(getIndex().getType());
  auto picked = getFoldedInts(adaptor.getIndex());
  if (!from || !from.hasStaticShape() || !index || !picked)
    return {};
  int64_t axis = *resolveAxis(getDim(), from.getRank());
  int64_t length = from.getDimSize(axis);
  for (int64_t &entry : *picked) {
    if (entry < 0)
      entry += length;
    if (entry < 0 || entry >= length)
      return {}; // an error at run time
  }
  return foldMove(adaptor.getX(), getType(), [&](ArrayRef<int64_t> place) {
    SmallVector<int64_t> source(place);
    source[axis] = (*picked)[linearize(place, index.getShape())];
    return linearize(source, from.getShape());
  });
}

LogicalResult
GatherNdOp::inferShapes(Adaptor op, std::optional<Location> location,
                        SmallVectorImpl<ShapedTypeComponents> &to) {
  if (failed(checkIndices(location, op.getIndices(), "indices"))) // IL-2
    return failure();
  auto x = cast<ShapedType>(op.getX().getType());
  auto indices = cast<ShapedType>(op.getIndices().getType());
  if (indices.hasRank() && indices.getRank() == 0)
    return emitOptionalError(location,
                             "indices must have rank 1 or more"); // GN-1
  int64_t count =
      indices.hasRank() ? indices.getShape().back() : ShapedType::kDynamic;
  if (x.hasRank() && !isDynamic(count) && count > x.getRank())
    return emitOptionalError(location, "indices lists ", count,
                             " coordinates of a place in a tensor of rank ",
                             x.getRank()); // GN-1
  std::optional<Shape> shape;
  if (x.hasRank() && !isDynamic(count)) {
    shape = Shape(indices.getShape().drop_back());
    llvm::append_range(*shape, x.getShape().drop_front(count));
  }
  addResult(to, x.getElementType(), shape); // GN-2
  return success();
}

//===----------------------------------------------------------------------===//
// ScatterElements, TensorScatter*
//===----------------------------------------------------------------------===//

/// Updates have the element type of the data.
static LogicalResult checkUpdates(std::optional<Location> location, Value data,
                                  Value updates) {
  Type want = cast<ShapedType>(data.getType()).getElementType(),
       have = cast<ShapedType>(updates.getType()).getElementType();
  return want == have ? success()
                      : emitOptionalError(location, "updates are ", have,
                                          ", the tensor is ", want);
}

LogicalResult
ScatterElementsOp::inferShapes(Adaptor op, std::optional<Location> location,
                               SmallVectorImpl<ShapedTypeComponents> &to) {
  if (failed(checkIndices(location, op.getIndices(), "indices")) || // IL-2
      failed(checkUpdates(location, op.getData(), op.getUpdates())))
    return failure();
  StringRef reduction = op.getReduction();
  if (!llvm::is_contained({"none", "add", "mul", "max", "min"}, reduction))
    return emitOptionalError(
        location, "reduction must be none, add, mul, max or min, found ",
        reduction); // SE-3
  auto data = cast<ShapedType>(op.getData().getType());
  auto indices = cast<ShapedType>(op.getIndices().getType());
  auto updates = cast<ShapedType>(op.getUpdates().getType());
  if (data.hasRank() && !resolveAxis(op.getAxis(), data.getRank()))
    return emitNoSuchDim(location, "axis", op.getAxis(),
                         data.getRank()); // SE-2
  if (indices.hasRank() && updates.hasRank() &&
      !areCompatible(indices.getShape(), updates.getShape()))
    return emitOptionalError(location, "indices have shape ",
                             toString(indices.getShape()), ", updates ",
                             toString(updates.getShape())); // SE-1
  if (data.hasRank() && indices.hasRank() &&
      data.getRank() != indices.getRank())
    return emitOptionalError(location, "data has rank ", data.getRank(),
                             ", indices have rank ",
                             indices.getRank()); // SE-1
  return inferLike(op.getData(), to);            // EW-1
}

static LogicalResult
inferTensorScatter(std::optional<Location> location, Value data, Value indices,
                   Value updates, SmallVectorImpl<ShapedTypeComponents> &to) {
  if (failed(checkIndices(location, indices, "indices")) || // IL-2
      failed(checkUpdates(location, data, updates)))
    return failure();
  auto dataType = cast<ShapedType>(data.getType());
  auto indexType = cast<ShapedType>(indices.getType());
  auto updateType = cast<ShapedType>(updates.getType());
  if (indexType.hasRank() && indexType.getRank() == 0)
    return emitOptionalError(location,
                             "indices must have rank 1 or more"); // SN-1
  int64_t count =
      indexType.hasRank() ? indexType.getShape().back() : ShapedType::kDynamic;
  if (dataType.hasRank() && !isDynamic(count)) {
    if (count > dataType.getRank())
      return emitOptionalError(location, "indices lists ", count,
                               " coordinates of a place in a tensor of rank ",
                               dataType.getRank()); // SN-1
    Shape shape(indexType.getShape().drop_back());
    llvm::append_range(shape, dataType.getShape().drop_front(count));
    if (updateType.hasRank() && !areCompatible(shape, updateType.getShape()))
      return emitOptionalError(location, "updates have shape ",
                               toString(updateType.getShape()), ", expected ",
                               toString(shape)); // SN-2
  }
  return inferLike(data, to); // EW-1
}

LogicalResult
TensorScatterUpdateOp::inferShapes(Adaptor op, std::optional<Location> location,
                                   SmallVectorImpl<ShapedTypeComponents> &to) {
  return inferTensorScatter(location, op.getX(), op.getIndices(),
                            op.getUpdates(), to);
}

LogicalResult
TensorScatterAddOp::inferShapes(Adaptor op, std::optional<Location> location,
                                SmallVectorImpl<ShapedTypeComponents> &to) {
  return inferTensorScatter(location, op.getX(), op.getIndices(),
                            op.getUpdates(), to);
}

LogicalResult
TensorScatterMaxOp::inferShapes(Adaptor op, std::optional<Location> location,
                                SmallVectorImpl<ShapedTypeComponents> &to) {
  return inferTensorScatter(location, op.getInput(), op.getIndices(),
                            op.getUpdates(), to);
}

LogicalResult
TensorScatterMinOp::inferShapes(Adaptor op, std::optional<Location> location,
                                SmallVectorImpl<ShapedTypeComponents> &to) {
  return inferTensorScatter(location, op.getInput(), op.getIndices(),
                            op.getUpdates(), to);
}

//===----------------------------------------------------------------------===//
// NonZero, Where
//===----------------------------------------------------------------------===//

/// Whether an element of any type is not 0.
static bool isNonZero(Attribute element) {
  if (auto number = dyn_cast<FloatAttr>(element))
    return number.getValue().isNonZero();
  return !cast<IntegerAttr>(element).getValue().isZero();
}

/// The coordinates of all elements of a constant that are not 0.
static std::optional<SmallVector<SmallVector<int64_t>>>
findNonZero(Attribute x) {
  DenseElementsAttr elements = getFoldable(x);
  if (!elements)
    return std::nullopt;
  auto values = llvm::to_vector(elements.getValues<Attribute>());
  SmallVector<SmallVector<int64_t>> places;
  ArrayRef<int64_t> dims = elements.getType().getShape();
  forEachIndex(dims, [&](ArrayRef<int64_t> index) {
    if (isNonZero(values[linearize(index, dims)]))
      places.emplace_back(index);
  });
  return places;
}

static void inferNonZero(Value x, Type elementType, bool isTransposed,
                         SmallVectorImpl<ShapedTypeComponents> &to) {
  auto type = cast<ShapedType>(x.getType());
  auto places = findNonZero(getConstantValue(x));
  int64_t count = places ? places->size() : ShapedType::kDynamic,
          rank = type.hasRank() ? type.getRank() : ShapedType::kDynamic;
  addResult(to, elementType,
            isTransposed ? Shape{rank, count} : Shape{count, rank}); // NZ-2
}

static Attribute foldNonZero(Attribute x, Type type, bool isTransposed) {
  auto places = findNonZero(x);
  RankedTensorType tensor = getFoldableType(type);
  if (!places || !tensor || tensor.getRank() != 2 ||
      tensor.getDimSize(isTransposed ? 1 : 0) !=
          static_cast<int64_t>(places->size()))
    return nullptr;
  SmallVector<int64_t> values;
  forEachIndex(tensor.getShape(), [&](ArrayRef<int64_t> index) {
    values.push_back(isTransposed ? (*places)[index[1]][index[0]]
                                  : (*places)[index[0]][index[1]]);
  });
  return makeInts(type, values);
}

LogicalResult
NonZeroOp::inferShapes(Adaptor op, std::optional<Location> location,
                       SmallVectorImpl<ShapedTypeComponents> &to) {
  Type type =
      op.getDtype().value_or(IntegerType::get(op.getX().getContext(), 64));
  if (!type.isInteger(32) && !type.isInteger(64))
    return emitOptionalError(location, "dtype must be i32 or i64, found ",
                             type); // NZ-1
  inferNonZero(op.getX(), type, op.getTranspose(), to);
  return success();
}

LogicalResult WhereOp::inferShapes(Adaptor op, std::optional<Location>,
                                   SmallVectorImpl<ShapedTypeComponents> &to) {
  inferNonZero(op.getX(), IntegerType::get(op.getX().getContext(), 64), false,
               to);
  return success();
}

OpFoldResult NonZeroOp::fold(FoldAdaptor adaptor) {
  return foldNonZero(adaptor.getX(), getType(), getTranspose());
}

OpFoldResult WhereOp::fold(FoldAdaptor adaptor) {
  return foldNonZero(adaptor.getX(), getType(), false);
}

//===----------------------------------------------------------------------===//
// MatrixDiagV2
//===----------------------------------------------------------------------===//

LogicalResult
MatrixDiagV2Op::inferShapes(Adaptor op, std::optional<Location> location,
                            SmallVectorImpl<ShapedTypeComponents> &to) {
  for (auto [number, slot] : {std::pair<Value, StringRef>(op.getK(), "k"),
                              {op.getNumRows(), "num_rows"},
                              {op.getNumCols(), "num_cols"}}) {
    if (failed(checkIntList(location, number, slot))) // IL-1
      return failure();
    if (getListLength(number).value_or(1) != 1)
      return emitOptionalError(location, slot, " must have one element, found ",
                               number.getType()); // MD-1
  }
  auto diagonal = cast<ShapedType>(op.getDiagonal().getType());
  auto padding = cast<ShapedType>(op.getPaddingValue().getType());
  if ((diagonal.hasRank() && diagonal.getRank() != 1) ||
      padding.getElementType() != diagonal.getElementType() ||
      (padding.hasStaticShape() && countElements(padding.getShape()) != 1))
    return emitOptionalError(location,
                             "needs a list and an element of its type, found ",
                             diagonal, " and ", padding); // MD-1
  std::optional<int64_t> k = getKnownInt(op.getK()),
                         rows = getKnownInt(op.getNumRows()),
                         columns = getKnownInt(op.getNumCols());
  if ((rows && *rows < 0) || (columns && *columns < 0))
    return emitOptionalError(location, "the matrix has a negative length");
  // MD-3
  if (k && rows && columns && diagonal.hasStaticShape()) {
    bool exists = *k > -*rows && *k < *columns;
    int64_t length = 0;
    if (exists)
      length = *k < 0 ? std::min(*rows + *k, *columns)
                      : std::min(*rows, *columns - *k);
    if (diagonal.getDimSize(0) != length)
      return emitOptionalError(location, "diagonal ", *k, " of a ", *rows, "x",
                               *columns, " matrix does not have ",
                               diagonal.getDimSize(0), " elements"); // MD-2
  }
  addResult(to, diagonal.getElementType(),
            Shape{rows.value_or(ShapedType::kDynamic),
                  columns.value_or(ShapedType::kDynamic)}); // MD-3
  return success();
}
