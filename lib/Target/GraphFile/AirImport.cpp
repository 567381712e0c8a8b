// SPDX-License-Identifier: Apache-2.0
//
// Importer of GE's graph files: graphs, edges, order. Single nodes are in
// AirNode.cpp.
#include "GeDialect/Target/GraphFile/AirImport.h"

#include "AirImporter.h"
#include "ProtoDelta.h"

#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"
#include "GeDialect/Support/UniqueNames.h"

#include "mlir/IR/Verifier.h"

#include "llvm/ADT/StringExtras.h"

#include <queue>
#include <tuple>

using namespace mlir;
using namespace gemlir;
using ge::proto::GraphDef;
using ge::proto::OpDef;

//===----------------------------------------------------------------------===//
// Edges
//===----------------------------------------------------------------------===//

InFlightDiagnostic AirGraphImporter::emitError(const OpDef &def) {
  return mlir::emitError(importer.getLoc(def.name())) << def.type() << ": ";
}

LogicalResult AirGraphImporter::indexNodes() {
  for (auto [i, def] : llvm::enumerate(graph.op())) {
    if (def.name().empty() || def.type().empty())
      return importer.emitError()
             << "node " << i << " of graph '" << graph.name() << "' has no "
             << (def.name().empty() ? "name" : "type");
    if (!positions.insert({def.name(), i}).second)
      return emitError(def) << "another node has the same name";
    if (def.type() != kNetOutputType)
      continue;
    if (netOutput)
      return emitError(def) << "another node is a NetOutput";
    netOutput = i;
  }
  return success();
}

FailureOr<AirEdge>
AirGraphImporter::readEdge(StringRef text,
                           function_ref<InFlightDiagnostic()> emit) {
  // Names may contain colons.
  auto [name, number] = text.rsplit(':');
  auto found = positions.find(name);
  AirEdge edge;
  if (number.getAsInteger(10, edge.output))
    return emit() << "'" << text << "' is no edge: expected '<node>:<output>'";
  if (found == positions.end())
    return emit() << "reads '" << text << "', but no node is called '" << name
                  << "'";
  edge.node = found->second;
  const OpDef &source = graph.op(found->second);
  if (edge.output < 0)
    return emit() << "has a control edge from '" << name
                  << "', which is not supported";
  if (edge.output >= source.output_desc_size())
    return emit() << "reads '" << text << "', but '" << name << "' has "
                  << source.output_desc_size() << " outputs";
  return edge;
}

LogicalResult AirGraphImporter::readEdges() {
  edges.resize(graph.op_size());
  for (auto [i, def] : llvm::enumerate(graph.op())) {
    for (const std::string &text : def.input()) {
      // An entry without a colon is an input that nobody feeds.
      if (!StringRef(text).contains(':')) {
        edges[i].push_back(AirEdge());
        continue;
      }
      FailureOr<AirEdge> edge =
          readEdge(text, [&, &def = def] { return emitError(def); });
      if (failed(edge))
        return failure();
      edges[i].push_back(*edge);
    }
    // What nobody feeds needs no descriptor.
    while (edges[i].size() > static_cast<size_t>(def.input_desc_size()) &&
           !edges[i].back().node)
      edges[i].pop_back();
    if (edges[i].size() > static_cast<size_t>(def.input_desc_size()))
      return emitError(def) << "has " << edges[i].size() << " inputs, but "
                            << def.input_desc_size() << " descriptors of them";
    edges[i].resize(def.input_desc_size());
    if (def.type() == kDataType)
      for (const AirEdge &edge : edges[i])
        if (edge.node)
          return emitError(def) << "a graph input reads another node";
  }
  return success();
}

/// Kahn's algorithm; of the nodes that may come next, the first of the file
/// does.
LogicalResult AirGraphImporter::sortNodes() {
  std::vector<unsigned> missing(edges.size());
  std::vector<std::vector<unsigned>> users(edges.size());
  std::priority_queue<unsigned, std::vector<unsigned>, std::greater<unsigned>>
      ready;
  for (unsigned i = 0; i < edges.size(); ++i) {
    for (const AirEdge &edge : edges[i])
      if (edge.node) {
        users[*edge.node].push_back(i);
        ++missing[i];
      }
    if (missing[i] == 0)
      ready.push(i);
  }
  while (!ready.empty()) {
    unsigned node = ready.top();
    ready.pop();
    order.push_back(node);
    for (unsigned user : users[node])
      if (--missing[user] == 0)
        ready.push(user);
  }
  if (order.size() == edges.size())
    return success();
  // Going back from a node that never got ready leads into a cycle.
  unsigned node = 0;
  while (missing[node] == 0)
    ++node;
  std::vector<bool> seen(edges.size());
  while (!seen[node]) {
    seen[node] = true;
    for (const AirEdge &edge : edges[node])
      if (edge.node && missing[*edge.node] != 0) {
        node = *edge.node;
        break;
      }
  }
  return emitError(graph.op(node)) << "the node is part of a cycle";
}

