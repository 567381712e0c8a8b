// SPDX-License-Identifier: Apache-2.0
//
// How single ONNX operators map onto GE's, version by version, one table per
// category of the ge dialect. The mapping follows GE's own ONNX parser
// (docs/onnx-import.md).
#ifndef GEMLIR_LIB_TARGET_GRAPHFILE_ONNXOPERATORS_ONNXOPERATORS_H
#define GEMLIR_LIB_TARGET_GRAPHFILE_ONNXOPERATORS_ONNXOPERATORS_H

#include "../OnnxImporter.h"

#include "mlir/IR/TypeUtilities.h"

namespace gemlir {

/// An operator of domain ai.onnx, unless its table says otherwise.
struct OnnxOperator {
  llvm::StringLiteral type;
  /// First opset with these semantics; they hold up to the next entry of the
  /// same type.
  int64_t since;
  OnnxHandler handler;
};

llvm::ArrayRef<OnnxOperator> getOnnxConvolutionOperators();
llvm::ArrayRef<OnnxOperator> getOnnxCreationOperators();
llvm::ArrayRef<OnnxOperator> getOnnxDataMovementOperators();
llvm::ArrayRef<OnnxOperator> getOnnxElementwiseOperators();
llvm::ArrayRef<OnnxOperator> getOnnxIndexingOperators();
llvm::ArrayRef<OnnxOperator> getOnnxMathOperators();
llvm::ArrayRef<OnnxOperator> getOnnxMatrixOperators();
llvm::ArrayRef<OnnxOperator> getOnnxNormalizationOperators();
llvm::ArrayRef<OnnxOperator> getOnnxPoolingOperators();
llvm::ArrayRef<OnnxOperator> getOnnxQuantizationOperators();
llvm::ArrayRef<OnnxOperator> getOnnxRecurrentOperators();
llvm::ArrayRef<OnnxOperator> getOnnxReductionOperators();
llvm::ArrayRef<OnnxOperator> getOnnxResizeOperators();
llvm::ArrayRef<OnnxOperator> getOnnxShapeOperators();
llvm::ArrayRef<OnnxOperator> getOnnxSliceOperators();
/// Those of domain com.microsoft.
llvm::ArrayRef<OnnxOperator> getOnnxMicrosoftOperators();

/// Refines the result of an operator and makes it output 0 of the node.
mlir::LogicalResult finish(OnnxNode &node, mlir::Operation *op);

/// Makes `value` output `i` of the node, with what the file says of its shape.
mlir::LogicalResult setOutput(OnnxNode &node, unsigned i, mlir::Value value);

/// The operators that a node becomes: they are named after it and numbered, or
/// have its name when there is only one. After an error has been reported,
/// nothing is checked any more and `finish` fails.
class OnnxParts {
public:
  explicit OnnxParts(OnnxNode &node) : node(node) {}

  mlir::OpBuilder &getBuilder() { return node.getBuilder(); }
  mlir::StringAttr getNextName() {
    return getBuilder().getStringAttr(node.getPartName(next++));
  }

  /// An operator with results of these element types; its shapes are inferred.
  template <typename Op, typename... Args>
  Op create(llvm::ArrayRef<mlir::Type> elementTypes, Args &&...args) {
    llvm::SmallVector<mlir::Type> types;
    for (mlir::Type type : elementTypes)
      types.push_back(mlir::UnrankedTensorType::get(type));
    auto op = Op::create(getBuilder(), node.getLoc(), mlir::TypeRange(types),
                         getNextName(), std::forward<Args>(args)...);
    refine(op);
    return op;
  }

  /// A list of integers.
  mlir::Value list(llvm::ArrayRef<int64_t> values, unsigned bits = 64);
  /// A tensor all of whose elements are `value`.
  mlir::Value splat(double value, mlir::Type elementType,
                    llvm::ArrayRef<int64_t> shape = {});
  /// `shape` as in ge.Reshape: 0 keeps a dim, -1 takes what is left.
  mlir::Value reshape(mlir::Value value, llvm::ArrayRef<int64_t> shape);
  mlir::Value transpose(mlir::Value value, llvm::ArrayRef<int64_t> perm);
  mlir::Value concat(mlir::ValueRange values, int64_t axis);
  /// The value itself when it has the type already.
  mlir::Value cast(mlir::Value value, mlir::Type elementType);
  /// An element-wise operator of two operands, whose type its result has.
  template <typename Op> mlir::Value binary(mlir::Value a, mlir::Value b) {
    return create<Op>({getElementTypeOrSelf(a.getType())}, a, b);
  }

  /// Makes the values outputs of the node; null ones are left out.
  mlir::LogicalResult finish(llvm::ArrayRef<mlir::Value> outputs);

  /// Infers the shapes of an operator that was made otherwise.
  void refine(mlir::Operation *op);

private:
  OnnxNode &node;
  unsigned next = 0;
  mlir::Operation *last = nullptr;
  bool isGood = true;
};

/// The convolution that the attributes of the node describe, of operands of one
/// to three spatial dims; null when it is refused or wrong. `bias` may be null.
mlir::Value createConvolution(OnnxNode &node, OnnxParts &parts, mlir::Value x,
                              mlir::Value filter, mlir::Value bias);

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

/// Attributes that convolution and pooling share; lists have one entry per
/// spatial dim.
struct OnnxWindow {
  llvm::SmallVector<int64_t> kernel; // empty when not given
  llvm::SmallVector<int64_t> strides, dilations;
  llvm::SmallVector<int64_t> pads; // before and after each dim
  std::string autoPad;             // NOTSET, SAME_UPPER, SAME_LOWER or VALID

  /// Replaces `autoPad` SAME_* by `pads` for an input of these spatial dims, of
  /// which none is unknown, and the windows of `kernel`.
  void resolveAutoPad(llvm::ArrayRef<int64_t> input);
  /// Puts a dim of length 1 before a single spatial dim.
  void widen();
  /// `values` with ones for batch and channels in front.
  static llvm::SmallVector<int64_t> withOnes(llvm::ArrayRef<int64_t> values);
};

/// Reads the attributes and checks that they speak of `spatialRank` dims.
llvm::FailureOr<OnnxWindow> getWindow(OnnxNode &node, unsigned spatialRank);

/// The spatial rank of an operator on images: that of an operand, whose first
/// two dims are batch (or outputs) and channels, else the length of
/// `kernel_shape`. Refuses other ranks than 1 to 3.
llvm::FailureOr<unsigned> getSpatialRank(OnnxNode &node, mlir::ShapedType type);

} // namespace gemlir

#endif // GEMLIR_LIB_TARGET_GRAPHFILE_ONNXOPERATORS_ONNXOPERATORS_H
