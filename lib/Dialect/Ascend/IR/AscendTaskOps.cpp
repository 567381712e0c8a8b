// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/Ascend/IR/AscendDialect.h"

#include "GeDialect/Dialect/GE/IR/GEDialect.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace gemlir;
using namespace gemlir::ascend;

#define GET_OP_CLASSES
#include "GeDialect/Dialect/Ascend/IR/AscendTaskOps.cpp.inc"

void AscendDialect::registerTaskOps() {
  addOperations<
#define GET_OP_LIST
#include "GeDialect/Dialect/Ascend/IR/AscendTaskOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// file, kernel_binary, partition
//===----------------------------------------------------------------------===//

LogicalResult FileOp::verify() {
  if (getKind() == FileKind::OM && (getModels().size() != 1 || getVariables()))
    return emitOpError("an om is one model without a record of variables, "
                       "found ")
           << getModels().size() << " models"
           << (getVariables() ? " and a record" : ""); // FI-1
  if (getModels().empty())
    return emitOpError("needs at least one model"); // FI-1
  if (getVariables() && static_cast<int64_t>(*getVariables()) < 0)
    return emitOpError("has negative bytes of variables");
  return verifyExtraKeys(*this, getExtraAttr(),
                         {"header", "partitions"}); // FI-3
}

LogicalResult FileOp::verifySymbolUses(SymbolTableCollection &symbols) {
  for (FlatSymbolRefAttr name : getModels().getAsRange<FlatSymbolRefAttr>())
    if (!symbols.lookupNearestSymbolFrom<ModelOp>(*this, name))
      return emitOpError("lists ")
             << name << ", which is not an ascend.model"; // FI-2
  return success();
}

/// BY-1: bytes are a reference into a file or a text.
static LogicalResult verifyBytesValue(Operation *op, Attribute value) {
  if (isa<geir::WeightAttr, StringAttr>(value))
    return success();
  return op->emitOpError("value must be a #ge.weight or a string, found ")
         << value;
}

LogicalResult KernelBinaryOp::verify() {
  return verifyBytesValue(*this, getValue());
}

LogicalResult PartitionOp::verify() {
  return verifyBytesValue(*this, getValue());
}

//===----------------------------------------------------------------------===//
// op, task
//===----------------------------------------------------------------------===//

LogicalResult GenericTaskOp::verify() {
  int64_t stream = getStream();
  if (stream < 0 || stream > UINT32_MAX)
    return emitOpError("stream must lie in 0..4294967295, found ")
           << stream; // TA-1
  return success();
}

LogicalResult OpOp::verify() {
  auto hasNames = [](ArrayAttr names, ArrayAttr descs) {
    return names.empty() || names.size() == descs.size();
  };
  if (!hasNames(getInputNames(), getInputs()) ||
      !hasNames(getOutputNames(), getOutputs()))
    return emitOpError("needs one name per descriptor or none, found ")
           << getInputNames().size() << " for " << getInputs().size()
           << " inputs and " << getOutputNames().size() << " for "
           << getOutputs().size() << " outputs"; // OP-1
  for (auto desc : getOutputs().getAsRange<DescAttr>())
    if (desc.isAbsent() && !desc.getExtra())
      return emitOpError("must not have an absent output"); // OP-1
  if (getEdges().size() < getInputs().size())
    return emitOpError("needs one edge per input, found ")
           << getEdges().size() << " for " << getInputs().size(); // OP-1
  for (auto [i, edge] : llvm::enumerate(getEdges().getAsRange<StringAttr>())) {
    bool isControl = i >= getInputs().size();
    if (edge.empty() && !isControl)
      continue;
    auto [source, text] = edge.getValue().rsplit(':');
    int64_t output;
    if (source.empty() || text.getAsInteger(10, output) || output < -1)
      return emitOpError("edge ")
             << edge << " is not of the form 'node:output'"; // OP-2
    if (isControl != (output == -1))
      return emitOpError("edge ")
             << edge << (isControl ? " behind" : " of") << " the "
             << getInputs().size() << " inputs must "
             << (isControl ? "be" : "not be") << " a control edge"; // OP-2
  }
  return success();
}
