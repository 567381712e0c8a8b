// SPDX-License-Identifier: Apache-2.0
//
// The choice of storage formats in one graph: states it as a problem on numbers
// (FormatAssignment.h) and puts an answer into the types.
#ifndef GEDIALECT_DIALECT_GE_TRANSFORMS_GRAPHFORMATS_H
#define GEDIALECT_DIALECT_GE_TRANSFORMS_GRAPHFORMATS_H

#include "GeDialect/Dialect/GE/IR/FormatRules.h"
#include "GeDialect/Dialect/GE/Transforms/FormatAssignment.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include "llvm/ADT/DenseMap.h"

namespace gemlir::geir {

class GraphFormats {
public:
  /// The function has one block and no fractal formats, and stays as it is
  /// until `apply`.
  GraphFormats(mlir::func::FuncOp function, const Target &target);

  const FormatProblem &getProblem() const { return problem; }
  /// Whether any operand or result can have another format than the linear one.
  bool hasChoices() const { return problem.ports.size() > 1; }

  /// Stores every value in the format of its producer's port and puts a
  /// TransData where a user has another one. To be called once.
  void apply(llvm::ArrayRef<FormatId> formats);

private:
  class AxisNames;

  /// How a layout names the dims: origin format and expansion.
  using Naming = std::pair<Format, std::string>;
  /// An operand or result with a choice.
  struct Place {
    unsigned port = 0;
    /// Number of its naming.
    unsigned naming = 0;
  };
  /// A type in one format; null when there is no such layout.
  struct Stored {
    mlir::RankedTensorType type;
    int64_t bytes = 0;
  };
  /// Number of a result, or ~number of an operand.
  using Key = std::pair<mlir::Operation *, int>;
  static Key getKey(mlir::Operation *op, bool isResult, unsigned index) {
    return {op, isResult ? static_cast<int>(index) : ~static_cast<int>(index)};
  }

  void addPorts(mlir::Operation *op, const AxisNames &names);
  void addPort(mlir::Operation *op, FormatPort port, const AxisNames &names);
  void addValue(mlir::Value value);
  const Place *findPlace(mlir::Operation *op, bool isResult,
                         unsigned index) const {
    auto it = places.find(getKey(op, isResult, index));
    return it == places.end() ? nullptr : &it->second;
  }
  FormatId getId(const FormatChoice &choice);
  unsigned getNaming(Format origin, llvm::StringRef expand);
  /// A linear type in a format. Graphs have few types, but their layouts are
  /// asked for at every operand.
  const Stored &getStored(mlir::RankedTensorType type, FormatId format,
                          unsigned naming);

  /// Operands and results that are always linear are all one port; conversions
  /// that have no choice are its cost.
  static constexpr unsigned kLinearPort = 0;

  mlir::func::FuncOp function;
  const Target &target;
  FormatProblem problem;
  /// By format id.
  std::vector<FormatChoice> formatsById = {{}};
  std::vector<Naming> namings;
  llvm::DenseMap<Key, Place> places;
  llvm::DenseMap<std::pair<mlir::Type, std::pair<FormatId, unsigned>>, Stored>
      stored;
};

} // namespace gemlir::geir

#endif // GEDIALECT_DIALECT_GE_TRANSFORMS_GRAPHFORMATS_H
