// SPDX-License-Identifier: Apache-2.0
//
// What the dims of the images in a graph are called, which formats with named
// axes depend on.
#ifndef GEDIALECT_DIALECT_GE_IR_AXISNAMES_H
#define GEDIALECT_DIALECT_GE_IR_AXISNAMES_H

#include "GeDialect/Dialect/GE/IR/GEDialect.h"

#include "llvm/ADT/IntEqClasses.h"
#include "llvm/ADT/MapVector.h"

#include <vector>

namespace gemlir::geir {

/// Which axes the dims of each rank-4 value are: what its type says, else what
/// an operator says that names them, passed on through operators that do not
/// change them or permute them; NCHW where nobody says anything, as GE takes
/// ND. Stays true while formats are put in, since a TransData keeps the names.
class AxisNames {
public:
  /// Of the values inside `root`.
  explicit AxisNames(mlir::Operation *root);

  /// Empty for another rank, and where operators disagree.
  std::optional<Format> get(mlir::Value value) const {
    auto it = numbers.find(value);
    return it == numbers.end() ? std::nullopt : origins[classes[it->second]];
  }

private:
  static bool hasRank4(mlir::Value value) {
    auto type = mlir::dyn_cast<mlir::RankedTensorType>(value.getType());
    return type && type.getRank() == 4;
  }
  void add(mlir::Value value) {
    if (hasRank4(value))
      numbers.insert({value, numbers.size()});
  }

  llvm::MapVector<mlir::Value, unsigned> numbers;
  llvm::IntEqClasses classes;
  /// By class.
  std::vector<std::optional<Format>> origins;
};

} // namespace gemlir::geir

#endif // GEDIALECT_DIALECT_GE_IR_AXISNAMES_H
