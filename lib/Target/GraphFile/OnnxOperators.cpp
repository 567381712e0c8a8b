// SPDX-License-Identifier: Apache-2.0
//
// How single ONNX operators map onto GE's, version by version. The mapping
// follows GE's own ONNX parser (docs/onnx-import.md).
#include "OnnxImporter.h"

#include "GeDialect/Dialect/GE/IR/GEDataMovementOps.h"
#include "GeDialect/Dialect/GE/IR/GEElementwiseOps.h"
#include "GeDialect/Dialect/GE/IR/GEMatrixOps.h"
#include "GeDialect/Dialect/GE/IR/GENormalizationOps.h"
#include "GeDialect/Dialect/GE/IR/GEPoolingOps.h"
#include "GeDialect/Dialect/GE/IR/GEShapeOps.h"
#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"
#include "GeDialect/Dialect/GE/Transforms/ShapeInference.h"

using namespace mlir;
using namespace gemlir;

using Attr = onnx::AttributeProto;

/// Refines the result of an operator and makes it output 0 of the node.
static LogicalResult finish(OnnxNode &node, Operation *op) {
  if (failed(geir::refineResultTypes(op)))
    return failure();
  node.setOutput(0, op->getResult(0));
  return success();
}

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

namespace {
/// Attributes that convolution and pooling share, for two spatial dims.
struct Window {
  SmallVector<int64_t> kernel; // empty when not given
  SmallVector<int64_t> strides, dilations;
  SmallVector<int64_t> pads; // top, bottom, left, right
  std::string autoPad;       // NOTSET, SAME_UPPER, SAME_LOWER or VALID
};
} // namespace

/// Reads the attributes and checks that they speak of two spatial dims.
static FailureOr<Window> getWindow(OnnxNode &node) {
  Window window;
  auto getPair = [&](StringRef name, int64_t otherwise,
                     SmallVector<int64_t> &values) -> LogicalResult {
    std::optional<SmallVector<int64_t>> given = node.getInts(name);
    values = given.value_or(SmallVector<int64_t>(2, otherwise));
    if (values.size() != 2)
      return node.refuse("'" + name + "' has " + Twine(values.size()) +
                         " entries; only two spatial dims are supported");
    if (llvm::any_of(values, [](int64_t value) { return value < 1; }))
      return node.emitError() << "'" << name << "' must be positive";
    return success();
  };
  if (failed(getPair("strides", 1, window.strides)) ||
      failed(getPair("dilations", 1, window.dilations)))
    return failure();
  if (node.getInts("kernel_shape") &&
      failed(getPair("kernel_shape", 1, window.kernel)))
    return failure();

  window.autoPad = node.getString("auto_pad", "NOTSET");
  if (window.autoPad != "NOTSET" && window.autoPad != "SAME_UPPER" &&
      window.autoPad != "SAME_LOWER" && window.autoPad != "VALID")
    return node.emitError() << "'auto_pad' must be NOTSET, SAME_UPPER, "
                               "SAME_LOWER or VALID, found '"
                            << window.autoPad << "'";
  window.pads.assign(4, 0);
  // Explicit pads count only with NOTSET; some exporters write both.
  if (std::optional<SmallVector<int64_t>> pads = node.getInts("pads");
      pads && window.autoPad == "NOTSET") {
    if (pads->size() != 4)
      return node.emitError()
             << "'pads' has " << pads->size() << " entries, expected 4";
    if (llvm::any_of(*pads, [](int64_t pad) { return pad < 0; }))
      return node.refuse("negative 'pads' are not supported");
    // ONNX lists all beginnings, then all ends.
    window.pads = {(*pads)[0], (*pads)[2], (*pads)[1], (*pads)[3]};
  }
  return window;
}

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
  FailureOr<Window> window = getWindow(node);
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
  FailureOr<Window> window = getWindow(node);
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

//===----------------------------------------------------------------------===//
// Element-wise, matrices, shapes
//===----------------------------------------------------------------------===//

static LogicalResult importAdd(OnnxNode &node) {
  if (failed(node.checkArity(2, 2)) || failed(node.checkAttributes({})))
    return failure();
  return finish(
      node, geir::AddOp::create(
                node.getBuilder(), node.getLoc(),
                node.getResultType(0, node.getInputType(0).getElementType()),
                node.getNameAttr(), node.getInput(0), node.getInput(1)));
}

static LogicalResult importRelu(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) || failed(node.checkAttributes({})))
    return failure();
  return finish(
      node, geir::ReluOp::create(
                node.getBuilder(), node.getLoc(),
                node.getResultType(0, node.getInputType(0).getElementType()),
                node.getNameAttr(), node.getInput(0)));
}

static LogicalResult importIdentity(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) || failed(node.checkAttributes({})))
    return failure();
  return finish(
      node, geir::IdentityOp::create(
                node.getBuilder(), node.getLoc(),
                node.getResultType(0, node.getInputType(0).getElementType()),
                node.getNameAttr(), node.getInput(0)));
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

