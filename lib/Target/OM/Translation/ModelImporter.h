// SPDX-License-Identifier: Apache-2.0
//
// One model of a file as an ascend.model of stage S6.
#ifndef GEMLIR_LIB_TARGET_OM_TRANSLATION_MODELIMPORTER_H
#define GEMLIR_LIB_TARGET_OM_TRANSLATION_MODELIMPORTER_H

#include "DefaultMessages.h"
#include "ProtoAttributes.h"

#include "GeDialect/Target/OM/Reader.h"

#include "mlir/IR/Builders.h"

namespace gemlir::om {

/// Imports one model, which must outlive the importer. Everything is kept: what
/// the short forms do not say goes into dictionaries, payloads become
/// references into `store`.
class ModelImporter {
public:
  ModelImporter(const Model &model, mlir::FlatSymbolRefAttr store,
                mlir::Location loc);

  /// Creates the operation with nodes, weights, kernels and tasks at `builder`.
  mlir::FailureOr<ascend::ModelOp> createModel(mlir::OpBuilder &builder,
                                               llvm::StringRef symbol);

  /// Keeps what differs from what the writer makes of the operation in a file
  /// with these facts. `header` is the header of the OM, empty for a part of a
  /// dynamic OM.
  void keepDifferences(const FileFacts &facts, llvm::ArrayRef<uint8_t> header);

private:
  void importNodes(mlir::OpBuilder &builder, const ge::proto::GraphDef &graph);
  void importNode(mlir::OpBuilder &builder, const ge::proto::OpDef &def);
  ascend::DescAttr getDesc(const ge::proto::TensorDescriptor &desc,
                           std::optional<int64_t> offset,
                           std::optional<int64_t> constant, bool isOutput);
  mlir::StringAttr getName(const std::string &name);
  mlir::Type getType(const ge::proto::TensorDescriptor &desc);
  mlir::ArrayAttr getNames(const ge::proto::OpDef &def, llvm::StringRef prefix,
                           int count);
  mlir::ArrayAttr getEdges(const ge::proto::OpDef &def);
  mlir::ArrayAttr keepDescDifferences(
      mlir::ArrayAttr descs,
      const google::protobuf::RepeatedPtrField<ge::proto::TensorDescriptor>
          &actual,
      const google::protobuf::RepeatedPtrField<ge::proto::TensorDescriptor>
          &predicted);

  void importWeights(mlir::OpBuilder &builder);
  void createWeight(mlir::OpBuilder &builder, uint64_t offset, uint64_t bytes,
                    mlir::Type type);
  void importPartitions(mlir::OpBuilder &builder);
  void importTask(mlir::OpBuilder &builder, const domi::TaskDef &task);
  mlir::Operation *createShortTask(mlir::OpBuilder &builder,
                                   const domi::TaskDef &task);

  mlir::DictionaryAttr getInOutDifference(bool &differs);
  geir::WeightAttr getReference(llvm::ArrayRef<uint8_t> bytes,
                                uint64_t position);

  const Model &model;
  mlir::MLIRContext *context;
  mlir::FlatSymbolRefAttr store;
  mlir::Location loc;
  mlir::Builder attrs;
  MessageEncoder encoder;
  ascend::ModelOp op;
  /// The partitions in the order of the writer when it has the content that was
  /// imported.
  std::vector<PartitionType> otherPartitions;
  bool hasInOutInfo = false;
};

} // namespace gemlir::om

#endif // GEMLIR_LIB_TARGET_OM_TRANSLATION_MODELIMPORTER_H
