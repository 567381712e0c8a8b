// SPDX-License-Identifier: Apache-2.0
//
// LSTM, GRU and RNN. GE has no plain RNN: that becomes a GRU with its update
// gate shut and its reset gate open.
#include "OnnxOperators.h"

#include "GeDialect/Dialect/GE/IR/GERecurrentOps.h"

using namespace mlir;
using namespace gemlir;

using Attr = onnx::AttributeProto;

/// A list attribute of strings or floats; null when absent.
static geir::ListAttr getList(OnnxNode &node, StringRef name) {
  OpBuilder &builder = node.getBuilder();
  for (const onnx::AttributeProto &attr : node.getProto().attribute()) {
    if (attr.name() != name)
      continue;
    SmallVector<Attribute> values;
    for (const std::string &value : attr.strings())
      values.push_back(builder.getStringAttr(value));
    for (float value : attr.floats())
      values.push_back(builder.getF32FloatAttr(value));
    return geir::ListAttr::get(builder.getContext(),
                               name == "activations" ? geir::ListKind::String
                                                     : geir::ListKind::Float,
                               builder.getArrayAttr(values));
  }
  return nullptr;
}

namespace {
/// Operands in GE's order of dims, and what all three networks share.
struct Recurrence {
  Value x, initialH, initialC;
  int64_t hidden = 0;
  bool isBatchFirst = false;
};
} // namespace

/// Checks attributes and brings operands into the order time, batch.
static FailureOr<Recurrence> prepare(OnnxNode &node, OnnxParts &parts,
                                     unsigned gates) {
  Recurrence rnn;
  ShapedType r = node.getInputType(2);
  rnn.hidden = node.getInt("hidden_size", 0);
  if (!node.hasAttr("hidden_size")) {
    if (!r.hasRank() || r.getRank() != 3 || r.isDynamicDim(2))
      return node.refuse("without 'hidden_size', input 2 must have a known "
                         "shape");
    rnn.hidden = r.getDimSize(2);
  }
  // Products with the number of gates do not overflow.
  constexpr int64_t kMaxHidden = int64_t(1) << 40;
  if (rnn.hidden < 1 || rnn.hidden > kMaxHidden)
    return node.emitError() << "'hidden_size' must be 1 to " << kMaxHidden
                            << ", found " << rnn.hidden;
  rnn.isBatchFirst = node.getInt("layout", 0) != 0;
  rnn.x = node.getInput(0);
  rnn.initialH = node.getInput(5);
  rnn.initialC = node.getInput(6);
  if (!rnn.isBatchFirst)
    return rnn;
  for (Value *value : {&rnn.x, &rnn.initialH, &rnn.initialC})
    if (*value)
      *value = parts.transpose(*value, {1, 0, 2});
  return rnn;
}

/// Makes results of GE outputs of the node. `results` are y and the states.
static LogicalResult finishRecurrence(OnnxNode &node, OnnxParts &parts,
                                      const Recurrence &rnn,
                                      ValueRange results) {
  SmallVector<Value> outputs;
  for (auto [i, result] : llvm::enumerate(results)) {
    const onnx::NodeProto &proto = node.getProto();
    bool isUsed =
        proto.output_size() > static_cast<int>(i) && !proto.output(i).empty();
    if (isUsed && rnn.isBatchFirst)
      outputs.push_back(i == 0 ? parts.transpose(result, {2, 0, 1, 3})
                               : parts.transpose(result, {1, 0, 2}));
    else
      outputs.push_back(isUsed ? result : Value());
  }
  return parts.finish(outputs);
}

static LogicalResult importLSTM(OnnxNode &node) {
  if (failed(node.checkArity(3, 8, 3)) ||
      failed(node.checkAttributes({{"activation_alpha", Attr::FLOATS},
                                   {"activation_beta", Attr::FLOATS},
                                   {"activations", Attr::STRINGS},
                                   {"clip", Attr::FLOAT},
                                   {"direction", Attr::STRING},
                                   {"hidden_size", Attr::INT},
                                   {"input_forget", Attr::INT},
                                   {"layout", Attr::INT}})))
    return failure();
  OpBuilder &builder = node.getBuilder();
  OnnxParts parts(node);
  FailureOr<Recurrence> rnn = prepare(node, parts, /*gates=*/4);
  if (failed(rnn))
    return failure();
  SmallVector<Type> types(3, node.getInputType(0).getElementType());
  auto op = parts.create<geir::CommonLSTMOp>(
      types, rnn->x, node.getInput(1), node.getInput(2), node.getInput(3),
      node.getInput(4), rnn->initialH, rnn->initialC, node.getInput(7),
      getList(node, "activation_alpha"), getList(node, "activation_beta"),
      getList(node, "activations"),
      builder.getF32FloatAttr(node.getFloat("clip", -1.0f)),
      builder.getStringAttr(node.getString("direction", "forward")),
      builder.getI64IntegerAttr(rnn->hidden),
      builder.getI64IntegerAttr(node.getInt("input_forget", 0)));
  return finishRecurrence(node, parts, *rnn, op.getResults());
}

