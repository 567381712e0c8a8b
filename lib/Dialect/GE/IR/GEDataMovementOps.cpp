// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/IR/GEDataMovementOps.h"

#include "FoldUtils.h"
#include "ShapeUtils.h"

#include "GeDialect/Layout/LayoutConversion.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace gemlir::geir;

#define GET_OP_CLASSES
#include "GeDialect/Dialect/GE/IR/GEDataMovementOps.cpp.inc"

void GEDialect::registerDataMovementOps() {
  addOperations<
#define GET_OP_LIST
#include "GeDialect/Dialect/GE/IR/GEDataMovementOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// ConcatD
//===----------------------------------------------------------------------===//

LogicalResult ConcatDOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> location, ValueShapeRange operands,
    DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  ConcatDOpAdaptor op(operands, attributes, properties, regions);
  if (operands.empty())
    return emitOptionalError(location, "needs at least one operand"); // CC-1
  if (int64_t count = op.getN();
      count != 1 && count != static_cast<int64_t>(operands.size()))
    return emitOptionalError(location, "N is ", count, ", but there are ",
                             operands.size(), " operands"); // CC-1
  Type elementType =
      cast<ShapedType>(operands.front().getType()).getElementType();
  int64_t rank = -1, axis = 0;
  Shape shape;
  bool hasUnranked = false;
  for (Value operand : operands) {
    auto type = cast<ShapedType>(operand.getType());
    if (!type.hasRank()) {
      hasUnranked = true;
      continue;
    }
    if (rank == -1) {
      rank = type.getRank();
      axis = op.getConcatDim();
      if (axis < -rank || axis >= rank)
        return emitOptionalError(location, "concat_dim ", axis,
                                 " does not exist in a tensor of rank ",
                                 rank); // CC-2
      axis += axis < 0 ? rank : 0;
      shape = Shape(type.getShape());
      continue;
    }
    if (type.getRank() != rank)
      return emitOptionalError(location, "operands have ranks ", rank, " and ",
                               type.getRank()); // CC-2
    for (auto [i, dims] :
         llvm::enumerate(llvm::zip_equal(shape, type.getShape()))) {
      auto [have, dim] = dims;
      if (static_cast<int64_t>(i) == axis) {
        if (isDynamic(have) || isDynamic(dim))
          have = ShapedType::kDynamic;
        else if (llvm::AddOverflow(have, dim, have))
          return emitOptionalError(location, "the result has too many "
                                             "elements"); // CC-4
      } else if (isDynamic(have)) {
        have = dim;
      } else if (!isDynamic(dim) && dim != have) {
        return emitOptionalError(location, "operands are ", have, " and ", dim,
                                 " long in dim ", i); // CC-3
      }
    }
  }
  if (rank == -1) {
    results.emplace_back(elementType);
    return success();
  }
  if (hasUnranked)
    shape[axis] = ShapedType::kDynamic;
  results.emplace_back(shape, elementType);
  return success();
}

LogicalResult ConcatDOp::verify() {
  return verifyInferredResult(*this); // CC-1 to CC-4
}

/// Tensors along `axis`, as one.
static Attribute foldConcat(ArrayRef<Attribute> parts, Type type,
                            int64_t axis) {
  RankedTensorType tensor = getFoldableType(type);
  if (!tensor)
    return nullptr;
  SmallVector<SmallVector<Attribute>> values;
  SmallVector<int64_t> lengths; // along the axis
  for (Attribute part : parts) {
    DenseElementsAttr elements = getFoldable(part);
    if (!elements)
      return nullptr;
    values.push_back(llvm::to_vector(elements.getValues<Attribute>()));
    lengths.push_back(elements.getType().getDimSize(axis));
  }
  SmallVector<Attribute> joined;
  if (countElements(tensor.getShape()) == 0)
    return DenseElementsAttr::get(tensor, joined);
  SmallVector<int64_t> read(parts.size()); // elements taken of each part
  int64_t inner = *countElements(tensor.getShape().drop_front(axis + 1));
  int64_t outer = *countElements(tensor.getShape().take_front(axis));
  for (int64_t i = 0; i < outer; ++i)
    for (auto [part, length, next] : llvm::zip_equal(values, lengths, read))
      for (int64_t j = 0; j < length * inner; ++j)
        joined.push_back(part[next++]);
  return DenseElementsAttr::get(tensor, joined);
}

