// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/WeightRefresh/IR/WRDialect.h"

#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Support/DialectVersion.h"

#include "mlir/IR/DialectImplementation.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace gemlir::wr;

#include "GeDialect/Dialect/WeightRefresh/IR/WRDialect.cpp.inc"
#include "GeDialect/Dialect/WeightRefresh/IR/WREnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "GeDialect/Dialect/WeightRefresh/IR/WRAttributes.cpp.inc"

void WRDialect::initialize() {
  registerAttributes();
  registerOps();
  addInterfaces<gemlir::DialectVersionInterface>();
}

void WRDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "GeDialect/Dialect/WeightRefresh/IR/WRAttributes.cpp.inc"
      >();
}
