// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Target/GraphFile/AirModel.h"

#include "GeDialect/Support/Error.h"
#include "GeDialect/Support/Printable.h"
#include "GeDialect/Target/GraphFile/WireScan.h"
#include "GeDialect/Target/OM/ProtobufIO.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/unknown_field_set.h>

using namespace gemlir;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

//===----------------------------------------------------------------------===//
// Payloads
//===----------------------------------------------------------------------===//

/// Fields of a TensorDef whose data stays in the file. Protobuf keeps numbers
/// from 19000 to 19999 for itself, so no schema has them.
static constexpr uint32_t kOffsetField = 19001, kLengthField = 19002;
static constexpr uint32_t kReferenceFields[] = {kOffsetField, kLengthField};
static constexpr uint32_t kPayloadFields[] = {
    ge::proto::TensorDef::kDataFieldNumber};

static std::string makeReference(uint32_t, uint64_t offset, uint64_t length) {
  google::protobuf::UnknownFieldSet fields;
  fields.AddVarint(kOffsetField, offset);
  fields.AddVarint(kLengthField, length);
  std::string bytes;
  fields.SerializeToString(&bytes);
  return bytes;
}

llvm::Expected<AirPayload> gemlir::takePayload(ge::proto::TensorDef &tensor) {
  AirPayload payload;
  google::protobuf::UnknownFieldSet &fields =
      *tensor.GetReflection()->MutableUnknownFields(&tensor);
  unsigned offsets = 0, lengths = 0;
  for (int i = 0; i < fields.field_count(); ++i) {
    const google::protobuf::UnknownField &field = fields.field(i);
    if (field.type() != google::protobuf::UnknownField::TYPE_VARINT)
      continue;
    if (field.number() == static_cast<int>(kOffsetField)) {
      payload.offset = field.varint();
      ++offsets;
    } else if (field.number() == static_cast<int>(kLengthField)) {
      payload.length = field.varint();
      ++lengths;
    }
  }
  fields.DeleteByNumber(kOffsetField);
  fields.DeleteByNumber(kLengthField);
  if (offsets > 1 || lengths > 1 || offsets != lengths ||
      (offsets != 0 && !tensor.data().empty()))
    return makeErrorf("a tensor has fields {0} and {1}, which no schema has",
                      kOffsetField, kLengthField);
  payload.bytes = std::move(*tensor.mutable_data());
  tensor.clear_data();
  return payload;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {
/// The messages on the way from a model to its tensors.
enum AirMessage : unsigned {
  Model,
  Graph,
  Op,
  Attr,
  AttrValue,
  List,
  Function,
  Tensor
};
} // namespace

/// Number of the value in an entry of a map.
static constexpr uint32_t kMapValue = 2;

static std::optional<unsigned> getAirChild(unsigned kind, uint32_t number) {
  using ge::proto::AttrDef;
  using ge::proto::GraphDef;
  using ge::proto::ModelDef;
  using ge::proto::OpDef;
  switch (kind) {
  case Model:
    if (number == ModelDef::kGraphFieldNumber)
      return Graph;
    if (number == ModelDef::kAttrFieldNumber)
      return Attr;
    return std::nullopt;
  case Graph:
    if (number == GraphDef::kOpFieldNumber)
      return Op;
    if (number == GraphDef::kAttrFieldNumber)
      return Attr;
    return std::nullopt;
  case Op:
    if (number == OpDef::kAttrFieldNumber)
      return Attr;
    return std::nullopt;
  case Attr:
    if (number == kMapValue)
      return AttrValue;
    return std::nullopt;
  case AttrValue:
    if (number == AttrDef::kTFieldNumber)
      return Tensor;
    if (number == AttrDef::kListFieldNumber)
      return List;
    if (number == AttrDef::kFuncFieldNumber)
      return Function;
    if (number == AttrDef::kGFieldNumber)
      return Graph;
    return std::nullopt;
  case List:
    if (number == AttrDef::ListValue::kTFieldNumber)
      return Tensor;
    if (number == AttrDef::ListValue::kGFieldNumber)
      return Graph;
    if (number == AttrDef::ListValue::kNaFieldNumber)
      return Function;
    return std::nullopt;
  case Function:
    if (number == ge::proto::NamedAttrs::kAttrFieldNumber)
      return Attr;
    return std::nullopt;
  default:
    return std::nullopt;
  }
}

/// Files that people take for binary graphs by mistake.
static llvm::StringRef describeOther(llvm::ArrayRef<uint8_t> bytes) {
  llvm::StringRef start = llvm::toStringRef(bytes.take_front(256));
  if (start.starts_with("IMOD"))
    return "it is an OM file, which holds a compiled model";
  if (start.starts_with("version https://git-lfs"))
    return "it is a Git LFS pointer, the model itself was not fetched";
  if (!start.empty() && llvm::all_of(start, [](char c) {
        return llvm::isPrint(c) || llvm::isSpace(c);
      }))
    return "it is text, which is read from files called .pbtxt or .txt";
  return "";
}

static llvm::Error parseBinary(llvm::ArrayRef<uint8_t> bytes,
                               ge::proto::ModelDef &proto) {
  if (llvm::StringRef other = describeOther(bytes); !other.empty())
    return makeError(other);
  protowire::SlimRules rules;
  rules.rootKind = Model;
  rules.getChild = getAirChild;
  rules.payloadKind = Tensor;
  rules.payloadFields = kPayloadFields;
  rules.blockingFields = kReferenceFields;
  rules.makeReference = makeReference;
  llvm::Expected<std::string> slim = protowire::slimMessage(bytes, rules);
  if (!slim)
    return slim.takeError();
  // Protobuf reports text that is not UTF-8 on standard error by itself.
  google::protobuf::LogSilencer silencer;
  google::protobuf::io::CodedInputStream stream(
      reinterpret_cast<const uint8_t *>(slim->data()),
      static_cast<int>(slim->size()));
  stream.SetRecursionLimit(protowire::kMaxMessageDepth);
  if (proto.ParseFromCodedStream(&stream) && stream.ConsumedEntireMessage())
    return llvm::Error::success();
  // Protobuf does not say where; positions are those of the whole file.
  if (llvm::Error error = om::checkEncoding(*proto.GetDescriptor(), bytes,
                                            /*position=*/0, "the graph"))
    return error;
  return makeErrorf("messages nest deeper than {0} levels",
                    protowire::kMaxMessageDepth);
}

namespace {
/// Keeps the first error of the text parser.
class FirstError : public google::protobuf::io::ErrorCollector {
public:
  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string &message) override {
    if (!text.empty())
      return;
    // Both count from 0; a negative line is no place in the file.
    if (line >= 0)
      text = llvm::formatv("line {0}:{1}: ", line + 1, column + 1).str();
    text += message.empty() ? "malformed text" : message;
  }
  std::string text;
};
} // namespace

