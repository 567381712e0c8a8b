// SPDX-License-Identifier: Apache-2.0
//
// ONNX operators that the dialect does not define, as generic nodes: under GE's
// type where GE has the same operator, else under the ONNX one. Slots and
// attributes are kept, and the element types of results as far as the ONNX
// standard says them.
#include "OnnxImporter.h"

#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"

#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace gemlir;

using Attr = onnx::AttributeProto;

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

/// Files of the first IR versions leave the kind out.
static Attr::AttributeType getKind(const Attr &attr) {
  if (attr.type() != Attr::UNDEFINED)
    return attr.type();
  for (auto [isThere, kind] :
       {std::pair(attr.has_i(), Attr::INT),
        std::pair(attr.has_f(), Attr::FLOAT),
        std::pair(attr.has_s(), Attr::STRING),
        std::pair(attr.has_t(), Attr::TENSOR),
        std::pair(attr.has_g(), Attr::GRAPH),
        std::pair(attr.ints_size() != 0, Attr::INTS),
        std::pair(attr.floats_size() != 0, Attr::FLOATS),
        std::pair(attr.strings_size() != 0, Attr::STRINGS),
        std::pair(attr.tensors_size() != 0, Attr::TENSORS),
        std::pair(attr.graphs_size() != 0, Attr::GRAPHS)})
    if (isThere)
      return kind;
  return Attr::UNDEFINED;
}

StringRef gemlir::describeUnrepresentable(const Attr &attr,
                                          MLIRContext *context) {
  auto isKnown = [&](const onnx::TensorProto &tensor) {
    std::optional<DataType> type = dataTypeFromOnnx(tensor.data_type());
    return type && geir::getElementType(context, *type);
  };
  if (!attr.ref_attr_name().empty())
    return "an attribute of a function";
  switch (getKind(attr)) {
  case Attr::FLOAT:
  case Attr::INT:
  case Attr::STRING:
  case Attr::FLOATS:
  case Attr::INTS:
  case Attr::STRINGS:
    return "";
  case Attr::TENSOR:
    return isKnown(attr.t()) ? "" : "a tensor of a type that GE does not have";
  case Attr::TENSORS:
    return llvm::all_of(attr.tensors(), isKnown)
               ? ""
               : "a tensor of a type that GE does not have";
  case Attr::GRAPH:
  case Attr::GRAPHS:
    return "a subgraph";
  case Attr::SPARSE_TENSOR:
  case Attr::SPARSE_TENSORS:
    return "a sparse tensor";
  default:
    return "an attribute of unknown kind";
  }
}

/// `attr`, which is representable, in the dialect's kinds.
static FailureOr<Attribute> convertAttribute(OnnxNode &node, const Attr &attr) {
  OpBuilder &builder = node.getBuilder();
  auto makeList = [&](geir::ListKind kind, ArrayRef<Attribute> values) {
    return Attribute(geir::ListAttr::get(builder.getContext(), kind,
                                         builder.getArrayAttr(values)));
  };
  SmallVector<Attribute> values;
  switch (getKind(attr)) {
  case Attr::FLOAT:
    return Attribute(builder.getF32FloatAttr(attr.f()));
  case Attr::INT:
    return Attribute(builder.getI64IntegerAttr(attr.i()));
  case Attr::STRING:
    return Attribute(builder.getStringAttr(attr.s()));
  case Attr::TENSOR:
    return node.convertTensor(attr.t());
  case Attr::INTS:
    return Attribute(builder.getDenseI64ArrayAttr(
        ArrayRef(attr.ints().data(), attr.ints_size())));
  case Attr::FLOATS:
    for (float value : attr.floats())
      values.push_back(builder.getF32FloatAttr(value));
    return makeList(geir::ListKind::Float, values);
  case Attr::STRINGS:
    for (const std::string &value : attr.strings())
      values.push_back(builder.getStringAttr(value));
    return makeList(geir::ListKind::String, values);
  default: // TENSORS
    for (const onnx::TensorProto &tensor : attr.tensors()) {
      FailureOr<Attribute> value = node.convertTensor(tensor);
      if (failed(value))
        return failure();
      values.push_back(*value);
    }
    return Attribute(builder.getArrayAttr(values));
  }
}