OpFoldResult ConcatDOp::fold(FoldAdaptor adaptor) {
  auto type = dyn_cast<RankedTensorType>(getType());
  std::optional<int64_t> axis;
  if (type)
    axis = resolveAxis(getConcatDim(), type.getRank());
  return axis ? foldConcat(adaptor.getX(), type, *axis) : Attribute();
}

/// Whether the operands, which have these lengths along the axis, can lie side
/// by side when the axis is cut into blocks: only the last one may end in
/// padding.
static bool fillsBlocks(Operation *op, unsigned axis, int64_t block) {
  for (Value operand : op->getOperands().drop_back()) {
    int64_t length = cast<RankedTensorType>(operand.getType()).getDimSize(axis);
    if (isDynamic(length) || length % block != 0)
      return false;
  }
  return true;
}

SmallVector<FormatPort>
ConcatDOp::getFormatPorts(const FormatContext &context) {
  auto type = cast<RankedTensorType>(getY().getType());
  unsigned rank = type.getRank();
  int64_t dim = getConcatDim();
  unsigned axis = dim < 0 ? dim + rank : dim;
  FormatPort port = makeUniformPort(*this, context);
  std::optional<gemlir::Format> origin = context.getOrigin(getY());
  llvm::erase_if(port.choices, [&](const FormatChoice &choice) {
    if (choice.storage == gemlir::Format::NC1HWC0)
      return axis == getAxisNames(*origin).find('C') &&
             !fillsBlocks(*this, axis, choice.c0);
    if (choice.storage != Format::FRACTAL_NZ)
      return false;
    if (axis + 1 == rank)
      return !fillsBlocks(*this, axis, choice.c0);
    return axis + 2 == rank &&
           !fillsBlocks(*this, axis, gemlir::TensorLayout().m0);
  });
  return {port};
}

//===----------------------------------------------------------------------===//
// Transpose
//===----------------------------------------------------------------------===//

LogicalResult TransposeOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> location, ValueShapeRange operands,
    DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  TransposeOpAdaptor op(operands, attributes, properties, regions);
  auto type = cast<ShapedType>(op.getX().getType());
  if (!type.hasRank()) {
    results.emplace_back(type.getElementType());
    return success();
  }
  int64_t rank = type.getRank();
  auto permType = cast<ShapedType>(op.getPerm().getType());
  if (permType.hasStaticShape() && permType.getRank() == 1 &&
      permType.getDimSize(0) != rank)
    return emitOptionalError(location, "perm has ", permType.getDimSize(0),
                             " entries for an operand of rank ",
                             rank); // TP-2
  Shape shape(rank, ShapedType::kDynamic);
  DenseIntElementsAttr perm = getKnownList(op.getPerm());
  if (perm && perm.getNumElements() == rank) {
    SmallVector<bool> seen(rank);
    for (auto [dim, entry] : llvm::zip_equal(shape, perm.getValues<APInt>())) {
      int64_t axis = entry.getSExtValue();
      if (axis < -rank || axis >= rank)
        return emitOptionalError(location, "perm has entry ", axis,
                                 " for an operand of rank ", rank); // TP-2
      axis += axis < 0 ? rank : 0;
      if (seen[axis])
        return emitOptionalError(location, "perm names dim ", axis,
                                 " twice"); // TP-2
      seen[axis] = true;
      dim = type.getDimSize(axis);
    }
  }
  results.emplace_back(shape, type.getElementType());
  return success();
}

LogicalResult TransposeOp::verify() {
  auto perm = cast<ShapedType>(getPerm().getType());
  if (!perm.getElementType().isInteger(32) &&
      !perm.getElementType().isInteger(64))
    return emitOpError("perm must be i32 or i64, found ")
           << perm.getElementType(); // TP-1
  if (perm.hasRank() && perm.getRank() != 1)
    return emitOpError("perm must have rank 1, found ")
           << toString(perm.getShape()); // TP-1
  return verifyInferredResult(*this);    // TP-2 to TP-4
}

