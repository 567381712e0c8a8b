// SPDX-License-Identifier: Apache-2.0
//
// What the tests of the ONNX reader share.
#ifndef GEDIALECT_TEST_UNIT_GRAPHFILE_ONNXTESTSUPPORT_H
#define GEDIALECT_TEST_UNIT_GRAPHFILE_ONNXTESTSUPPORT_H

#include "../TempDir.h"
#include "GeDialect/Target/GraphFile/OnnxModel.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SHA256.h"

namespace gemlir::test {

inline bool contains(llvm::StringRef text, llvm::StringRef part) {
  return text.contains(part);
}

/// Reads the file `content`; the mapping outlives the directory.
inline llvm::Expected<OnnxModel> readBytes(llvm::StringRef content) {
  TempDir dir;
  return readOnnxModel(dir.write("m.onnx", content));
}

inline std::string readError(llvm::StringRef content) {
  llvm::Expected<OnnxModel> model = readBytes(content);
  return model ? std::string() : llvm::toString(model.takeError());
}

/// A model with the parts that the reader insists on.
inline onnx::ModelProto makeModel() {
  onnx::ModelProto proto;
  proto.set_ir_version(8);
  proto.mutable_graph()->set_name("g");
  proto.add_opset_import()->set_version(13);
  return proto;
}

/// The elements of a tensor, wherever they are; a failure and nothing on an
/// error.
inline std::string readElements(const OnnxModel &model,
                                const onnx::TensorProto &tensor) {
  llvm::Expected<TensorSource> source = getTensorSource(model, tensor);
  if (!source) {
    ADD_FAILURE() << llvm::toString(source.takeError());
    return {};
  }
  if (source->inlineBytes)
    return llvm::toStringRef(*source->inlineBytes).str();
  std::shared_ptr<const MappedFile> file = model.file;
  if (!source->location.empty()) {
    llvm::SmallString<256> path(
        llvm::sys::path::parent_path(model.file->getPath()));
    llvm::sys::path::append(path, source->location);
    llvm::Expected<std::shared_ptr<const MappedFile>> external =
        MappedFile::open(path);
    if (!external) {
      ADD_FAILURE() << llvm::toString(external.takeError());
      return {};
    }
    file = *external;
  }
  llvm::Expected<llvm::ArrayRef<uint8_t>> bytes =
      file->slice(source->offset, source->length);
  if (!bytes) {
    ADD_FAILURE() << llvm::toString(bytes.takeError());
    return {};
  }
  return llvm::toStringRef(*bytes).str();
}

inline std::string sha256(llvm::StringRef data) {
  auto digest = llvm::SHA256::hash(llvm::arrayRefFromStringRef(data));
  return llvm::toHex(digest, /*LowerCase=*/true);
}

} // namespace gemlir::test

#endif // GEDIALECT_TEST_UNIT_GRAPHFILE_ONNXTESTSUPPORT_H
