// SPDX-License-Identifier: Apache-2.0
//
// The vocabulary in which operators say which storage formats and precisions
// they work in (FormatOpInterface, PrecisionOpInterface), and rules that
// several operators share. Why each operator has the rule it has:
// docs/formats.md.
#ifndef GEDIALECT_DIALECT_GE_IR_FORMATRULES_H
#define GEDIALECT_DIALECT_GE_IR_FORMATRULES_H

#include "GeDialect/Layout/Format.h"
#include "GeDialect/Layout/Targets.h"

#include "mlir/IR/Operation.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <optional>
#include <string>

namespace gemlir::geir {

/// A storage format that a port can have. ND stands for every linear format.
struct FormatChoice {
  Format storage = Format::ND;
  int64_t c0 = 0;
  /// Groups of a filter; 0 when it has none.
  int64_t groups = 0;
  /// Decides where bytes do not: smaller is better.
  int preference = 0;
  /// Whether the operator is a conversion in this format: the bytes of its
  /// members count.
  bool moves = false;

  bool isLinear() const { return gemlir::isLinear(storage); }
  bool operator==(const FormatChoice &other) const {
    return storage == other.storage && c0 == other.c0 && groups == other.groups;
  }
};

/// An operand or result, by its number in the operation.
struct FormatMember {
  bool isResult = false;
  unsigned index = 0;
  /// Which axes its dims are, when it has fewer than the format; empty for all.
  std::string expand = "";
};

/// Operands and results that share a format.
struct FormatPort {
  llvm::SmallVector<FormatMember, 3> members;
  /// No format twice.
  llvm::SmallVector<FormatChoice, 3> choices;
};

/// How an operator names the dims of rank-4 tensors.
struct AxisOrder {
  enum Kind { None, Alike, Named, Permuted } kind = None;
  /// With Named: the format of operand 0 and result 0.
  Format format = Format::ND;
  /// With Named: the format of operand 1, when that is a filter.
  Format filter = Format::ND;
  /// With Permuted: dim i of result 0 is this dim of operand 0.
  llvm::SmallVector<int64_t, 4> permutation = {};

  static AxisOrder none() { return {}; }
  static AxisOrder alike() { return {Alike}; }
  /// `dataFormat` is NCHW or NHWC, as operators spell it.
  static AxisOrder named(llvm::StringRef dataFormat);
  static AxisOrder permuted(llvm::ArrayRef<int64_t> permutation);
};

/// The format whose dim i is dim `permutation[i]` of this one; empty when there
/// is none.
std::optional<Format> permuteAxes(Format format,
                                  llvm::ArrayRef<int64_t> permutation);

/// What the rules may ask about the surroundings of an operator.
struct FormatContext {
  const Target &target;
  /// Names of the dims of a rank-4 value; empty where operators disagree, so
  /// that formats with named axes cannot be used.
  llvm::function_ref<std::optional<Format>(mlir::Value)> getOrigin;
};

/// Which of GE's lists for mixed precision an operator is on.
enum class PrecisionClass {
  /// Always in 16 bits (GE's allow list): the cube unit computes nothing else.
  Reduce,
  /// In 16 bits when an operand is (GE's gray list).
  Follow,
  /// Never in 16 bits (GE's block list).
  Keep,
};

/// The ports of an operator that has FormatOpInterface; none of any other
/// operation, and none while a shape is not known.
llvm::SmallVector<FormatPort> getFormatPorts(mlir::Operation *op,
                                             const FormatContext &context);

/// Verifies that the types of an operator that names dims (AxisOrder::Named) do
/// not name them otherwise.
mlir::LogicalResult verifyAxisOrder(mlir::Operation *op);

/// The type of an operand for those who see the operator's tensors without the
/// operator: a filter whose dims its type does not name has the names that the
/// operator gives them.
mlir::Type getNamedOperandType(mlir::Operation *op, unsigned operandIndex);

/// Whether the cube unit computes on elements of this type.
bool isCubeType(mlir::Type elementType);

mlir::Value getMember(mlir::Operation *op, const FormatMember &member);

/// The element type of operand or result `member` of `op`, and its shape. The
/// tensor must be ranked.
mlir::RankedTensorType getMemberType(mlir::Operation *op,
                                     const FormatMember &member);

/// Operands and results of one rank in one format: linear, NC1HWC0 for rank 4
/// and FRACTAL_NZ for rank 2 and more. Their lengths may differ.
FormatPort makeUniformPort(mlir::Operation *op,
                           llvm::ArrayRef<FormatMember> members,
                           const FormatContext &context);
/// All operands and results in one port.
FormatPort makeUniformPort(mlir::Operation *op, const FormatContext &context);

/// All operands and results in one port, where operands may broadcast as in
/// NumPy: a format is left out when they do so along an axis that it cuts, and
/// operands of one element stay linear.
FormatPort makeElementwisePort(mlir::Operation *op,
                               const FormatContext &context);

/// Operand 0 and result 0 of an operator that permutes dims. In NC1HWC0 it
/// moves nothing when the result's names follow from the operand's: the place
/// of an element depends on what its dims are called, not on their order.
FormatPort makePermutingPort(mlir::Operation *op,
                             llvm::ArrayRef<int64_t> permutation,
                             const FormatContext &context);

/// A port with one choice: this format, with the default C0 of its type; linear
/// when there are more groups than a format can say.
FormatPort makeFixedPort(mlir::Operation *op, FormatMember member,
                         Format storage, const FormatContext &context,
                         int64_t groups = 0);

/// The image operand 0 and result 0 of an operator whose kernels for 16-bit and
/// 8-bit types know NC1HWC0 only; linear for other types.
FormatPort makeImagePort(mlir::Operation *op, const FormatContext &context);

/// An operand or result of a matrix product: FRACTAL_NZ, or linear where the
/// target's cube unit cuts matrices itself. Linear only for types that the cube
/// unit does not have. `linearPreference` is that of the linear choice.
FormatPort makeMatrixPort(mlir::Operation *op, FormatMember member,
                          const FormatContext &context,
                          int linearPreference = 0);

} // namespace gemlir::geir

#endif // GEDIALECT_DIALECT_GE_IR_FORMATRULES_H
