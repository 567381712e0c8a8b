// SPDX-License-Identifier: Apache-2.0
//
// Convolutions and matrix products.
#include "OnnxOperators.h"

#include "GeDialect/Dialect/GE/IR/GEElementwiseOps.h"
#include "GeDialect/Dialect/GE/IR/GEMathOps.h"
#include "GeDialect/Dialect/GE/IR/GEMatrixOps.h"
#include "GeDialect/Dialect/GE/Transforms/ShapeInference.h"

using namespace mlir;
using namespace gemlir;

using Attr = onnx::AttributeProto;

static LogicalResult importConv(OnnxNode &node) {
  if (failed(node.checkArity(2, 3)) ||
      failed(node.checkAttributes({{"auto_pad", Attr::STRING},
                                   {"dilations", Attr::INTS},
                                   {"group", Attr::INT},
                                   {"kernel_shape", Attr::INTS},
                                   {"pads", Attr::INTS},
                                   {"strides", Attr::INTS}})))
    return failure();
  ShapedType filter = node.getInputType(1);
  if (filter.hasRank() && filter.getRank() != 4)
    return node.refuse("a filter of rank " + Twine(filter.getRank()) +
                       " is not supported, only of rank 4");
  FailureOr<OnnxWindow> window = getWindow(node);
  if (failed(window))
    return failure();
  if (!window->kernel.empty() && filter.hasStaticShape() &&
      ArrayRef(window->kernel) != filter.getShape().take_back(2))
    return node.emitError()
           << "'kernel_shape' is " << window->kernel[0] << "x"
           << window->kernel[1] << ", the filter has " << filter.getDimSize(2)
           << "x" << filter.getDimSize(3);
  OpBuilder &builder = node.getBuilder();
  StringAttr autoPad;
  if (StringRef(window->autoPad).starts_with("SAME"))
    autoPad = builder.getStringAttr(window->autoPad);
  auto op = geir::Conv2DOp::create(
      builder, node.getLoc(),
      node.getResultType(0, node.getInputType(0).getElementType()),
      node.getNameAttr(), node.getInput(0), node.getInput(1), node.getInput(2),
      /*offset_w=*/Value(),
      builder.getDenseI64ArrayAttr(
          {1, 1, window->strides[0], window->strides[1]}),
      builder.getDenseI64ArrayAttr(window->pads),
      builder.getDenseI64ArrayAttr(
          {1, 1, window->dilations[0], window->dilations[1]}),
      builder.getI64IntegerAttr(node.getInt("group", 1)),
      builder.getStringAttr("NCHW"), builder.getI64IntegerAttr(0), autoPad);
  return finish(node, op);
}

static LogicalResult importMatMul(OnnxNode &node) {
  if (failed(node.checkArity(2, 2)) || failed(node.checkAttributes({})))
    return failure();
  for (unsigned i : {0u, 1u})
    if (node.getInputType(i).hasRank() && node.getInputType(i).getRank() < 2)
      return node.refuse("input " + Twine(i) + " of rank 1 is not supported");
  OpBuilder &builder = node.getBuilder();
  auto op = geir::BatchMatMulV2Op::create(
      builder, node.getLoc(),
      node.getResultType(0, node.getInputType(0).getElementType()),
      node.getNameAttr(), node.getInput(0), node.getInput(1), Value(), Value(),
      builder.getBoolAttr(false), builder.getBoolAttr(false),
      builder.getI64IntegerAttr(0));
  return finish(node, op);
}

static Value createMuls(OnnxNode &node, const std::string &name, Value x,
                        float value) {
  OpBuilder &builder = node.getBuilder();
  return geir::MulsOp::create(builder, node.getLoc(), x.getType(),
                              builder.getStringAttr(name), x,
                              builder.getF32FloatAttr(value));
}

static LogicalResult importGemm(OnnxNode &node) {
  if (failed(node.checkArity(2, 3)) ||
      failed(node.checkAttributes({{"alpha", Attr::FLOAT},
                                   {"beta", Attr::FLOAT},
                                   {"transA", Attr::INT},
                                   {"transB", Attr::INT}})))
    return failure();
  if (node.getOpset() < 11 && !node.getInput(2))
    return node.emitError() << "input 2 is missing";
  float alpha = node.getFloat("alpha", 1.0f),
        beta = node.getFloat("beta", 1.0f);
  Value c = node.getInput(2);
  // A row goes into the product as its bias; anything else is added.
  bool isBias = c && alpha == 1.0f && beta == 1.0f &&
                cast<ShapedType>(c.getType()).hasRank() &&
                cast<ShapedType>(c.getType()).getRank() == 1;
  if (isBias) {
    // A bias of one element broadcasts in ONNX, not in GE.
    ShapedType b = node.getInputType(1);
    int64_t columns = b.hasRank() && b.getRank() == 2
                          ? b.getDimSize(node.getInt("transB", 0) ? 0 : 1)
                          : ShapedType::kDynamic;
    isBias = cast<ShapedType>(c.getType()).getDimSize(0) == columns;
  }
  bool isOne = alpha == 1.0f && (!c || isBias);
  OpBuilder &builder = node.getBuilder();
  Type elementType = node.getInputType(0).getElementType();
  unsigned part = 0;
  auto nextName = [&] {
    return isOne ? node.getName() : node.getPartName(part++);
  };
  auto product = geir::MatMulV2Op::create(
      builder, node.getLoc(),
      isOne ? node.getResultType(0, elementType)
            : UnrankedTensorType::get(elementType),
      builder.getStringAttr(nextName()), node.getInput(0), node.getInput(1),
      isBias ? c : Value(), Value(),
      builder.getBoolAttr(node.getInt("transA", 0) != 0),
      builder.getBoolAttr(node.getInt("transB", 0) != 0),
      builder.getI64IntegerAttr(0));
  if (failed(geir::refineResultTypes(product)))
    return failure();
  Value result = product;
  if (alpha != 1.0f)
    result = createMuls(node, nextName(), result, alpha);
  if (c && !isBias) {
    Value addend = beta == 1.0f ? c : createMuls(node, nextName(), c, beta);
    auto sum = geir::AddOp::create(
        builder, node.getLoc(), node.getResultType(0, elementType),
        builder.getStringAttr(nextName()), result, addend);
    if (failed(geir::refineResultTypes(sum)))
      return failure();
    result = sum;
  }
  node.setOutput(0, result);
  return success();
}

ArrayRef<OnnxOperator> gemlir::getOnnxMatrixOperators() {
  static constexpr OnnxOperator operators[] = {
      {"Conv", 1, importConv},
      {"Gemm", 7, importGemm},
      {"MatMul", 1, importMatMul},
  };
  return operators;
}
