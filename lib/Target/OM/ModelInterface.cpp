// SPDX-License-Identifier: Apache-2.0
//
// Derives the description of inputs and outputs from the graph, by GE's rules
// for names and order (docs/om-format.md, "MODEL_INOUT_INFO").
#include "GeDialect/Target/OM/Attributes.h"
#include "GeDialect/Target/OM/OpKinds.h"
#include "GeDialect/Target/OM/Reader.h"

#include "llvm/ADT/STLExtras.h"

#include <map>

using namespace gemlir;
using namespace gemlir::om;
using ge::proto::OpDef;
using ge::proto::TensorDescriptor;

TensorInfo om::describeTensor(const TensorDescriptor &desc) {
  TensorInfo info;
  info.type =
      dataTypeFromProtoNumber(desc.dtype()).value_or(DataType::Undefined);
  // The number wins over the name; its low byte is the format without groups
  // and block size.
  std::optional<int64_t> number = getInt(desc.attr(), "format_for_int");
  std::optional<Format> format =
      number ? formatFromNumber(*number & 0xFF) : formatFromName(desc.layout());
  info.format = format.value_or(Format::ND);
  info.dims.assign(desc.shape().dim().begin(), desc.shape().dim().end());
  info.dimsV2 = info.dims;
  std::optional<int64_t> bytes = getTensorBytes(info.dims, info.type);
  info.bytes =
      static_cast<uint64_t>(bytes ? *bytes : std::max<int64_t>(desc.size(), 0));
  return info;
}

static std::vector<TensorInfo>
describeInputs(const ge::proto::GraphDef &graph) {
  std::map<int64_t, TensorInfo> byIndex;
  int64_t position = 0;
  for (const OpDef &op : graph.op()) {
    if (!isData(op) || op.input_desc_size() == 0)
      continue;
    TensorInfo info = describeTensor(op.input_desc(0));
    info.name = op.name();
    byIndex.try_emplace(getInt(op.attr(), "index").value_or(position),
                        std::move(info));
    ++position;
  }
  std::vector<TensorInfo> inputs;
  for (auto &[index, info] : byIndex)
    inputs.push_back(std::move(info));
  return inputs;
}

static std::vector<TensorInfo>
describeOutputs(const ge::proto::ModelDef &model) {
  std::vector<TensorInfo> outputs;
  const auto &ops = model.graph(0).op();
  auto it = llvm::find_if(ops, isNetOutput);
  if (it == ops.end())
    return outputs;
  std::optional<std::vector<std::string>> names =
      getStrings(model.attr(), "attr_model_out_nodes_name");
  if (names && static_cast<int>(names->size()) != it->input_desc_size())
    names.reset();
  for (int i = 0; i < it->input_desc_size(); ++i) {
    TensorInfo info = describeTensor(it->input_desc(i));
    std::string index =
        i < it->src_index_size() ? std::to_string(it->src_index(i)) : "0";
    if (names)
      info.name = llvm::StringRef((*names)[i]).contains(':')
                      ? (*names)[i]
                      : (*names)[i] + ":" + index;
    else
      info.name = "output_" + std::to_string(i) + "_" +
                  (i < it->src_name_size() ? it->src_name(i) : "") + "_" +
                  index;
    outputs.push_back(std::move(info));
  }
  return outputs;
}

InOutInfo om::describeGraph(const ge::proto::ModelDef &model) {
  InOutInfo info;
  if (model.graph_size() == 0)
    return info;
  info.inputs = describeInputs(model.graph(0));
  info.outputs = describeOutputs(model);
  return info;
}

InOutInfo om::describeInOut(const Model &model) {
  return model.inOutInfo.empty() ? describeGraph(model.modelDef)
                                 : model.inOutInfo;
}
