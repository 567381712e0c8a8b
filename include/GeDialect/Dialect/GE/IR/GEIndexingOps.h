// SPDX-License-Identifier: Apache-2.0
//
// Operators of the ge dialect: see GEIndexingOps.td.
#ifndef GEDIALECT_DIALECT_GE_IR_GEINDEXINGOPS_H
#define GEDIALECT_DIALECT_GE_IR_GEINDEXINGOPS_H

#include "GeDialect/Dialect/GE/IR/GEDialect.h"

#define GET_OP_CLASSES
#include "GeDialect/Dialect/GE/IR/GEIndexingOps.h.inc"

#endif // GEDIALECT_DIALECT_GE_IR_GEINDEXINGOPS_H
