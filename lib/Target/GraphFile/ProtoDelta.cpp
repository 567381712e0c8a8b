// SPDX-License-Identifier: Apache-2.0
#include "ProtoDelta.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Diagnostics.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MathExtras.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/unknown_field_set.h>

#include <map>

using namespace mlir;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

/// No field of a message is called like this.
static constexpr llvm::StringLiteral kUnknownFields = "unknown fields";

/// Dictionaries in a module may nest deeper than messages in a file.
static constexpr unsigned kMaxDepth = 100;

//===----------------------------------------------------------------------===//
// From messages
//===----------------------------------------------------------------------===//

namespace {
class DeltaMaker {
public:
  explicit DeltaMaker(MLIRContext *context) : builder(context) {}

  DictionaryAttr make(const Message &base, const Message &wanted);

private:
  void makeField(const FieldDescriptor &field, const Message &base,
                 const Message &wanted, SmallVectorImpl<NamedAttribute> &out);
  /// All of a message.
  DictionaryAttr makeAll(const Message &message) {
    std::unique_ptr<Message> empty(message.New());
    DictionaryAttr delta = make(*empty, message);
    return delta ? delta : builder.getDictionaryAttr({});
  }
  Attribute makeNumber(int64_t value) {
    return builder.getI64IntegerAttr(value);
  }
  Attribute makeEnum(const FieldDescriptor &field, int number) {
    const EnumValueDescriptor *value =
        field.enum_type()->FindValueByNumber(number);
    if (value)
      return builder.getStringAttr(value->name());
    return makeNumber(number);
  }
  /// The value of a singular field that is no message.
  Attribute makeScalar(const FieldDescriptor &field, const Message &message);
  /// Element `i` of a list.
  Attribute makeElement(const FieldDescriptor &field, const Message &message,
                        int i);
  void makeMap(const FieldDescriptor &field, const Message &base,
               const Message &wanted, SmallVectorImpl<NamedAttribute> &out);
  void makeList(const FieldDescriptor &field, const Message &base,
                const Message &wanted, SmallVectorImpl<NamedAttribute> &out);

  Builder builder;
};
} // namespace

Attribute DeltaMaker::makeScalar(const FieldDescriptor &field,
                                 const Message &message) {
  const Reflection &reflection = *message.GetReflection();
  switch (field.cpp_type()) {
  case FieldDescriptor::CPPTYPE_INT32:
    return makeNumber(reflection.GetInt32(message, &field));
  case FieldDescriptor::CPPTYPE_INT64:
    return makeNumber(reflection.GetInt64(message, &field));
  case FieldDescriptor::CPPTYPE_UINT32:
    return makeNumber(reflection.GetUInt32(message, &field));
  case FieldDescriptor::CPPTYPE_UINT64:
    return makeNumber(
        static_cast<int64_t>(reflection.GetUInt64(message, &field)));
  case FieldDescriptor::CPPTYPE_BOOL:
    return builder.getBoolAttr(reflection.GetBool(message, &field));
  case FieldDescriptor::CPPTYPE_FLOAT:
    return builder.getF32FloatAttr(reflection.GetFloat(message, &field));
  case FieldDescriptor::CPPTYPE_DOUBLE:
    return builder.getF64FloatAttr(reflection.GetDouble(message, &field));
  case FieldDescriptor::CPPTYPE_ENUM:
    return makeEnum(field, reflection.GetEnumValue(message, &field));
  case FieldDescriptor::CPPTYPE_STRING:
    return builder.getStringAttr(reflection.GetString(message, &field));
  case FieldDescriptor::CPPTYPE_MESSAGE:
    return makeAll(reflection.GetMessage(message, &field));
  }
  llvm_unreachable("all types of fields are handled");
}

