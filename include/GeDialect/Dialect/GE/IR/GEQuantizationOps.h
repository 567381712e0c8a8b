// SPDX-License-Identifier: Apache-2.0
//
// Operators of the ge dialect: see GEQuantizationOps.td.
#ifndef GEDIALECT_DIALECT_GE_IR_GEQUANTIZATIONOPS_H
#define GEDIALECT_DIALECT_GE_IR_GEQUANTIZATIONOPS_H

#include "GeDialect/Dialect/GE/IR/GEDialect.h"

#define GET_OP_CLASSES
#include "GeDialect/Dialect/GE/IR/GEQuantizationOps.h.inc"

#endif // GEDIALECT_DIALECT_GE_IR_GEQUANTIZATIONOPS_H