static llvm::Error parseText(llvm::ArrayRef<uint8_t> bytes,
                             ge::proto::ModelDef &proto) {
  if (bytes.size() > om::kMaxMessageBytes)
    return makeErrorf("it has {0} bytes, at most {1} can be parsed as text",
                      bytes.size(), om::kMaxMessageBytes);
  google::protobuf::LogSilencer silencer;
  google::protobuf::io::ArrayInputStream stream(bytes.data(),
                                                static_cast<int>(bytes.size()));
  FirstError errors;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&errors);
  parser.SetRecursionLimit(protowire::kMaxMessageDepth);
  if (parser.Parse(&stream, &proto))
    return llvm::Error::success();
  llvm::StringRef start = llvm::toStringRef(bytes.take_front(256)).ltrim();
  if (start.starts_with("ir_version") || start.starts_with("producer_name"))
    return makeError("it is a ge_onnx dump, which does not hold the whole "
                     "graph; the ge_proto dump does");
  return makeError(errors.text.empty() ? "malformed text" : errors.text);
}

/// Text of one field. Map keys and lists of texts are repeated fields.
static llvm::Error checkTextField(const Message &message,
                                  const FieldDescriptor &field) {
  const google::protobuf::Reflection &reflection = *message.GetReflection();
  std::string scratch;
  int count = field.is_repeated() ? reflection.FieldSize(message, &field) : 1;
  for (int i = 0; i < count; ++i)
    if (const std::string &text =
            field.is_repeated()
                ? reflection.GetRepeatedStringReference(message, &field, i,
                                                        &scratch)
                : reflection.GetStringReference(message, &field, &scratch);
        !llvm::json::isUTF8(text))
      return makeErrorf("field '{0}' of {1} is not UTF-8 text: '{2}'",
                        field.name(), message.GetDescriptor()->name(),
                        printable(text));
  return llvm::Error::success();
}

llvm::Error gemlir::checkAirFields(const Message &message) {
  std::vector<const FieldDescriptor *> fields;
  const google::protobuf::Reflection &reflection = *message.GetReflection();
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor *field : fields) {
    if (field->type() == FieldDescriptor::TYPE_STRING)
      if (llvm::Error error = checkTextField(message, *field))
        return error;
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE)
      continue;
    if (!field->is_repeated()) {
      if (llvm::Error error =
              checkAirFields(reflection.GetMessage(message, field)))
        return error;
      continue;
    }
    const FieldDescriptor *key =
        field->is_map() ? field->message_type()->map_key() : nullptr;
    if (key && key->cpp_type() != FieldDescriptor::CPPTYPE_STRING)
      key = nullptr;
    for (int i = 0, e = reflection.FieldSize(message, field); i != e; ++i) {
      const Message &element = reflection.GetRepeatedMessage(message, field, i);
      if (key && element.GetReflection()->GetString(element, key).empty())
        return makeErrorf("an entry of '{0}' in a {1} has an empty name",
                          field->name(), message.GetDescriptor()->name());
      if (llvm::Error error = checkAirFields(element))
        return error;
    }
  }
  return llvm::Error::success();
}

bool gemlir::isAirConstant(const ge::proto::OpDef &op) {
  return op.type() == "Const" || op.type() == "Constant";
}

