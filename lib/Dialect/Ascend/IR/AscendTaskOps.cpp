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
  for (StringAttr edge : getEdges().getAsRange<StringAttr>()) {
    int64_t output;
    StringRef text = edge.getValue();
    if (!text.empty() &&
        (!text.contains(':') ||
         text.drop_front(text.rfind(':') + 1).getAsInteger(10, output) ||
         output < -1))
      return emitOpError("edge ")
             << edge << " is not of the form 'node:output'"; // OP-2
  }
  return success();
}
