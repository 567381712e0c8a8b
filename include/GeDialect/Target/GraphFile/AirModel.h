// SPDX-License-Identifier: Apache-2.0
//
// GE graphs in files: .air (binary) and ge_proto text. No MLIR.
#ifndef GEDIALECT_TARGET_GRAPHFILE_AIRMODEL_H
#define GEDIALECT_TARGET_GRAPHFILE_AIRMODEL_H

#include "GeDialect/Support/MappedFile.h"

#include "ge_ir.pb.h"

#include <memory>
#include <optional>
#include <string>

namespace gemlir {

/// A model and the file it came from.
///
/// In a binary file, values of constants of more than 1024 bytes are not in
/// `proto`: use `takePayload`. Everything else is as the file says. Map keys
/// are not empty.
struct AirModel {
  std::shared_ptr<const MappedFile> file;
  ge::proto::ModelDef proto;
  /// Byte of a binary file where something stands that protobuf passes over
  /// (docs/om-format.md, "What our writer does differently").
  std::optional<uint64_t> droppedAt;
};

/// Fails when a map of `message` has an empty key, or a text is not UTF-8: no
/// reader takes such a file. The nesting is bounded by that of the parser.
llvm::Error checkAirFields(const google::protobuf::Message &message);

/// Whether the node's attribute `value` is its result. GE has two names for it.
bool isAirConstant(const ge::proto::OpDef &op);

/// Whether a file with this name is read as one of the forms of this header.
bool isAirPath(llvm::StringRef path);
/// Whether a file with this name holds text.
bool isAirTextPath(llvm::StringRef path);

/// Reads the model at `path`: text when the name ends in .pbtxt or .txt, binary
/// otherwise. For binary files, time and memory grow with the number of
/// operators, not with the bytes of weights. The error names the path and,
/// where the file is broken, the byte, or line and column.
llvm::Expected<AirModel> readAirModel(llvm::StringRef path);

/// The bytes of a graph file: .air, or ge_proto text. Maps are in the order of
/// their keys. Fails for what `checkAirFields` refuses, and above 2 GiB.
llvm::Expected<std::string> serializeAirModel(const ge::proto::ModelDef &model,
                                              bool asText);

/// Where the elements of a tensor are: row-major, little-endian.
struct AirPayload {
  /// Place in the model's file; `length` is 0 when `bytes` holds the elements.
  uint64_t offset = 0;
  uint64_t length = 0;
  std::string bytes;
};

/// Moves the elements out of `tensor`, which then is the tensor of the file
/// without its data.
llvm::Expected<AirPayload> takePayload(ge::proto::TensorDef &tensor);

} // namespace gemlir

#endif // GEDIALECT_TARGET_GRAPHFILE_AIRMODEL_H
