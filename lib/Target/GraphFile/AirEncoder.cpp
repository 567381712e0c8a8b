// SPDX-License-Identifier: Apache-2.0
#include "AirEncoder.h"

#include "AirAttributes.h"

#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"
#include "GeDialect/Support/UniqueNames.h"
#include "GeDialect/Target/OM/Attributes.h"

#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace gemlir;
using ge::proto::OpDef;

void gemlir::encodeModel(ge::proto::ModelDef &model) {
  for (const char *name : {"event_num", "label_num", "memory_size",
                           "p2p_memory_size", "stream_num", "weight_size"})
    (*model.mutable_attr())[name].set_i(0);
  (*model.mutable_attr())["target_type"].set_s("MINI");
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

AirEncoder::AirEncoder(func::FuncOp function, bool hasNetOutput)
    : function(function) {
  UniqueNames names;
  for (unsigned i = 0, e = function.getNumArguments(); i != e; ++i) {
    nodes.push_back({i, nullptr});
    if (auto arg = function.getArgAttrOfType<geir::ArgAttr>(
            i, geir::GEDialect::kArgAttr))
      names.insert(arg.getName().getValue());
  }
  // Given names come before made ones.
  for (Operation &op : function.front())
    if (auto node = dyn_cast<geir::GEOpInterface>(op); node)
      if (StringAttr name = node.getNodeName())
        names.insert(name.getValue());
  for (Operation &op : function.front().without_terminator()) {
    nodes.push_back({std::nullopt, &op});
    auto node = dyn_cast<geir::GEOpInterface>(op);
    if (!node)
      continue;
    StringAttr name = node.getNodeName();
    opNames[&op] = name ? name.str() : names.make(node.getGEType());
  }
  if (hasNetOutput) {
    Operation *terminator = function.front().getTerminator();
    nodes.push_back({std::nullopt, terminator});
    opNames[terminator] = names.make("Node_Output");
  }
}

std::string AirEncoder::getEdge(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto arg = function.getArgAttrOfType<geir::ArgAttr>(
        argument.getArgNumber(), geir::GEDialect::kArgAttr);
    return arg.getName().str() + ":0";
  }
  auto result = cast<OpResult>(value);
  return opNames.lookup(result.getOwner()) + ":" +
         std::to_string(result.getResultNumber());
}

