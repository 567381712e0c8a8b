// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/IR/GEShapeOps.h"

#include "ShapeUtils.h"

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

/// Product of the dims; empty when one is unknown or the product overflows.
static std::optional<int64_t> multiply(ArrayRef<int64_t> dims) {
  int64_t product = 1;
  for (int64_t dim : dims)
    if (isDynamic(dim) || llvm::MulOverflow(product, dim, product))
      return std::nullopt;
  return product;
}

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
    if (dim == 0) {
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
    std::optional<int64_t> have = multiply(replaced), rest = multiply(known);
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
    std::optional<int64_t> have = multiply(from.getShape()),
                           want = multiply(to.getShape());
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