namespace {
/// Puts back the data of tensors that are not values of constants. They are
/// attributes like any other, and small as a rule.
struct PayloadRestorer {
  const MappedFile &file;

  llvm::Error restore(ge::proto::TensorDef &tensor) const {
    llvm::Expected<AirPayload> payload = takePayload(tensor);
    if (!payload)
      return payload.takeError();
    if (payload->length == 0) {
      tensor.set_data(std::move(payload->bytes));
      return llvm::Error::success();
    }
    llvm::Expected<llvm::ArrayRef<uint8_t>> bytes =
        file.slice(payload->offset, payload->length);
    if (!bytes)
      return bytes.takeError();
    tensor.set_data(bytes->data(), bytes->size());
    return llvm::Error::success();
  }
  llvm::Error restore(ge::proto::AttrDef &attr) const {
    switch (attr.value_case()) {
    case ge::proto::AttrDef::kT:
      return restore(*attr.mutable_t());
    case ge::proto::AttrDef::kFunc:
      return restoreAll(*attr.mutable_func()->mutable_attr());
    case ge::proto::AttrDef::kG:
      return restore(*attr.mutable_g(), /*isRoot=*/false);
    case ge::proto::AttrDef::kList: {
      ge::proto::AttrDef::ListValue &list = *attr.mutable_list();
      for (ge::proto::TensorDef &tensor : *list.mutable_t())
        if (llvm::Error error = restore(tensor))
          return error;
      for (ge::proto::NamedAttrs &attrs : *list.mutable_na())
        if (llvm::Error error = restoreAll(*attrs.mutable_attr()))
          return error;
      for (ge::proto::GraphDef &graph : *list.mutable_g())
        if (llvm::Error error = restore(graph, /*isRoot=*/false))
          return error;
      return llvm::Error::success();
    }
    default:
      return llvm::Error::success();
    }
  }
  llvm::Error
  restoreAll(google::protobuf::Map<std::string, ge::proto::AttrDef> &attrs,
             bool skipValue = false) const {
    for (auto &[key, attr] : attrs)
      if (!skipValue || key != "value" || !attr.has_t())
        if (llvm::Error error = restore(attr))
          return error;
    return llvm::Error::success();
  }
  /// In graphs of the model itself the values of constants stay in the file.
  llvm::Error restore(ge::proto::GraphDef &graph, bool isRoot) const {
    for (ge::proto::OpDef &op : *graph.mutable_op())
      if (llvm::Error error =
              restoreAll(*op.mutable_attr(), isRoot && isAirConstant(op)))
        return addContext(std::move(error), "node '" + op.name() + "'");
    return restoreAll(*graph.mutable_attr());
  }
  llvm::Error restore(ge::proto::ModelDef &model) const {
    for (ge::proto::GraphDef &graph : *model.mutable_graph())
      if (llvm::Error error = restore(graph, /*isRoot=*/true))
        return error;
    return restoreAll(*model.mutable_attr());
  }
};
} // namespace

bool gemlir::isAirTextPath(llvm::StringRef path) {
  llvm::StringRef suffix = llvm::sys::path::extension(path);
  return suffix == ".pbtxt" || suffix == ".txt";
}

bool gemlir::isAirPath(llvm::StringRef path) {
  return llvm::sys::path::extension(path) == ".air" || isAirTextPath(path);
}

llvm::Expected<AirModel> gemlir::readAirModel(llvm::StringRef path) {
  llvm::Expected<std::shared_ptr<const MappedFile>> file =
      MappedFile::open(path);
  if (!file)
    return file.takeError();
  AirModel model;
  model.file = *file;
  llvm::ArrayRef<uint8_t> bytes = model.file->bytes();
  auto parse = [&]() -> llvm::Error {
    if (bytes.empty())
      return makeError("it is empty");
    if (llvm::Error error = isAirTextPath(path)
                                ? parseText(bytes, model.proto)
                                : parseBinary(bytes, model.proto))
      return error;
    if (model.proto.graph().empty())
      return makeError("it has no graph");
    if (llvm::Error error = checkAirFields(model.proto))
      return error;
    if (!isAirTextPath(path))
      model.droppedAt = om::locateDropped(*model.proto.GetDescriptor(), bytes,
                                          /*position=*/0);
    return PayloadRestorer{*model.file}.restore(model.proto);
  };
  if (llvm::Error error = parse())
    return addContext(std::move(error), "'" + path + "' is not a GE graph");
  return std::move(model);
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

llvm::Expected<std::string>
gemlir::serializeAirModel(const ge::proto::ModelDef &model, bool asText) {
  if (llvm::Error error = checkAirFields(model))
    return std::move(error);
  std::string bytes;
  bool written = model.ByteSizeLong() <= om::kMaxMessageBytes;
  if (written && asText) {
    written = google::protobuf::TextFormat::PrintToString(model, &bytes);
  } else if (written) {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    // Maps have no order of their own.
    coded.SetSerializationDeterministic(true);
    written = model.SerializeToCodedStream(&coded);
  }
  if (!written)
    return makeError(
        "the graph has more than the 2 GiB that a graph file can hold");
  return bytes;
}
