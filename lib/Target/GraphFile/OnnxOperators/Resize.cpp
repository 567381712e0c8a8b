// SPDX-License-Identifier: Apache-2.0
#include "OnnxOperators.h"

#include "GeDialect/Dialect/GE/IR/GEResizeOps.h"
#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"

using namespace mlir;
using namespace gemlir;

using Attr = onnx::AttributeProto;

namespace {
struct ResizeSpec {
  Value roi, scales, sizes;
  std::string coordinates, nearest;
  /// Constants that were made for the node.
  unsigned parts = 0;
};
} // namespace

static LogicalResult createResize(OnnxNode &node, const ResizeSpec &spec) {
  OpBuilder &builder = node.getBuilder();
  return finish(
      node,
      geir::ResizeOp::create(
          builder, node.getLoc(),
          node.getResultType(0, node.getInputType(0).getElementType()),
          builder.getStringAttr(spec.parts == 0 ? node.getName()
                                                : node.getPartName(spec.parts)),
          node.getInput(0), spec.roi, spec.scales, spec.sizes,
          builder.getStringAttr(spec.coordinates),
          builder.getF32FloatAttr(node.getFloat("cubic_coeff_a", -0.75f)),
          builder.getI64IntegerAttr(node.getInt("exclude_outside", 0)),
          builder.getF32FloatAttr(node.getFloat("extrapolation_value", 0)),
          builder.getStringAttr(node.getString("mode", "nearest")),
          builder.getStringAttr(spec.nearest)));
}

/// Up to opset 10, place i is i / scale, and the element before it counts.
static LogicalResult createOldResize(OnnxNode &node, Value scales,
                                     unsigned parts) {
  std::string mode = node.getString("mode", "nearest");
  if (mode != "nearest" && mode != "linear")
    return node.refuse("'mode' " + mode + " is not supported");
  return createResize(node,
                      {Value(), scales, Value(), "asymmetric", "floor", parts});
}

static LogicalResult importUpsample7(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes(
          {{"mode", Attr::STRING}, {"scales", Attr::FLOATS}})))
    return failure();
  for (const Attr &attr : node.getProto().attribute()) {
    if (attr.name() != "scales")
      continue;
    SmallVector<float> scales(attr.floats().begin(), attr.floats().end());
    auto type = RankedTensorType::get(static_cast<int64_t>(scales.size()),
                                      node.getBuilder().getF32Type());
    Value list = createConstant(
        node, 0, DenseElementsAttr::get(type, ArrayRef<float>(scales)));
    return createOldResize(node, list, 1);
  }
  return node.emitError() << "'scales' is missing";
}

static LogicalResult importResize10(OnnxNode &node) {
  if (failed(node.checkArity(2, 2)) ||
      failed(node.checkAttributes({{"mode", Attr::STRING}})))
    return failure();
  return createOldResize(node, node.getInput(1), 0);
}

/// An input that is there, and not an empty list in place of an absent one.
static Value getList(OnnxNode &node, unsigned i) {
  Value input = node.getInput(i);
  bool isEmpty = input && node.getInputType(i).hasRank() &&
                 llvm::is_contained(node.getInputType(i).getShape(), 0);
  return isEmpty ? Value() : input;
}

/// `list`, which speaks of `axes` only, for all dims of the input.
static FailureOr<Value> spread(OnnxNode &node, ArrayRef<int64_t> axes,
                               Value list, unsigned part) {
  ShapedType type = node.getInputType(0);
  auto constant = list.getDefiningOp<geir::ConstOp>();
  auto values = constant ? dyn_cast<DenseElementsAttr>(constant.getValue())
                         : DenseElementsAttr();
  bool isSizes =
      isa<IntegerType>(cast<ShapedType>(list.getType()).getElementType());
  if (values && isSizes && !values.getElementType().isInteger(64))
    return node.emitError() << "sizes must be i64";
  if (!values || !type.hasRank() || (isSizes && !type.hasStaticShape()) ||
      values.getNumElements() != static_cast<int64_t>(axes.size()))
    return node.refuse("with 'axes', scales or sizes and the dims must be "
                       "known, one number per axis");
  Builder &builder = node.getBuilder();
  SmallVector<Attribute> all;
  for (int64_t dim : type.getShape())
    all.push_back(isSizes ? Attribute(builder.getIntegerAttr(
                                values.getElementType(), dim))
                          : Attribute(builder.getF32FloatAttr(1)));
  for (auto [axis, value] :
       llvm::zip_equal(axes, values.getValues<Attribute>())) {
    int64_t dim = axis < 0 ? axis + type.getRank() : axis;
    if (dim < 0 || dim >= type.getRank())
      return node.emitError()
             << "axis " << axis << " does not exist in a tensor of rank "
             << type.getRank();
    all[dim] = value;
  }
  return createConstant(
      node, part,
      DenseElementsAttr::get(
          RankedTensorType::get(type.getRank(), values.getElementType()), all));
}