OpFoldResult TransposeOp::fold(FoldAdaptor adaptor) {
  auto from = dyn_cast<RankedTensorType>(getX().getType());
  std::optional<SmallVector<int64_t>> perm = getFoldedList(adaptor.getPerm());
  if (!from || !perm)
    return {};
  SmallVector<int64_t> place(from.getRank());
  return foldMove(adaptor.getX(), getType(), [&](ArrayRef<int64_t> index) {
    for (auto [i, axis] : llvm::zip_equal(index, *perm))
      place[axis < 0 ? axis + from.getRank() : axis] = i;
    return linearize(place, from.getShape());
  });
}

SmallVector<int64_t> TransposeOp::getPermutation() {
  auto type = dyn_cast<RankedTensorType>(getX().getType());
  DenseIntElementsAttr list = getKnownList(getPerm());
  if (!type || !list || list.getNumElements() != type.getRank())
    return {};
  return llvm::map_to_vector(list.getValues<APInt>(), [&](const APInt &entry) {
    int64_t dim = entry.getSExtValue();
    return dim < 0 ? dim + type.getRank() : dim;
  });
}

AxisOrder TransposeOp::getAxisOrder() {
  return AxisOrder::permuted(getPermutation());
}

SmallVector<FormatPort>
TransposeOp::getFormatPorts(const FormatContext &context) {
  return {makePermutingPort(*this, getPermutation(), context)};
}

std::optional<unsigned> TransposeOp::getViewedOperand() {
  std::optional<gemlir::TensorLayout> layout =
      getTensorLayout(getY().getType());
  bool isView = layout && !gemlir::isLinear(layout->storage);
  return isView ? std::optional<unsigned>(0) : std::nullopt;
}

//===----------------------------------------------------------------------===//
// TransData
//===----------------------------------------------------------------------===//

/// GE's name and sub-format (number of groups) of the way a tensor is stored. A
/// linear one has the name of its dims; `other`, the other side of the
/// conversion, knows it when the type does not say it.
static std::pair<StringRef, int64_t> getStoredFormat(Type type, Type other) {
  if (!getFractalLayout(type)) {
    LayoutAttr own = getLayout(type), theirs = getLayout(other);
    auto format = FormatKind::ND;
    if (own)
      format = own.getStorage() == FormatKind::ND ? own.getOrigin()
                                                  : own.getStorage();
    else if (theirs)
      format = theirs.getOrigin();
    return {gemlir::getName(static_cast<gemlir::Format>(format)), 0};
  }
  std::optional<gemlir::TensorLayout> layout = getTensorLayout(type);
  if (!layout)
    return {"ND", 0};
  return {gemlir::getName(layout->storage),
          layout->groups > 1 ? layout->groups : 0};
}

void TransDataOp::build(OpBuilder &builder, OperationState &state,
                        StringAttr name, Value src, RankedTensorType type) {
  auto [from, fromGroups] = getStoredFormat(src.getType(), type);
  auto [to, toGroups] = getStoredFormat(type, src.getType());
  build(
      builder, state, type, name, src, builder.getStringAttr(from),
      builder.getStringAttr(to), builder.getI64IntegerAttr(fromGroups),
      builder.getI64IntegerAttr(toGroups),
      builder.getI64IntegerAttr(std::max({fromGroups, toGroups, int64_t(1)})));
}

LogicalResult TransDataOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location>, ValueShapeRange operands,
    DictionaryAttr, OpaqueProperties, RegionRange,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  return inferLikeOperand(operands, results);
}

