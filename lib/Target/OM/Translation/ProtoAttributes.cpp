// SPDX-License-Identifier: Apache-2.0
#include "ProtoAttributes.h"

#include "GeDialect/Target/OM/ProtobufIO.h"

#include "GeDialect/Layout/DataType.h"
#include "GeDialect/Support/Error.h"

#include "mlir/IR/Builders.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/unknown_field_set.h>

using namespace mlir;
using namespace gemlir;
using namespace gemlir::om;
using ge::proto::AttrDef;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;
using ListValue = AttrDef::ListValue;
using AttrMap = google::protobuf::Map<std::string, AttrDef>;

/// Stands for the fields that the schema does not know.
static constexpr llvm::StringLiteral kUnknownFields = "unknown_fields";

static bool isAttrDef(const Descriptor *type) {
  return type == AttrDef::descriptor();
}

/// Attribute names must not be empty, keys of maps may be.
static std::string escapeKey(StringRef key) {
  if (key.empty() || key.front() == '\0')
    return std::string(1, '\0') + key.str();
  return key.str();
}

static std::string unescapeKey(StringRef name) {
  if (!name.empty() && name.front() == '\0')
    name = name.drop_front();
  return name.str();
}

static bool hasUnknownFields(const Message &message) {
  return !message.GetReflection()->GetUnknownFields(message).empty();
}

static bool isNone(Attribute value) {
  auto type = dyn_cast<TypeAttr>(value);
  return type && isa<NoneType>(type.getValue());
}

//===----------------------------------------------------------------------===//
// Messages to attributes
//===----------------------------------------------------------------------===//

/// The key of an entry of a map field.
static std::string getMapKey(const Message &entry) {
  const FieldDescriptor *key = entry.GetDescriptor()->map_key();
  const Reflection *reflection = entry.GetReflection();
  switch (key->cpp_type()) {
  case FieldDescriptor::CPPTYPE_INT64:
    return std::to_string(reflection->GetInt64(entry, key));
  default:
    return escapeKey(reflection->GetString(entry, key));
  }
}

void MessageEncoder::addSource(const Descriptor &type, ArrayRef<uint8_t> bytes,
                               uint64_t position) {
  for (const Extent &extent :
       locateStrings(type, bytes, position, kMaxInlineBytes + 1))
    positions.try_emplace(llvm::toStringRef(extent.bytes), extent.position);
}

Attribute MessageEncoder::encodeString(const std::string &text) const {
  if (text.size() > kMaxInlineBytes)
    if (auto it = positions.find(text); it != positions.end())
      return geir::WeightAttr::get(builder.getContext(), store, it->second,
                                   text.size());
  return builder.getStringAttr(text);
}

ArrayAttr MessageEncoder::encodeUnknown(const UnknownFieldSet &fields) const {
  SmallVector<Attribute> entries;
  for (int i = 0; i < fields.field_count(); ++i) {
    const UnknownField &field = fields.field(i);
    StringRef kind;
    Attribute value;
    switch (field.type()) {
    case UnknownField::TYPE_VARINT:
      kind = "varint";
      value = encodeInt(field.varint());
      break;
    case UnknownField::TYPE_FIXED32:
      kind = "fixed32";
      value = encodeInt(field.fixed32());
      break;
    case UnknownField::TYPE_FIXED64:
      kind = "fixed64";
      value = encodeInt(field.fixed64());
      break;
    case UnknownField::TYPE_LENGTH_DELIMITED:
      kind = "bytes";
      value = encodeString(field.length_delimited());
      break;
    case UnknownField::TYPE_GROUP:
      kind = "group";
      value = encodeUnknown(field.group());
      break;
    }
    entries.push_back(builder.getDictionaryAttr(
        {builder.getNamedAttr(kind, value),
         builder.getNamedAttr("number", encodeInt(field.number()))}));
  }
  return builder.getArrayAttr(entries);
}

Attribute MessageEncoder::encodeMessage(const Message &message) const {
  if (isAttrDef(message.GetDescriptor()))
    return diffAttr(static_cast<const AttrDef &>(message), nullptr);
  const Message *none =
      message.GetReflection()->GetMessageFactory()->GetPrototype(
          message.GetDescriptor());
  if (DictionaryAttr fields = diff(message, *none))
    return fields;
  return builder.getDictionaryAttr({});
}