static LogicalResult importResize11(OnnxNode &node) {
  if (failed(node.checkArity(1, 4)) ||
      failed(node.checkAttributes(
          {{"antialias", Attr::INT},
           {"axes", Attr::INTS},
           {"coordinate_transformation_mode", Attr::STRING},
           {"cubic_coeff_a", Attr::FLOAT},
           {"exclude_outside", Attr::INT},
           {"extrapolation_value", Attr::FLOAT},
           {"keep_aspect_ratio_policy", Attr::STRING},
           {"mode", Attr::STRING},
           {"nearest_mode", Attr::STRING}})))
    return failure();
  if (node.getInt("antialias", 0) != 0)
    return node.refuse("'antialias' is not supported");
  if (std::string policy =
          node.getString("keep_aspect_ratio_policy", "stretch");
      policy != "stretch")
    return node.refuse("'keep_aspect_ratio_policy' " + policy +
                       " is not supported");
  ResizeSpec spec;
  spec.coordinates =
      node.getString("coordinate_transformation_mode", "half_pixel");
  spec.nearest = node.getString("nearest_mode", "round_prefer_floor");
  if (spec.coordinates == "half_pixel_symmetric")
    return node.refuse("'coordinate_transformation_mode' half_pixel_symmetric "
                       "is not supported");
  bool isCrop = spec.coordinates == "tf_crop_and_resize";
  spec.roi = isCrop ? getList(node, 1) : Value();
  spec.sizes = getList(node, 3);
  spec.scales = spec.sizes ? Value() : getList(node, 2);
  if (!spec.sizes && !spec.scales)
    return node.emitError() << "has neither scales nor sizes";
  if (std::optional<SmallVector<int64_t>> axes = node.getInts("axes")) {
    if (isCrop)
      return node.refuse("'axes' with a region is not supported");
    Value &list = spec.sizes ? spec.sizes : spec.scales;
    FailureOr<Value> all = spread(node, *axes, list, 0);
    if (failed(all))
      return failure();
    list = *all;
    spec.parts = 1;
  }
  return createResize(node, spec);
}

static LogicalResult importGridSample(OnnxNode &node) {
  if (failed(node.checkArity(2, 2)) ||
      failed(node.checkAttributes({{"align_corners", Attr::INT},
                                   {"mode", Attr::STRING},
                                   {"padding_mode", Attr::STRING}})))
    return failure();
  OpBuilder &builder = node.getBuilder();
  return finish(
      node, geir::GridSampler2DOp::create(
                builder, node.getLoc(),
                node.getResultType(0, node.getInputType(0).getElementType()),
                node.getNameAttr(), node.getInput(0), node.getInput(1),
                builder.getStringAttr(node.getString("mode", "bilinear")),
                builder.getStringAttr(node.getString("padding_mode", "zeros")),
                builder.getBoolAttr(node.getInt("align_corners", 0) != 0)));
}

ArrayRef<OnnxOperator> gemlir::getOnnxResizeOperators() {
  static constexpr OnnxOperator operators[] = {
      {"GridSample", 16, importGridSample}, {"Resize", 10, importResize10},
      {"Resize", 11, importResize11},       {"Upsample", 7, importUpsample7},
      {"Upsample", 9, importResize10},
  };
  return operators;
}
