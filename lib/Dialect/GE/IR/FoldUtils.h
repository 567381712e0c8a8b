// SPDX-License-Identifier: Apache-2.0
//
// Computing with small constants, for the fold hooks of operators. Operands are
// what a hook is given: elements, or null for what is not known. Everything
// here gives null when it cannot compute, and never looks at or makes more than
// kMaxFoldedBytes.
#ifndef GEMLIR_LIB_DIALECT_GE_IR_FOLDUTILS_H
#define GEMLIR_LIB_DIALECT_GE_IR_FOLDUTILS_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/APSInt.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <optional>

namespace gemlir::geir {

/// Largest constant that folding reads or makes: shapes and the like are
/// smaller, weights are larger.
constexpr int64_t kMaxFoldedBytes = 1024;

/// `attr` as elements that folding may read, or null.
mlir::DenseElementsAttr getFoldable(mlir::Attribute attr);

/// The integers of `attr`, or nothing.
std::optional<llvm::SmallVector<int64_t>> getFoldedInts(mlir::Attribute attr);

/// The same for a list of axes or dims: at most `kMaxListLength` entries.
std::optional<llvm::SmallVector<int64_t>> getFoldedList(mlir::Attribute attr);

/// `type` as the type of a constant that folding may make, or null.
mlir::RankedTensorType getFoldableType(mlir::Type type);

/// A constant of integers; null when `type` is not one of i32 or i64 elements.
mlir::Attribute makeInts(mlir::Type type, llvm::ArrayRef<int64_t> values);

/// `x` under the shape of `type`.
mlir::Attribute foldView(mlir::Attribute x, mlir::Type type);

/// A constant of `type` whose element at an index is element number
/// `getSource(index)` of `x`, which must exist, or `filling` where that is
/// negative; a null `filling` stands for 0.
mlir::Attribute
foldMove(mlir::Attribute x, mlir::Type type,
         llvm::function_ref<int64_t(llvm::ArrayRef<int64_t>)> getSource,
         mlir::Attribute filling = nullptr);

/// The row-major number of an element.
int64_t linearize(llvm::ArrayRef<int64_t> index, llvm::ArrayRef<int64_t> dims);

/// Calls `visit(index)` for every element in row-major order.
void forEachIndex(llvm::ArrayRef<int64_t> dims,
                  llvm::function_ref<void(llvm::ArrayRef<int64_t>)> visit);

using IntFold = llvm::function_ref<std::optional<llvm::APSInt>(
    const llvm::APSInt &a, const llvm::APSInt &b)>;
using FloatFold = llvm::function_ref<std::optional<llvm::APFloat>(
    const llvm::APFloat &a, const llvm::APFloat &b)>;

/// A binary element-wise operator with NumPy broadcasting. The callbacks get
/// the elements in their type, bools as unsigned numbers of one bit, and give
/// elements of the type of the result, or nothing where that is not defined.
/// NaNs are not computed with: which one the device makes is not known.
mlir::Attribute foldBinary(llvm::ArrayRef<mlir::Attribute> operands,
                           mlir::Type type, IntFold onInts, FloatFold onFloats);

/// The same by one rule for integers, which wrap around, and for floating-point
/// numbers.
template <typename Rule>
mlir::Attribute foldNumbers(llvm::ArrayRef<mlir::Attribute> operands,
                            mlir::Type type, Rule rule) {
  return foldBinary(
      operands, type,
      [&](const llvm::APSInt &a, const llvm::APSInt &b) {
        return std::optional<llvm::APSInt>(rule(a, b));
      },
      [&](const llvm::APFloat &a, const llvm::APFloat &b) {
        return std::optional<llvm::APFloat>(rule(a, b));
      });
}

/// An operator on one operand.
template <typename Rule>
mlir::Attribute foldUnary(mlir::Attribute x, mlir::Type type, Rule rule) {
  return foldNumbers({x, x}, type,
                     [&](const auto &a, const auto &) { return rule(a); });
}

/// An operator that is computed for integers only.
mlir::Attribute
foldInts(llvm::ArrayRef<mlir::Attribute> operands, mlir::Type type,
         llvm::APSInt (*rule)(const llvm::APSInt &, const llvm::APSInt &));

/// A comparison with NumPy broadcasting: `holds` gets the sign of a - b, or
/// nothing when one of them is a NaN.
mlir::Attribute
foldComparison(llvm::ArrayRef<mlir::Attribute> operands, mlir::Type type,
               llvm::function_ref<bool(std::optional<int>)> holds);

/// `b` or `c` where `a` is true or false, with NumPy broadcasting.
mlir::Attribute foldSelect(llvm::ArrayRef<mlir::Attribute> operands,
                           mlir::Type type);

/// The elements of `x` in the element type of `type`, as the executor converts
/// them (docs/executor.md, "Numbers").
mlir::Attribute foldCast(mlir::Attribute x, mlir::Type type);

/// A number in another floating-point type, 16-bit ones through f32.
llvm::APFloat convertFloat(llvm::APFloat value,
                           const llvm::fltSemantics &semantics);

/// The elements as numbers; bools count as unsigned ones of one bit.
llvm::SmallVector<llvm::APSInt> getInts(mlir::DenseElementsAttr elements);

/// Functions of one number and powers.
mlir::Attribute foldMath(mlir::Operation *op,
                         llvm::ArrayRef<mlir::Attribute> operands,
                         mlir::Type type);

/// Reductions and running sums of integers and bools.
mlir::Attribute foldReduction(mlir::Operation *op,
                              llvm::ArrayRef<mlir::Attribute> operands,
                              mlir::Type type);

} // namespace gemlir::geir

#endif // GEMLIR_LIB_DIALECT_GE_IR_FOLDUTILS_H
