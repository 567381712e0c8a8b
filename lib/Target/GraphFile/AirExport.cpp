// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Target/GraphFile/AirExport.h"

#include "AirEncoder.h"
#include "ProtoDelta.h"

#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"
#include "GeDialect/Dialect/GE/Transforms/WeightData.h"
#include "GeDialect/Target/GraphFile/AirModel.h"

#include "mlir/IR/SymbolTable.h"

#include <limits>

using namespace mlir;
using namespace gemlir;

namespace {
class Exporter {
public:
  Exporter(ModuleOp module, StringRef directory)
      : module(module), symbols(module), weights(module, directory) {}

  LogicalResult run(ge::proto::ModelDef &model);

private:
  LogicalResult exportGraph(func::FuncOp function, ge::proto::GraphDef &graph);
  LogicalResult exportNode(AirEncoder &encoder, func::FuncOp function,
                           unsigned index, int64_t position,
                           ge::proto::OpDef &def);
  /// Puts back what a file said beyond the IR.
  LogicalResult restore(Operation *op, Attribute delta,
                        google::protobuf::Message &message);

  ModuleOp module;
  SymbolTable symbols;
  geir::WeightReader weights;
  /// Bytes of tensors so far. Protobuf counts a message in an int.
  uint64_t payloadBytes = 0;
};
} // namespace

LogicalResult Exporter::restore(Operation *op, Attribute delta,
                                google::protobuf::Message &message) {
  auto changes = dyn_cast_if_present<DictionaryAttr>(delta);
  if (!changes)
    return success();
  return applyDelta(changes, message,
                    [op] { return op->emitError("'ge.air': "); });
}

LogicalResult Exporter::exportNode(AirEncoder &encoder, func::FuncOp function,
                                   unsigned index, int64_t position,
                                   ge::proto::OpDef &def) {
  if (failed(encoder.encodeNode(index, position, symbols, def)))
    return failure();
  const AirEncoder::Node &node = encoder.getNodes()[index];
  if (node.argument)
    return restore(
        function,
        function.getArgAttr(*node.argument, geir::GEDialect::kAirAttr), def);
  if (failed(
          restore(node.op, node.op->getAttr(geir::GEDialect::kAirAttr), def)))
    return failure();
  auto constant = dyn_cast<geir::ConstOp>(node.op);
  if (!constant)
    return success();
  llvm::Expected<geir::WeightBytes> value =
      weights.read(constant.getValue(), constant.getType());
  if (!value)
    return constant.emitOpError() << llvm::toString(value.takeError());
  payloadBytes += value->bytes.size();
  if (payloadBytes > std::numeric_limits<int>::max())
    return constant.emitOpError("weights have more than the 2 GiB that a graph "
                                "file can hold");
  (*def.mutable_attr())[kValueAttr.str()].mutable_t()->set_data(
      value->bytes.data(), value->bytes.size());
  return success();
}

LogicalResult Exporter::exportGraph(func::FuncOp function,
                                    ge::proto::GraphDef &graph) {
  if (!function->hasAttr(geir::GEDialect::kGraphAttr))
    return function.emitError("a graph needs the attribute 'ge.graph'");
  if (function.isExternal() || !function.getBody().hasOneBlock())
    return function.emitError("a graph needs a body of one block");
  Operation *ret = function.front().getTerminator();
  bool hasNetOutput =
      isa_and_present<UnitAttr>(ret->getAttr(geir::GEDialect::kAirAttr))
          ? false
          : ret->getNumOperands() != 0 ||
                ret->hasAttr(geir::GEDialect::kAirAttr);
  AirEncoder encoder(function, hasNetOutput);
  if (failed(encoder.check()))
    return failure();
  encoder.encodeGraph(graph);
  if (failed(restore(function, function->getAttr(geir::GEDialect::kAirAttr),
                     graph)))
    return failure();
  size_t count = encoder.getNodes().size();
  // Node that stands at each position of the file.
  std::vector<unsigned> order(count);
  auto positions =
      function->getAttrOfType<DenseI64ArrayAttr>(geir::GEDialect::kOrderAttr);
  if (positions && positions.size() != static_cast<int64_t>(count))
    return function.emitError("'ge.order' lists ")
           << positions.size() << " nodes, the graph has " << count
           << "; remove the attribute to write them in order";
  for (unsigned i = 0; i < count; ++i)
    order[positions ? positions[i] : i] = i;
  for (unsigned position = 0; position < count; ++position)
    if (failed(exportNode(encoder, function, order[position], position,
                          *graph.add_op())))
      return failure();
  return success();
}

LogicalResult Exporter::run(ge::proto::ModelDef &model) {
  encodeModel(model);
  if (failed(
          restore(module, module->getAttr(geir::GEDialect::kAirAttr), model)))
    return failure();
  for (Operation &op : *module.getBody()) {
    if (isa<geir::StoreOp>(op))
      continue;
    auto function = dyn_cast<func::FuncOp>(op);
    if (!function)
      return op.emitOpError("has no counterpart in a graph file of GE; only "
                            "modules of stage 'imported' can be exported");
    if (failed(exportGraph(function, *model.add_graph())))
      return failure();
  }
  if (model.graph().empty())
    return module.emitError("holds no graph");
  return success();
}

LogicalResult gemlir::exportAir(ModuleOp module, StringRef directory,
                                bool asText, llvm::raw_ostream &out) {
  ge::proto::ModelDef model;
  if (failed(Exporter(module, directory).run(model)))
    return failure();
  llvm::Expected<std::string> bytes = serializeAirModel(model, asText);
  if (!bytes)
    return module.emitError() << llvm::toString(bytes.takeError());
  out << *bytes;
  return success();
}
