// SPDX-License-Identifier: Apache-2.0
//
// How single ONNX operators map onto GE's, version by version, one table per
// category of the ge dialect. The mapping follows GE's own ONNX parser
// (docs/onnx-import.md).
#ifndef GEMLIR_LIB_TARGET_GRAPHFILE_ONNXOPERATORS_ONNXOPERATORS_H
#define GEMLIR_LIB_TARGET_GRAPHFILE_ONNXOPERATORS_ONNXOPERATORS_H

#include "../OnnxImporter.h"

namespace gemlir {

/// An operator of domain ai.onnx.
struct OnnxOperator {
  llvm::StringLiteral type;
  /// First opset with these semantics; they hold up to the next entry of the
  /// same type.
  int64_t since;
  OnnxHandler handler;
};

llvm::ArrayRef<OnnxOperator> getOnnxDataMovementOperators();
llvm::ArrayRef<OnnxOperator> getOnnxCreationOperators();
llvm::ArrayRef<OnnxOperator> getOnnxElementwiseOperators();
llvm::ArrayRef<OnnxOperator> getOnnxIndexingOperators();
llvm::ArrayRef<OnnxOperator> getOnnxMatrixOperators();
llvm::ArrayRef<OnnxOperator> getOnnxNormalizationOperators();
llvm::ArrayRef<OnnxOperator> getOnnxPoolingOperators();
llvm::ArrayRef<OnnxOperator> getOnnxResizeOperators();
llvm::ArrayRef<OnnxOperator> getOnnxMathOperators();
llvm::ArrayRef<OnnxOperator> getOnnxReductionOperators();
llvm::ArrayRef<OnnxOperator> getOnnxShapeOperators();
llvm::ArrayRef<OnnxOperator> getOnnxSliceOperators();

/// Refines the result of an operator and makes it output 0 of the node.
mlir::LogicalResult finish(OnnxNode &node, mlir::Operation *op);

/// Refines all results and makes them the outputs of the node.
mlir::LogicalResult finishAll(OnnxNode &node, mlir::Operation *op);

/// Refines an operator that is a part of what the node becomes; its result, or
/// null after an error.
mlir::Value finishPart(mlir::Operation *op);

/// A constant that is part `part` of what the node becomes.
mlir::Value createConstant(OnnxNode &node, unsigned part,
                           mlir::DenseElementsAttr value);
/// The same for a list of i64, and for a scalar.
mlir::Value createIntList(OnnxNode &node, unsigned part,
                          llvm::ArrayRef<int64_t> values);
mlir::Value createInt(OnnxNode &node, unsigned part, int64_t value);

/// The integers that a constant input lists; empty when it is no constant or
/// lists more than there can be dims.
std::optional<llvm::SmallVector<int64_t>> getConstantInts(mlir::Value input);

/// Attributes that convolution and pooling share, for two spatial dims.
struct OnnxWindow {
  llvm::SmallVector<int64_t> kernel; // empty when not given
  llvm::SmallVector<int64_t> strides, dilations;
  llvm::SmallVector<int64_t> pads; // top, bottom, left, right
  std::string autoPad;             // NOTSET, SAME_UPPER, SAME_LOWER or VALID
};

/// Reads the attributes and checks that they speak of two spatial dims.
llvm::FailureOr<OnnxWindow> getWindow(OnnxNode &node);

} // namespace gemlir

#endif // GEMLIR_LIB_TARGET_GRAPHFILE_ONNXOPERATORS_ONNXOPERATORS_H