Attribute MessageEncoder::encodeValue(const Message &message,
                                      const FieldDescriptor &field,
                                      int index) const {
  const Reflection *reflection = message.GetReflection();
  bool single = index < 0;
  std::string scratch;
  switch (field.cpp_type()) {
  case FieldDescriptor::CPPTYPE_INT32:
    return encodeInt(
        single ? reflection->GetInt32(message, &field)
               : reflection->GetRepeatedInt32(message, &field, index));
  case FieldDescriptor::CPPTYPE_INT64:
    return encodeInt(
        single ? reflection->GetInt64(message, &field)
               : reflection->GetRepeatedInt64(message, &field, index));
  case FieldDescriptor::CPPTYPE_UINT32:
    return encodeInt(
        single ? reflection->GetUInt32(message, &field)
               : reflection->GetRepeatedUInt32(message, &field, index));
  case FieldDescriptor::CPPTYPE_UINT64:
    return encodeInt(
        single ? reflection->GetUInt64(message, &field)
               : reflection->GetRepeatedUInt64(message, &field, index));
  case FieldDescriptor::CPPTYPE_DOUBLE:
    return builder.getF64FloatAttr(
        single ? reflection->GetDouble(message, &field)
               : reflection->GetRepeatedDouble(message, &field, index));
  case FieldDescriptor::CPPTYPE_FLOAT:
    return builder.getF32FloatAttr(
        single ? reflection->GetFloat(message, &field)
               : reflection->GetRepeatedFloat(message, &field, index));
  case FieldDescriptor::CPPTYPE_BOOL:
    return builder.getBoolAttr(
        single ? reflection->GetBool(message, &field)
               : reflection->GetRepeatedBool(message, &field, index));
  case FieldDescriptor::CPPTYPE_ENUM: {
    int number = single
                     ? reflection->GetEnumValue(message, &field)
                     : reflection->GetRepeatedEnumValue(message, &field, index);
    if (const auto *value = field.enum_type()->FindValueByNumber(number))
      return builder.getStringAttr(value->name());
    return encodeInt(number);
  }
  case FieldDescriptor::CPPTYPE_STRING:
    return encodeString(
        single ? reflection->GetStringReference(message, &field, &scratch)
               : reflection->GetRepeatedStringReference(message, &field, index,
                                                        &scratch));
  case FieldDescriptor::CPPTYPE_MESSAGE:
    return encodeMessage(
        single ? reflection->GetMessage(message, &field)
               : reflection->GetRepeatedMessage(message, &field, index));
  }
  llvm_unreachable("a protobuf field has one of these types");
}

Attribute MessageEncoder::encodeField(const Message &message,
                                      const FieldDescriptor &field) const {
  if (!field.is_repeated())
    return encodeValue(message, field, -1);
  SmallVector<Attribute> values;
  for (int i = 0, e = message.GetReflection()->FieldSize(message, &field);
       i != e; ++i)
    values.push_back(encodeValue(message, field, i));
  return builder.getArrayAttr(values);
}

Attribute MessageEncoder::diffMap(const Message &message, const Message &base,
                                  const FieldDescriptor &field) const {
  const Reflection *reflection = message.GetReflection();
  llvm::StringMap<const Message *> baseEntries;
  for (int i = 0, e = reflection->FieldSize(base, &field); i != e; ++i) {
    const Message &entry = reflection->GetRepeatedMessage(base, &field, i);
    baseEntries[getMapKey(entry)] = &entry;
  }
  const FieldDescriptor *value = field.message_type()->map_value();
  bool isMessage = value->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  SmallVector<NamedAttribute> changes;
  for (int i = 0, e = reflection->FieldSize(message, &field); i != e; ++i) {
    const Message &entry = reflection->GetRepeatedMessage(message, &field, i);
    std::string key = getMapKey(entry);
    const Message *baseEntry = nullptr;
    if (auto it = baseEntries.find(key); it != baseEntries.end()) {
      baseEntry = it->second;
      baseEntries.erase(it);
    }
    Attribute change;
    if (isMessage && baseEntry) {
      const Message &inner = entry.GetReflection()->GetMessage(entry, value);
      const Message &baseInner =
          baseEntry->GetReflection()->GetMessage(*baseEntry, value);
      change = isAttrDef(value->message_type())
                   ? diffAttr(static_cast<const AttrDef &>(inner),
                              static_cast<const AttrDef *>(&baseInner))
                   : Attribute(diff(inner, baseInner));
    } else {
      change = encodeValue(entry, *value, -1);
      if (baseEntry && change == encodeValue(*baseEntry, *value, -1))
        change = nullptr;
    }
    if (change)
      changes.push_back(builder.getNamedAttr(key, change));
  }
  for (const auto &missing : baseEntries)
    changes.push_back(builder.getNamedAttr(
        missing.first(), TypeAttr::get(builder.getNoneType())));
  return changes.empty() ? Attribute() : builder.getDictionaryAttr(changes);
}