/// All attributes of `node` that the dialect can hold; null when there are
/// none.
static FailureOr<DictionaryAttr> convertAttributes(OnnxNode &node) {
  OpBuilder &builder = node.getBuilder();
  SmallVector<NamedAttribute> attrs;
  llvm::StringSet<> names;
  for (const Attr &attr : node.getProto().attribute()) {
    if (attr.name().empty())
      return node.emitError() << "an attribute has no name";
    if (!names.insert(attr.name()).second)
      return node.emitError()
             << "attribute '" << attr.name() << "' is given twice";
    if (!describeUnrepresentable(attr, builder.getContext()).empty())
      continue; // whoever lets it come here has said so
    FailureOr<Attribute> value = convertAttribute(node, attr);
    if (failed(value))
      return failure();
    attrs.push_back(builder.getNamedAttr(attr.name(), *value));
  }
  return attrs.empty() ? DictionaryAttr() : builder.getDictionaryAttr(attrs);
}

//===----------------------------------------------------------------------===//
// Element types of results
//===----------------------------------------------------------------------===//

namespace {
/// Where the element types of an operator's results come from.
struct ResultTypes {
  llvm::StringLiteral type;
  /// One letter per output: a digit is an input, b, f, i, l and u are bool,
  /// f32, i32, i64 and ui8; the last counts for all further outputs when a `+`
  /// follows. Other outputs are not known.
  llvm::StringLiteral outputs;
  /// Attribute that gives the type of output 0 when it is there.
  llvm::StringLiteral attr = "";
};
} // namespace

/// Operators whose rule is not "output 0 has the type of input 0".
static constexpr ResultTypes kResultTypes[] = {
    {"ArgMax", "l"},
    {"ArgMin", "l"},
    {"Bernoulli", "0", "dtype"},
    {"BlackmanWindow", "f", "output_datatype"},
    {"Cast", "", "to"},
    {"CastLike", "1"},
    {"ConstantOfShape", "f", "value"},
    {"ConvInteger", "i"},
    {"DequantizeLinear", "f"},
    {"Dropout", "0b"},
    {"DynamicQuantizeLinear", "ufu"},
    {"EyeLike", "0", "dtype"},
    {"GRU", "00"},
    {"HammingWindow", "f", "output_datatype"},
    {"HannWindow", "f", "output_datatype"},
    {"IsInf", "b"},
    {"LSTM", "000"},
    {"MatMulInteger", "i"},
    {"MaxPool", "0l"},
    {"MelWeightMatrix", "f", "output_datatype"},
    {"Multinomial", "i", "dtype"},
    {"NonMaxSuppression", "l"},
    {"NonZero", "l"},
    {"OneHot", "2"},
    {"QLinearConv", "7"},
    {"QLinearMatMul", "7"},
    {"RNN", "00"},
    {"RandomNormal", "f", "dtype"},
    {"RandomNormalLike", "0", "dtype"},
    {"RandomUniform", "f", "dtype"},
    {"RandomUniformLike", "0", "dtype"},
    {"Shape", "l"},
    {"Size", "l"},
    {"Split", "0+"},
    {"TopK", "0l"},
    {"Unique", "0lll"},
    {"Where", "1"},
    {"Xor", "b"},
};

