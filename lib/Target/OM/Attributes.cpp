// SPDX-License-Identifier: Apache-2.0
//
// A oneof and a list with a kind: what GE makes of an attribute depends on
// both.
#include "GeDialect/Target/OM/Attributes.h"

#include "llvm/ADT/STLExtras.h"

using namespace gemlir;
using namespace gemlir::om;
using ge::proto::AttrDef;
using ListValue = AttrDef::ListValue;

const AttrDef *om::findAttr(const AttrMap &attrs, llvm::StringRef name) {
  auto it = attrs.find(name.str());
  return it == attrs.end() ? nullptr : &it->second;
}

/// The attribute when it has this kind of value.
static const AttrDef *findKind(const AttrMap &attrs, llvm::StringRef name,
                               AttrDef::ValueCase kind) {
  const AttrDef *attr = findAttr(attrs, name);
  return attr && attr->value_case() == kind ? attr : nullptr;
}

static const ListValue *findList(const AttrMap &attrs, llvm::StringRef name,
                                 ListValue::ListValueType type) {
  const AttrDef *attr = findKind(attrs, name, AttrDef::kList);
  if (!attr || (attr->list().val_type() != type &&
                attr->list().val_type() != ListValue::VT_LIST_NONE))
    return nullptr;
  return &attr->list();
}

std::optional<int64_t> om::getInt(const AttrMap &attrs, llvm::StringRef name) {
  if (const AttrDef *attr = findKind(attrs, name, AttrDef::kI))
    return attr->i();
  return std::nullopt;
}

std::optional<llvm::StringRef> om::getString(const AttrMap &attrs,
                                             llvm::StringRef name) {
  if (const AttrDef *attr = findKind(attrs, name, AttrDef::kS))
    return llvm::StringRef(attr->s());
  return std::nullopt;
}

std::optional<std::vector<int64_t>> om::getInts(const AttrMap &attrs,
                                                llvm::StringRef name) {
  if (const ListValue *list = findList(attrs, name, ListValue::VT_LIST_INT))
    return std::vector<int64_t>(list->i().begin(), list->i().end());
  return std::nullopt;
}

std::optional<std::vector<std::string>> om::getStrings(const AttrMap &attrs,
                                                       llvm::StringRef name) {
  if (const ListValue *list = findList(attrs, name, ListValue::VT_LIST_STRING))
    return std::vector<std::string>(list->s().begin(), list->s().end());
  return std::nullopt;
}

void om::setInt(AttrMap &attrs, llvm::StringRef name, int64_t value) {
  attrs[name.str()].set_i(value);
}

void om::setBool(AttrMap &attrs, llvm::StringRef name, bool value) {
  attrs[name.str()].set_b(value);
}

void om::setString(AttrMap &attrs, llvm::StringRef name,
                   llvm::StringRef value) {
  attrs[name.str()].set_s(value.str());
}

void om::setInts(AttrMap &attrs, llvm::StringRef name,
                 llvm::ArrayRef<int64_t> values) {
  ListValue &list = *attrs[name.str()].mutable_list();
  list.Clear();
  list.mutable_i()->Add(values.begin(), values.end());
  list.set_val_type(ListValue::VT_LIST_INT);
}

void om::setStrings(AttrMap &attrs, llvm::StringRef name,
                    llvm::ArrayRef<std::string> values) {
  ListValue &list = *attrs[name.str()].mutable_list();
  list.Clear();
  list.mutable_s()->Add(values.begin(), values.end());
  list.set_val_type(ListValue::VT_LIST_STRING);
}

void om::setSlots(AttrMap &attrs, const std::string &prefix,
                  llvm::ArrayRef<std::string> names) {
  if (names.empty())
    return;
  std::vector<std::pair<std::string, int64_t>> entries;
  for (const auto &[i, name] : llvm::enumerate(names))
    entries.push_back({name, static_cast<int64_t>(i)});
  llvm::sort(entries);
  ListValue &keys = *attrs[prefix + "_key"].mutable_list();
  ListValue &values = *attrs[prefix + "_value"].mutable_list();
  for (const auto &[name, index] : entries) {
    keys.add_s(name);
    values.add_i(index);
  }
}
