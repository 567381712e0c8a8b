// SPDX-License-Identifier: Apache-2.0
//
// Operators of the ge dialect: see GEReductionOps.td.
#ifndef GEDIALECT_DIALECT_GE_IR_GEREDUCTIONOPS_H
#define GEDIALECT_DIALECT_GE_IR_GEREDUCTIONOPS_H

#include "GeDialect/Dialect/GE/IR/GEDialect.h"

#define GET_OP_CLASSES
#include "GeDialect/Dialect/GE/IR/GEReductionOps.h.inc"

#endif // GEDIALECT_DIALECT_GE_IR_GEREDUCTIONOPS_H
