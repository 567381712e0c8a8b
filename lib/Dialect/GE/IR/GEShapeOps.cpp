// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/IR/GEShapeOps.h"

#include "FoldUtils.h"
#include "ShapeUtils.h"

#include "GeDialect/Layout/DataType.h"

#include "llvm/ADT/SmallSet.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace gemlir::geir;

#define GET_OP_CLASSES
#include "GeDialect/Dialect/GE/IR/GEShapeOps.cpp.inc"

void GEDialect::registerShapeOps() {
  addOperations<
#define GET_OP_LIST
#include "GeDialect/Dialect/GE/IR/GEShapeOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Reshape
//===----------------------------------------------------------------------===//

LogicalResult ReshapeOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> location, ValueShapeRange operands,
    DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  ReshapeOpAdaptor op(operands, attributes, properties, regions);
  auto type = cast<ShapedType>(op.getX().getType());
  DenseIntElementsAttr value = getKnownList(op.getShape());
  if (!value) {
    auto shapeType = cast<ShapedType>(op.getShape().getType());
    if (shapeType.hasStaticShape() && shapeType.getRank() == 1 &&
        shapeType.getDimSize(0) <= kMaxListLength && op.getAxis() == 0 &&
        static_cast<int64_t>(op.getNumAxes()) == -1)
      results.emplace_back(Shape(shapeType.getDimSize(0), ShapedType::kDynamic),
                           type.getElementType());
    else
      results.emplace_back(type.getElementType());
    return success();
  }
  if (!type.hasRank()) {
    results.emplace_back(type.getElementType());
    return success();
  }
  // Dims outside [first, last) stay.
  ArrayRef<int64_t> dims = type.getShape();
  int64_t rank = dims.size(), first = op.getAxis(), count = op.getNumAxes();
  if (first < 0)
    first += rank + 1;
  if (first < 0 || first > rank || count < -1 ||
      (count != -1 && count > rank - first))
    return emitOptionalError(
        location, "axis ", static_cast<int64_t>(op.getAxis()), " and num_axes ",
        count, " do not fit an operand of rank ", rank);
  int64_t last = count == -1 ? rank : first + count;
  ArrayRef<int64_t> replaced = dims.slice(first, last - first);

  Shape wanted;
  std::optional<size_t> inferred;
  for (const APInt &entry : value.getValues<APInt>()) {
    int64_t dim = entry.getSExtValue();
    if (dim == 0 && !op.getAllowzero()) {
      if (wanted.size() >= replaced.size())
        return emitOptionalError(
            location, "entry ", wanted.size(),
            " of the shape is 0, but the operand has only ", replaced.size(),
            " dims");
      dim = replaced[wanted.size()];
    } else if (dim == -1) {
      if (inferred)
        return emitOptionalError(location, "the shape has two entries -1");
      inferred = wanted.size();
      dim = ShapedType::kDynamic;
    } else if (dim < -1) {
      return emitOptionalError(location, "the shape has entry ", dim);
    }
    wanted.push_back(dim);
  }
  if (inferred) {
    // Without the -1 the remaining dims must divide the element count.
    Shape known(wanted);
    known.erase(known.begin() + *inferred);
    std::optional<int64_t> have = countElements(replaced),
                           rest = countElements(known);
    if (have && rest) {
      if (*rest == 0 ? *have != 0 : *have % *rest != 0)
        return emitOptionalError(location, "cannot reshape ",
                                 toString(replaced), " to ", toString(wanted));
      wanted[*inferred] = *rest == 0 ? 0 : *have / *rest;
    }
  }
  Shape shape(dims.take_front(first));
  llvm::append_range(shape, wanted);
  llvm::append_range(shape, dims.drop_front(last));
  results.emplace_back(shape, type.getElementType());
  return success();
}

LogicalResult ReshapeOp::verify() {
  auto shapeType = cast<ShapedType>(getShape().getType());
  if (!shapeType.getElementType().isInteger(32) &&
      !shapeType.getElementType().isInteger(64))
    return emitOpError("shape must be i32 or i64, found ")
           << shapeType.getElementType(); // RS-1
  if (shapeType.hasRank() && shapeType.getRank() > 1)
    return emitOpError("shape must have rank 0 or 1, found ")
           << toString(shapeType.getShape()); // RS-1
  auto from = cast<ShapedType>(getX().getType());
  auto to = cast<ShapedType>(getY().getType());
  if (from.getElementType() != to.getElementType())
    return emitOpError("result has element type ")
           << to.getElementType() << ", the operands give "
           << from.getElementType(); // RS-3
  if (from.hasStaticShape() && to.hasStaticShape()) {
    std::optional<int64_t> have = countElements(from.getShape()),
                           want = countElements(to.getShape());
    if (have && want && *have != *want)
      return emitOpError("result has ")
             << *want << " elements, the operand " << *have; // RS-2
  }
  // A list too long to be read must not be ignored.
  if (shapeType.hasStaticShape() && to.hasRank() && getAxis() == 0 &&
      static_cast<int64_t>(getNumAxes()) == -1) {
    int64_t listed = shapeType.getRank() == 0 ? 1 : shapeType.getDimSize(0);
    if (listed != to.getRank())
      return emitOpError("result has rank ")
             << to.getRank() << ", the shape lists " << listed
             << " dims"; // RS-4
  }
  return success();
}