DictionaryAttr MessageEncoder::diff(const Message &message, const Message &base,
                                    ArrayRef<StringRef> skipped) const {
  const Descriptor *type = message.GetDescriptor();
  const Reflection *reflection = message.GetReflection();
  SmallVector<NamedAttribute> changes;
  for (int i = 0, e = type->field_count(); i != e; ++i) {
    const FieldDescriptor &field = *type->field(i);
    if (llvm::is_contained(skipped, field.name()))
      continue;
    Attribute change;
    if (field.is_map()) {
      change = diffMap(message, base, field);
    } else if (field.is_repeated()) {
      if (reflection->FieldSize(message, &field) == 0 &&
          reflection->FieldSize(base, &field) == 0)
        continue;
      change = encodeField(message, field);
      if (change == encodeField(base, field))
        continue;
    } else {
      bool has = reflection->HasField(message, &field);
      bool baseHas = reflection->HasField(base, &field);
      if (!has && !baseHas)
        continue;
      if (!has) {
        // Setting another member of a oneof clears this one.
        const auto *group = field.real_containing_oneof();
        if (group && reflection->HasOneof(message, group))
          continue;
        change = TypeAttr::get(builder.getNoneType());
      } else if (baseHas &&
                 field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        change = diff(reflection->GetMessage(message, &field),
                      reflection->GetMessage(base, &field));
      } else {
        change = encodeField(message, field);
        if (baseHas && change == encodeField(base, field))
          continue;
      }
    }
    if (change)
      changes.push_back(builder.getNamedAttr(field.name(), change));
  }
  if (const UnknownFieldSet &unknown = reflection->GetUnknownFields(message);
      !unknown.empty())
    changes.push_back(
        builder.getNamedAttr(kUnknownFields, encodeUnknown(unknown)));
  return changes.empty() ? DictionaryAttr()
                         : builder.getDictionaryAttr(changes);
}

DictionaryAttr MessageEncoder::diff(const AttrMap &attrs,
                                    const AttrMap &base) const {
  SmallVector<NamedAttribute> changes;
  for (const auto &[name, attr] : attrs) {
    auto it = base.find(name);
    if (Attribute change =
            diffAttr(attr, it == base.end() ? nullptr : &it->second))
      changes.push_back(builder.getNamedAttr(escapeKey(name), change));
  }
  for (const auto &[name, attr] : base)
    if (!attrs.contains(name))
      changes.push_back(builder.getNamedAttr(
          escapeKey(name), TypeAttr::get(builder.getNoneType())));
  return changes.empty() ? DictionaryAttr()
                         : builder.getDictionaryAttr(changes);
}

Attribute MessageEncoder::diffAttr(const AttrDef &attr,
                                   const AttrDef *base) const {
  if (Attribute plain = encodePlainAttr(attr))
    return base && plain == encodePlainAttr(*base) ? Attribute() : plain;
  DictionaryAttr fields =
      diff(attr, base ? *base : AttrDef::default_instance());
  if (!fields && !base)
    return builder.getDictionaryAttr({});
  return fields;
}

