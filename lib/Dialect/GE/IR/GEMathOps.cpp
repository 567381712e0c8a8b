// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/IR/GEMathOps.h"

#include "ShapeUtils.h"

using namespace mlir;
using namespace gemlir::geir;

#define GET_OP_CLASSES
#include "GeDialect/Dialect/GE/IR/GEMathOps.cpp.inc"

void GEDialect::registerMathOps() {
  addOperations<
#define GET_OP_LIST
#include "GeDialect/Dialect/GE/IR/GEMathOps.cpp.inc"
      >();
}
