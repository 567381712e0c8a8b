// SPDX-License-Identifier: Apache-2.0
#include "GraphDefBuilder.h"

#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Layout/DataType.h"
#include "GeDialect/Layout/Format.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace gemlir;
using namespace gemlir::om;

using ListValue = ge::proto::AttrDef::ListValue;

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

void om::setInt(AttrMap &attrs, const std::string &name, int64_t value) {
  attrs[name].set_i(value);
}

void om::setBool(AttrMap &attrs, const std::string &name, bool value) {
  attrs[name].set_b(value);
}

void om::setString(AttrMap &attrs, const std::string &name, StringRef value) {
  attrs[name].set_s(value.str());
}

void om::setInts(AttrMap &attrs, const std::string &name,
                 ArrayRef<int64_t> values) {
  ListValue *list = attrs[name].mutable_list();
  list->set_val_type(ListValue::VT_LIST_INT);
  for (int64_t value : values)
    list->add_i(value);
}

void om::setStrings(AttrMap &attrs, const std::string &name,
                    ArrayRef<std::string> values) {
  ListValue *list = attrs[name].mutable_list();
  list->set_val_type(ListValue::VT_LIST_STRING);
  for (const std::string &value : values)
    list->add_s(value);
}

/// An attribute of a node in GE's kind.
static LogicalResult convertAttribute(Operation *op, NamedAttribute attribute,
                                      AttrMap &attrs) {
  std::string name = attribute.getName().str();
  auto fillList = [&](geir::ListAttr list) {
    ListValue *value = attrs[name].mutable_list();
    // The dialect uses the numbers of the schema.
    value->set_val_type(static_cast<ListValue::ListValueType>(list.getKind()));
    for (Attribute element : list.getValues())
      switch (list.getKind()) {
      case geir::ListKind::String:
        value->add_s(cast<StringAttr>(element).str());
        break;
      case geir::ListKind::Int:
        value->add_i(cast<IntegerAttr>(element).getInt());
        break;
      case geir::ListKind::Float:
        value->add_f(cast<FloatAttr>(element).getValue().convertToFloat());
        break;
      case geir::ListKind::Bool:
        value->add_b(cast<BoolAttr>(element).getValue());
        break;
      }
    return success();
  };
  return llvm::TypeSwitch<Attribute, LogicalResult>(attribute.getValue())
      .Case([&](BoolAttr value) {
        setBool(attrs, name, value.getValue());
        return success();
      })
      .Case([&](IntegerAttr value) -> LogicalResult {
        if (!value.getType().isInteger(64))
          return op->emitOpError("attribute '")
                 << name << "' must be an i64, found " << value.getType();
        setInt(attrs, name, value.getInt());
        return success();
      })
      .Case([&](FloatAttr value) -> LogicalResult {
        if (!value.getType().isF32())
          return op->emitOpError("attribute '")
                 << name << "' must be an f32, found " << value.getType();
        attrs[name].set_f(value.getValue().convertToFloat());
        return success();
      })
      .Case([&](StringAttr value) {
        setString(attrs, name, value.getValue());
        return success();
      })
      .Case([&](DenseI64ArrayAttr value) {
        setInts(attrs, name, value.asArrayRef());
        return success();
      })
      .Case(fillList)
      .Default([&](Attribute value) -> LogicalResult {
        return op->emitOpError("attribute '")
               << name << "' has no counterpart in the file: " << value;
      });
}

/// The map from slot names to slot numbers, in the order of the names. These
/// lists are the ones GE writes without a kind.
static void setNameMap(AttrMap &attrs, const std::string &prefix,
                       ArrayAttr names) {
  std::vector<std::pair<std::string, int64_t>> entries;
  for (auto [i, name] : llvm::enumerate(names.getAsRange<StringAttr>()))
    entries.push_back({name.str(), static_cast<int64_t>(i)});
  llvm::sort(entries);
  if (entries.empty())
    return;
  ListValue *keys = attrs[prefix + "_key"].mutable_list();
  ListValue *values = attrs[prefix + "_value"].mutable_list();
  for (const auto &[name, index] : entries) {
    keys->add_s(name);
    values->add_i(index);
  }
}

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

static LogicalResult buildOpDef(ascend::OpOp op, ge::proto::OpDef &def) {
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
    if (!isConst || !desc.getConstant())
      continue;
    ge::proto::TensorDescriptor &value =
        *(*def.mutable_attr())["value"].mutable_t()->mutable_desc();
    auto type = cast<RankedTensorType>(desc.getType());
    fillType(value, type);
    value.set_data_offset(*desc.getConstant());
    value.set_weight_size(*geir::getTensorBytes(type));
  }
  setNameMap(*def.mutable_attr(), "_input_name", op.getInputNames());
  setNameMap(*def.mutable_attr(), "_output_name", op.getOutputNames());
  if (DictionaryAttr attrs = op.getAttrsAttr())
    for (NamedAttribute attribute : attrs)
      if (failed(convertAttribute(op, attribute, *def.mutable_attr())))
        return failure();
  return success();
}

LogicalResult om::buildGraphDef(ascend::ModelOp model,
                                ge::proto::GraphDef &graph) {
  graph.set_name(model.getGraph().str());
  for (ascend::OpOp op : model.getOps<ascend::OpOp>()) {
    if (failed(buildOpDef(op, *graph.add_op())))
      return failure();
    if (op.getOpType() == "Data")
      graph.add_input(op.getName().str() + ":0");
    if (op.getOpType() == "NetOutput")
      for (StringAttr edge : op.getEdges().getAsRange<StringAttr>())
        graph.add_output(edge.str());
  }
  return success();
}