Attribute MessageEncoder::encodePlainAttr(const AttrDef &attr) const {
  if (hasUnknownFields(attr))
    return nullptr;
  switch (attr.value_case()) {
  case AttrDef::kS:
    return encodeString(attr.s());
  case AttrDef::kI:
    return encodeInt(attr.i());
  case AttrDef::kF:
    return builder.getF32FloatAttr(attr.f());
  case AttrDef::kB:
    return builder.getBoolAttr(attr.b());
  case AttrDef::kList:
    break;
  default:
    return nullptr;
  }
  const ListValue &list = attr.list();
  if (hasUnknownFields(list))
    return nullptr;
  // Lists of one kind that say which; everything else needs its fields.
  size_t numS = list.s_size(), numI = list.i_size(), numF = list.f_size(),
         numB = list.b_size();
  size_t numAll = numS + numI + numF + numB + list.bt_size() + list.td_size() +
                  list.t_size() + list.g_size() + list.na_size() +
                  list.dt_size();
  SmallVector<Attribute> values;
  geir::ListKind kind;
  if (list.val_type() == ListValue::VT_LIST_INT && numAll == numI) {
    kind = geir::ListKind::Int;
    for (int64_t value : list.i())
      values.push_back(encodeInt(value));
  } else if (list.val_type() == ListValue::VT_LIST_STRING && numAll == numS) {
    kind = geir::ListKind::String;
    for (const std::string &value : list.s())
      values.push_back(encodeString(value));
    if (!llvm::all_of(values, llvm::IsaPred<StringAttr>))
      return nullptr;
  } else if (list.val_type() == ListValue::VT_LIST_FLOAT && numAll == numF) {
    kind = geir::ListKind::Float;
    for (float value : list.f())
      values.push_back(builder.getF32FloatAttr(value));
  } else if (list.val_type() == ListValue::VT_LIST_BOOL && numAll == numB) {
    kind = geir::ListKind::Bool;
    for (bool value : list.b())
      values.push_back(builder.getBoolAttr(value));
  } else {
    return nullptr;
  }
  return geir::ListAttr::get(builder.getContext(), kind,
                             builder.getArrayAttr(values));
}

//===----------------------------------------------------------------------===//
// Attributes to messages
//===----------------------------------------------------------------------===//

static std::string print(Attribute attribute) {
  std::string text;
  llvm::raw_string_ostream(text) << attribute;
  return text;
}

static llvm::Error makeKindError(const char *expected, Attribute found) {
  return makeErrorf("expected {0}, found {1}", expected, print(found));
}

/// An i64 number.
static llvm::Expected<int64_t> getNumber(Attribute value) {
  auto number = dyn_cast<IntegerAttr>(value);
  if (!number || !number.getType().isInteger(64))
    return makeKindError("an i64", value);
  return number.getInt();
}

/// A number between two bounds.
static llvm::Expected<int64_t> getNumber(Attribute value, int64_t low,
                                         int64_t high) {
  llvm::Expected<int64_t> number = getNumber(value);
  if (number && (*number < low || *number > high))
    return makeErrorf("expected a number in {0}..{1}, found {2}", low, high,
                      *number);
  return number;
}

llvm::Expected<std::string> MessageDecoder::getString(Attribute value) const {
  if (auto text = dyn_cast<StringAttr>(value))
    return text.str();
  auto weight = dyn_cast<geir::WeightAttr>(value);
  if (!weight)
    return makeKindError("a string or a #ge.weight", value);
  llvm::Expected<geir::WeightBytes> bytes = weights.readBytes(weight);
  if (!bytes)
    return bytes.takeError();
  return llvm::toStringRef(bytes->bytes).str();
}

llvm::Error MessageDecoder::applyMessage(DictionaryAttr changes,
                                         Message &message, int depth) const {
  const Descriptor *type = message.GetDescriptor();
  if (depth > kMaxMessageDepth)
    return makeErrorf("expected at most {0} nested messages, found more",
                      kMaxMessageDepth);
  for (NamedAttribute change : changes) {
    StringRef name = change.getName();
    if (name == kUnknownFields) {
      if (llvm::Error error = applyUnknown(
              change.getValue(),
              *message.GetReflection()->MutableUnknownFields(&message), depth))
        return addContext(std::move(error), name);
      continue;
    }
    const FieldDescriptor *field = type->FindFieldByName(name.str());
    if (!field)
      return makeErrorf("expected a field of {0}, found '{1}'", type->name(),
                        name);
    if (llvm::Error error =
            applyField(change.getValue(), *field, message, depth))
      return addContext(std::move(error), name);
  }
  return llvm::Error::success();
}

