// SPDX-License-Identifier: Apache-2.0
//
// Operators of the ge dialect: see GESliceOps.td.
#ifndef GEDIALECT_DIALECT_GE_IR_GESLICEOPS_H
#define GEDIALECT_DIALECT_GE_IR_GESLICEOPS_H

#include "GeDialect/Dialect/GE/IR/GEDialect.h"

#define GET_OP_CLASSES
#include "GeDialect/Dialect/GE/IR/GESliceOps.h.inc"

#endif // GEDIALECT_DIALECT_GE_IR_GESLICEOPS_H
