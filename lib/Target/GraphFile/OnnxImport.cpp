// SPDX-License-Identifier: Apache-2.0
//
// ONNX importer: graph, constants, inputs and outputs. Operators are in
// OnnxOperators.cpp.
#include "GeDialect/Target/GraphFile/OnnxImport.h"

#include "Constants.h"
#include "OnnxImporter.h"

#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"
#include "GeDialect/Layout/DataType.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Verifier.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <set>

using namespace mlir;
using namespace gemlir;

namespace {
class Importer {
public:
  Importer(const OnnxModel &model, StringRef path, MLIRContext *context,
           const OnnxImportOptions &options)
      : model(model), graph(model.proto.graph()), path(path), context(context),
        options(options), builder(context),
        fileLoc(FileLineColLoc::get(context, path, 0, 0)) {}

  OwningOpRef<ModuleOp> run();

private:
  LogicalResult readOpsets();
  LogicalResult readDeclaredTypes();
  LogicalResult createArguments();
  LogicalResult createInitializers();
  LogicalResult importNodes();
  LogicalResult importNode(const onnx::NodeProto &proto);
  LogicalResult createConstant(const onnx::NodeProto &proto, StringRef name,
                               Location loc);
  LogicalResult createReturn();

  /// Gives the ONNX tensor `name` its value.
  LogicalResult define(Location loc, StringRef name, Value value);
  /// A constant node of GE with the elements of `tensor`.
  FailureOr<Value> createConst(Location loc, StringRef name, StringRef source,
                               const onnx::TensorProto &tensor);
  /// The symbol of a file that weights refer to, relative to the model.
  FailureOr<FlatSymbolRefAttr> getStore(StringRef location);
  /// Type of a tensor as the file states it; null for what is not a tensor.
  FailureOr<Type> convertType(Location loc, const onnx::ValueInfoProto &info);
  /// Unique name of a node; unnamed ones are counted.
  std::string makeNodeName(const onnx::NodeProto &proto);
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
  llvm::StringMap<Value> values;
  llvm::StringMap<Type> declaredTypes;
  llvm::StringMap<FlatSymbolRefAttr> stores;
  llvm::StringSet<> initializerNames;
  llvm::StringSet<> nodeNames;
  unsigned numUnnamed = 0;
};
} // namespace

/// How messages and opset tables spell the default domain.
static StringRef getDomain(const std::string &domain) {
  return domain.empty() ? StringRef("ai.onnx") : StringRef(domain);
}

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
  if (failed(readOpsets()) || failed(readDeclaredTypes()) ||
      failed(createArguments()) || failed(createInitializers()) ||
      failed(importNodes()) || failed(createReturn()) || failed(verify(module)))
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

FailureOr<Type> Importer::convertType(Location loc,
                                      const onnx::ValueInfoProto &info) {
  if (!info.type().has_tensor_type())
    return Type();
  const onnx::TypeProto::Tensor &tensor = info.type().tensor_type();
  std::optional<DataType> dataType = dataTypeFromOnnx(tensor.elem_type());
  Type elementType =
      dataType ? geir::getElementType(context, *dataType) : Type();
  if (!elementType)
    return mlir::emitError(loc)
           << "tensor '" << info.name() << "' has element type "
           << tensor.elem_type() << ", which is not supported";
  if (!tensor.has_shape())
    return Type(UnrankedTensorType::get(elementType));
  SmallVector<int64_t> shape;
  for (const onnx::TensorShapeProto::Dimension &dim : tensor.shape().dim()) {
    // A negative number is how some exporters say "unknown".
    bool isKnown = dim.has_dim_value() && dim.dim_value() >= 0;
    shape.push_back(isKnown ? dim.dim_value() : ShapedType::kDynamic);
  }
  return Type(RankedTensorType::get(shape, elementType));
}

