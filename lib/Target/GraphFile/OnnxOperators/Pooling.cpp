// SPDX-License-Identifier: Apache-2.0
#include "OnnxOperators.h"

#include "GeDialect/Dialect/GE/IR/GEPoolingOps.h"

using namespace mlir;
using namespace gemlir;

using Attr = onnx::AttributeProto;

static LogicalResult importMaxPool(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"auto_pad", Attr::STRING},
                                   {"ceil_mode", Attr::INT},
                                   {"dilations", Attr::INTS},
                                   {"kernel_shape", Attr::INTS},
                                   {"pads", Attr::INTS},
                                   {"storage_order", Attr::INT},
                                   {"strides", Attr::INTS}})))
    return failure();
  FailureOr<OnnxWindow> window = getWindow(node);
  if (failed(window))
    return failure();
  if (window->kernel.empty())
    return node.emitError() << "'kernel_shape' is missing";
  if (window->dilations != SmallVector<int64_t>{1, 1})
    return node.refuse("'dilations' other than 1 are not supported");
  StringRef mode = llvm::StringSwitch<StringRef>(window->autoPad)
                       .Case("NOTSET", "CALCULATED")
                       .Case("VALID", "VALID")
                       .Case("SAME_UPPER", "SAME")
                       .Default("");
  if (mode.empty())
    return node.refuse("'auto_pad' " + window->autoPad +
                       " is not supported: GE pads the other side");
  OpBuilder &builder = node.getBuilder();
  auto op = geir::MaxPoolV3Op::create(
      builder, node.getLoc(),
      node.getResultType(0, node.getInputType(0).getElementType()),
      node.getNameAttr(), node.getInput(0),
      builder.getDenseI64ArrayAttr(
          {1, 1, window->kernel[0], window->kernel[1]}),
      builder.getDenseI64ArrayAttr(
          {1, 1, window->strides[0], window->strides[1]}),
      builder.getStringAttr(mode), builder.getDenseI64ArrayAttr(window->pads),
      builder.getStringAttr("NCHW"), builder.getBoolAttr(false),
      builder.getBoolAttr(node.getInt("ceil_mode", 0) != 0));
  return finish(node, op);
}

ArrayRef<OnnxOperator> gemlir::getOnnxPoolingOperators() {
  static constexpr OnnxOperator operators[] = {
      {"MaxPool", 1, importMaxPool},
  };
  return operators;
}
