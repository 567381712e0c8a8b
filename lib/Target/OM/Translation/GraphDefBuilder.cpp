// SPDX-License-Identifier: Apache-2.0
#include "GraphDefBuilder.h"

#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Layout/DataType.h"
#include "GeDialect/Layout/Format.h"
#include "GeDialect/Support/Error.h"

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

/// GE's spelling, which leaves C0 out.
static std::string getFormatString(const FormatCode &code) {
  std::string name = gemlir::getName(code.format).str();
  return code.groups == 0 ? name : name + ":" + std::to_string(code.groups);
}

/// Fields that follow from the type: what GE writes for every tensor.
static llvm::Error fillType(ge::proto::TensorDescriptor &desc,
                            RankedTensorType type) {
  DataType dataType = *geir::getDataType(type.getElementType());
  FormatCode storage;
  Format origin = Format::ND;
  if (auto layout = dyn_cast_or_null<geir::LayoutAttr>(type.getEncoding())) {
    storage = {static_cast<Format>(layout.getStorage()), layout.getSub(),
               layout.getC0()};
    origin = static_cast<Format>(layout.getOrigin());
  }
  std::optional<int64_t> number = encodeFormat(storage);
  if (!number)
    return makeErrorf("{0} with C0 {1} has no number in files",
                      getFormatString(storage), storage.c0);
  desc.set_dtype(
      static_cast<ge::proto::DataType>(gemlir::getProtoNumber(dataType)));
  desc.mutable_shape();
  for (int64_t dim : geir::getStorageDims(type))
    desc.mutable_shape()->add_dim(dim);
  desc.set_layout(getFormatString(storage));
  desc.set_device_type("NPU");
  AttrMap &attrs = *desc.mutable_attr();
  setInt(attrs, "format_for_int", *number);
  setString(attrs, "origin_format", gemlir::getName(origin));
  setInt(attrs, "origin_format_for_int", static_cast<int64_t>(origin));
  setBool(attrs, "origin_shape_initialized", true);
  setInts(attrs, "origin_shape", type.getShape());
  setString(attrs, "origin_data_type", gemlir::getName(dataType));
  return llvm::Error::success();
}

/// The descriptor of a node's input or output.
static llvm::Error fillDesc(ge::proto::TensorDescriptor &desc,
                            ascend::DescAttr attr) {
  if (attr.isAbsent()) {
    // GE's spelling of "this optional input is not fed".
    desc.set_dtype(ge::proto::DT_UNDEFINED);
    desc.set_layout("FORMAT_RESERVED");
    setInt(*desc.mutable_attr(), "format_for_int",
           static_cast<int64_t>(Format::RESERVED));
    return llvm::Error::success();
  }
  desc.set_size(attr.getSize());
  return fillType(desc, cast<RankedTensorType>(attr.getType()));
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

llvm::Error om::fillOpDef(ascend::OpOp op, ge::proto::OpDef &def) {
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
    if (llvm::Error error = fillDesc(*input, desc))
      return error;
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
    if (llvm::Error error = fillDesc(*def.add_output_desc(), desc))
      return error;
    def.add_output_i(desc.getOffset().value_or(0));
    if (!isConst || !desc.getConstant() || desc.isAbsent())
      continue;
    ge::proto::TensorDescriptor &value =
        *(*def.mutable_attr())["value"].mutable_t()->mutable_desc();
    auto type = cast<RankedTensorType>(desc.getType());
    if (llvm::Error error = fillType(value, type))
      return error;
    value.set_data_offset(*desc.getConstant());
    value.set_weight_size(*geir::getTensorBytes(type));
  }
  auto listNames = [](ArrayAttr names) {
    return llvm::map_to_vector(names.getAsRange<StringAttr>(),
                               [](StringAttr name) { return name.str(); });
  };
  setSlots(*def.mutable_attr(), "_input_name", listNames(op.getInputNames()));
  setSlots(*def.mutable_attr(), "_output_name", listNames(op.getOutputNames()));
  return llvm::Error::success();
}

/// The node with all that differs from what follows from its descriptors.
static LogicalResult buildOpDef(ascend::OpOp op, const MessageDecoder &decoder,
                                ge::proto::OpDef &def) {
  if (llvm::Error error = fillOpDef(op, def))
    return op.emitOpError() << llvm::toString(std::move(error));
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