//===----------------------------------------------------------------------===//
// Graphs
//===----------------------------------------------------------------------===//

LogicalResult AirGraphImporter::createArguments() {
  struct Argument {
    int64_t index;
    unsigned node;
  };
  std::vector<Argument> arguments;
  for (auto [i, def] : llvm::enumerate(graph.op())) {
    if (def.type() != kDataType)
      continue;
    auto index = def.attr().find("index");
    if (index != def.attr().end() && !index->second.has_i())
      return emitError(def) << "attribute 'index' is not an int";
    int64_t number = index == def.attr().end() ? 0 : index->second.i();
    if (number < 0)
      return emitError(def) << "has index " << number;
    if (def.output_desc_size() != 1)
      return emitError(def)
             << "has " << def.output_desc_size() << " outputs, expected 1";
    arguments.push_back({number, static_cast<unsigned>(i)});
  }
  llvm::sort(arguments, [](const Argument &a, const Argument &b) {
    return std::tie(a.index, a.node) < std::tie(b.index, b.node);
  });
  for (unsigned i = 1; i < arguments.size(); ++i)
    if (arguments[i].index == arguments[i - 1].index)
      return emitError(graph.op(arguments[i].node))
             << "has index " << arguments[i].index << " as '"
             << graph.op(arguments[i - 1].node).name() << "'";
  MLIRContext *context = function.getContext();
  for (auto [i, argument] : llvm::enumerate(arguments)) {
    const OpDef &def = graph.op(argument.node);
    FailureOr<Type> type = getType(def, def.output_desc(0), "output 0");
    if (failed(type))
      return failure();
    values[argument.node] = {
        function.front().addArgument(*type, importer.getLoc(def.name()))};
    function.setType(FunctionType::get(
        context, function.front().getArgumentTypes(), TypeRange()));
    function.setArgAttr(i, geir::GEDialect::kArgAttr,
                        geir::ArgAttr::get(context,
                                           StringAttr::get(context, def.name()),
                                           argument.index));
    nodeOfArgument.push_back(argument.node);
  }
  return success();
}

LogicalResult AirGraphImporter::createReturn(OpBuilder &builder) {
  SmallVector<Value> results;
  SmallVector<std::string> names;
  auto add = [&](const AirEdge &edge) {
    results.push_back(values[*edge.node][edge.output]);
    names.push_back(graph.op(*edge.node).name() + ":" +
                    std::to_string(edge.output));
  };
  if (netOutput) {
    for (auto [i, edge] : llvm::enumerate(edges[*netOutput])) {
      if (!edge.node)
        return emitError(graph.op(*netOutput))
               << "input " << i << " is not fed";
      add(edge);
    }
  } else {
    for (const std::string &text : graph.output()) {
      FailureOr<AirEdge> edge = readEdge(text, [&] {
        return importer.emitError()
               << "the outputs of graph '" << graph.name() << "': ";
      });
      if (failed(edge))
        return failure();
      add(*edge);
    }
  }
  auto ret = func::ReturnOp::create(
      builder,
      netOutput ? importer.getLoc(graph.op(*netOutput).name())
                : function.getLoc(),
      results);
  MLIRContext *context = function.getContext();
  function.setType(FunctionType::get(context,
                                     function.front().getArgumentTypes(),
                                     ValueRange(results).getTypes()));
  UniqueNames unique;
  for (unsigned i = 0; i < results.size(); ++i) {
    // An output may be listed twice.
    std::string name = unique.make(names[i]);
    function.setResultAttr(
        i, geir::GEDialect::kResAttr,
        geir::ResAttr::get(context, StringAttr::get(context, name)));
  }
  if (!netOutput && !results.empty())
    ret->setAttr(geir::GEDialect::kAirAttr, UnitAttr::get(context));
  return success();
}

LogicalResult AirGraphImporter::run() {
  if (failed(indexNodes()) || failed(readEdges()) || failed(sortNodes()))
    return failure();
  values.resize(graph.op_size());
  operations.resize(graph.op_size());
  OpBuilder builder = OpBuilder::atBlockBegin(&function.front());
  if (failed(createArguments()))
    return failure();
  for (unsigned node : order) {
    const OpDef &def = graph.op(node);
    if (def.type() != kDataType && def.type() != kNetOutputType &&
        failed(createNode(builder, node)))
      return failure();
  }
  return createReturn(builder);
}