static geir::CommonGRUOp createGRU(OnnxNode &node, OnnxParts &parts,
                                   const Recurrence &rnn, Value w, Value r,
                                   Value b, geir::ListAttr alpha,
                                   geir::ListAttr beta,
                                   geir::ListAttr activations) {
  OpBuilder &builder = node.getBuilder();
  SmallVector<Type> types(2, node.getInputType(0).getElementType());
  return parts.create<geir::CommonGRUOp>(
      types, rnn.x, w, r, b, node.getInput(4), rnn.initialH, alpha, beta,
      activations, builder.getF32FloatAttr(node.getFloat("clip", -1.0f)),
      builder.getStringAttr(node.getString("direction", "forward")),
      builder.getI64IntegerAttr(rnn.hidden),
      builder.getI64IntegerAttr(node.getInt("linear_before_reset", 0)));
}

static LogicalResult importGRU(OnnxNode &node) {
  if (failed(node.checkArity(3, 6, 2)) ||
      failed(node.checkAttributes({{"activation_alpha", Attr::FLOATS},
                                   {"activation_beta", Attr::FLOATS},
                                   {"activations", Attr::STRINGS},
                                   {"clip", Attr::FLOAT},
                                   {"direction", Attr::STRING},
                                   {"hidden_size", Attr::INT},
                                   {"layout", Attr::INT},
                                   {"linear_before_reset", Attr::INT}})))
    return failure();
  OnnxParts parts(node);
  FailureOr<Recurrence> rnn = prepare(node, parts, /*gates=*/3);
  if (failed(rnn))
    return failure();
  auto op =
      createGRU(node, parts, *rnn, node.getInput(1), node.getInput(2),
                node.getInput(3), getList(node, "activation_alpha"),
                getList(node, "activation_beta"), getList(node, "activations"));
  return finishRecurrence(node, parts, *rnn, op.getResults());
}

/// `y = f(W x + R h + b)` as a GRU: of its gates update, reset and hidden the
/// first two have no weights, and biases so large that they are 0 and 1.
static LogicalResult importRNN(OnnxNode &node) {
  if (failed(node.checkArity(3, 6, 2)) ||
      failed(node.checkAttributes({{"activation_alpha", Attr::FLOATS},
                                   {"activation_beta", Attr::FLOATS},
                                   {"activations", Attr::STRINGS},
                                   {"clip", Attr::FLOAT},
                                   {"direction", Attr::STRING},
                                   {"hidden_size", Attr::INT},
                                   {"layout", Attr::INT}})))
    return failure();
  ShapedType w = node.getInputType(1);
  Type type = w.getElementType();
  if (!w.hasStaticShape() || w.getRank() != 3)
    return node.refuse("input 1 must have a known shape of three dims");
  if (node.getFloat("clip", -1.0f) > 0)
    return node.refuse("'clip' is not supported: it would open the gates");
  OpBuilder &builder = node.getBuilder();
  OnnxParts parts(node);
  FailureOr<Recurrence> rnn = prepare(node, parts, /*gates=*/1);
  if (failed(rnn))
    return failure();
  int64_t directions = w.getDimSize(0), hidden = rnn->hidden,
          inputs = w.getDimSize(2), twice;
  if (directions < 1 || directions > 2 ||
      llvm::MulOverflow(hidden, int64_t(2), twice))
    return node.emitError() << "input 1 has shape " << w;
  // f16 holds no more.
  constexpr double kShut = -6e4, kOpen = 6e4;
  Value w2 = parts.concat(
      {parts.splat(0, type, {directions, twice, inputs}), node.getInput(1)}, 1);
  Value r2 = parts.concat(
      {parts.splat(0, type, {directions, twice, hidden}), node.getInput(2)}, 1);
  Value shut = parts.splat(kShut, type, {directions, 1, hidden});
  Value open = parts.splat(kOpen, type, {directions, 1, hidden});
  Value none = parts.splat(0, type, {directions, 1, twice});
  Value fromX, fromH;
  if (Value b = node.getInput(3)) {
    // Biases of the products with x, then of those with h.
    Value both = parts.reshape(b, {directions, 2, hidden});
    Value gates = parts.concat({shut, open}, 2);
    Value rows = parts.concat({gates, none}, 1);
    Value bias = parts.concat({rows, both}, 2);
    fromX = parts.reshape(bias, {directions, 6 * hidden});
  } else {
    Value zero = parts.splat(0, type, {directions, 1, hidden});
    fromH = parts.splat(0, type, {directions, 1, 3 * hidden});
    Value bias = parts.concat({shut, open, zero, fromH}, 2);
    fromX = parts.reshape(bias, {directions, 6 * hidden});
  }
  SmallVector<Attribute> activations;
  geir::ListAttr given = getList(node, "activations");
  for (int64_t i = 0; i < directions; ++i) {
    activations.push_back(builder.getStringAttr("Sigmoid"));
    Attribute own = builder.getStringAttr("Tanh");
    if (given && i < static_cast<int64_t>(given.getValues().size()))
      own = given.getValues()[i];
    activations.push_back(own);
  }
  auto op = createGRU(
      node, parts, *rnn, w2, r2, fromX, getList(node, "activation_alpha"),
      getList(node, "activation_beta"),
      geir::ListAttr::get(builder.getContext(), geir::ListKind::String,
                          builder.getArrayAttr(activations)));
  return finishRecurrence(node, parts, *rnn, op.getResults());
}

ArrayRef<OnnxOperator> gemlir::getOnnxRecurrentOperators() {
  static constexpr OnnxOperator operators[] = {
      {"GRU", 7, importGRU},
      {"LSTM", 7, importLSTM},
      {"RNN", 7, importRNN},
  };
  return operators;
}
