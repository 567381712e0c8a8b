// SPDX-License-Identifier: Apache-2.0
//
// Operators of the ge dialect: see GEComparisonOps.td.
#ifndef GEDIALECT_DIALECT_GE_IR_GECOMPARISONOPS_H
#define GEDIALECT_DIALECT_GE_IR_GECOMPARISONOPS_H

#include "GeDialect/Dialect/GE/IR/GEDialect.h"

#define GET_OP_CLASSES
#include "GeDialect/Dialect/GE/IR/GEComparisonOps.h.inc"

#endif // GEDIALECT_DIALECT_GE_IR_GECOMPARISONOPS_H
