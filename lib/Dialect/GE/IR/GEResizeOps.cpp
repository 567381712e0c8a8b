// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/IR/GEResizeOps.h"

#include "ShapeUtils.h"

#include "llvm/ADT/StringExtras.h"

#include <cmath>

using namespace mlir;
using namespace gemlir::geir;

#define GET_OP_CLASSES
#include "GeDialect/Dialect/GE/IR/GEResizeOps.cpp.inc"

void GEDialect::registerResizeOps() {
  addOperations<
#define GET_OP_LIST
#include "GeDialect/Dialect/GE/IR/GEResizeOps.cpp.inc"
      >();
}

/// Whether `word` is one of `known`; says so if not.
static LogicalResult checkWord(std::optional<Location> location, StringRef attr,
                               StringRef word, ArrayRef<StringRef> known) {
  if (llvm::is_contained(known, word))
    return success();
  return emitOptionalError(location, attr, " must be one of ",
                           llvm::join(known, ", "), ", found '", word,
                           "'"); // RZ-1, GS-1
}

//===----------------------------------------------------------------------===//
// Resize
//===----------------------------------------------------------------------===//

/// Dims times factors. The product is rounded down in the arithmetic of the
/// factors, which is what exporters expect.
static std::optional<Shape> scaleShape(ArrayRef<int64_t> dims,
                                       ArrayRef<float> scales) {
  Shape shape;
  for (auto [dim, scale] : llvm::zip_equal(dims, scales)) {
    if (isDynamic(dim)) {
      shape.push_back(dim);
      continue;
    }
    double product = std::floor(static_cast<double>(dim) * scale);
    constexpr double kLimit = 9e15; // numbers above are not exact
    if (!(product < kLimit))
      return std::nullopt;
    shape.push_back(static_cast<int64_t>(product));
  }
  return shape;
}

LogicalResult ResizeOp::inferShapes(Adaptor op,
                                    std::optional<Location> location,
                                    SmallVectorImpl<ShapedTypeComponents> &to) {
  StringRef mode = op.getCoordinateTransformationMode();
  if (failed(
          checkWord(location, "coordinate_transformation_mode", mode,
                    {"half_pixel", "pytorch_half_pixel", "tf_half_pixel_for_nn",
                     "align_corners", "asymmetric", "tf_crop_and_resize"})) ||
      failed(checkWord(location, "mode", op.getMode(),
                       {"nearest", "linear", "cubic"})) ||
      failed(checkWord(
          location, "nearest_mode", op.getNearestMode(),
          {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"})))
    return failure(); // RZ-1
  auto type = cast<ShapedType>(op.getX().getType());
  if (!op.getScales() && !op.getSizes())
    return emitOptionalError(location, "needs scales or sizes"); // RZ-2
  if (mode == "tf_crop_and_resize" && !op.getRoi())
    return emitOptionalError(location, mode, " needs roi"); // RZ-4
  if (failed(checkIntList(location, op.getSizes(), "sizes")))
    return failure();
  Value scales = op.getSizes() ? Value() : op.getScales();
  if (scales && !cast<ShapedType>(scales.getType()).getElementType().isF32())
    return emitOptionalError(location, "scales must be f32, found ",
                             scales.getType()); // RZ-2
  if (!type.hasRank()) {
    addResult(to, type.getElementType());
    return success();
  }
  int64_t rank = type.getRank();
  for (auto [list, slot, wanted] :
       {std::tuple<Value, StringRef, int64_t>(scales, "scales", rank),
        {op.getSizes(), "sizes", rank},
        {mode == "tf_crop_and_resize" ? op.getRoi() : Value(), "roi",
         2 * rank}})
    if (list)
      if (std::optional<int64_t> count = getListLength(list);
          count && *count != wanted)
        return emitOptionalError(location, slot, " has ", *count,
                                 " entries for an operand of rank ",
                                 rank); // RZ-3, RZ-4
  std::optional<Shape> shape = Shape(rank, ShapedType::kDynamic);
  if (op.getSizes()) {
    if (std::optional<Shape> known = getKnownInts(op.getSizes()))
      shape = known;
    if (llvm::any_of(*shape,
                     [](int64_t dim) { return dim < 0 && !isDynamic(dim); }))
      return emitOptionalError(location, "sizes has a negative entry"); // RZ-5
  } else if (std::optional<SmallVector<float>> known = getKnownFloats(scales)) {
    if (static_cast<int64_t>(known->size()) != rank)
      return emitOptionalError(location, "scales has ", known->size(),
                               " entries for an operand of rank ",
                               rank); // RZ-3
    if (llvm::any_of(*known, [](float scale) { return !(scale > 0); }))
      return emitOptionalError(location, "scales must be positive"); // RZ-5
    shape = mode == "tf_crop_and_resize" ? Shape(rank, ShapedType::kDynamic)
                                         : scaleShape(type.getShape(), *known);
    if (mode == "tf_crop_and_resize")
      if (std::optional<SmallVector<float>> roi = getKnownFloats(op.getRoi());
          roi && static_cast<int64_t>(roi->size()) == 2 * rank)
        for (int64_t i = 0; i < rank; ++i) {
          double length =
              std::floor(static_cast<double>(type.getDimSize(i)) *
                         ((*roi)[rank + i] - (*roi)[i]) * (*known)[i]);
          if (!isDynamic(type.getDimSize(i)) && length >= 0 && length < 9e15)
            (*shape)[i] = static_cast<int64_t>(length);
        }
    if (!shape)
      return emitOptionalError(location,
                               "the result has too many elements"); // RZ-6
  }
  addResult(to, type.getElementType(), shape); // RZ-6
  return success();
}

//===----------------------------------------------------------------------===//
// GridSampler2D
//===----------------------------------------------------------------------===//

LogicalResult
GridSampler2DOp::inferShapes(Adaptor op, std::optional<Location> location,
                             SmallVectorImpl<ShapedTypeComponents> &to) {
  if (failed(checkWord(location, "interpolation_mode",
                       op.getInterpolationMode(),
                       {"bilinear", "nearest", "bicubic"})) ||
      failed(checkWord(location, "padding_mode", op.getPaddingMode(),
                       {"zeros", "border", "reflection"})))
    return failure(); // GS-1
  auto x = cast<ShapedType>(op.getX().getType());
  auto grid = cast<ShapedType>(op.getGrid().getType());
  Shape shape(4, ShapedType::kDynamic);
  for (ShapedType type : {x, grid})
    if (type.hasRank() && type.getRank() != 4)
      return emitOptionalError(location, "needs operands of rank 4, found ",
                               toString(type.getShape())); // GS-2
  if (grid.hasRank() && !areCompatible(grid.getShape().take_back(1), 2))
    return emitOptionalError(location, "the last dim of grid has length ",
                             grid.getShape().back(), ", expected 2"); // GS-2
  if (x.hasRank() && grid.hasRank() &&
      !areCompatible(x.getShape().take_front(1), grid.getShape().take_front(1)))
    return emitOptionalError(location, "x has ", x.getDimSize(0),
                             " images, grid has ", grid.getDimSize(0));
  // GS-2
  if (x.hasRank()) {
    shape[0] = x.getDimSize(0);
    shape[1] = x.getDimSize(1);
  }
  if (grid.hasRank()) {
    shape[2] = grid.getDimSize(1);
    shape[3] = grid.getDimSize(2);
  }
  addResult(to, x.getElementType(), shape); // GS-3
  return success();
}
