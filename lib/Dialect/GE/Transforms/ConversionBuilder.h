// SPDX-License-Identifier: Apache-2.0
//
// Puts values into other element types and storage formats.
#ifndef GEDIALECT_LIB_DIALECT_GE_TRANSFORMS_CONVERSIONBUILDER_H
#define GEDIALECT_LIB_DIALECT_GE_TRANSFORMS_CONVERSIONBUILDER_H

#include "GeDialect/Dialect/GE/IR/GEDataMovementOps.h"
#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"
#include "GeDialect/Support/UniqueNames.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include "llvm/ADT/MapVector.h"

namespace gemlir::geir {

/// Whether the value of this constant can be given another type when the file
/// is written: it is not refreshed, and the conversion is one that writers
/// know.
bool canConvert(ConstOp constant, mlir::RankedTensorType type);

/// The value of `constant` in another type; `canConvert` must hold.
ConvertedAttr convertValue(ConstOp constant, mlir::RankedTensorType type);

/// Conversions of the values of one graph: one per value and type.
class ConversionBuilder {
public:
  explicit ConversionBuilder(mlir::func::FuncOp function);

  /// `value` in `type`, which differs in element type or layout, not in both:
  /// itself, a constant, or the result of a Cast or TransData behind it. With
  /// the block of a branch as `user`, a new conversion stands at the beginning
  /// of that block, so that it runs only when the branch does.
  mlir::Value get(mlir::Value value, mlir::RankedTensorType type,
                  mlir::Block *user = nullptr);

  /// Has `get` take this conversion, which is moved to its operand then,
  /// instead of making one.
  void reuse(TransDataOp op) {
    reused.insert({{op.getSrc(), op.getDst().getType()}, op});
  }

  /// Removes constants that nobody uses any more; those made of them take their
  /// names.
  void finish();

private:
  mlir::Value makeConstant(ConstOp constant, mlir::RankedTensorType type);

  UniqueNames names;
  /// By value, type and block.
  llvm::DenseMap<std::tuple<mlir::Value, mlir::Type, mlir::Block *>,
                 mlir::Value>
      made;
  llvm::DenseMap<std::pair<mlir::Value, mlir::Type>, TransDataOp> reused;
  /// New constants and those of the graph that they were made of, in order.
  llvm::MapVector<ConstOp, ConstOp> constants;
};

} // namespace gemlir::geir

#endif // GEDIALECT_LIB_DIALECT_GE_TRANSFORMS_CONVERSIONBUILDER_H
