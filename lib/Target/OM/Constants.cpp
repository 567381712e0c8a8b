// SPDX-License-Identifier: Apache-2.0
//
// A Const says in its attribute `value` where its bytes are (docs/om-format.md,
// "Graph").
#include "GeDialect/Target/OM/Constants.h"

#include "GeDialect/Target/OM/Attributes.h"
#include "GeDialect/Target/OM/OpKinds.h"

using namespace gemlir;
using namespace gemlir::om;

static llvm::ArrayRef<uint8_t> viewOf(const std::string &text) {
  return {reinterpret_cast<const uint8_t *>(text.data()), text.size()};
}

std::vector<Constant> om::listConstants(const Model &model) {
  std::vector<Constant> constants;
  for (int g = 0; g < model.modelDef.graph_size(); ++g)
    for (const ge::proto::OpDef &op : model.modelDef.graph(g).op()) {
      const ge::proto::AttrDef *value =
          isConst(op) ? findAttr(op.attr(), "value") : nullptr;
      if (!value || value->value_case() != ge::proto::AttrDef::kT)
        continue;
      Constant constant;
      constant.op = &op;
      constant.graph = g;
      const ge::proto::TensorDescriptor &desc = value->t().desc();
      constant.tensor = describeTensor(desc);
      constant.tensor.name = op.name();
      if (desc.weight_size() > 0)
        constant.tensor.bytes = static_cast<uint64_t>(desc.weight_size());
      uint64_t size = constant.tensor.bytes;
      // Small constants of a subgraph may carry their bytes.
      const std::string &data = value->t().data();
      constant.isInImage = desc.data_offset() > 0 || data.empty();
      if (!constant.isInImage) {
        if (size <= data.size())
          constant.bytes = viewOf(data).take_front(size);
      } else if (desc.data_offset() >= 0) {
        constant.offset = static_cast<uint64_t>(desc.data_offset());
        if (constant.offset <= model.weights.size() &&
            size <= model.weights.size() - constant.offset)
          constant.bytes = model.weights.slice(constant.offset, size);
      }
      constants.push_back(std::move(constant));
    }
  return constants;
}