LogicalResult Importer::readDeclaredTypes() {
  // Shapes that the file states for intermediate results were computed for the
  // input shapes of the file; with others they are wrong.
  bool keepShapes = options.inputShapes.empty();
  auto read = [&](const onnx::ValueInfoProto &info) -> LogicalResult {
    FailureOr<Type> type = convertType(fileLoc, info);
    if (failed(type))
      return failure();
    auto shaped = dyn_cast_or_null<ShapedType>(*type);
    if (!shaped)
      return success();
    declaredTypes[info.name()] =
        keepShapes ? *type : UnrankedTensorType::get(shaped.getElementType());
    return success();
  };
  for (const onnx::ValueInfoProto &info : graph.value_info())
    if (failed(read(info)))
      return failure();
  for (const onnx::ValueInfoProto &info : graph.output())
    if (failed(read(info)))
      return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// Inputs and constants
//===----------------------------------------------------------------------===//

LogicalResult Importer::define(Location loc, StringRef name, Value value) {
  if (values.insert({name, value}).second)
    return success();
  return mlir::emitError(loc) << "tensor '" << name << "' is defined twice";
}

LogicalResult Importer::createArguments() {
  for (const onnx::TensorProto &tensor : graph.initializer())
    initializerNames.insert(tensor.name());
  std::vector<bool> used(options.inputShapes.size());
  unsigned index = 0;
  for (const onnx::ValueInfoProto &info : graph.input()) {
    // An initializer that is also listed as an input is a constant.
    if (initializerNames.contains(info.name()))
      continue;
    Location loc = getNodeLoc(info.name());
    if (info.name().empty())
      return emitError() << "input " << index << " has no name";
    FailureOr<Type> type = convertType(loc, info);
    if (failed(type))
      return failure();
    if (!*type)
      return mlir::emitError(loc) << "input is not a tensor";
    for (auto [i, shape] : llvm::enumerate(options.inputShapes)) {
      if (shape.name.empty() ? shape.position != index
                             : shape.name != info.name())
        continue;
      used[i] = true;
      auto known = cast<ShapedType>(*type);
      auto fixed = RankedTensorType::get(shape.dims, known.getElementType());
      if (known.hasRank() &&
          (known.getRank() != fixed.getRank() ||
           failed(verifyCompatibleShape(known.getShape(), shape.dims))))
        return mlir::emitError(loc)
               << "--input-shape says " << fixed << ", the file says " << known;
      type = Type(fixed);
    }
    BlockArgument argument = function.front().addArgument(*type, loc);
    if (failed(define(loc, info.name(), argument)))
      return failure();
    function.setType(
        builder.getFunctionType(function.front().getArgumentTypes(), {}));
    function.setArgAttr(
        index, geir::GEDialect::kArgAttr,
        geir::ArgAttr::get(context, builder.getStringAttr(info.name()), index));
    nodeNames.insert(info.name());
    ++index;
  }
  for (auto [shape, wasUsed] : llvm::zip_equal(options.inputShapes, used))
    if (!wasUsed)
      return emitError() << "--input-shape names input '" << shape.getSpelling()
                         << "', which does not exist";
  return success();
}

FailureOr<FlatSymbolRefAttr> Importer::getStore(StringRef location) {
  FlatSymbolRefAttr &store = stores[location];
  if (store)
    return store;
  llvm::SmallString<256> file(path);
  uint64_t size = model.file->size();
  if (!location.empty()) {
    file = llvm::sys::path::parent_path(path);
    llvm::sys::path::append(file, location);
    if (std::error_code ec = llvm::sys::fs::file_size(file, size))
      return emitError() << "cannot open external data '" << file
                         << "': " << ec.message();
  }
  std::string symbol =
      location.empty() ? "model" : "external_" + std::to_string(stores.size());
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(function);
  geir::StoreOp::create(builder, fileLoc, builder.getStringAttr(symbol),
                        builder.getStringAttr(file),
                        builder.getI64IntegerAttr(size), StringAttr());
  store = FlatSymbolRefAttr::get(context, symbol);
  return store;
}

FailureOr<Value> Importer::createConst(Location loc, StringRef name,
                                       StringRef source,
                                       const onnx::TensorProto &tensor) {
  std::optional<DataType> dataType = dataTypeFromOnnx(tensor.data_type());
  Type elementType =
      dataType ? geir::getElementType(context, *dataType) : Type();
  if (!elementType)
    return mlir::emitError(loc)
           << "constant has element type " << tensor.data_type()
           << ", which is not supported";
  llvm::Expected<TensorSource> found = getTensorSource(model, tensor);
  if (!found)
    return mlir::emitError(loc) << llvm::toString(found.takeError());
  SmallVector<int64_t> dims(tensor.dims().begin(), tensor.dims().end());
  auto type = RankedTensorType::get(dims, elementType);
  Attribute value;
  if (found->inlineBytes) {
    value = createElements(type, *found->inlineBytes, "onnx");
  } else {
    FailureOr<FlatSymbolRefAttr> store = getStore(found->location);
    if (failed(store))
      return failure();
    value =
        geir::WeightAttr::get(context, *store, found->offset, found->length);
  }
  return geir::ConstOp::create(builder, loc, type, builder.getStringAttr(name),
                               source.empty() ? StringAttr()
                                              : builder.getStringAttr(source),
                               IntegerAttr(), value)
      .getY();
}

LogicalResult Importer::createInitializers() {
  // GE numbers initializers by the position of their name in byte order.
  std::set<std::string> sorted;
  for (const onnx::TensorProto &tensor : graph.initializer())
    sorted.insert(tensor.name());
  llvm::StringMap<size_t> numbers;
  for (auto [i, name] : llvm::enumerate(sorted))
    numbers[name] = i;
  if (graph.sparse_initializer_size() > 0)
    return emitError() << "sparse initializers are not supported";
  for (const onnx::TensorProto &tensor : graph.initializer()) {
    if (tensor.name().empty())
      return emitError() << "an initializer has no name";
    std::string name = tensor.name() + "_Initializer_" +
                       std::to_string(numbers.lookup(tensor.name()));
    Location loc = getNodeLoc(tensor.name());
    FailureOr<Value> value = createConst(loc, name, tensor.name(), tensor);
    if (failed(value) || failed(define(loc, tensor.name(), *value)))
      return failure();
    nodeNames.insert(name);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

std::string Importer::makeNodeName(const onnx::NodeProto &proto) {
  std::string stem = proto.name();
  if (stem.empty())
    stem = proto.op_type() + "_" + std::to_string(numUnnamed++);
  std::string name = stem;
  for (unsigned i = 1; !nodeNames.insert(name).second; ++i)
    name = stem + "_" + std::to_string(i);
  return name;
}

LogicalResult Importer::importNodes() {
  // All unsupported operators in one message.
  struct Unsupported {
    unsigned count = 0;
    std::string first;
    int64_t opset = 0;
  };
  llvm::MapVector<std::pair<StringRef, StringRef>, Unsupported> unsupported;
  for (auto [i, proto] : llvm::enumerate(graph.node())) {
    StringRef domain = getDomain(proto.domain());
    auto opset = opsets.find(domain);
    int64_t version = opset == opsets.end() ? 0 : opset->second;
    bool isKnown =
        domain == "ai.onnx" && (proto.op_type() == "Constant" ||
                                findOnnxHandler(proto.op_type(), version));
    if (isKnown)
      continue;
    Unsupported &entry = unsupported[{StringRef(proto.op_type()), domain}];
    if (entry.count++ == 0)
      entry.first =
          proto.name().empty() ? "#" + std::to_string(i) : proto.name();
    entry.opset = version;
  }
  if (!unsupported.empty()) {
    InFlightDiagnostic diag = emitError();
    diag << unsupported.size()
         << (unsupported.size() == 1 ? " operator is" : " operators are")
         << " not supported: ";
    llvm::interleaveComma(unsupported, diag, [&](const auto &entry) {
      const auto &[key, value] = entry;
      diag << key.first << " (" << key.second << " opset " << value.opset
           << ", " << value.count << (value.count == 1 ? " node" : " nodes")
           << ", first '" << value.first << "')";
    });
    return diag;
  }
  for (const onnx::NodeProto &proto : graph.node())
    if (failed(importNode(proto)))
      return failure();
  return success();
}

LogicalResult Importer::importNode(const onnx::NodeProto &proto) {
  std::string name = makeNodeName(proto);
  Location loc = getNodeLoc(name);
  if (proto.op_type() == "Constant")
    return createConstant(proto, name, loc);
  SmallVector<Value> inputs;
  for (const std::string &input : proto.input()) {
    if (input.empty()) {
      inputs.push_back(nullptr);
      continue;
    }
    Value value = values.lookup(input);
    if (!value)
      return mlir::emitError(loc) << proto.op_type() << ": reads '" << input
                                  << "', which nothing before it gives";
    inputs.push_back(value);
  }
  // Absent inputs at the end are as good as none.
  while (!inputs.empty() && !inputs.back())
    inputs.pop_back();
  auto getDeclared = [&](StringRef tensor) {
    return declaredTypes.lookup(tensor);
  };
  int64_t opset = opsets.lookup("ai.onnx");
  OnnxNode node(proto, name, opset, builder, loc, std::move(inputs),
                getDeclared);
  if (failed(findOnnxHandler(proto.op_type(), opset)(node)))
    return failure();
  for (auto [i, value] : llvm::enumerate(node.getOutputs()))
    if (!proto.output(i).empty() && failed(define(loc, proto.output(i), value)))
      return failure();
  return success();
}

LogicalResult Importer::createConstant(const onnx::NodeProto &proto,
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
  return define(loc, proto.output(0), *value);
}

LogicalResult Importer::createReturn() {
  SmallVector<Value> results;
  llvm::StringSet<> names;
  if (graph.output_size() == 0)
    return emitError() << "the graph has no output";
  for (const onnx::ValueInfoProto &info : graph.output()) {
    Value value = values.lookup(info.name());
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
  for (auto [i, info] : llvm::enumerate(graph.output()))
    function.setResultAttr(
        i, geir::GEDialect::kResAttr,
        geir::ResAttr::get(context, builder.getStringAttr(info.name())));
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
