// SPDX-License-Identifier: Apache-2.0
//
// The importer of GE's graph files.
#ifndef GEDIALECT_LIB_TARGET_GRAPHFILE_AIRIMPORTER_H
#define GEDIALECT_LIB_TARGET_GRAPHFILE_AIRIMPORTER_H

#include "AirEncoder.h"

#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Target/GraphFile/AirModel.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringMap.h"

namespace gemlir {

/// Imports a model.
class AirImporter {
public:
  AirImporter(AirModel model, llvm::StringRef path, mlir::MLIRContext *context)
      : model(std::move(model)), path(path), context(context),
        fileLoc(mlir::FileLineColLoc::get(context, path, 0, 0)) {}

  mlir::OwningOpRef<mlir::ModuleOp> run();

  mlir::Location getLoc(llvm::StringRef node) const {
    return mlir::NameLoc::get(mlir::StringAttr::get(context, node), fileLoc);
  }
  mlir::InFlightDiagnostic emitError() const {
    return mlir::emitError(fileLoc);
  }
  const MappedFile &getFile() const { return *model.file; }
  /// The symbol of the file, for weights that stay in it.
  mlir::FlatSymbolRefAttr getStore();
  /// The function of a graph, null when there is none.
  mlir::FlatSymbolRefAttr getGraphSymbol(llvm::StringRef name);

  /// Prototype of a typed operator, null when the dialect has none.
  const geir::OperatorSpec *findOperator(llvm::StringRef type);

private:
  static constexpr llvm::StringLiteral kStoreSymbol = "model";

  AirModel model;
  llvm::StringRef path;
  mlir::MLIRContext *context;
  mlir::Location fileLoc;
  mlir::ModuleOp module;
  mlir::FlatSymbolRefAttr store;
  llvm::StringMap<std::string> graphSymbols;
  llvm::StringMap<const geir::OperatorSpec *> operators;
};

/// Where an input comes from; no node when it is not fed.
struct AirEdge {
  std::optional<unsigned> node;
  int64_t output = 0;
};

/// Imports one graph into a function. Nodes are numbered as in the file.
class AirGraphImporter {
public:
  AirGraphImporter(AirImporter &importer, ge::proto::GraphDef &graph,
                   mlir::func::FuncOp function)
      : importer(importer), graph(graph), function(function) {}

  mlir::LogicalResult run();

  /// Leaves on the function what the file says beyond it. The graph is used up.
  mlir::LogicalResult keepDifferences(mlir::SymbolTable &symbols);

private:
  mlir::LogicalResult indexNodes();
  mlir::LogicalResult readEdges();
  mlir::LogicalResult sortNodes();
  mlir::LogicalResult createArguments();
  mlir::LogicalResult createReturn(mlir::OpBuilder &builder);
  mlir::FailureOr<AirEdge>
  readEdge(llvm::StringRef text,
           llvm::function_ref<mlir::InFlightDiagnostic()> emit);

  // AirNode.cpp
  mlir::LogicalResult createNode(mlir::OpBuilder &builder, unsigned node);
  mlir::FailureOr<mlir::Operation *> createConst(mlir::OpBuilder &builder,
                                                 ge::proto::OpDef &def);
  /// Null when the node does not fit the definition of a typed operator.
  mlir::Operation *createTyped(mlir::OpBuilder &builder,
                               const ge::proto::OpDef &def,
                               llvm::ArrayRef<mlir::Value> inputs,
                               mlir::TypeRange types);
  mlir::FailureOr<mlir::Operation *>
  createGeneric(mlir::OpBuilder &builder, const ge::proto::OpDef &def,
                llvm::ArrayRef<mlir::Value> inputs, mlir::TypeRange types);
  mlir::FailureOr<mlir::Type> getType(const ge::proto::OpDef &def,
                                      const ge::proto::TensorDescriptor &desc,
                                      llvm::StringRef what);
  mlir::InFlightDiagnostic emitError(const ge::proto::OpDef &def);

  AirImporter &importer;
  ge::proto::GraphDef &graph;
  mlir::func::FuncOp function;
  llvm::StringMap<unsigned> positions;
  std::vector<std::vector<AirEdge>> edges;
  /// The nodes such that sources come before users.
  std::vector<unsigned> order;
  std::optional<unsigned> netOutput;
  std::vector<unsigned> nodeOfArgument;
  /// By node: its outputs, and the operation it became.
  std::vector<llvm::SmallVector<mlir::Value, 1>> values;
  std::vector<mlir::Operation *> operations;
};

} // namespace gemlir

#endif // GEDIALECT_LIB_TARGET_GRAPHFILE_AIRIMPORTER_H
