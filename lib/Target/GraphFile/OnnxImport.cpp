// SPDX-License-Identifier: Apache-2.0
//
// ONNX importer: graphs, inputs, outputs and nodes. Single operators are in
// OnnxOperators.cpp and OnnxGeneric.cpp.
#include "GeDialect/Target/GraphFile/OnnxImport.h"

#include "OnnxConstants.h"
#include "OnnxImporter.h"

#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"
#include "GeDialect/Dialect/GE/Transforms/ConstantFolding.h"
#include "GeDialect/Dialect/GE/Transforms/ShapeInference.h"
#include "GeDialect/Dialect/GE/Transforms/UnsupportedOperators.h"
#include "GeDialect/Layout/DataType.h"
#include "GeDialect/Support/UniqueNames.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Verifier.h"

#include "llvm/ADT/StringSet.h"

#include <queue>
#include <set>

using namespace mlir;
using namespace gemlir;

namespace {
/// The tensors of a graph or branch by name. A branch sees those around it.
struct Scope {
  explicit Scope(const onnx::GraphProto &graph, const Scope *parent = nullptr)
      : graph(graph), parent(parent) {}

  const onnx::GraphProto &graph;
  const Scope *parent;
  llvm::StringMap<Value> values;
  llvm::StringMap<Type> declaredTypes;

  Value lookup(StringRef name) const {
    for (const Scope *scope = this; scope; scope = scope->parent)
      if (Value value = scope->values.lookup(name))
        return value;
    return nullptr;
  }
};

class Importer {
public:
  Importer(const OnnxModel &model, StringRef path, MLIRContext *context,
           const OnnxImportOptions &options)
      : model(model), graph(model.proto.graph()), path(path), context(context),
        options(options), builder(context),
        fileLoc(FileLineColLoc::get(context, path, 0, 0)), top(graph) {}

  OwningOpRef<ModuleOp> run();

private:
  LogicalResult readOpsets();
  void readDeclaredTypes(Scope &scope);
  LogicalResult createArguments();
  LogicalResult createInitializers(Scope &scope);
  /// Imports the nodes in the order of the file, except that a node waits for
  /// its inputs: some exporters do not sort.
  LogicalResult importNodes(Scope &scope);
  LogicalResult importNode(Scope &scope, const onnx::NodeProto &proto,
                           const std::string &name);
  /// Tells what of a node cannot be represented, and keeps it in mind.
  LogicalResult checkAttributes(OnnxNode &node);
  /// Reports all unsupported operators when one of them is not represented.
  LogicalResult checkLosses();
  LogicalResult createConstant(Scope &scope, const onnx::NodeProto &proto,
                               StringRef name, Location loc);
  LogicalResult importIf(Scope &scope, OnnxNode &node);
  /// Fills `region` with a branch of an If and keeps what there is to report.
  LogicalResult tryBranch(Scope &scope, OnnxNode &node,
                          const onnx::GraphProto &branch, Region &region,
                          std::vector<Diagnostic> &diagnostics);
  /// Puts the operations of a branch in the place of the node.
  void useBranch(OnnxNode &node, Block &branch);
  /// Fills `region` with a branch of an If.
  LogicalResult importBranch(Scope &scope, OnnxNode &node,
                             const onnx::GraphProto &branch, Region &region);
  LogicalResult createReturn();

  /// Gives the ONNX tensor `name` its value.
  LogicalResult define(Scope &scope, Location loc, StringRef name, Value value);
  /// A constant node of GE with the elements of `tensor`.
  FailureOr<Value> createConst(Location loc, StringRef name, StringRef source,
                               const onnx::TensorProto &tensor);
  /// Type of a tensor as the file states it; null for what is not a tensor.
  Type convertType(const onnx::ValueInfoProto &info);
  /// Unique name of a node; unnamed ones are counted.
  std::string makeNodeName(const onnx::NodeProto &proto);
  int64_t getVersion(const onnx::NodeProto &proto) const {
    return opsets.lookup(getDomain(proto.domain()));
  }
  Location getNodeLoc(StringRef name) {
    return NameLoc::get(builder.getStringAttr(name), fileLoc);
  }
  InFlightDiagnostic emitError() { return mlir::emitError(fileLoc); }

