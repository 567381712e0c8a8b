// SPDX-License-Identifier: Apache-2.0
//
// A compressed name is a zero byte and an index in base 127; string values
// become indices into a second table. A name in the table may be compressed
// itself.
#include "AttrCompression.h"

#include "GeDialect/Target/OM/ProtobufIO.h"

#include "GeDialect/Target/OM/Finding.h"

#include "llvm/Support/CheckedArithmetic.h"

using namespace gemlir;
using namespace gemlir::om;
using ge::proto::AttrDef;
using ge::proto::ModelDef;

static constexpr llvm::StringLiteral kVersionAttr = "om_compress_version";
static constexpr llvm::StringLiteral kNamesAttr = "attr_name_enum";
static constexpr llvm::StringLiteral kValuesAttr = "attr_value_enum";
static constexpr llvm::StringLiteral kUsesValueAttr = "attrs_use_string_value";
static constexpr int64_t kVersion = 1;
static constexpr uint64_t kBase = 127;
/// Genuine files grow by less than ten times. Without a bound, a short file
/// could point at one long name very often.
static constexpr uint64_t kMaxGrowth = 256;
/// A file that was saved twice has names of names. Without a bound, one that
/// stands for itself would have no end.
static constexpr unsigned kMaxRounds = 8;

/// The byte is added where it is known.
static llvm::Error fail(const llvm::Twine &where, const llvm::Twine &expected,
                        const llvm::Twine &found) {
  return makeReadError("attr-compression", where, std::nullopt, expected,
                       found);
}

/// Decodes the digits behind the zero byte; empty when they are no index.
static std::optional<uint64_t> decodeIndex(llvm::StringRef digits) {
  if (digits.empty())
    return std::nullopt;
  // Horner's rule from the most significant digit, which is the last.
  uint64_t index = 0;
  for (unsigned char digit : llvm::reverse(digits)) {
    if (digit == 0 || digit > kBase)
      return std::nullopt;
    std::optional<uint64_t> next =
        llvm::checkedMulAddUnsigned<uint64_t>(index, kBase, digit - 1);
    if (!next)
      return std::nullopt;
    index = *next;
  }
  return index;
}

llvm::Error AttrDictionary::load(ModelDef &model, const Partition &source) {
  auto failHere = [&](const llvm::Twine &expected, const llvm::Twine &found) {
    return makeReadError("attr-compression", getName(source.type),
                         source.fileOffset, expected, found);
  };
  auto &attrs = *model.mutable_attr();
  auto version = attrs.find(kVersionAttr.str());
  if (version == attrs.end())
    return llvm::Error::success();
  if (version->second.i() != kVersion)
    return failHere("attribute compression of version " + llvm::Twine(kVersion),
                    "version " + llvm::Twine(version->second.i()));
  auto takeList = [&](llvm::StringRef name) {
    AttrDef::ListValue list;
    if (auto it = attrs.find(name.str()); it != attrs.end()) {
      list = it->second.list();
      attrs.erase(it);
    }
    return list;
  };
  AttrDef::ListValue nameList = takeList(kNamesAttr);
  AttrDef::ListValue valueList = takeList(kValuesAttr);
  AttrDef::ListValue useList = takeList(kUsesValueAttr);
  if (useList.b_size() != nameList.s_size())
    return failHere("one entry of '" + kUsesValueAttr +
                        "' per compressed attribute name",
                    llvm::Twine(useList.b_size()) + " entries for " +
                        llvm::Twine(nameList.s_size()) + " names");
  names.assign(nameList.s().begin(), nameList.s().end());
  values.assign(valueList.s().begin(), valueList.s().end());
  usesValue.assign(useList.b().begin(), useList.b().end());
  attrs.erase(kVersionAttr.str());
  compressed = true;
  return llvm::Error::success();
}

llvm::Error AttrDictionary::spend(uint64_t bytes, uint64_t &budget,
                                  const llvm::Twine &where) const {
  if (bytes > budget)
    return fail(where,
                "compressed attributes to grow by at most " +
                    llvm::Twine(kMaxGrowth) + " times",
                "more");
  budget -= bytes;
  return llvm::Error::success();
}

