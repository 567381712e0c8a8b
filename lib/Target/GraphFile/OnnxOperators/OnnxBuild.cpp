// SPDX-License-Identifier: Apache-2.0
#include "OnnxBuild.h"

#include "GeDialect/Dialect/GE/Transforms/ShapeInference.h"

using namespace mlir;
using namespace gemlir;

SmallVector<Value> gemlir::getInputs(OnnxNode &node, unsigned count) {
  SmallVector<Value> inputs;
  for (unsigned i = 0; i < count; ++i)
    inputs.push_back(node.getInput(i));
  return inputs;
}

bool OnnxExpansion::refine(Operation *op) {
  return succeeded(geir::refineResultTypes(op));
}

Value OnnxExpansion::constant(DenseElementsAttr elements) {
  return geir::ConstOp::create(node.getBuilder(), node.getLoc(),
                               elements.getType(), getNextName(),
                               /*source=*/StringAttr(),
                               /*refresh=*/IntegerAttr(), elements);
}

Value OnnxExpansion::constant(ArrayRef<int64_t> list) {
  auto type = RankedTensorType::get(static_cast<int64_t>(list.size()),
                                    node.getBuilder().getI64Type());
  return constant(DenseElementsAttr::get(type, list));
}

Value OnnxExpansion::number(Type elementType, double value) {
  Attribute attr;
  if (auto type = dyn_cast<FloatType>(elementType)) {
    APFloat number(value);
    bool losesInfo;
    number.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                   &losesInfo);
    attr = FloatAttr::get(elementType, number);
  } else {
    attr = IntegerAttr::get(elementType, static_cast<int64_t>(value));
  }
  return constant(
      DenseElementsAttr::get(RankedTensorType::get({}, elementType), attr));
}