Attribute DeltaMaker::makeElement(const FieldDescriptor &field,
                                  const Message &message, int i) {
  const Reflection &reflection = *message.GetReflection();
  switch (field.cpp_type()) {
  case FieldDescriptor::CPPTYPE_INT32:
    return makeNumber(reflection.GetRepeatedInt32(message, &field, i));
  case FieldDescriptor::CPPTYPE_INT64:
    return makeNumber(reflection.GetRepeatedInt64(message, &field, i));
  case FieldDescriptor::CPPTYPE_UINT32:
    return makeNumber(reflection.GetRepeatedUInt32(message, &field, i));
  case FieldDescriptor::CPPTYPE_UINT64:
    return makeNumber(
        static_cast<int64_t>(reflection.GetRepeatedUInt64(message, &field, i)));
  case FieldDescriptor::CPPTYPE_BOOL:
    return builder.getBoolAttr(reflection.GetRepeatedBool(message, &field, i));
  case FieldDescriptor::CPPTYPE_FLOAT:
    return builder.getF32FloatAttr(
        reflection.GetRepeatedFloat(message, &field, i));
  case FieldDescriptor::CPPTYPE_DOUBLE:
    return builder.getF64FloatAttr(
        reflection.GetRepeatedDouble(message, &field, i));
  case FieldDescriptor::CPPTYPE_ENUM:
    return makeEnum(field, reflection.GetRepeatedEnumValue(message, &field, i));
  case FieldDescriptor::CPPTYPE_STRING:
    return builder.getStringAttr(
        reflection.GetRepeatedString(message, &field, i));
  case FieldDescriptor::CPPTYPE_MESSAGE:
    return makeAll(reflection.GetRepeatedMessage(message, &field, i));
  }
  llvm_unreachable("all types of fields are handled");
}

/// The key of a map entry as text.
static std::string getKey(const Message &entry) {
  const FieldDescriptor &key = *entry.GetDescriptor()->map_key();
  const Reflection &reflection = *entry.GetReflection();
  if (key.cpp_type() == FieldDescriptor::CPPTYPE_STRING)
    return reflection.GetString(entry, &key);
  return std::to_string(reflection.GetInt64(entry, &key));
}

/// Entries by key; of repeated keys the last counts, as for a parser.
static std::map<std::string, const Message *>
getEntries(const FieldDescriptor &field, const Message &message) {
  std::map<std::string, const Message *> entries;
  const Reflection &reflection = *message.GetReflection();
  for (int i = 0, e = reflection.FieldSize(message, &field); i != e; ++i) {
    const Message &entry = reflection.GetRepeatedMessage(message, &field, i);
    entries[getKey(entry)] = &entry;
  }
  return entries;
}

void DeltaMaker::makeMap(const FieldDescriptor &field, const Message &base,
                         const Message &wanted,
                         SmallVectorImpl<NamedAttribute> &out) {
  const FieldDescriptor &value = *field.message_type()->map_value();
  std::map<std::string, const Message *> old = getEntries(field, base),
                                         now = getEntries(field, wanted);
  SmallVector<NamedAttribute> entries;
  for (const auto &[key, entry] : old)
    if (!now.count(key))
      entries.push_back(builder.getNamedAttr(key, builder.getUnitAttr()));
  for (const auto &[key, entry] : now) {
    auto found = old.find(key);
    Attribute delta;
    if (value.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
        found != old.end())
      delta = make(
          found->second->GetReflection()->GetMessage(*found->second, &value),
          entry->GetReflection()->GetMessage(*entry, &value));
    else if (found == old.end() ||
             makeScalar(value, *found->second) != makeScalar(value, *entry))
      delta = makeScalar(value, *entry);
    if (delta)
      entries.push_back(builder.getNamedAttr(key, delta));
  }
  if (!entries.empty())
    out.push_back(
        builder.getNamedAttr(field.name(), builder.getDictionaryAttr(entries)));
}

void DeltaMaker::makeList(const FieldDescriptor &field, const Message &base,
                          const Message &wanted,
                          SmallVectorImpl<NamedAttribute> &out) {
  const Reflection &reflection = *wanted.GetReflection();
  int size = reflection.FieldSize(wanted, &field);
  bool isMessage = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  if (isMessage && size == reflection.FieldSize(base, &field)) {
    SmallVector<NamedAttribute> elements;
    for (int i = 0; i < size; ++i)
      if (DictionaryAttr delta =
              make(reflection.GetRepeatedMessage(base, &field, i),
                   reflection.GetRepeatedMessage(wanted, &field, i)))
        elements.push_back(builder.getNamedAttr(std::to_string(i), delta));
    if (!elements.empty())
      out.push_back(builder.getNamedAttr(field.name(),
                                         builder.getDictionaryAttr(elements)));
    return;
  }
  auto collect = [&](const Message &message) {
    SmallVector<Attribute> elements;
    for (int i = 0, e = reflection.FieldSize(message, &field); i != e; ++i)
      elements.push_back(makeElement(field, message, i));
    return builder.getArrayAttr(elements);
  };
  ArrayAttr now = collect(wanted);
  if (now != collect(base))
    out.push_back(builder.getNamedAttr(field.name(), now));
}