/// Operators whose output 0 has the type of input 0.
static constexpr llvm::StringLiteral kKeepType[] = {
    "Acos",
    "Acosh",
    "Add",
    "Asin",
    "Asinh",
    "Atan",
    "Atanh",
    "AveragePool",
    "BatchNormalization",
    "BitShift",
    "BitwiseAnd",
    "BitwiseNot",
    "BitwiseOr",
    "BitwiseXor",
    "Celu",
    "CenterCropPad",
    "Clip",
    "Col2Im",
    "Compress",
    "Concat",
    "Conv",
    "ConvTranspose",
    "Cosh",
    "CumSum",
    "DFT",
    "DepthToSpace",
    "Det",
    "Einsum",
    "Elu",
    "Flatten",
    "Gather",
    "GatherElements",
    "GatherND",
    "Gemm",
    "GlobalLpPool",
    "GlobalMaxPool",
    "GridSample",
    "GroupNormalization",
    "HardSigmoid",
    "HardSwish",
    "Hardmax",
    "Identity",
    "InstanceNormalization",
    "LRN",
    "LayerNormalization",
    "LeakyRelu",
    "LogSoftmax",
    "LpNormalization",
    "LpPool",
    "MatMul",
    "Max",
    "MaxRoiPool",
    "MaxUnpool",
    "Mean",
    "MeanVarianceNormalization",
    "Min",
    "Mish",
    "Mod",
    "NegativeLogLikelihoodLoss",
    "Pad",
    "ReduceL1",
    "ReduceL2",
    "ReduceLogSum",
    "ReduceLogSumExp",
    "ReduceMax",
    "ReduceMean",
    "ReduceMin",
    "ReduceProd",
    "ReduceSum",
    "ReduceSumSquare",
    "Relu",
    "Reshape",
    "Resize",
    "ReverseSequence",
    "RoiAlign",
    "STFT",
    "Scatter",
    "ScatterElements",
    "ScatterND",
    "Selu",
    "Shrink",
    "Sinh",
    "Slice",
    "Softmax",
    "SoftmaxCrossEntropyLoss",
    "Softsign",
    "SpaceToDepth",
    "Squeeze",
    "Sum",
    "Tan",
    "ThresholdedRelu",
    "Transpose",
    "Trilu",
    "Unsqueeze",
    "Upsample",
};

/// The element type of output `index` as the standard says it, or !ge.unknown.
static Type getElementType(OnnxNode &node, unsigned index) {
  Builder &builder = node.getBuilder();
  Type unknown = geir::UnknownType::get(builder.getContext());
  auto getInputType = [&](unsigned i) {
    return node.getInput(i) ? node.getInputType(i).getElementType() : unknown;
  };
  if (!node.isStandard())
    return unknown;
  const ResultTypes *rule =
      llvm::find_if(kResultTypes, [&](const ResultTypes &rule) {
        return rule.type == node.getType();
      });
  if (rule == std::end(kResultTypes)) {
    if (node.getType() == "QuantizeLinear" && index == 0)
      return node.getInput(2) ? getInputType(2)
                              : builder.getIntegerType(8, /*isSigned=*/false);
    return index == 0 && llvm::is_contained(kKeepType, node.getType())
               ? getInputType(0)
               : unknown;
  }
  if (index == 0)
    for (const Attr &attr : node.getProto().attribute())
      if (!rule->attr.empty() && attr.name() == rule->attr) {
        int64_t number = attr.has_t() ? attr.t().data_type() : attr.i();
        std::optional<DataType> type =
            llvm::isInt<32>(number) ? dataTypeFromOnnx(number) : std::nullopt;
        Type found =
            type ? geir::getElementType(builder.getContext(), *type) : Type();
        return found ? found : unknown;
      }
  StringRef outputs = rule->outputs;
  if (outputs.consume_back("+"))
    index = std::min<unsigned>(index, outputs.size() - 1);
  if (index >= outputs.size())
    return unknown;
  switch (char letter = outputs[index]) {
  case 'b':
    return builder.getI1Type();
  case 'f':
    return builder.getF32Type();
  case 'i':
    return builder.getI32Type();
  case 'l':
    return builder.getI64Type();
  case 'u':
    return builder.getIntegerType(8, /*isSigned=*/false);
  default:
    return getInputType(letter - '0');
  }
}

//===----------------------------------------------------------------------===//
// Operators that GE has under some name
//===----------------------------------------------------------------------===//

namespace {
/// An ONNX operator without attributes that is one operator of GE.
struct PlainOperator {
  llvm::StringLiteral onnx, ge;
  /// Input slots in order, separated by commas.
  llvm::StringLiteral slots;
  bool givesBool = false;
};
} // namespace

