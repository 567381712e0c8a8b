// SPDX-License-Identifier: Apache-2.0
//
// GE's operator prototypes as data: slots and attributes under GE's names.
#ifndef GEDIALECT_DIALECT_GE_IR_OPERATORSPEC_H
#define GEDIALECT_DIALECT_GE_IR_OPERATORSPEC_H

#include "mlir/IR/Attributes.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/Value.h"
#include "mlir/IR/ValueRange.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace gemlir::geir {

class GEOpInterface;

/// An input or output of a prototype.
struct SlotSpec {
  enum class Kind { Required, Optional, Dynamic };
  std::string name;
  Kind kind = Kind::Required;
};

/// An attribute of a prototype; `kind` is GE's word ("Int", "ListInt", ...).
struct AttrSpec {
  std::string name;
  std::string kind;
  bool required = false;
};

/// A prototype. Written as one line,
///
///   x, filter, bias?, offset_w? -> y; strides:ListInt!, groups:Int
///
/// where `?` marks an optional and `*` a dynamic slot, and `!` a required
/// attribute. Attributes of ours that GE's prototype does not have are not
/// listed.
struct OperatorSpec {
  std::string type;
  std::vector<SlotSpec> inputs;
  std::vector<SlotSpec> outputs;
  std::vector<AttrSpec> attrs;

  /// Parses the one-line form; the error names the part it did not understand.
  static llvm::Expected<OperatorSpec> parse(llvm::StringRef type,
                                            llvm::StringRef signature);
};

/// Parses the signature of a typed operator, which is part of this program and
/// therefore right.
OperatorSpec parseBuiltinOperatorSpec(llvm::StringRef type,
                                      llvm::StringRef signature);

/// An input slot of a node. `value` is null when an optional input is absent.
struct InputSlot {
  std::string name;
  mlir::Value value;
};

/// Adds the slots that `operands` fill: one for a required or optional slot,
/// `<name>0`, `<name>1`, ... for a dynamic one.
void appendInputSlots(const SlotSpec &spec, mlir::OperandRange operands,
                      llvm::SmallVectorImpl<InputSlot> &slots);

llvm::SmallVector<std::string> getOutputSlotNames(const OperatorSpec &spec,
                                                  unsigned numResults);

/// The attributes of `spec` that are set on `op`.
llvm::SmallVector<mlir::NamedAttribute>
collectAttributes(mlir::Operation *op, const OperatorSpec &spec);

/// Names the results of a node after the node, for readable IR.
void suggestResultNames(mlir::Operation *op,
                        mlir::OpAsmSetValueNameFn setNameFn);

/// Rules that hold for every node (GE-1: a node name is not empty).
mlir::LogicalResult verifyGEOp(GEOpInterface op);

} // namespace gemlir::geir

#endif // GEDIALECT_DIALECT_GE_IR_OPERATORSPEC_H
