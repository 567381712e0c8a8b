// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Target/GraphFile/OnnxModel.h"

#include "OnnxReference.h"

#include "GeDialect/Support/Error.h"
#include "GeDialect/Target/GraphFile/WireScan.h"

#include "llvm/ADT/StringExtras.h"

using namespace gemlir;

namespace {
/// The messages on the way from a model to its tensors.
enum OnnxMessage : unsigned {
  Model,
  Graph,
  Node,
  Attribute,
  Tensor,
  SparseTensor,
  Function,
  TrainingInfo
};
} // namespace

static std::optional<unsigned> getOnnxChild(unsigned kind, uint32_t number) {
  switch (kind) {
  case Model:
    if (number == onnx::ModelProto::kGraphFieldNumber)
      return Graph;
    if (number == onnx::ModelProto::kFunctionsFieldNumber)
      return Function;
    if (number == onnx::ModelProto::kTrainingInfoFieldNumber)
      return TrainingInfo;
    return std::nullopt;
  case Graph:
    if (number == onnx::GraphProto::kNodeFieldNumber)
      return Node;
    if (number == onnx::GraphProto::kInitializerFieldNumber)
      return Tensor;
    if (number == onnx::GraphProto::kSparseInitializerFieldNumber)
      return SparseTensor;
    return std::nullopt;
  case Node:
    if (number == onnx::NodeProto::kAttributeFieldNumber)
      return Attribute;
    return std::nullopt;
  case Attribute:
    if (number == onnx::AttributeProto::kTFieldNumber ||
        number == onnx::AttributeProto::kTensorsFieldNumber)
      return Tensor;
    if (number == onnx::AttributeProto::kGFieldNumber ||
        number == onnx::AttributeProto::kGraphsFieldNumber)
      return Graph;
    if (number == onnx::AttributeProto::kSparseTensorFieldNumber ||
        number == onnx::AttributeProto::kSparseTensorsFieldNumber)
      return SparseTensor;
    return std::nullopt;
  case SparseTensor:
    if (number == onnx::SparseTensorProto::kValuesFieldNumber ||
        number == onnx::SparseTensorProto::kIndicesFieldNumber)
      return Tensor;
    return std::nullopt;
  case Function:
    if (number == onnx::FunctionProto::kNodeFieldNumber)
      return Node;
    return std::nullopt;
  case TrainingInfo:
    if (number == onnx::TrainingInfoProto::kInitializationFieldNumber ||
        number == onnx::TrainingInfoProto::kAlgorithmFieldNumber)
      return Graph;
    return std::nullopt;
  default:
    return std::nullopt;
  }
}

/// Packed float_data and double_data are little-endian elements on the wire,
/// so the file holds them as it holds raw_data.
static constexpr uint32_t kPayloadFields[] = {
    onnx::TensorProto::kRawDataFieldNumber,
    onnx::TensorProto::kFloatDataFieldNumber,
    onnx::TensorProto::kDoubleDataFieldNumber};

/// A tensor with two payloads is refused later, and for that both must be
/// seen.
static constexpr uint32_t kBlockingFields[] = {
    onnx::TensorProto::kInt32DataFieldNumber,
    onnx::TensorProto::kInt64DataFieldNumber,
    onnx::TensorProto::kUint64DataFieldNumber,
    onnx::TensorProto::kStringDataFieldNumber,
    onnx::TensorProto::kExternalDataFieldNumber};

static std::string makeOnnxReference(uint32_t number, uint64_t offset,
                                     uint64_t length) {
  onnx::TensorProto tensor;
  auto add = [&](llvm::StringRef key, std::string value) {
    onnx::StringStringEntryProto *entry = tensor.add_external_data();
    entry->set_key(key.data(), key.size());
    entry->set_value(std::move(value));
  };
  add(kLocationKey, "");
  add(kOffsetKey, llvm::utostr(offset));
  add(kLengthKey, llvm::utostr(length));
  add(kFieldKey, llvm::utostr(number));
  tensor.set_data_location(onnx::TensorProto::EXTERNAL);
  return tensor.SerializeAsString();
}

/// Files that people take for models by mistake.
static llvm::StringRef describeText(llvm::ArrayRef<uint8_t> bytes) {
  llvm::StringRef start = llvm::toStringRef(bytes.take_front(256));
  if (start.starts_with("version https://git-lfs"))
    return "it is a Git LFS pointer, the model itself was not fetched";
  if (llvm::all_of(start,
                   [](char c) { return llvm::isPrint(c) || llvm::isSpace(c); }))
    return "it is text, expected a binary protobuf message";
  return "";
}

static llvm::Error parseModel(llvm::ArrayRef<uint8_t> bytes,
                              onnx::ModelProto &proto) {
  if (bytes.empty())
    return makeError("it is empty");
  protowire::SlimRules rules;
  rules.rootKind = Model;
  rules.getChild = getOnnxChild;
  rules.payloadKind = Tensor;
  rules.payloadFields = kPayloadFields;
  rules.blockingFields = kBlockingFields;
  rules.makeReference = makeOnnxReference;
  llvm::Expected<std::string> slim = protowire::slimMessage(bytes, rules);
  if (!slim)
    return slim.takeError();
  if (!proto.ParseFromArray(slim->data(), static_cast<int>(slim->size())))
    return makeError("a message outside of the tensors is malformed or nests "
                     "too deep");
  if (!proto.has_graph())
    return makeError("it has no graph");
  if (proto.opset_import().empty())
    return makeError("it names no operator set");
  return llvm::Error::success();
}

llvm::Expected<OnnxModel> gemlir::readOnnxModel(llvm::StringRef path) {
  llvm::Expected<std::shared_ptr<const MappedFile>> file =
      MappedFile::open(path);
  if (!file)
    return file.takeError();
  OnnxModel model;
  model.file = *file;
  llvm::ArrayRef<uint8_t> bytes = model.file->bytes();
  if (llvm::Error error = parseModel(bytes, model.proto)) {
    llvm::StringRef text = bytes.empty() ? "" : describeText(bytes);
    if (!text.empty()) {
      llvm::consumeError(std::move(error));
      error = makeError(text);
    }
    return addContext(std::move(error), "'" + path + "' is not an ONNX model");
  }
  return model;
}
