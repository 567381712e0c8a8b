// SPDX-License-Identifier: Apache-2.0
//
// Registers every dialect a tool of this project needs.
#ifndef GEDIALECT_INITALLDIALECTS_H
#define GEDIALECT_INITALLDIALECTS_H

#include "GeDialect/Dialect/Ascend/IR/AscendDialect.h"
#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Dialect/WeightRefresh/IR/WRDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace gemlir {

inline void registerAllDialects(mlir::DialectRegistry &registry) {
  registry.insert<ascend::AscendDialect, geir::GEDialect, wr::WRDialect,
                  mlir::func::FuncDialect>();
}

} // namespace gemlir

#endif // GEDIALECT_INITALLDIALECTS_H