std::optional<unsigned> ReshapeOp::getViewedOperand() { return 0; }

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  return foldView(adaptor.getX(), getType());
}

//===----------------------------------------------------------------------===//
// Identity
//===----------------------------------------------------------------------===//

LogicalResult IdentityOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location>, ValueShapeRange operands,
    DictionaryAttr, OpaqueProperties, RegionRange,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  return inferLikeOperand(operands, results);
}

LogicalResult IdentityOp::verify() {
  return verifyInferredResult(*this); // EW-1
}

std::optional<unsigned> IdentityOp::getViewedOperand() { return 0; }

OpFoldResult IdentityOp::fold(FoldAdaptor adaptor) {
  return foldView(adaptor.getX(), getType());
}

//===----------------------------------------------------------------------===//
// Squeeze, Unsqueeze
//===----------------------------------------------------------------------===//

/// `axes` counted from the front, for a tensor of this rank.
static FailureOr<llvm::SmallSet<int64_t, 4>>
resolveAxes(std::optional<Location> location, StringRef attr,
            ArrayRef<int64_t> axes, int64_t rank) {
  llvm::SmallSet<int64_t, 4> resolved;
  for (int64_t entry : axes) {
    std::optional<int64_t> axis = resolveAxis(entry, rank);
    if (!axis)
      return emitNoSuchDim(location, attr, entry, rank); // SQ-1, UQ-1
    if (!resolved.insert(*axis).second)
      return emitOptionalError(location, attr, " names dim ", *axis,
                               " twice"); // SQ-1, UQ-1
  }
  return resolved;
}

/// `axes` is empty when they are not known, and an empty list stands for all
/// dims of length 1.
static LogicalResult inferSqueeze(std::optional<Location> location,
                                  StringRef attr, Value x,
                                  std::optional<ArrayRef<int64_t>> axes,
                                  SmallVectorImpl<ShapedTypeComponents> &to) {
  auto type = cast<ShapedType>(x.getType());
  if (!type.hasRank() || !axes || (axes->empty() && !type.hasStaticShape())) {
    addResult(to, type.getElementType());
    return success();
  }
  auto dropped = resolveAxes(location, attr, *axes, type.getRank());
  if (failed(dropped))
    return failure();
  Shape shape;
  for (auto [i, dim] : llvm::enumerate(type.getShape())) {
    if (dropped->contains(i)) {
      if (!isDynamic(dim) && dim != 1)
        return emitOptionalError(location, "dim ", i, " has length ", dim,
                                 ", only 1 can be dropped"); // SQ-2
    } else if (!axes->empty() || dim != 1) {
      shape.push_back(dim);
    }
  }
  addResult(to, type.getElementType(), shape); // SQ-3
  return success();
}

static LogicalResult inferUnsqueeze(std::optional<Location> location,
                                    StringRef attr, Value x,
                                    std::optional<ArrayRef<int64_t>> axes,
                                    SmallVectorImpl<ShapedTypeComponents> &to) {
  auto type = cast<ShapedType>(x.getType());
  if (!type.hasRank() || !axes) {
    addResult(to, type.getElementType());
    return success();
  }
  int64_t rank = type.getRank() + axes->size();
  auto added = resolveAxes(location, attr, *axes, rank);
  if (failed(added))
    return failure();
  Shape shape;
  ArrayRef<int64_t> dims = type.getShape();
  for (int64_t i = 0; i < rank; ++i) {
    if (added->contains(i)) {
      shape.push_back(1);
      continue;
    }
    shape.push_back(dims.front());
    dims = dims.drop_front();
  }
  addResult(to, type.getElementType(), shape); // UQ-2
  return success();
}

LogicalResult
SqueezeOp::inferShapes(Adaptor op, std::optional<Location> location,
                       SmallVectorImpl<ShapedTypeComponents> &results) {
  return inferSqueeze(location, "axis", op.getX(), op.getAxis(), results);
}

LogicalResult
UnsqueezeOp::inferShapes(Adaptor op, std::optional<Location> location,
                         SmallVectorImpl<ShapedTypeComponents> &results) {
  return inferUnsqueeze(location, "axes", op.getX(), op.getAxes(), results);
}

LogicalResult
SqueezeV3Op::inferShapes(Adaptor op, std::optional<Location> location,
                         SmallVectorImpl<ShapedTypeComponents> &results) {
  if (failed(checkIntList(location, op.getAxes(), "axes"))) // IL-1
    return failure();
  std::optional<Shape> axes =
      op.getAxes() ? getKnownInts(op.getAxes()) : Shape();
  auto type = cast<ShapedType>(op.getX().getType());
  if (!axes && type.hasRank())
    if (std::optional<int64_t> count = getListLength(op.getAxes());
        count && *count > 0 && *count <= type.getRank()) {
      addResult(results, type.getElementType(),
                Shape(type.getRank() - *count, ShapedType::kDynamic));
      return success();
    }
  return inferSqueeze(location, "axes", op.getX(), axes, results);
}

