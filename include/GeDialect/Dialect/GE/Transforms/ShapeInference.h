// SPDX-License-Identifier: Apache-2.0
//
// Shape inference of one operator, for ge-infer-shapes and for importers.
#ifndef GEDIALECT_DIALECT_GE_TRANSFORMS_SHAPEINFERENCE_H
#define GEDIALECT_DIALECT_GE_TRANSFORMS_SHAPEINFERENCE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Operation.h"

namespace gemlir::geir {

/// Refines the result types of `op` from its operands and attributes, as far
/// as it implements `InferShapedTypeOpInterface`. What the types say already is
/// kept where inference knows less. Fails with a diagnostic when both
/// contradict each other or the operands do not fit the operator.
mlir::LogicalResult refineResultTypes(mlir::Operation *op);

/// Makes the type of a graph what its body returns.
void refineFunctionType(mlir::func::FuncOp function);

} // namespace gemlir::geir

#endif // GEDIALECT_DIALECT_GE_TRANSFORMS_SHAPEINFERENCE_H