llvm::Error AttrDictionary::expandValue(AttrDef &value, uint64_t &budget,
                                        const llvm::Twine &where) const {
  auto lookUp = [&](int64_t index, std::string &text) -> llvm::Error {
    if (index < 0 || static_cast<uint64_t>(index) >= values.size())
      return fail(where,
                  "an index into the " + llvm::Twine(values.size()) +
                      " compressed attribute values",
                  llvm::Twine(index));
    text = values[index];
    return spend(text.size() + sizeof(std::string), budget, where);
  };
  // Other kinds of value are stored plainly.
  if (value.value_case() == AttrDef::kI) {
    std::string text;
    if (llvm::Error error = lookUp(value.i(), text))
      return error;
    value.set_s(std::move(text));
  } else if (value.value_case() == AttrDef::kList &&
             value.list().val_type() == AttrDef::ListValue::VT_LIST_INT) {
    AttrDef::ListValue &list = *value.mutable_list();
    for (int64_t index : list.i())
      if (llvm::Error error = lookUp(index, *list.add_s()))
        return error;
    list.clear_i();
    list.set_val_type(AttrDef::ListValue::VT_LIST_STRING);
  }
  return llvm::Error::success();
}

llvm::Error AttrDictionary::expandMap(AttrMap &attrs, uint64_t &budget,
                                      const llvm::Twine &where) const {
  std::vector<std::string> keys;
  for (const auto &[name, value] : attrs)
    if (!name.empty() && name.front() == '\0')
      keys.push_back(name);
  for (const std::string &key : keys) {
    std::string name = key;
    bool isIndex = false;
    for (unsigned round = 0; !name.empty() && name.front() == '\0'; ++round) {
      std::optional<uint64_t> index =
          decodeIndex(llvm::StringRef(name).drop_front());
      if (!index || *index >= names.size())
        return fail(where,
                    "an index into the " + llvm::Twine(names.size()) +
                        " compressed attribute names",
                    index ? std::to_string(*index) : "none");
      if (round == kMaxRounds)
        return fail(where,
                    "a name compressed at most " + llvm::Twine(kMaxRounds) +
                        " times",
                    "more");
      isIndex |= usesValue[*index];
      name = names[*index];
      if (llvm::Error error =
              spend(name.size() + sizeof(std::string), budget, where))
        return error;
    }
    if (attrs.contains(name))
      return fail(where, "attribute '" + name + "' once",
                  "it again under its compressed name");
    AttrDef value = std::move(attrs[key]);
    attrs.erase(key);
    if (isIndex)
      if (llvm::Error error =
              expandValue(value, budget, where + ", attribute '" + name + "'"))
        return error;
    attrs[name] = std::move(value);
  }
  return llvm::Error::success();
}

llvm::Error AttrDictionary::expand(ModelDef &model,
                                   const Partition &source) const {
  if (!compressed)
    return llvm::Error::success();
  uint64_t budget = kMaxGrowth * model.ByteSizeLong();
  auto expandOp = [&](ge::proto::OpDef &op) -> llvm::Error {
    std::string where = "op '" + op.name() + "'";
    if (llvm::Error error = expandMap(*op.mutable_attr(), budget, where))
      return error;
    for (auto &desc : *op.mutable_input_desc())
      if (llvm::Error error = expandMap(*desc.mutable_attr(), budget, where))
        return error;
    for (auto &desc : *op.mutable_output_desc())
      if (llvm::Error error = expandMap(*desc.mutable_attr(), budget, where))
        return error;
    return llvm::Error::success();
  };
  for (int g = 0; g < model.graph_size(); ++g)
    for (int o = 0; o < model.graph(g).op_size(); ++o)
      if (llvm::Error error = expandOp(*model.mutable_graph(g)->mutable_op(o)))
        return changeReadError(std::move(error), [&](ReadError &fault) {
          std::string where = fault.getFinding().where;
          fault.setPlace(where,
                         locateOp(source.bytes, source.fileOffset, g, o));
        });
  return llvm::Error::success();
}
