// SPDX-License-Identifier: Apache-2.0
//
// A graph of the dialect in GE's schema, as GE itself would write it. The
// importer compares the file with it, and keeps what is different; the exporter
// starts from it and puts the differences back.
#ifndef GEDIALECT_LIB_TARGET_GRAPHFILE_AIRENCODER_H
#define GEDIALECT_LIB_TARGET_GRAPHFILE_AIRENCODER_H

#include "ge_ir.pb.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include "llvm/ADT/DenseMap.h"

#include <string>
#include <vector>

namespace gemlir {

/// GE's names for the nodes that are no operations here.
constexpr llvm::StringLiteral kDataType = "Data";
constexpr llvm::StringLiteral kNetOutputType = "NetOutput";

/// The attribute in which `Const` nodes hold their tensor.
constexpr llvm::StringLiteral kValueAttr = "value";

/// What a new model of GE says about itself.
void encodeModel(ge::proto::ModelDef &model);

/// Encodes one graph: a function with one block of GE operators.
class AirEncoder {
public:
  /// A node of the graph: an argument, an operation, or the return.
  struct Node {
    std::optional<unsigned> argument;
    mlir::Operation *op = nullptr;
  };

  /// `hasNetOutput` says whether the return is a node of its own.
  AirEncoder(mlir::func::FuncOp function, bool hasNetOutput);

  /// Fails, after reporting it, when the graph holds something that GE's schema
  /// cannot hold.
  mlir::LogicalResult check();

  /// Arguments, operations, return.
  llvm::ArrayRef<Node> getNodes() const { return nodes; }

  /// Name, inputs and outputs; not the nodes.
  void encodeGraph(ge::proto::GraphDef &graph);

  /// Encodes `getNodes()[index]`, which stands at `position` of the file. The
  /// tensor of a constant comes without its elements. `symbols` gives the names
  /// of subgraphs.
  mlir::LogicalResult encodeNode(unsigned index, int64_t position,
                                 mlir::SymbolTable &symbols,
                                 ge::proto::OpDef &def);

private:
  std::string getEdge(mlir::Value value);
  void encodeArgument(unsigned index, ge::proto::OpDef &def);
  mlir::LogicalResult encodeOp(mlir::Operation *op, mlir::SymbolTable &symbols,
                               ge::proto::OpDef &def);
  void encodeReturn(mlir::Operation *op, ge::proto::OpDef &def);

  mlir::func::FuncOp function;
  std::vector<Node> nodes;
  llvm::DenseMap<mlir::Operation *, std::string> opNames;
};

/// Fields of a descriptor that follow from the type.
void encodeTensor(mlir::Type type, ge::proto::TensorDescriptor &desc);

/// The type that a descriptor states. The error says what is wrong with it.
llvm::Expected<mlir::Type>
decodeTensor(mlir::MLIRContext *context,
             const ge::proto::TensorDescriptor &desc);

} // namespace gemlir

#endif // GEDIALECT_LIB_TARGET_GRAPHFILE_AIRENCODER_H