/// A node `y = x * value` of GE, which the dialect does not define.
static Value createMuls(OnnxNode &node, const std::string &name, Value x,
                        float value) {
  OpBuilder &builder = node.getBuilder();
  return geir::NodeOp::create(builder, node.getLoc(), TypeRange(x.getType()),
                              "Muls", builder.getStringAttr(name),
                              ValueRange(x), builder.getStrArrayAttr({"x"}),
                              builder.getDenseI64ArrayAttr({}),
                              builder.getDictionaryAttr({builder.getNamedAttr(
                                  "value", builder.getF32FloatAttr(value))}),
                              builder.getStrArrayAttr({"y"}))
      .getResult(0);
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

static LogicalResult importReshape(OnnxNode &node) {
  if (failed(node.checkArity(2, 2)) ||
      failed(node.checkAttributes({{"allowzero", Attr::INT}})))
    return failure();
  if (node.getInt("allowzero", 0) != 0)
    return node.refuse(
        "'allowzero' is not supported: in GE a 0 always copies a "
        "dim");
  OpBuilder &builder = node.getBuilder();
  return finish(
      node, geir::ReshapeOp::create(
                builder, node.getLoc(),
                node.getResultType(0, node.getInputType(0).getElementType()),
                node.getNameAttr(), node.getInput(0), node.getInput(1),
                builder.getI64IntegerAttr(0), builder.getI64IntegerAttr(-1)));
}

/// Softmax over `axes`.
static LogicalResult createSoftmax(OnnxNode &node, ArrayRef<int64_t> axes) {
  OpBuilder &builder = node.getBuilder();
  return finish(
      node,
      geir::SoftmaxV2Op::create(
          builder, node.getLoc(),
          node.getResultType(0, node.getInputType(0).getElementType()),
          node.getNameAttr(), node.getInput(0),
          builder.getDenseI64ArrayAttr(axes), builder.getBoolAttr(false)));
}

/// Up to opset 12 the operand is flattened to a matrix at `axis`, so that the
/// sum runs over all dims from there on.
static LogicalResult importSoftmax1(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"axis", Attr::INT}})))
    return failure();
  ShapedType type = node.getInputType(0);
  if (!type.hasRank())
    return node.refuse("needs an input of known rank");
  int64_t axis = node.getInt("axis", 1), rank = type.getRank();
  if (axis < 0)
    axis += rank;
  if (axis < 0 || axis >= rank)
    return node.emitError() << "axis " << node.getInt("axis", 1)
                            << " does not exist in a tensor of rank " << rank;
  return createSoftmax(node, llvm::to_vector(llvm::seq<int64_t>(axis, rank)));
}

static LogicalResult importSoftmax13(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"axis", Attr::INT}})))
    return failure();
  return createSoftmax(node, {node.getInt("axis", -1)});
}

//===----------------------------------------------------------------------===//
// Data movement
//===----------------------------------------------------------------------===//

static LogicalResult importConcat(OnnxNode &node) {
  unsigned count = std::max(1u, node.getNumInputs());
  if (failed(node.checkArity(count, count)) ||
      failed(node.checkAttributes({{"axis", Attr::INT}})))
    return failure();
  if (!node.hasAttr("axis"))
    return node.emitError() << "'axis' is missing";
  OpBuilder &builder = node.getBuilder();
  Type resultType =
      node.getResultType(0, node.getInputType(0).getElementType());
  SmallVector<Value> inputs;
  for (unsigned i = 0; i < count; ++i)
    inputs.push_back(node.getInput(i));
  if (inputs.size() == 1)
    return finish(node,
                  geir::IdentityOp::create(builder, node.getLoc(), resultType,
                                           node.getNameAttr(), inputs.front()));
  return finish(node,
                geir::ConcatDOp::create(
                    builder, node.getLoc(), resultType, node.getNameAttr(),
                    inputs, builder.getI64IntegerAttr(node.getInt("axis", 0)),
                    builder.getI64IntegerAttr(inputs.size())));
}

static LogicalResult importTranspose(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"perm", Attr::INTS}})))
    return failure();
  ShapedType type = node.getInputType(0);
  std::optional<SmallVector<int64_t>> perm = node.getInts("perm");
  if (!perm && !type.hasRank())
    return node.refuse("without 'perm' the rank must be known");
  if (!perm) {
    perm = llvm::to_vector(llvm::seq<int64_t>(0, type.getRank()));
    std::reverse(perm->begin(), perm->end());
  }
  OpBuilder &builder = node.getBuilder();
  auto permType = RankedTensorType::get(static_cast<int64_t>(perm->size()),
                                        builder.getI64Type());
  auto constant = geir::ConstOp::create(
      builder, node.getLoc(), permType,
      builder.getStringAttr(node.getPartName(0)), /*source=*/StringAttr(),
      /*refresh=*/IntegerAttr(),
      DenseElementsAttr::get(permType, ArrayRef<int64_t>(*perm)));
  return finish(node, geir::TransposeOp::create(
                          builder, node.getLoc(),
                          node.getResultType(0, type.getElementType()),
                          builder.getStringAttr(node.getPartName(1)),
                          node.getInput(0), constant.getY()));
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

namespace {
struct Entry {
  llvm::StringLiteral type;
  /// First opset with these semantics; they hold up to the next entry.
  int64_t since;
  OnnxHandler handler;
};
} // namespace

static constexpr Entry kHandlers[] = {
    {"Add", 7, importAdd},
    {"Concat", 4, importConcat},
    {"Conv", 1, importConv},
    {"Gemm", 7, importGemm},
    {"Identity", 1, importIdentity},
    {"MatMul", 1, importMatMul},
    {"MaxPool", 1, importMaxPool},
    {"Relu", 6, importRelu},
    {"Reshape", 5, importReshape},
    {"Softmax", 1, importSoftmax1},
    {"Softmax", 13, importSoftmax13},
    {"Transpose", 1, importTranspose},
};

OnnxHandler gemlir::findOnnxHandler(StringRef type, int64_t opset) {
  OnnxHandler best = nullptr;
  int64_t since = -1;
  for (const Entry &entry : kHandlers)
    if (entry.type == type && entry.since <= opset && entry.since > since) {
      best = entry.handler;
      since = entry.since;
    }
  return best;
}
