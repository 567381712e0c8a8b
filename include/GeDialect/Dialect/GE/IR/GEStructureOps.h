// SPDX-License-Identifier: Apache-2.0
//
// Operators of the ge dialect: see GEStructureOps.td.
#ifndef GEDIALECT_DIALECT_GE_IR_GESTRUCTUREOPS_H
#define GEDIALECT_DIALECT_GE_IR_GESTRUCTUREOPS_H

#include "GeDialect/Dialect/GE/IR/GEDialect.h"

#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"

#define GET_OP_CLASSES
#include "GeDialect/Dialect/GE/IR/GEStructureOps.h.inc"

#endif // GEDIALECT_DIALECT_GE_IR_GESTRUCTUREOPS_H
