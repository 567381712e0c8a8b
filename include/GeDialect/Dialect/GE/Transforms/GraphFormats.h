// SPDX-License-Identifier: Apache-2.0
//
// The choice of storage formats in one graph: states it as a problem on numbers
// (FormatAssignment.h) and puts an answer into the types.
#ifndef GEDIALECT_DIALECT_GE_TRANSFORMS_GRAPHFORMATS_H
#define GEDIALECT_DIALECT_GE_TRANSFORMS_GRAPHFORMATS_H

#include "GeDialect/Dialect/GE/IR/AxisNames.h"
#include "GeDialect/Dialect/GE/IR/FormatRules.h"
#include "GeDialect/Dialect/GE/Transforms/FormatAssignment.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

namespace gemlir::geir {

/// Fractal types that are there already stay: they leave the ports that they
/// are part of one choice. TransDatas are no operators but the result of a
/// choice, and are placed anew. Branches belong to the graph around them.
class GraphFormats {
public:
  /// The function has one block, and stays as it is until `apply`.
  GraphFormats(mlir::func::FuncOp function, const Target &target);

  const FormatProblem &getProblem() const { return problem; }
  /// Whether any operand or result can have another format than the linear one.
  bool hasChoices() const { return problem.ports.size() > 1; }

  /// An operator whose formats cannot be chosen, and why, as the end of a
  /// sentence about it.
  struct Declined {
    mlir::Operation *op;
    std::string reason;
  };
  llvm::ArrayRef<Declined> getDeclined() const { return declined; }

  /// Stores every value in the format of its producer's port and puts a
  /// TransData where a user has another one. To be called once.
  void apply(llvm::ArrayRef<FormatId> formats);

private:
  /// How a layout names the dims: origin format and expansion. Its number is
  /// the variant of an end of a value.
  using Naming = std::pair<Format, std::string>;
  /// An operand or result that need not be linear.
  struct Place {
    unsigned port = 0;
    /// Number of its naming.
    unsigned naming = 0;
  };
  /// A linear type in one format.
  struct Stored {
    /// Null when there is no such layout.
    mlir::RankedTensorType type;
    int64_t bytes = 0;
    /// Which copy of the tensor this is: those of one type and format with one
    /// number have the same bytes.
    unsigned copy = 0;
  };
  /// Number of a result, or ~number of an operand.
  using Key = std::pair<mlir::Operation *, int>;
  static Key getKey(mlir::Operation *op, bool isResult, unsigned index) {
    return {op, isResult ? static_cast<int>(index) : ~static_cast<int>(index)};
  }

  void addTransData(mlir::Operation *op);
  void addPorts(mlir::Operation *op, const AxisNames &names);
  /// False when nothing was added, and so no cost either.
  bool addPort(mlir::Operation *op, FormatPort port, const AxisNames &names);
  /// What has a fractal type and no port keeps its type. Arguments are results
  /// of the function.
  void addFixedPlace(mlir::Operation *op, mlir::Value value, bool isResult,
                     unsigned index);
  void addValue(mlir::Value value);
  void decline(mlir::Operation *op, std::string reason) {
    declined.push_back({op, std::move(reason)});
  }

  /// The value whose elements these are, before any TransData.
  mlir::Value getRoot(mlir::Value value) const;
  /// The linear type of a tensor.
  mlir::RankedTensorType getLinearType(mlir::Value value) const;

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
  /// Format and copy of a tensor that is stored in this type.
  std::pair<FormatId, unsigned> getCopy(mlir::RankedTensorType linear,
                                        mlir::Type type);

  /// Operands and results that are always linear are all one port; conversions
  /// that have no choice are its cost.
  static constexpr unsigned kLinearPort = 0;

  mlir::func::FuncOp function;
  const Target &target;
  /// All but the TransDatas that are placed anew, in order.
  std::vector<mlir::Operation *> operations;
  /// Those, in order.
  std::vector<mlir::Operation *> transDatas;
  llvm::DenseSet<mlir::Operation *> isTransData;
  /// Linear types of tensors that are fractal where they are produced.
  llvm::DenseMap<mlir::Value, mlir::RankedTensorType> linearTypes;
  FormatProblem problem;
  std::vector<Declined> declined;
  /// By format id.
  std::vector<FormatChoice> formatsById = {{}};
  /// Ports of operands and results that have a format already and no choice.
  llvm::DenseMap<FormatId, unsigned> fixedPorts;
  std::vector<Naming> namings;
  llvm::DenseMap<Key, Place> places;
  llvm::DenseMap<std::pair<mlir::Type, std::pair<FormatId, unsigned>>, Stored>
      stored;
  /// One type of each copy.
  llvm::DenseMap<std::pair<mlir::Type, FormatId>,
                 llvm::SmallVector<mlir::RankedTensorType, 1>>
      copies;
};

} // namespace gemlir::geir

#endif // GEDIALECT_DIALECT_GE_TRANSFORMS_GRAPHFORMATS_H