/// With the axes in an operand.
static LogicalResult
inferUnsqueezeBy(std::optional<Location> location, StringRef slot, Value x,
                 Value axes, SmallVectorImpl<ShapedTypeComponents> &to) {
  if (failed(checkIntList(location, axes, slot))) // IL-1
    return failure();
  std::optional<Shape> known = getKnownInts(axes);
  std::optional<int64_t> count = getListLength(axes);
  auto type = cast<ShapedType>(x.getType());
  if (!known && count && type.hasRank()) {
    addResult(to, type.getElementType(),
              Shape(type.getRank() + *count, ShapedType::kDynamic));
    return success();
  }
  return inferUnsqueeze(location, slot, x, known, to);
}

LogicalResult
UnsqueezeV3Op::inferShapes(Adaptor op, std::optional<Location> location,
                           SmallVectorImpl<ShapedTypeComponents> &results) {
  return inferUnsqueezeBy(location, "axes", op.getX(), op.getAxes(), results);
}

LogicalResult
ExpandDimsOp::inferShapes(Adaptor op, std::optional<Location> location,
                          SmallVectorImpl<ShapedTypeComponents> &results) {
  if (std::optional<int64_t> count = getListLength(op.getAxis());
      count && *count != 1)
    return emitOptionalError(location, "axis has ", *count,
                             " entries, expected 1"); // UQ-1
  return inferUnsqueezeBy(location, "axis", op.getX(), op.getAxis(), results);
}

//===----------------------------------------------------------------------===//
// Flatten
//===----------------------------------------------------------------------===//

LogicalResult
FlattenOp::inferShapes(Adaptor op, std::optional<Location> location,
                       SmallVectorImpl<ShapedTypeComponents> &results) {
  auto type = cast<ShapedType>(op.getX().getType());
  Shape shape(2, ShapedType::kDynamic);
  if (type.hasRank()) {
    // The border may lie behind the last dim.
    int64_t axis = op.getAxis(), rank = type.getRank();
    if (axis < -rank || axis > rank)
      return emitNoSuchDim(location, "axis", axis, rank); // FL-1
    axis += axis < 0 ? rank : 0;
    ArrayRef<int64_t> dims = type.getShape();
    shape[0] = countElements(dims.take_front(axis)).value_or(shape[0]);
    shape[1] = countElements(dims.drop_front(axis)).value_or(shape[1]);
  }
  addResult(results, type.getElementType(), shape); // FL-2
  return success();
}

//===----------------------------------------------------------------------===//
// Shape, Size
//===----------------------------------------------------------------------===//

/// The integer type that GE's number stands for; null for other types.
static Type getIntType(MLIRContext *context, int64_t number) {
  std::optional<gemlir::DataType> type = gemlir::dataTypeFromNumber(number);
  if (type == gemlir::DataType::Int32 || type == gemlir::DataType::Int64)
    return gemlir::geir::getElementType(context, *type);
  return nullptr;
}

static LogicalResult
inferShapeQuery(std::optional<Location> location, Value x, int64_t dtype,
                const std::optional<Shape> &shape,
                SmallVectorImpl<ShapedTypeComponents> &to) {
  Type type = getIntType(x.getContext(), dtype);
  if (!type)
    return emitOptionalError(location,
                             "dtype must be 3 (i32) or 9 (i64), found ",
                             dtype); // SH-1
  addResult(to, type, shape);        // SH-2
  return success();
}

LogicalResult
ShapeOp::inferShapes(Adaptor op, std::optional<Location> location,
                     SmallVectorImpl<ShapedTypeComponents> &results) {
  auto type = cast<ShapedType>(op.getX().getType());
  int64_t rank = type.hasRank() ? type.getRank() : ShapedType::kDynamic;
  return inferShapeQuery(location, op.getX(), op.getDtype(), Shape{rank},
                         results);
}

LogicalResult
SizeOp::inferShapes(Adaptor op, std::optional<Location> location,
                    SmallVectorImpl<ShapedTypeComponents> &results) {
  return inferShapeQuery(location, op.getX(), op.getDtype(), Shape{}, results);
}

OpFoldResult ShapeOp::fold(FoldAdaptor) {
  auto type = cast<ShapedType>(getX().getType());
  return type.hasStaticShape() ? makeInts(getType(), type.getShape())
                               : Attribute();
}

OpFoldResult SizeOp::fold(FoldAdaptor) {
  auto type = cast<ShapedType>(getX().getType());
  std::optional<int64_t> count =
      type.hasRank() ? countElements(type.getShape()) : std::nullopt;
  return count ? makeInts(getType(), *count) : Attribute();
}