LogicalResult AirEncoder::check() {
  auto checkType = [](Location loc, Type type) -> LogicalResult {
    auto tensor = dyn_cast<TensorType>(type);
    if (tensor && geir::getDataType(tensor.getElementType()))
      return success();
    return emitError(loc) << type << " is no tensor of GE";
  };
  llvm::StringSet<> seen;
  for (const Node &node : nodes) {
    if (node.argument) {
      BlockArgument argument = function.getArgument(*node.argument);
      auto arg = function.getArgAttrOfType<geir::ArgAttr>(
          *node.argument, geir::GEDialect::kArgAttr);
      if (!arg)
        return function.emitError("argument ")
               << *node.argument << " needs the attribute 'ge.arg'";
      if (failed(checkType(argument.getLoc(), argument.getType())))
        return failure();
      seen.insert(arg.getName().getValue());
      continue;
    }
    if (node.op->hasTrait<OpTrait::IsTerminator>())
      continue;
    if (!isa<geir::GEOpInterface>(node.op) || node.op->getNumRegions() != 0)
      return node.op->emitOpError(
          "has no counterpart in a graph file of GE; only modules of stage "
          "'imported' without regions can be exported");
    if (auto deferred = dyn_cast<geir::DeferredAttrOpInterface>(node.op);
        deferred && deferred.hasDeferredAttrs())
      return node.op->emitOpError("has attributes that wait for a static "
                                  "shape and that GE does not have");
    for (Type type : node.op->getResultTypes())
      if (failed(checkType(node.op->getLoc(), type)))
        return failure();
    if (!seen.insert(opNames.lookup(node.op)).second)
      return node.op->emitOpError("has the name of another node: '")
             << opNames.lookup(node.op) << "'";
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

/// GE's spelling of "this optional input is not fed".
static void encodeAbsent(ge::proto::TensorDescriptor &desc) {
  desc.mutable_shape();
  desc.set_layout("FORMAT_RESERVED");
  desc.set_device_type("NPU");
  auto &attrs = *desc.mutable_attr();
  constexpr int64_t kND = 2, kReserved = 40;
  attrs["format_for_int"].set_i(kReserved);
  attrs["origin_format"].set_s("ND");
  attrs["origin_format_for_int"].set_i(kND);
  attrs["origin_shape_initialized"].set_b(false);
}

void AirEncoder::encodeArgument(unsigned index, OpDef &def) {
  auto arg = function.getArgAttrOfType<geir::ArgAttr>(
      index, geir::GEDialect::kArgAttr);
  def.set_name(arg.getName().str());
  def.set_type(kDataType.str());
  def.add_input("");
  om::setSlots(*def.mutable_attr(), "_input_name", std::string("x"));
  om::setSlots(*def.mutable_attr(), "_output_name", std::string("y"));
  (*def.mutable_attr())["index"].set_i(arg.getIndex());
  Type type = function.getArgument(index).getType();
  encodeTensor(type, *def.add_input_desc());
  encodeTensor(type, *def.add_output_desc());
}

LogicalResult AirEncoder::encodeOp(Operation *op, SymbolTable &symbols,
                                   OpDef &def) {
  auto node = cast<geir::GEOpInterface>(op);
  def.set_name(opNames.lookup(op));
  def.set_type(node.getGEType().str());
  std::vector<std::string> slots;
  for (const geir::InputSlot &slot : node.getInputSlots()) {
    slots.push_back(slot.name);
    def.add_input(slot.value ? getEdge(slot.value) : "");
    if (slot.value)
      encodeTensor(slot.value.getType(), *def.add_input_desc());
    else
      encodeAbsent(*def.add_input_desc());
  }
  om::setSlots(*def.mutable_attr(), "_input_name", slots);
  SmallVector<std::string> outputs = node.getOutputSlotNames();
  om::setSlots(*def.mutable_attr(), "_output_name", outputs);
  for (Type type : op->getResultTypes())
    encodeTensor(type, *def.add_output_desc());
  if (auto constant = dyn_cast<geir::ConstOp>(op)) {
    encodeTensor(
        constant.getType(),
        *(*def.mutable_attr())[kValueAttr.str()].mutable_t()->mutable_desc());
  } else {
    for (NamedAttribute attribute : node.getGEAttributes())
      if (!encodeAttribute(attribute.getValue(),
                           (*def.mutable_attr())[attribute.getName().str()]))
        return op->emitOpError("attribute ")
               << attribute.getName()
               << " has no counterpart in GE: " << attribute.getValue();
  }
  if (auto subgraphs =
          op->getAttrOfType<ArrayAttr>(geir::GEDialect::kSubgraphsAttr))
    for (auto symbol : subgraphs.getAsRange<FlatSymbolRefAttr>()) {
      auto graph = symbols.lookup<func::FuncOp>(symbol.getValue());
      auto name = graph ? graph->getAttrOfType<geir::GraphAttr>(
                              geir::GEDialect::kGraphAttr)
                        : geir::GraphAttr();
      if (!name)
        return op->emitOpError("refers to subgraph ")
               << symbol << ", which is not a graph of the module";
      def.add_subgraph_name(name.getName().str());
    }
  return success();
}

void AirEncoder::encodeReturn(Operation *op, OpDef &def) {
  def.set_name(opNames.lookup(op));
  def.set_type(kNetOutputType.str());
  std::vector<std::string> slots;
  for (auto [i, value] : llvm::enumerate(op->getOperands())) {
    slots.push_back("__input" + std::to_string(i));
    def.add_input(getEdge(value));
    encodeTensor(value.getType(), *def.add_input_desc());
  }
  om::setSlots(*def.mutable_attr(), "_input_name", slots);
}

LogicalResult AirEncoder::encodeNode(unsigned index, int64_t position,
                                     SymbolTable &symbols, OpDef &def) {
  const Node &node = nodes[index];
  def.set_has_out_attr(true);
  def.set_id(position);
  if (node.argument)
    encodeArgument(*node.argument, def);
  else if (node.op->hasTrait<OpTrait::IsTerminator>())
    encodeReturn(node.op, def);
  else
    return encodeOp(node.op, symbols, def);
  return success();
}

void AirEncoder::encodeGraph(ge::proto::GraphDef &graph) {
  auto name =
      function->getAttrOfType<geir::GraphAttr>(geir::GEDialect::kGraphAttr);
  graph.set_name(name.getName().str());
  for (Value argument : function.getArguments())
    graph.add_input(getEdge(argument));
  for (Value result : function.front().getTerminator()->getOperands())
    graph.add_output(getEdge(result));
}