void DeltaMaker::makeField(const FieldDescriptor &field, const Message &base,
                           const Message &wanted,
                           SmallVectorImpl<NamedAttribute> &out) {
  if (field.is_map())
    return makeMap(field, base, wanted, out);
  if (field.is_repeated())
    return makeList(field, base, wanted, out);
  const Reflection &reflection = *wanted.GetReflection();
  bool isSet = reflection.HasField(wanted, &field),
       wasSet = reflection.HasField(base, &field);
  if (!isSet && !wasSet)
    return;
  Attribute delta;
  if (!isSet)
    delta = builder.getUnitAttr();
  else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE)
    delta = wasSet ? make(reflection.GetMessage(base, &field),
                          reflection.GetMessage(wanted, &field))
                   : makeAll(reflection.GetMessage(wanted, &field));
  else if (Attribute value = makeScalar(field, wanted);
           !wasSet || value != makeScalar(field, base))
    delta = value;
  if (delta)
    out.push_back(builder.getNamedAttr(field.name(), delta));
}

/// Fields that the schema does not know, as they stood in the file.
static std::string getUnknownFields(const Message &message) {
  std::string bytes;
  message.GetReflection()->GetUnknownFields(message).SerializeToString(&bytes);
  return bytes;
}

DictionaryAttr DeltaMaker::make(const Message &base, const Message &wanted) {
  SmallVector<NamedAttribute> fields;
  const google::protobuf::Descriptor &type = *wanted.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i)
    makeField(*type.field(i), base, wanted, fields);
  if (std::string bytes = getUnknownFields(wanted);
      bytes != getUnknownFields(base))
    fields.push_back(
        builder.getNamedAttr(kUnknownFields, builder.getStringAttr(bytes)));
  return fields.empty() ? DictionaryAttr() : builder.getDictionaryAttr(fields);
}

DictionaryAttr gemlir::makeDelta(MLIRContext *context, const Message &base,
                                 const Message &wanted) {
  return DeltaMaker(context).make(base, wanted);
}

//===----------------------------------------------------------------------===//
// To messages
//===----------------------------------------------------------------------===//

namespace {
class DeltaApplier {
public:
  explicit DeltaApplier(function_ref<InFlightDiagnostic()> emitError)
      : emitError(emitError) {}

  LogicalResult apply(DictionaryAttr delta, Message &message, unsigned depth);

private:
  LogicalResult applyField(const FieldDescriptor &field, Attribute value,
                           Message &message, unsigned depth);
  LogicalResult applyMap(const FieldDescriptor &field, DictionaryAttr delta,
                         Message &message, unsigned depth);
  LogicalResult applyList(const FieldDescriptor &field, Attribute delta,
                          Message &message, unsigned depth);
  /// Sets a singular field, or appends to a list.
  LogicalResult setScalar(const FieldDescriptor &field, Attribute value,
                          Message &message);
  LogicalResult misfit(const FieldDescriptor &field, Attribute value) {
    return emitError() << "field '" << field.name() << "' of "
                       << field.containing_type()->name() << " cannot be "
                       << value;
  }

  function_ref<InFlightDiagnostic()> emitError;
};
} // namespace