llvm::Error MessageDecoder::applyField(Attribute value,
                                       const FieldDescriptor &field,
                                       Message &message, int depth) const {
  const Reflection *reflection = message.GetReflection();
  if (isNone(value)) {
    reflection->ClearField(&message, &field);
    return llvm::Error::success();
  }
  if (field.is_map()) {
    auto changes = dyn_cast<DictionaryAttr>(value);
    if (!changes)
      return makeKindError("a dictionary", value);
    return applyMap(changes, field, message, depth);
  }
  if (!field.is_repeated())
    return applyValue(value, field, message, depth);
  auto values = dyn_cast<ArrayAttr>(value);
  if (!values)
    return makeKindError("a list", value);
  reflection->ClearField(&message, &field);
  for (auto [i, element] : llvm::enumerate(values))
    if (llvm::Error error = applyValue(element, field, message, depth))
      return addContext(std::move(error), "element " + llvm::Twine(i));
  return llvm::Error::success();
}

llvm::Error MessageDecoder::applyValue(Attribute value,
                                       const FieldDescriptor &field,
                                       Message &message, int depth) const {
  const Reflection *reflection = message.GetReflection();
  bool isList = field.is_repeated();
  switch (field.cpp_type()) {
  case FieldDescriptor::CPPTYPE_INT32: {
    llvm::Expected<int64_t> number = getNumber(value, INT32_MIN, INT32_MAX);
    if (!number)
      return number.takeError();
    isList ? reflection->AddInt32(&message, &field, *number)
           : reflection->SetInt32(&message, &field, *number);
    return llvm::Error::success();
  }
  case FieldDescriptor::CPPTYPE_UINT32: {
    llvm::Expected<int64_t> number = getNumber(value, 0, UINT32_MAX);
    if (!number)
      return number.takeError();
    isList ? reflection->AddUInt32(&message, &field, *number)
           : reflection->SetUInt32(&message, &field, *number);
    return llvm::Error::success();
  }
  case FieldDescriptor::CPPTYPE_INT64: {
    llvm::Expected<int64_t> number = getNumber(value);
    if (!number)
      return number.takeError();
    isList ? reflection->AddInt64(&message, &field, *number)
           : reflection->SetInt64(&message, &field, *number);
    return llvm::Error::success();
  }
  case FieldDescriptor::CPPTYPE_UINT64: {
    llvm::Expected<int64_t> number = getNumber(value);
    if (!number)
      return number.takeError();
    isList ? reflection->AddUInt64(&message, &field, *number)
           : reflection->SetUInt64(&message, &field, *number);
    return llvm::Error::success();
  }
  case FieldDescriptor::CPPTYPE_DOUBLE: {
    auto number = dyn_cast<FloatAttr>(value);
    if (!number || !number.getType().isF64())
      return makeKindError("an f64", value);
    double raw = number.getValueAsDouble();
    isList ? reflection->AddDouble(&message, &field, raw)
           : reflection->SetDouble(&message, &field, raw);
    return llvm::Error::success();
  }
  case FieldDescriptor::CPPTYPE_FLOAT: {
    auto number = dyn_cast<FloatAttr>(value);
    if (!number || !number.getType().isF32())
      return makeKindError("an f32", value);
    float raw = number.getValue().convertToFloat();
    isList ? reflection->AddFloat(&message, &field, raw)
           : reflection->SetFloat(&message, &field, raw);
    return llvm::Error::success();
  }
  case FieldDescriptor::CPPTYPE_BOOL: {
    auto flag = dyn_cast<BoolAttr>(value);
    if (!flag)
      return makeKindError("true or false", value);
    isList ? reflection->AddBool(&message, &field, flag.getValue())
           : reflection->SetBool(&message, &field, flag.getValue());
    return llvm::Error::success();
  }
  case FieldDescriptor::CPPTYPE_ENUM: {
    int number = 0;
    if (auto name = dyn_cast<StringAttr>(value)) {
      const auto *known = field.enum_type()->FindValueByName(name.str());
      if (!known)
        return makeErrorf("expected a name of {0}, found '{1}'",
                          field.enum_type()->name(), name.getValue());
      number = known->number();
    } else {
      llvm::Expected<int64_t> other = getNumber(value, INT32_MIN, INT32_MAX);
      if (!other)
        return other.takeError();
      number = *other;
    }
    isList ? reflection->AddEnumValue(&message, &field, number)
           : reflection->SetEnumValue(&message, &field, number);
    return llvm::Error::success();
  }
  case FieldDescriptor::CPPTYPE_STRING: {
    llvm::Expected<std::string> text = getString(value);
    if (!text)
      return text.takeError();
    isList ? reflection->AddString(&message, &field, std::move(*text))
           : reflection->SetString(&message, &field, std::move(*text));
    return llvm::Error::success();
  }
  case FieldDescriptor::CPPTYPE_MESSAGE: {
    Message *inner = isList ? reflection->AddMessage(&message, &field)
                            : reflection->MutableMessage(&message, &field);
    if (isAttrDef(field.message_type()))
      return applyAttr(value, static_cast<AttrDef &>(*inner), depth + 1);
    auto changes = dyn_cast<DictionaryAttr>(value);
    if (!changes)
      return makeKindError("a dictionary", value);
    return applyMessage(changes, *inner, depth + 1);
  }
  }
  llvm_unreachable("a protobuf field has one of these types");
}