LogicalResult AirGraphImporter::keepDifferences(SymbolTable &symbols) {
  MLIRContext *context = function.getContext();
  Operation *ret = function.front().getTerminator();
  AirEncoder encoder(function, netOutput.has_value());
  // Position in the file of every node of the encoder.
  SmallVector<int64_t> nodeOrder;
  llvm::DenseMap<Operation *, unsigned> nodeOf;
  for (auto [i, op] : llvm::enumerate(operations))
    if (op)
      nodeOf[op] = i;
  for (const AirEncoder::Node &node : encoder.getNodes())
    nodeOrder.push_back(node.argument    ? nodeOfArgument[*node.argument]
                        : node.op == ret ? *netOutput
                                         : nodeOf.lookup(node.op));
  if (!llvm::is_sorted(nodeOrder))
    function->setAttr(geir::GEDialect::kOrderAttr,
                      DenseI64ArrayAttr::get(context, nodeOrder));
  for (auto [i, node] : llvm::enumerate(encoder.getNodes())) {
    OpDef canonical;
    if (failed(encoder.encodeNode(i, nodeOrder[i], symbols, canonical)))
      return failure();
    DictionaryAttr delta =
        makeDelta(context, canonical, graph.op(nodeOrder[i]));
    if (!delta)
      continue;
    if (node.argument)
      function.setArgAttr(*node.argument, geir::GEDialect::kAirAttr, delta);
    else
      node.op->setAttr(geir::GEDialect::kAirAttr, delta);
  }
  // A NetOutput without inputs leaves no other trace.
  if (netOutput && !ret->hasAttr(geir::GEDialect::kAirAttr) &&
      ret->getNumOperands() == 0)
    ret->setAttr(geir::GEDialect::kAirAttr, DictionaryAttr::get(context));

  GraphDef canonical, rest;
  encoder.encodeGraph(canonical);
  rest.Swap(&graph);
  rest.clear_op();
  if (DictionaryAttr delta = makeDelta(context, canonical, rest))
    function->setAttr(geir::GEDialect::kAirAttr, delta);
  return success();
}

//===----------------------------------------------------------------------===//
// Models
//===----------------------------------------------------------------------===//

FlatSymbolRefAttr AirImporter::getStore() {
  if (store)
    return store;
  Builder builder(context);
  store = FlatSymbolRefAttr::get(context, kStoreSymbol);
  OpBuilder start = OpBuilder::atBlockBegin(module.getBody());
  geir::StoreOp::create(
      start, fileLoc, builder.getStringAttr(kStoreSymbol),
      builder.getStringAttr(path),
      builder.getI64IntegerAttr(static_cast<int64_t>(model.file->size())),
      StringAttr());
  return store;
}

FlatSymbolRefAttr AirImporter::getGraphSymbol(StringRef name) {
  auto found = graphSymbols.find(name);
  return found == graphSymbols.end()
             ? FlatSymbolRefAttr()
             : FlatSymbolRefAttr::get(context, found->second);
}

OwningOpRef<ModuleOp> AirImporter::run() {
  OwningOpRef<ModuleOp> owner = ModuleOp::create(fileLoc);
  module = *owner;
  OpBuilder builder(context);
  builder.setInsertionPointToEnd(module.getBody());
  // Functions first, because nodes refer to subgraphs.
  std::vector<std::unique_ptr<AirGraphImporter>> graphs;
  for (auto [i, graph] : llvm::enumerate(*model.proto.mutable_graph())) {
    std::string symbol = i == 0 ? "main" : "graph." + graph.name();
    if (!graphSymbols.insert({graph.name(), symbol}).second) {
      emitError() << "two graphs are called '" << graph.name() << "'";
      return nullptr;
    }
    auto function = func::FuncOp::create(builder, fileLoc, symbol,
                                         builder.getFunctionType({}, {}));
    function.addEntryBlock();
    if (i != 0)
      function.setPrivate();
    function->setAttr(
        geir::GEDialect::kGraphAttr,
        geir::GraphAttr::get(context, builder.getStringAttr(graph.name())));
    graphs.push_back(
        std::make_unique<AirGraphImporter>(*this, graph, function));
  }
  for (std::unique_ptr<AirGraphImporter> &graph : graphs)
    if (failed(graph->run()))
      return nullptr;
  SymbolTable symbols(module);
  for (std::unique_ptr<AirGraphImporter> &graph : graphs)
    if (failed(graph->keepDifferences(symbols)))
      return nullptr;
  ge::proto::ModelDef canonical;
  encodeModel(canonical);
  model.proto.clear_graph();
  if (DictionaryAttr delta = makeDelta(context, canonical, model.proto))
    module->setAttr(geir::GEDialect::kAirAttr, delta);
  if (failed(verify(module)))
    return nullptr;
  return owner;
}

OwningOpRef<ModuleOp> gemlir::importAir(StringRef path, MLIRContext *context) {
  context->loadDialect<func::FuncDialect, geir::GEDialect>();
  llvm::Expected<AirModel> model = readAirModel(path);
  if (!model) {
    mlir::emitError(UnknownLoc::get(context))
        << llvm::toString(model.takeError());
    return nullptr;
  }
  if (model->droppedAt)
    mlir::emitWarning(FileLineColLoc::get(context, path, 0, 0))
        << "protobuf passes over what stands at byte " << *model->droppedAt
        << ": a field that stands twice, or an unknown one in a map; it will "
           "be lost";
  return AirImporter(std::move(*model), path, context).run();
}