LogicalResult DeltaApplier::setScalar(const FieldDescriptor &field,
                                      Attribute value, Message &message) {
  const Reflection &reflection = *message.GetReflection();
  bool add = field.is_repeated();
  auto integer = dyn_cast<IntegerAttr>(value);
  if (integer && !integer.getType().isInteger(64) &&
      !integer.getType().isInteger(1))
    return misfit(field, value);
  // A bool is an IntegerAttr, too.
  if (integer && integer.getType().isInteger(1) !=
                     (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL))
    return misfit(field, value);
  auto real = dyn_cast<FloatAttr>(value);
  auto text = dyn_cast<StringAttr>(value);
  switch (field.cpp_type()) {
  case FieldDescriptor::CPPTYPE_INT32:
    if (!integer || !llvm::isInt<32>(integer.getInt()))
      return misfit(field, value);
    if (add)
      reflection.AddInt32(&message, &field, integer.getInt());
    else
      reflection.SetInt32(&message, &field, integer.getInt());
    return success();
  case FieldDescriptor::CPPTYPE_INT64:
    if (!integer)
      return misfit(field, value);
    if (add)
      reflection.AddInt64(&message, &field, integer.getInt());
    else
      reflection.SetInt64(&message, &field, integer.getInt());
    return success();
  case FieldDescriptor::CPPTYPE_UINT32:
    if (!integer || !llvm::isUInt<32>(integer.getInt()))
      return misfit(field, value);
    if (add)
      reflection.AddUInt32(&message, &field, integer.getInt());
    else
      reflection.SetUInt32(&message, &field, integer.getInt());
    return success();
  case FieldDescriptor::CPPTYPE_UINT64:
    if (!integer)
      return misfit(field, value);
    if (add)
      reflection.AddUInt64(&message, &field, integer.getInt());
    else
      reflection.SetUInt64(&message, &field, integer.getInt());
    return success();
  case FieldDescriptor::CPPTYPE_BOOL:
    if (!integer)
      return misfit(field, value);
    if (add)
      reflection.AddBool(&message, &field, integer.getValue().getBoolValue());
    else
      reflection.SetBool(&message, &field, integer.getValue().getBoolValue());
    return success();
  case FieldDescriptor::CPPTYPE_FLOAT:
    if (!real || !real.getType().isF32())
      return misfit(field, value);
    if (add)
      reflection.AddFloat(&message, &field, real.getValue().convertToFloat());
    else
      reflection.SetFloat(&message, &field, real.getValue().convertToFloat());
    return success();
  case FieldDescriptor::CPPTYPE_DOUBLE:
    if (!real || !real.getType().isF64())
      return misfit(field, value);
    if (add)
      reflection.AddDouble(&message, &field, real.getValueAsDouble());
    else
      reflection.SetDouble(&message, &field, real.getValueAsDouble());
    return success();
  case FieldDescriptor::CPPTYPE_ENUM: {
    int number;
    if (text) {
      const EnumValueDescriptor *known =
          field.enum_type()->FindValueByName(text.str());
      if (!known)
        return misfit(field, value);
      number = known->number();
    } else if (integer && llvm::isInt<32>(integer.getInt())) {
      number = integer.getInt();
    } else {
      return misfit(field, value);
    }
    if (add)
      reflection.AddEnumValue(&message, &field, number);
    else
      reflection.SetEnumValue(&message, &field, number);
    return success();
  }
  case FieldDescriptor::CPPTYPE_STRING:
    // Text fields hold UTF-8 only; a file with other bytes could not be read.
    if (!text || (field.type() == FieldDescriptor::TYPE_STRING &&
                  !llvm::json::isUTF8(text.getValue())))
      return misfit(field, value);
    if (add)
      reflection.AddString(&message, &field, text.str());
    else
      reflection.SetString(&message, &field, text.str());
    return success();
  case FieldDescriptor::CPPTYPE_MESSAGE:
    return misfit(field, value);
  }
  llvm_unreachable("all types of fields are handled");
}

LogicalResult DeltaApplier::applyMap(const FieldDescriptor &field,
                                     DictionaryAttr delta, Message &message,
                                     unsigned depth) {
  const FieldDescriptor &key = *field.message_type()->map_key();
  const FieldDescriptor &value = *field.message_type()->map_value();
  const Reflection &reflection = *message.GetReflection();
  std::map<std::string, int> positions;
  for (int i = 0, e = reflection.FieldSize(message, &field); i != e; ++i)
    positions[getKey(reflection.GetRepeatedMessage(message, &field, i))] = i;
  std::vector<int> removed;
  for (NamedAttribute change : delta) {
    auto found = positions.find(change.getName().str());
    if (isa<UnitAttr>(change.getValue())) {
      if (found != positions.end())
        removed.push_back(found->second);
      continue;
    }
    Message *entry =
        found != positions.end()
            ? reflection.MutableRepeatedMessage(&message, &field, found->second)
            : reflection.AddMessage(&message, &field);
    if (found == positions.end()) {
      int64_t number;
      if (key.cpp_type() == FieldDescriptor::CPPTYPE_STRING)
        entry->GetReflection()->SetString(entry, &key, change.getName().str());
      else if (change.getName().getValue().getAsInteger(10, number))
        return misfit(field, change.getName());
      else
        entry->GetReflection()->SetInt64(entry, &key, number);
    }
    if (failed(applyField(value, change.getValue(), *entry, depth)))
      return failure();
  }
  // From the back, so that the other positions stay.
  llvm::sort(removed, std::greater<int>());
  for (int position : removed) {
    reflection.SwapElements(&message, &field, position,
                            reflection.FieldSize(message, &field) - 1);
    reflection.RemoveLast(&message, &field);
  }
  return success();
}