  const OnnxModel &model;
  const onnx::GraphProto &graph;
  StringRef path;
  MLIRContext *context;
  const OnnxImportOptions &options;
  OpBuilder builder;
  Location fileLoc;
  ModuleOp module;
  func::FuncOp function;
  llvm::StringMap<int64_t> opsets;
  Scope top;
  std::optional<OnnxConstants> constants;
  UniqueNames nodeNames;
  unsigned numUnnamed = 0;
  /// Whether an attribute was left out because it cannot be represented.
  bool isLossy = false;
};
} // namespace

OwningOpRef<ModuleOp> Importer::run() {
  OwningOpRef<ModuleOp> owner = ModuleOp::create(fileLoc);
  module = *owner;
  builder.setInsertionPointToEnd(module.getBody());
  function = func::FuncOp::create(builder, fileLoc, "main",
                                  builder.getFunctionType({}, {}));
  function.addEntryBlock();
  StringRef graphName =
      graph.name().empty() ? StringRef("main") : StringRef(graph.name());
  function->setAttr(
      geir::GEDialect::kGraphAttr,
      geir::GraphAttr::get(context, builder.getStringAttr(graphName)));
  builder.setInsertionPointToStart(&function.front());
  constants.emplace(model, path, function, builder);
  if (failed(readOpsets()))
    return nullptr;
  readDeclaredTypes(top);
  if (failed(createArguments()) || failed(createInitializers(top)) ||
      failed(importNodes(top)) || failed(createReturn()) ||
      failed(checkLosses()) || failed(verify(module)))
    return nullptr;
  return owner;
}