static constexpr PlainOperator kPlainOperators[] = {
    {"Abs", "Abs", "x"},
    {"And", "LogicalAnd", "x1,x2"},
    {"Ceil", "Ceil", "x"},
    {"Cos", "Cos", "x"},
    {"Div", "RealDiv", "x1,x2"},
    {"Equal", "Equal", "x1,x2", true},
    {"Erf", "Erf", "x"},
    {"Exp", "Exp", "x"},
    {"Expand", "Expand", "x,shape"},
    {"Floor", "Floor", "x"},
    {"GlobalAveragePool", "GlobalAveragePool", "x"},
    {"Greater", "Greater", "x1,x2", true},
    {"GreaterOrEqual", "GreaterEqual", "x1,x2", true},
    {"IsNaN", "IsNan", "x", true},
    {"Less", "Less", "x1,x2", true},
    {"LessOrEqual", "LessEqual", "x1,x2", true},
    {"Log", "Log", "x"},
    {"Mul", "Mul", "x1,x2"},
    {"Neg", "Neg", "x"},
    {"Not", "LogicalNot", "x"},
    {"Or", "LogicalOr", "x1,x2"},
    {"PRelu", "PRelu", "x,weight"},
    {"Pow", "Pow", "x1,x2"},
    {"Range", "Range", "start,limit,delta"},
    {"Reciprocal", "Reciprocal", "x"},
    {"Round", "Round", "x"},
    {"Sigmoid", "Sigmoid", "x"},
    {"Sign", "Sign", "x"},
    {"Sin", "Sin", "x"},
    {"Softplus", "Softplus", "x"},
    {"Sqrt", "Sqrt", "x"},
    {"Sub", "Sub", "x1,x2"},
    {"Tanh", "Tanh", "x"},
    {"Tile", "Tile", "x,multiples"},
};

/// The entry that the node fits, or null.
static const PlainOperator *findPlainOperator(OnnxNode &node) {
  const onnx::NodeProto &proto = node.getProto();
  if (!node.isStandard() || proto.attribute_size() != 0 ||
      proto.output_size() != 1)
    return nullptr;
  const PlainOperator *op =
      llvm::find_if(kPlainOperators, [&](const PlainOperator &candidate) {
        return candidate.onnx == node.getType();
      });
  if (op == std::end(kPlainOperators))
    return nullptr;
  unsigned numSlots = llvm::count(op->slots, ',') + 1;
  if (node.getNumInputs() != numSlots)
    return nullptr;
  for (unsigned i = 0; i < numSlots; ++i)
    if (!node.getInput(i))
      return nullptr;
  return op;
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

LogicalResult gemlir::importGeneric(OnnxNode &node, bool isUntyped) {
  OpBuilder &builder = node.getBuilder();
  const onnx::NodeProto &proto = node.getProto();
  if (proto.op_type().empty())
    return node.emitError() << "has no operator type";
  FailureOr<DictionaryAttr> attrs = convertAttributes(node);
  if (failed(attrs))
    return failure();
  const PlainOperator *plain = findPlainOperator(node);
  SmallVector<Value> inputs;
  SmallVector<int64_t> absent;
  SmallVector<std::string> slots, outputs;
  SmallVector<Type> types;
  // An absent input keeps its slot, at the end of the list, too.
  for (int i = 0, e = proto.input_size(); i != e; ++i) {
    slots.push_back("x" + std::to_string(i));
    if (Value input = node.getInput(i))
      inputs.push_back(input);
    else
      absent.push_back(i);
  }
  for (int i = 0, e = proto.output_size(); i != e; ++i) {
    outputs.push_back("y" + std::to_string(i));
    types.push_back(node.getResultType(i, getElementType(node, i)));
  }
  if (plain) {
    SmallVector<StringRef> names;
    plain->slots.split(names, ',');
    slots.assign(names.begin(), names.end());
    outputs = {"y"};
    types = {node.getResultType(
        0, plain->givesBool ? builder.getI1Type()
                            : node.getInputType(0).getElementType())};
  }
  auto getNames = [&](ArrayRef<std::string> names) {
    return builder.getStrArrayAttr(
        SmallVector<StringRef>(names.begin(), names.end()));
  };
  auto op = geir::NodeOp::create(builder, node.getLoc(), types,
                                 plain ? StringRef(plain->ge) : node.getType(),
                                 node.getNameAttr(), inputs, getNames(slots),
                                 builder.getDenseI64ArrayAttr(absent), *attrs,
                                 getNames(outputs));
  op->setAttr(geir::GEDialect::kOriginAttr, node.getOrigin(isUntyped));
  for (auto [i, result] : llvm::enumerate(op.getResults()))
    node.setOutput(i, result);
  return success();
}
