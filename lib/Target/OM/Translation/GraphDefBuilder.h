// SPDX-License-Identifier: Apache-2.0
//
// Nodes of stage S6 as protobuf messages.
#ifndef GEMLIR_LIB_TARGET_OM_TRANSLATION_GRAPHDEFBUILDER_H
#define GEMLIR_LIB_TARGET_OM_TRANSLATION_GRAPHDEFBUILDER_H

#include "ProtoAttributes.h"

#include "GeDialect/Dialect/Ascend/IR/AscendDialect.h"
#include "GeDialect/Target/OM/Attributes.h"

#include "ge_ir.pb.h"

namespace gemlir::om {

/// What follows from the descriptors, names and edges of a node. An error when
/// a format has no number.
llvm::Error fillOpDef(ascend::OpOp op, ge::proto::OpDef &def);

/// A graph of these nodes, without the nodes.
void fillGraphDef(llvm::StringRef name, mlir::Block &nodes,
                  ge::proto::GraphDef &graph);

/// Adds the graphs of `model`, the root graph first, to `def`.
mlir::LogicalResult buildGraphs(ascend::ModelOp model,
                                const MessageDecoder &decoder,
                                ge::proto::ModelDef &def);

} // namespace gemlir::om

#endif // GEMLIR_LIB_TARGET_OM_TRANSLATION_GRAPHDEFBUILDER_H