llvm::Error MessageDecoder::applyMap(DictionaryAttr changes,
                                     const FieldDescriptor &field,
                                     Message &message, int depth) const {
  const Reflection *reflection = message.GetReflection();
  llvm::StringMap<int> indices;
  for (int i = 0, e = reflection->FieldSize(message, &field); i != e; ++i)
    indices[getMapKey(reflection->GetRepeatedMessage(message, &field, i))] = i;
  const FieldDescriptor *key = field.message_type()->map_key();
  const FieldDescriptor *valueField = field.message_type()->map_value();
  SmallVector<int> removed;
  for (NamedAttribute change : changes) {
    StringRef name = change.getName();
    auto it = indices.find(name);
    if (isNone(change.getValue())) {
      if (it != indices.end())
        removed.push_back(it->second);
      continue;
    }
    Message *entry;
    if (it != indices.end()) {
      entry = reflection->MutableRepeatedMessage(&message, &field, it->second);
    } else {
      entry = reflection->AddMessage(&message, &field);
      if (key->cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
        int64_t number;
        if (name.getAsInteger(10, number))
          return makeErrorf("expected a number as key, found '{0}'", name);
        entry->GetReflection()->SetInt64(entry, key, number);
      } else {
        entry->GetReflection()->SetString(entry, key, unescapeKey(name));
      }
    }
    if (llvm::Error error =
            applyValue(change.getValue(), *valueField, *entry, depth))
      return addContext(std::move(error), name);
  }
  // From the back, so that what moves into a gap is never to be removed.
  llvm::sort(removed);
  for (int index : llvm::reverse(removed)) {
    reflection->SwapElements(&message, &field, index,
                             reflection->FieldSize(message, &field) - 1);
    reflection->RemoveLast(&message, &field);
  }
  return llvm::Error::success();
}

llvm::Error MessageDecoder::apply(DictionaryAttr changes,
                                  AttrMap &attrs) const {
  for (NamedAttribute change : changes) {
    std::string name = unescapeKey(change.getName());
    if (isNone(change.getValue()))
      attrs.erase(name);
    else if (llvm::Error error =
                 applyAttr(change.getValue(), attrs[name], /*depth=*/0))
      return addContext(std::move(error), "attribute '" + name + "'");
  }
  return llvm::Error::success();
}