LogicalResult DeltaApplier::applyList(const FieldDescriptor &field,
                                      Attribute delta, Message &message,
                                      unsigned depth) {
  const Reflection &reflection = *message.GetReflection();
  bool isMessage = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  if (auto list = dyn_cast<ArrayAttr>(delta)) {
    reflection.ClearField(&message, &field);
    for (Attribute element : list) {
      auto inner = dyn_cast<DictionaryAttr>(element);
      if (!isMessage) {
        if (failed(setScalar(field, element, message)))
          return failure();
      } else if (!inner) {
        return misfit(field, element);
      } else if (failed(apply(inner, *reflection.AddMessage(&message, &field),
                              depth + 1))) {
        return failure();
      }
    }
    return success();
  }
  auto changes = dyn_cast<DictionaryAttr>(delta);
  if (!changes || !isMessage)
    return misfit(field, delta);
  for (NamedAttribute change : changes) {
    int position;
    auto inner = dyn_cast<DictionaryAttr>(change.getValue());
    if (change.getName().getValue().getAsInteger(10, position) ||
        position < 0 || position >= reflection.FieldSize(message, &field))
      return emitError() << "field '" << field.name() << "' of "
                         << field.containing_type()->name()
                         << " has no element " << change.getName();
    if (!inner)
      return misfit(field, change.getValue());
    if (failed(apply(
            inner,
            *reflection.MutableRepeatedMessage(&message, &field, position),
            depth + 1)))
      return failure();
  }
  return success();
}

LogicalResult DeltaApplier::applyField(const FieldDescriptor &field,
                                       Attribute value, Message &message,
                                       unsigned depth) {
  const Reflection &reflection = *message.GetReflection();
  if (isa<UnitAttr>(value)) {
    reflection.ClearField(&message, &field);
    return success();
  }
  auto inner = dyn_cast<DictionaryAttr>(value);
  if (field.is_map())
    return inner ? applyMap(field, inner, message, depth)
                 : misfit(field, value);
  if (field.is_repeated())
    return applyList(field, value, message, depth);
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE)
    return setScalar(field, value, message);
  if (!inner)
    return misfit(field, value);
  return apply(inner, *reflection.MutableMessage(&message, &field), depth + 1);
}

LogicalResult DeltaApplier::apply(DictionaryAttr delta, Message &message,
                                  unsigned depth) {
  if (depth > kMaxDepth)
    return emitError() << "messages nest deeper than " << kMaxDepth
                       << " levels";
  const Reflection &reflection = *message.GetReflection();
  for (NamedAttribute change : delta) {
    if (change.getName() == kUnknownFields) {
      auto bytes = dyn_cast<StringAttr>(change.getValue());
      auto *fields = reflection.MutableUnknownFields(&message);
      fields->Clear();
      if (!bytes || !fields->ParseFromString(bytes.str()))
        return emitError() << "the unknown fields of "
                           << message.GetDescriptor()->name()
                           << " are malformed";
      continue;
    }
    const FieldDescriptor *field =
        message.GetDescriptor()->FindFieldByName(change.getName().str());
    if (!field)
      return emitError() << message.GetDescriptor()->name() << " has no field "
                         << change.getName();
    if (failed(applyField(*field, change.getValue(), message, depth)))
      return failure();
  }
  return success();
}

LogicalResult gemlir::applyDelta(DictionaryAttr delta, Message &message,
                                 function_ref<InFlightDiagnostic()> emitError) {
  return DeltaApplier(emitError).apply(delta, message, /*depth=*/0);
}
