// SPDX-License-Identifier: Apache-2.0
//
// Values of constants for the ONNX importer: small ones become attributes,
// large ones references to bytes of a file.
#ifndef GEMLIR_LIB_TARGET_GRAPHFILE_ONNXCONSTANTS_H
#define GEMLIR_LIB_TARGET_GRAPHFILE_ONNXCONSTANTS_H

#include "GeDialect/Target/GraphFile/OnnxModel.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"

#include "llvm/ADT/StringMap.h"

namespace gemlir {

class OnnxConstants {
public:
  /// Files become symbols in front of `function`, called after `path`, the
  /// model's path. All arguments must outlive the object.
  OnnxConstants(const OnnxModel &model, llvm::StringRef path,
                mlir::func::FuncOp function, mlir::OpBuilder &builder)
      : model(model), path(path), function(function), builder(builder) {}

  /// Type and value of a constant.
  struct Constant {
    mlir::RankedTensorType type;
    mlir::Attribute value;
  };
  /// The constant with the elements of `tensor`; errors are reported at `loc`.
  llvm::FailureOr<Constant> get(mlir::Location loc,
                                const onnx::TensorProto &tensor);

private:
  /// The symbol of a file that weights refer to, relative to the model.
  llvm::FailureOr<mlir::FlatSymbolRefAttr> getStore(mlir::Location loc,
                                                    llvm::StringRef location);
  /// Path of that file as the module says it.
  std::string getPath(llvm::StringRef location) const;
  /// The elements that `source` says where to find.
  llvm::Expected<std::vector<uint8_t>> read(const TensorSource &source);

  const OnnxModel &model;
  llvm::StringRef path;
  mlir::func::FuncOp function;
  mlir::OpBuilder &builder;
  llvm::StringMap<mlir::FlatSymbolRefAttr> stores;
  llvm::StringMap<std::shared_ptr<const MappedFile>> files;
};

} // namespace gemlir

#endif // GEMLIR_LIB_TARGET_GRAPHFILE_ONNXCONSTANTS_H