LogicalResult TransDataOp::verify() {
  if (failed(verifyInferredResult(*this))) // EW-1
    return failure();
  // Ungrouped is 0 or 1 in files.
  auto count = [](int64_t number) { return std::max<int64_t>(number, 1); };
  int64_t mostGroups = 1;
  auto check = [&](Type type, Type other, StringRef format, int64_t groups,
                   StringRef slot) -> LogicalResult {
    auto [stored, storedGroups] = getStoredFormat(type, other);
    mostGroups = std::max(mostGroups, storedGroups);
    // Files may leave the dims without names.
    LayoutAttr layout = getLayout(type);
    bool isPlain = !layout || layout.getStorage() == FormatKind::ND;
    if (format != stored && !(isPlain && format == "ND"))
      return emitOpError() << slot << "_format is " << format
                           << ", the type says " << stored;
    if (count(groups) == count(storedGroups))
      return success();
    return emitOpError() << slot << "_subformat is " << groups
                         << ", the type says " << storedGroups;
  };
  if (failed(check(getSrc().getType(), getDst().getType(), getSrcFormat(),
                   getSrcSubformat(), "src")) ||
      failed(check(getDst().getType(), getSrc().getType(), getDstFormat(),
                   getDstSubformat(), "dst")))
    return failure(); // TD-1
  if (int64_t groups = getGroups(); count(groups) != mostGroups)
    return emitOpError() << "groups is " << groups << ", the types say "
                         << mostGroups; // TD-1
  std::optional<gemlir::TensorLayout> source =
      getTensorLayout(getSrc().getType());
  std::optional<gemlir::TensorLayout> target =
      getTensorLayout(getDst().getType());
  if (!source || !target || !getTensorBytes(getSrc().getType()))
    return success(); // sizes are not known yet
  if (llvm::Expected<gemlir::LayoutConversion> conversion =
          gemlir::LayoutConversion::create(*source, *target);
      !conversion)
    return emitOpError() << llvm::toString(conversion.takeError()); // TD-2
  return success();
}

//===----------------------------------------------------------------------===//
// Pack
//===----------------------------------------------------------------------===//

LogicalResult PackOp::inferShapes(Adaptor op, std::optional<Location> location,
                                  SmallVectorImpl<ShapedTypeComponents> &to) {
  ValueRange operands = op.getX();
  if (operands.empty())
    return emitOptionalError(location, "needs at least one operand"); // PK-1
  if (int64_t count = op.getN();
      count != 1 && count != static_cast<int64_t>(operands.size()))
    return emitOptionalError(location, "N is ", count, ", but there are ",
                             operands.size(), " operands"); // PK-1
  std::optional<Shape> shape;
  for (Value operand : operands) {
    auto type = cast<ShapedType>(operand.getType());
    if (!type.hasRank())
      continue;
    if (!shape)
      shape = Shape(type.getShape());
    if (!areCompatible(*shape, type.getShape()))
      return emitOptionalError(location, "operands have shapes ",
                               toString(*shape), " and ",
                               toString(type.getShape())); // PK-2
    for (auto [dim, other] : llvm::zip_equal(*shape, type.getShape()))
      if (isDynamic(dim))
        dim = other;
  }
  if (shape) {
    std::optional<int64_t> axis = resolveAxis(op.getAxis(), shape->size() + 1);
    if (!axis)
      return emitNoSuchDim(location, "axis", op.getAxis(),
                           shape->size() + 1); // PK-3
    shape->insert(shape->begin() + *axis, operands.size());
  }
  addResult(to, cast<ShapedType>(operands.front().getType()).getElementType(),
            shape); // PK-4
  return success();
}

OpFoldResult PackOp::fold(FoldAdaptor adaptor) {
  auto type = dyn_cast<RankedTensorType>(getType());
  std::optional<int64_t> axis;
  if (type)
    axis = resolveAxis(getAxis(), type.getRank());
  if (!axis)
    return {};
  SmallVector<Attribute> parts;
  for (auto [x, value] : llvm::zip_equal(getX(), adaptor.getX())) {
    auto operand = dyn_cast<RankedTensorType>(x.getType());
    if (!operand || operand.getRank() + 1 != type.getRank())
      return {};
    SmallVector<int64_t> dims(operand.getShape());
    dims.insert(dims.begin() + *axis, 1);
    parts.push_back(
        foldView(value, RankedTensorType::get(dims, operand.getElementType())));
  }
  return foldConcat(parts, type, *axis);
}
