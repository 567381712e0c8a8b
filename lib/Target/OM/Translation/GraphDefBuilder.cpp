// SPDX-License-Identifier: Apache-2.0
#include "GraphDefBuilder.h"

#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Layout/DataType.h"
#include "GeDialect/Layout/Format.h"

#include "llvm/Support/Error.h"

using namespace mlir;
using namespace gemlir;
using namespace gemlir::om;

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

/// Fields that follow from the type: what GE writes for every tensor.
static void fillType(ge::proto::TensorDescriptor &desc, RankedTensorType type) {
  DataType dataType = *geir::getDataType(type.getElementType());
  Format storage = Format::ND, origin = Format::ND;
  if (auto layout = dyn_cast_or_null<geir::LayoutAttr>(type.getEncoding())) {
    storage = static_cast<Format>(layout.getStorage());
    origin = static_cast<Format>(layout.getOrigin());
  }
  desc.set_dtype(
      static_cast<ge::proto::DataType>(gemlir::getProtoNumber(dataType)));
  desc.mutable_shape();
  for (int64_t dim : type.getShape())
    desc.mutable_shape()->add_dim(dim);
  desc.set_layout(gemlir::getName(storage).str());
  desc.set_device_type("NPU");
  AttrMap &attrs = *desc.mutable_attr();
  setInt(attrs, "format_for_int", static_cast<int64_t>(storage));
  setString(attrs, "origin_format", gemlir::getName(origin));
  setInt(attrs, "origin_format_for_int", static_cast<int64_t>(origin));
  setBool(attrs, "origin_shape_initialized", true);
  setInts(attrs, "origin_shape", type.getShape());
  setString(attrs, "origin_data_type", gemlir::getName(dataType));
}

/// The descriptor of a node's input or output.
static void fillDesc(ge::proto::TensorDescriptor &desc, ascend::DescAttr attr) {
  if (attr.isAbsent()) {
    // GE's spelling of "this optional input is not fed".
    desc.set_dtype(ge::proto::DT_UNDEFINED);
    desc.set_layout("FORMAT_RESERVED");
    setInt(*desc.mutable_attr(), "format_for_int",
           static_cast<int64_t>(Format::RESERVED));
    return;
  }
  fillType(desc, cast<RankedTensorType>(attr.getType()));
  desc.set_size(attr.getSize());
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

void om::fillOpDef(ascend::OpOp op, ge::proto::OpDef &def) {
  def.set_name(op.getName().str());
  def.set_type(op.getOpType().str());
  def.set_id(op.getId());
  bool isConst = op.getOpType() == "Const";
  for (StringAttr edge : op.getEdges().getAsRange<StringAttr>()) {
    def.add_input(edge.str());
    auto [source, output] = edge.getValue().rsplit(':');
    int64_t index;
    if (edge.empty() || output.getAsInteger(10, index) || index < 0)
      continue;
    def.add_src_name(source.str());
    def.add_src_index(index);
  }
  for (auto desc : op.getInputs().getAsRange<ascend::DescAttr>()) {
    ge::proto::TensorDescriptor *input = def.add_input_desc();
    fillDesc(*input, desc);
    def.add_is_input_const(desc.getConstant().has_value());
    if (desc.getConstant()) {
      // The loader finds the constant by this field alone.
      input->set_data_offset(*desc.getConstant());
      def.add_input_i(*desc.getConstant());
    } else if (desc.getOffset()) {
      def.add_input_i(*desc.getOffset());
    }
  }
  for (auto desc : op.getOutputs().getAsRange<ascend::DescAttr>()) {
    fillDesc(*def.add_output_desc(), desc);
    def.add_output_i(desc.getOffset().value_or(0));
    if (!isConst || !desc.getConstant() || desc.isAbsent())
      continue;
    ge::proto::TensorDescriptor &value =
        *(*def.mutable_attr())["value"].mutable_t()->mutable_desc();
    auto type = cast<RankedTensorType>(desc.getType());
    fillType(value, type);
    value.set_data_offset(*desc.getConstant());
    value.set_weight_size(*geir::getTensorBytes(type));
  }
  auto listNames = [](ArrayAttr names) {
    return llvm::map_to_vector(names.getAsRange<StringAttr>(),
                               [](StringAttr name) { return name.str(); });
  };
  setSlots(*def.mutable_attr(), "_input_name", listNames(op.getInputNames()));
  setSlots(*def.mutable_attr(), "_output_name", listNames(op.getOutputNames()));
}

/// The node with all that differs from what follows from its descriptors.
static LogicalResult buildOpDef(ascend::OpOp op, const MessageDecoder &decoder,
                                ge::proto::OpDef &def) {
  fillOpDef(op, def);
  auto applyTo = [&](DictionaryAttr changes, google::protobuf::Message &message,
                     const Twine &what) -> LogicalResult {
    if (!changes)
      return success();
    if (llvm::Error error = decoder.apply(changes, message))
      return op.emitOpError()
             << what << ": " << llvm::toString(std::move(error));
    return success();
  };
  for (auto [i, desc] :
       llvm::enumerate(op.getInputs().getAsRange<ascend::DescAttr>()))
    if (failed(applyTo(desc.getExtra(), *def.mutable_input_desc(i),
                       "input " + Twine(i))))
      return failure();
  for (auto [i, desc] :
       llvm::enumerate(op.getOutputs().getAsRange<ascend::DescAttr>()))
    if (failed(applyTo(desc.getExtra(), *def.mutable_output_desc(i),
                       "output " + Twine(i))))
      return failure();
  if (DictionaryAttr attrs = op.getAttrsAttr())
    if (llvm::Error error = decoder.apply(attrs, *def.mutable_attr()))
      return op.emitOpError() << llvm::toString(std::move(error));
  return applyTo(op.getExtraAttr(), def, "extra");
}

void om::fillGraphDef(StringRef name, Block &nodes,
                      ge::proto::GraphDef &graph) {
  graph.set_name(name.str());
  for (ascend::OpOp op : nodes.getOps<ascend::OpOp>()) {
    if (op.getOpType() == "Data")
      graph.add_input(op.getName().str() + ":0");
    if (op.getOpType() == "NetOutput")
      for (StringAttr edge : op.getEdges().getAsRange<StringAttr>())
        graph.add_output(edge.str());
  }
}

static LogicalResult buildGraphDef(StringRef name, Block &nodes,
                                   const MessageDecoder &decoder,
                                   ge::proto::GraphDef &graph) {
  fillGraphDef(name, nodes, graph);
  for (ascend::OpOp op : nodes.getOps<ascend::OpOp>())
    if (failed(buildOpDef(op, decoder, *graph.add_op())))
      return failure();
  return success();
}

LogicalResult om::buildGraphs(ascend::ModelOp model,
                              const MessageDecoder &decoder,
                              ge::proto::ModelDef &def) {
  Block &body = model.getBody().front();
  if (failed(buildGraphDef(model.getGraph(), body, decoder, *def.add_graph())))
    return failure();
  for (ascend::SubgraphOp subgraph : body.getOps<ascend::SubgraphOp>()) {
    ge::proto::GraphDef &graph = *def.add_graph();
    if (failed(buildGraphDef(subgraph.getName(), subgraph.getBody().front(),
                             decoder, graph)))
      return failure();
    if (DictionaryAttr extra = subgraph.getExtraAttr())
      if (llvm::Error error = decoder.apply(extra, graph))
        return subgraph.emitOpError() << llvm::toString(std::move(error));
  }
  return success();
}