LogicalResult Importer::readOpsets() {
  for (const onnx::OperatorSetIdProto &opset : model.proto.opset_import())
    opsets[getDomain(opset.domain())] = opset.version();
  auto entry = opsets.find("ai.onnx");
  if (entry == opsets.end())
    return emitError() << "imports no opset of domain ai.onnx";
  if (entry->second < kMinOpset || entry->second > kMaxOpset)
    return emitError() << "opset " << entry->second
                       << " is not supported, only " << kMinOpset << " to "
                       << kMaxOpset;
  return success();
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

Type Importer::convertType(const onnx::ValueInfoProto &info) {
  if (!info.type().has_tensor_type())
    return Type();
  const onnx::TypeProto::Tensor &tensor = info.type().tensor_type();
  std::optional<DataType> dataType = dataTypeFromOnnx(tensor.elem_type());
  Type elementType =
      dataType ? geir::getElementType(context, *dataType) : Type();
  if (!elementType)
    elementType = geir::UnknownType::get(context);
  if (!tensor.has_shape())
    return UnrankedTensorType::get(elementType);
  SmallVector<int64_t> shape;
  for (const onnx::TensorShapeProto::Dimension &dim : tensor.shape().dim()) {
    // A negative number is how some exporters say "unknown".
    bool isKnown = dim.has_dim_value() && dim.dim_value() >= 0;
    shape.push_back(isKnown ? dim.dim_value() : ShapedType::kDynamic);
  }
  return RankedTensorType::get(shape, elementType);
}

void Importer::readDeclaredTypes(Scope &scope) {
  // Shapes that the file states for intermediate results were computed for the
  // input shapes of the file; with others they are wrong.
  bool keepShapes = options.inputShapes.empty();
  auto read = [&](const onnx::ValueInfoProto &info) {
    auto shaped = cast_or_null<ShapedType>(convertType(info));
    if (!shaped)
      return;
    scope.declaredTypes[info.name()] =
        keepShapes ? Type(shaped)
                   : UnrankedTensorType::get(shaped.getElementType());
  };
  llvm::for_each(scope.graph.value_info(), read);
  llvm::for_each(scope.graph.output(), read);
}

//===----------------------------------------------------------------------===//
// Inputs and constants
//===----------------------------------------------------------------------===//

LogicalResult Importer::define(Scope &scope, Location loc, StringRef name,
                               Value value) {
  if (scope.values.insert({name, value}).second)
    return success();
  return mlir::emitError(loc) << "tensor '" << name << "' is defined twice";
}

LogicalResult Importer::createArguments() {
  llvm::StringSet<> initializerNames;
  for (const onnx::TensorProto &tensor : graph.initializer())
    initializerNames.insert(tensor.name());
  std::vector<bool> used(options.inputShapes.size());
  SmallVector<DictionaryAttr> argAttrs;
  unsigned index = 0;
  for (const onnx::ValueInfoProto &info : graph.input()) {
    // An initializer that is also listed as an input is a constant.
    if (initializerNames.contains(info.name()))
      continue;
    Location loc = getNodeLoc(info.name());
    if (info.name().empty())
      return emitError() << "input " << index << " has no name";
    auto type = cast_or_null<ShapedType>(convertType(info));
    if (!type)
      return mlir::emitError(loc) << "input is not a tensor";
    if (isa<geir::UnknownType>(type.getElementType()))
      return mlir::emitError(loc)
             << "tensor '" << info.name() << "' has element type "
             << info.type().tensor_type().elem_type()
             << ", which is not supported";
    for (auto [i, shape] : llvm::enumerate(options.inputShapes)) {
      if (shape.name.empty() ? shape.position != index
                             : shape.name != info.name())
        continue;
      used[i] = true;
      auto fixed = RankedTensorType::get(shape.dims, type.getElementType());
      if (type.hasRank() &&
          (type.getRank() != fixed.getRank() ||
           failed(verifyCompatibleShape(type.getShape(), shape.dims))))
        return mlir::emitError(loc)
               << "--input-shape says " << fixed << ", the file says " << type;
      type = fixed;
    }
    BlockArgument argument = function.front().addArgument(type, loc);
    if (failed(define(top, loc, info.name(), argument)))
      return failure();
    argAttrs.push_back(builder.getDictionaryAttr(builder.getNamedAttr(
        geir::GEDialect::kArgAttr,
        geir::ArgAttr::get(context, builder.getStringAttr(info.name()),
                           index))));
    nodeNames.insert(info.name());
    ++index;
  }
  // All at once: one by one, each would copy the list of all.
  function.setType(
      builder.getFunctionType(function.front().getArgumentTypes(), {}));
  function.setAllArgAttrs(argAttrs);
  for (auto [shape, wasUsed] : llvm::zip_equal(options.inputShapes, used))
    if (!wasUsed)
      return emitError() << "--input-shape names input '" << shape.getSpelling()
                         << "', which does not exist";
  return success();
}

FailureOr<Value> Importer::createConst(Location loc, StringRef name,
                                       StringRef source,
                                       const onnx::TensorProto &tensor) {
  FailureOr<OnnxConstants::Constant> constant = constants->get(loc, tensor);
  if (failed(constant))
    return failure();
  return geir::ConstOp::create(
             builder, loc, constant->type, builder.getStringAttr(name),
             source.empty() ? StringAttr() : builder.getStringAttr(source),
             IntegerAttr(), constant->value)
      .getY();
}

LogicalResult Importer::createInitializers(Scope &scope) {
  // GE numbers initializers by the position of their name in byte order.
  std::set<std::string> sorted;
  for (const onnx::TensorProto &tensor : scope.graph.initializer())
    sorted.insert(tensor.name());
  llvm::StringMap<size_t> numbers;
  for (auto [i, name] : llvm::enumerate(sorted))
    numbers[name] = i;
  if (scope.graph.sparse_initializer_size() > 0)
    return emitError() << "sparse initializers are not supported";
  for (const onnx::TensorProto &tensor : scope.graph.initializer()) {
    if (tensor.name().empty())
      return emitError() << "an initializer has no name";
    std::string name = tensor.name() + "_Initializer_" +
                       std::to_string(numbers.lookup(tensor.name()));
    // Two branches may have the same names.
    if (scope.parent)
      name = nodeNames.make(name);
    else
      nodeNames.insert(name);
    Location loc = getNodeLoc(tensor.name());
    FailureOr<Value> value = createConst(loc, name, tensor.name(), tensor);
    if (failed(value) || failed(define(scope, loc, tensor.name(), *value)))
      return failure();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

std::string Importer::makeNodeName(const onnx::NodeProto &proto) {
  if (!proto.name().empty())
    return nodeNames.make(proto.name());
  return nodeNames.make(proto.op_type() + "_" + std::to_string(numUnnamed++));
}

/// The branches of an If, or nulls when the node is none or not as it should
/// be.
static std::pair<const onnx::GraphProto *, const onnx::GraphProto *>
getBranches(const onnx::NodeProto &proto) {
  const onnx::GraphProto *thenBranch = nullptr, *elseBranch = nullptr;
  if (proto.op_type() != "If" || getDomain(proto.domain()) != "ai.onnx" ||
      proto.attribute_size() != 2)
    return {};
  for (const onnx::AttributeProto &attr : proto.attribute())
    if (attr.has_g() && attr.name() == "then_branch")
      thenBranch = &attr.g();
    else if (attr.has_g() && attr.name() == "else_branch")
      elseBranch = &attr.g();
  return {thenBranch, elseBranch};
}

/// Whether a Constant node gives a tensor that can be one.
static bool isTensorConstant(const onnx::NodeProto &proto) {
  if (proto.op_type() != "Constant" || getDomain(proto.domain()) != "ai.onnx")
    return false;
  return llvm::none_of(proto.attribute(), [](const auto &attr) {
    return attr.name() == "value_string" || attr.name() == "value_strings" ||
           attr.name() == "sparse_value";
  });
}

/// Constants of a graph and of the graphs inside of it.
static uint64_t countConstants(const onnx::GraphProto &graph) {
  uint64_t count =
      uint64_t(graph.initializer_size()) + graph.sparse_initializer_size();
  for (const onnx::NodeProto &proto : graph.node()) {
    count += proto.op_type() == "Constant";
    for (const onnx::AttributeProto &attr : proto.attribute()) {
      if (attr.has_g())
        count += countConstants(attr.g());
      for (const onnx::GraphProto &inner : attr.graphs())
        count += countConstants(inner);
    }
  }
  return count;
}

/// Calls `visit` with the tensors that a node reads, also those that its
/// subgraphs read from around them.
static void visitReads(const onnx::NodeProto &proto,
                       llvm::function_ref<void(StringRef)> visit) {
  for (const std::string &input : proto.input())
    visit(input);
  auto visitGraph = [&](const onnx::GraphProto &inner) {
    llvm::StringSet<> own;
    for (const onnx::ValueInfoProto &input : inner.input())
      own.insert(input.name());
    for (const onnx::TensorProto &tensor : inner.initializer())
      own.insert(tensor.name());
    for (const onnx::NodeProto &node : inner.node())
      for (const std::string &output : node.output())
        own.insert(output);
    auto visitOuter = [&](StringRef name) {
      if (!own.contains(name))
        visit(name);
    };
    for (const onnx::NodeProto &node : inner.node())
      visitReads(node, visitOuter);
    for (const onnx::ValueInfoProto &output : inner.output())
      visitOuter(output.name());
  };
  for (const onnx::AttributeProto &attr : proto.attribute()) {
    if (attr.has_g())
      visitGraph(attr.g());
    for (const onnx::GraphProto &inner : attr.graphs())
      visitGraph(inner);
  }
}

LogicalResult Importer::importNodes(Scope &scope) {
  const auto &nodes = scope.graph.node();
  std::vector<std::string> names;
  llvm::StringMap<int> givers;
  for (auto [i, proto] : llvm::enumerate(nodes)) {
    names.push_back(makeNodeName(proto));
    for (const std::string &output : proto.output())
      if (!output.empty() && !scope.values.contains(output))
        givers.try_emplace(output, i);
  }
  // What each node waits for, and who waits for it.
  std::vector<unsigned> missing(nodes.size());
  std::vector<SmallVector<int, 1>> waiting(nodes.size());
  std::priority_queue<int, std::vector<int>, std::greater<int>> ready;
  for (auto [i, proto] : llvm::enumerate(nodes)) {
    visitReads(proto, [&, i = i](StringRef name) {
      auto giver = givers.find(name);
      if (giver == givers.end())
        return;
      waiting[giver->second].push_back(i);
      ++missing[i];
    });
    if (missing[i] == 0)
      ready.push(i);
  }
  int numDone = 0;
  for (; !ready.empty(); ++numDone) {
    int i = ready.top();
    ready.pop();
    if (failed(importNode(scope, nodes[i], names[i])))
      return failure();
    for (int next : waiting[i])
      if (--missing[next] == 0)
        ready.push(next);
  }
  if (numDone == nodes.size())
    return success();
  int stuck = llvm::find_if(missing, [](unsigned n) { return n != 0; }) -
              missing.begin();
  return mlir::emitError(getNodeLoc(names[stuck]))
         << nodes[stuck].op_type() << ": its inputs come from a cycle of nodes";
}

LogicalResult Importer::checkAttributes(OnnxNode &node) {
  for (const onnx::AttributeProto &attr : node.getProto().attribute()) {
    StringRef loss = describeUnrepresentable(attr, context);
    if (loss.empty())
      continue;
    std::string reason = ("attribute '" + attr.name() + "' is " + loss).str();
    isLossy = true;
    if (options.dropUnrepresentable) {
      uint64_t count = attr.has_g() ? countConstants(attr.g()) : 0;
      for (const onnx::GraphProto &inner : attr.graphs())
        count += countConstants(inner);
      InFlightDiagnostic note = mlir::emitRemark(node.getLoc())
                                << node.getType() << ": " << reason;
      if (count != 0)
        note << " with " << count << (count == 1 ? " constant" : " constants");
      note << ", which is left out";
    }
    return node.refuse(reason);
  }
  return success();
}

LogicalResult Importer::checkLosses() {
  if (!isLossy || options.dropUnrepresentable)
    return success();
  geir::UnsupportedOperators unsupported;
  module.walk<WalkOrder::PreOrder>(
      [&](geir::GEOpInterface op) { unsupported.add(op); });
  unsupported.report(fileLoc);
  return failure();
}

LogicalResult Importer::importNode(Scope &scope, const onnx::NodeProto &proto,
                                   const std::string &name) {
  Location loc = getNodeLoc(name);
  if (isTensorConstant(proto))
    return createConstant(scope, proto, name, loc);
  SmallVector<Value> inputs;
  bool isTyped = true;
  for (const std::string &input : proto.input()) {
    if (input.empty()) {
      inputs.push_back(nullptr);
      continue;
    }
    Value value = scope.lookup(input);
    if (!value)
      return mlir::emitError(loc) << proto.op_type() << ": reads '" << input
                                  << "', which nothing gives";
    isTyped &= !isa<geir::UnknownType>(
        cast<ShapedType>(value.getType()).getElementType());
    inputs.push_back(value);
  }
  // Absent inputs at the end are as good as none.
  while (!inputs.empty() && !inputs.back())
    inputs.pop_back();
  auto getDeclared = [&](StringRef tensor) {
    return scope.declaredTypes.lookup(tensor);
  };
  auto getTensor =
      [&](Location tensorLoc,
          const onnx::TensorProto &tensor) -> FailureOr<Attribute> {
    FailureOr<OnnxConstants::Constant> constant =
        constants->get(tensorLoc, tensor);
    if (failed(constant))
      return failure();
    if (!isa<geir::WeightAttr>(constant->value))
      return constant->value;
    // A reference does not know its type.
    return Attribute(builder.getDictionaryAttr(
        {builder.getNamedAttr("type", TypeAttr::get(constant->type)),
         builder.getNamedAttr("value", constant->value)}));
  };
  OnnxNode node(proto, name, getVersion(proto), builder, loc, std::move(inputs),
                getDeclared, getTensor);
  OnnxHandler handler = findOnnxHandler(getDomain(proto.domain()),
                                        proto.op_type(), node.getOpset());
  bool isIf = getBranches(proto).first && getBranches(proto).second;
  bool isUntyped = handler && !isTyped;
  LogicalResult result = failure();
  if (isIf)
    result = importIf(scope, node);
  else if (handler && isTyped)
    result = handler(node);
  // A form of the operator that it does not have a handler for.
  if (!isIf && (!handler || !isTyped || !node.getReason().empty())) {
    (void)checkAttributes(node); // a refusal is kept in the node
    result = importGeneric(node, isUntyped);
  }
  if (failed(result))
    return failure();
  // Trailing outputs that the file does not name are left out, also those that
  // an operator always has.
  for (auto [name, value] : llvm::zip(proto.output(), node.getOutputs()))
    if (value && !name.empty() && failed(define(scope, loc, name, value)))
      return failure();
  return success();
}

LogicalResult Importer::importBranch(Scope &scope, OnnxNode &node,
                                     const onnx::GraphProto &branch,
                                     Region &region) {
  if (branch.input_size() != 0)
    return node.emitError() << "branch '" << branch.name() << "' has inputs";
  if (branch.output_size() != node.getProto().output_size())
    return node.emitError()
           << "branch '" << branch.name() << "' has " << branch.output_size()
           << " outputs, the node " << node.getProto().output_size();
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&region);
  Scope inner(branch, &scope);
  readDeclaredTypes(inner);
  if (failed(createInitializers(inner)) || failed(importNodes(inner)))
    return failure();
  SmallVector<Value> results;
  for (const onnx::ValueInfoProto &info : branch.output()) {
    Value value = inner.lookup(info.name());
    if (!value)
      return node.emitError() << "output '" << info.name() << "' of branch '"
                              << branch.name() << "' is given by no node";
    results.push_back(value);
  }
  geir::YieldOp::create(builder, node.getLoc(), results);
  return success();
}

LogicalResult Importer::tryBranch(Scope &scope, OnnxNode &node,
                                  const onnx::GraphProto &branch,
                                  Region &region,
                                  std::vector<Diagnostic> &diagnostics) {
  ScopedDiagnosticHandler handler(context, [&](Diagnostic &diagnostic) {
    diagnostics.push_back(std::move(diagnostic));
    return success();
  });
  return importBranch(scope, node, branch, region);
}

void Importer::useBranch(OnnxNode &node, Block &branch) {
  Operation *yield = branch.getTerminator();
  for (auto [i, value] : llvm::enumerate(yield->getOperands()))
    node.setOutput(i, value);
  yield->erase();
  Block *block = builder.getInsertionBlock();
  block->getOperations().splice(builder.getInsertionPoint(),
                                branch.getOperations());
}

LogicalResult Importer::importIf(Scope &scope, OnnxNode &node) {
  if (node.getNumInputs() != 1)
    return node.emitError()
           << "has " << node.getNumInputs() << " inputs, expected 1";
  auto [thenBranch, elseBranch] = getBranches(node.getProto());
  // Filled before there is an operation, which needs to know what they yield.
  Region thenRegion, elseRegion;
  std::vector<Diagnostic> inThen, inElse;
  bool isThenGood =
      succeeded(tryBranch(scope, node, *thenBranch, thenRegion, inThen));
  bool isElseGood =
      succeeded(tryBranch(scope, node, *elseBranch, elseRegion, inElse));
  // Exporters guard what a shape does not allow by a condition on that shape.
  std::optional<bool> truth;
  if (isThenGood != isElseGood)
    truth = geir::getTruth(geir::computeValue(node.getInput(0)));
  if (truth && *truth == isThenGood) {
    const std::vector<Diagnostic> &reasons = *truth ? inElse : inThen;
    InFlightDiagnostic warning = emitWarning(node.getLoc())
                                 << "the shapes never lead to branch '"
                                 << (*truth ? elseBranch : thenBranch)->name()
                                 << "', which is left out";
    for (const Diagnostic &reason : reasons)
      if (reason.getSeverity() == DiagnosticSeverity::Error)
        warning.attachNote(reason.getLocation()) << reason.str();
    useBranch(node, (*truth ? thenRegion : elseRegion).front());
    return success();
  }
  // One error is enough: the second branch often has the same one.
  for (Diagnostic &diagnostic : inThen)
    context->getDiagEngine().emit(std::move(diagnostic));
  if (!isThenGood)
    return failure();
  for (Diagnostic &diagnostic : inElse)
    context->getDiagEngine().emit(std::move(diagnostic));
  if (!isElseGood)
    return failure();
  SmallVector<Type> types;
  for (auto [i, a, b] :
       llvm::enumerate(thenRegion.front().back().getOperandTypes(),
                       elseRegion.front().back().getOperandTypes())) {
    Type elementType = cast<ShapedType>(a).getElementType();
    if (elementType != cast<ShapedType>(b).getElementType())
      elementType = geir::UnknownType::get(context);
    types.push_back(node.getResultType(i, elementType));
  }
  auto getName = [&](const onnx::GraphProto &branch) {
    return branch.name().empty() ? StringAttr()
                                 : builder.getStringAttr(branch.name());
  };
  auto op = geir::IfOp::create(
      builder, node.getLoc(), types, node.getNameAttr(), node.getInput(0),
      ValueRange(), getName(*thenBranch), getName(*elseBranch));
  op.getThenBranch().takeBody(thenRegion);
  op.getElseBranch().takeBody(elseRegion);
  op->setAttr(geir::GEDialect::kOriginAttr, node.getOrigin(false));
  if (failed(geir::refineResultTypes(op)))
    return failure();
  for (auto [i, result] : llvm::enumerate(op->getResults()))
    node.setOutput(i, result);
  return success();
}

LogicalResult Importer::createConstant(Scope &scope,
                                       const onnx::NodeProto &proto,
                                       StringRef name, Location loc) {
  if (proto.output_size() != 1 || proto.attribute_size() != 1)
    return mlir::emitError(loc)
           << "Constant: needs one output and one attribute, found "
           << proto.output_size() << " and " << proto.attribute_size();
  const onnx::AttributeProto &attr = proto.attribute(0);
  // Every spelling becomes a tensor.
  onnx::TensorProto tensor;
  const onnx::TensorProto *source = &tensor;
  if (attr.name() == "value") {
    source = &attr.t();
  } else if (attr.name() == "value_int") {
    tensor.set_data_type(onnx::TensorProto::INT64);
    tensor.add_int64_data(attr.i());
  } else if (attr.name() == "value_ints") {
    tensor.set_data_type(onnx::TensorProto::INT64);
    tensor.add_dims(attr.ints_size());
    *tensor.mutable_int64_data() = attr.ints();
  } else if (attr.name() == "value_float") {
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    tensor.add_float_data(attr.f());
  } else if (attr.name() == "value_floats") {
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    tensor.add_dims(attr.floats_size());
    *tensor.mutable_float_data() = attr.floats();
  } else {
    return mlir::emitError(loc)
           << "Constant: attribute '" << attr.name() << "' is not supported";
  }
  FailureOr<Value> value =
      createConst(loc, name, /*source=*/proto.output(0), *source);
  if (failed(value))
    return failure();
  return define(scope, loc, proto.output(0), *value);
}

LogicalResult Importer::createReturn() {
  SmallVector<Value> results;
  llvm::StringSet<> names;
  if (graph.output_size() == 0)
    return emitError() << "the graph has no output";
  for (const onnx::ValueInfoProto &info : graph.output()) {
    Value value = top.values.lookup(info.name());
    if (!value)
      return emitError() << "output '" << info.name()
                         << "' is given by no node";
    if (!names.insert(info.name()).second)
      return emitError() << "output '" << info.name() << "' is listed twice";
    results.push_back(value);
  }
  func::ReturnOp::create(builder, fileLoc, results);
  function.setType(builder.getFunctionType(function.front().getArgumentTypes(),
                                           ValueRange(results).getTypes()));
  SmallVector<DictionaryAttr> resAttrs;
  for (const onnx::ValueInfoProto &info : graph.output())
    resAttrs.push_back(builder.getDictionaryAttr(builder.getNamedAttr(
        geir::GEDialect::kResAttr,
        geir::ResAttr::get(context, builder.getStringAttr(info.name())))));
  function.setAllResultAttrs(resAttrs);
  return success();
}

OwningOpRef<ModuleOp> gemlir::importOnnx(StringRef path, MLIRContext *context,
                                         const OnnxImportOptions &options) {
  context->loadDialect<func::FuncDialect, geir::GEDialect>();
  llvm::Expected<OnnxModel> model = readOnnxModel(path);
  if (!model) {
    mlir::emitError(UnknownLoc::get(context))
        << llvm::toString(model.takeError());
    return nullptr;
  }
  return Importer(*model, path, context, options).run();
}
