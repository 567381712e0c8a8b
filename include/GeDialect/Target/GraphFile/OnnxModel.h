// SPDX-License-Identifier: Apache-2.0
//
// ONNX models as protobuf messages whose weights stay in the file. No MLIR.
#ifndef GEDIALECT_TARGET_GRAPHFILE_ONNXMODEL_H
#define GEDIALECT_TARGET_GRAPHFILE_ONNXMODEL_H

#include "GeDialect/Layout/DataType.h"
#include "GeDialect/Support/MappedFile.h"

#include <onnx/onnx_pb.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gemlir {

/// A model and the file it came from.
///
/// Payloads of tensors (raw_data, float_data, double_data) of more than 1024
/// bytes are not in `proto`: such a tensor has data_location EXTERNAL and an
/// empty location, which means `file` itself. Use `getTensorSource` instead of
/// the payload fields. Everything else is as the file says.
struct OnnxModel {
  std::shared_ptr<const MappedFile> file;
  onnx::ModelProto proto;
};

/// Reads the model at `path`. Time and memory grow with the number of
/// operators, not with the bytes of weights. The error names the path and,
/// where the file is broken, the byte.
llvm::Expected<OnnxModel> readOnnxModel(llvm::StringRef path);

/// Where the elements of a tensor are: C order, little-endian, sub-byte types
/// packed with the first element in the low bits.
struct TensorSource {
  /// Path of the file relative to the model's directory; empty for the model's
  /// own file and for inline elements.
  std::string location;
  uint64_t offset = 0;
  uint64_t length = 0;
  /// The elements themselves when they do not stand in a file as they are.
  std::optional<std::vector<uint8_t>> inlineBytes;
};

/// The element type for a value of onnx::TensorProto::DataType; empty when
/// this compiler has no such type.
std::optional<DataType> dataTypeFromOnnx(int32_t type);

/// Finds the elements of `tensor`, which must be one of `model` or like one.
/// The length is what type and dims need, and the bytes lie in their file; the
/// file of external data must lie below the model's directory. Errors name the
/// tensor.
llvm::Expected<TensorSource> getTensorSource(const OnnxModel &model,
                                             const onnx::TensorProto &tensor);

} // namespace gemlir

#endif // GEDIALECT_TARGET_GRAPHFILE_ONNXMODEL_H
