// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/Ascend/IR/AscendDialect.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace gemlir::ascend;

#define GET_OP_CLASSES
#include "GeDialect/Dialect/Ascend/IR/AscendTaskOps.cpp.inc"

void AscendDialect::registerTaskOps() {
  addOperations<
#define GET_OP_LIST
#include "GeDialect/Dialect/Ascend/IR/AscendTaskOps.cpp.inc"
      >();
}

LogicalResult OpOp::verify() {
  if (getInputNames().size() != getInputs().size() ||
      getOutputNames().size() != getOutputs().size())
    return emitOpError("needs one name per descriptor, found ")
           << getInputNames().size() << " for " << getInputs().size()
           << " inputs and " << getOutputNames().size() << " for "
           << getOutputs().size() << " outputs"; // OP-1
  for (auto desc : getOutputs().getAsRange<DescAttr>())
    if (desc.isAbsent())
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