llvm::Error MessageDecoder::applyAttr(Attribute value, AttrDef &attr,
                                      int depth) const {
  if (auto fields = dyn_cast<DictionaryAttr>(value))
    return applyMessage(fields, attr, depth);
  attr.Clear();
  if (auto flag = dyn_cast<BoolAttr>(value)) {
    attr.set_b(flag.getValue());
  } else if (isa<IntegerAttr>(value)) {
    llvm::Expected<int64_t> number = getNumber(value);
    if (!number)
      return number.takeError();
    attr.set_i(*number);
  } else if (auto number = dyn_cast<FloatAttr>(value)) {
    if (!number.getType().isF32())
      return makeKindError("an f32", value);
    attr.set_f(number.getValue().convertToFloat());
  } else if (auto type = dyn_cast<TypeAttr>(value)) {
    std::optional<DataType> dataType = geir::getDataType(type.getValue());
    if (!dataType)
      return makeKindError("an element type that GE has", value);
    attr.set_dt(static_cast<int64_t>(*dataType));
  } else if (isa<StringAttr, geir::WeightAttr>(value)) {
    llvm::Expected<std::string> text = getString(value);
    if (!text)
      return text.takeError();
    attr.set_s(std::move(*text));
  } else if (auto numbers = dyn_cast<DenseI64ArrayAttr>(value)) {
    ListValue *list = attr.mutable_list();
    list->set_val_type(ListValue::VT_LIST_INT);
    list->mutable_i()->Add(numbers.asArrayRef().begin(),
                           numbers.asArrayRef().end());
  } else if (auto list = dyn_cast<geir::ListAttr>(value)) {
    ListValue *target = attr.mutable_list();
    // The dialect uses the numbers of the schema.
    target->set_val_type(static_cast<ListValue::ListValueType>(list.getKind()));
    for (Attribute element : list.getValues())
      switch (list.getKind()) {
      case geir::ListKind::String:
        target->add_s(cast<StringAttr>(element).str());
        break;
      case geir::ListKind::Int:
        target->add_i(cast<IntegerAttr>(element).getInt());
        break;
      case geir::ListKind::Float:
        target->add_f(cast<FloatAttr>(element).getValue().convertToFloat());
        break;
      case geir::ListKind::Bool:
        target->add_b(cast<BoolAttr>(element).getValue());
        break;
      }
  } else {
    return makeErrorf("has no counterpart in the file: {0}", print(value));
  }
  return llvm::Error::success();
}

llvm::Error MessageDecoder::applyUnknown(Attribute value,
                                         UnknownFieldSet &fields,
                                         int depth) const {
  if (depth > kMaxMessageDepth)
    return makeErrorf("expected at most {0} nested groups, found more",
                      kMaxMessageDepth);
  auto entries = dyn_cast<ArrayAttr>(value);
  if (!entries)
    return makeKindError("a list", value);
  constexpr int64_t kMaxFieldNumber = (1 << 29) - 1;
  for (Attribute element : entries) {
    auto entry = dyn_cast<DictionaryAttr>(element);
    if (!entry || entry.size() != 2 || !entry.get("number"))
      return makeKindError("a number and a value", element);
    llvm::Expected<int64_t> number =
        getNumber(entry.get("number"), 1, kMaxFieldNumber);
    if (!number)
      return number.takeError();
    if (Attribute bytes = entry.get("bytes")) {
      llvm::Expected<std::string> text = getString(bytes);
      if (!text)
        return text.takeError();
      fields.AddLengthDelimited(*number)->swap(*text);
    } else if (Attribute group = entry.get("group")) {
      if (llvm::Error error =
              applyUnknown(group, *fields.AddGroup(*number), depth + 1))
        return error;
    } else {
      bool isVarint = entry.contains("varint");
      Attribute scalar = entry.get(isVarint                    ? "varint"
                                   : entry.contains("fixed32") ? "fixed32"
                                                               : "fixed64");
      if (!scalar)
        return makeKindError("varint, fixed32, fixed64, bytes or group", entry);
      llvm::Expected<int64_t> raw = entry.contains("fixed32")
                                        ? getNumber(scalar, 0, UINT32_MAX)
                                        : getNumber(scalar);
      if (!raw)
        return raw.takeError();
      if (isVarint)
        fields.AddVarint(*number, *raw);
      else if (entry.contains("fixed32"))
        fields.AddFixed32(*number, *raw);
      else
        fields.AddFixed64(*number, *raw);
    }
  }
  return llvm::Error::success();
}
