// SPDX-License-Identifier: Apache-2.0
//
// Kinds of ops that the loader treats apart, by type.
#ifndef GEDIALECT_TARGET_OM_OPKINDS_H
#define GEDIALECT_TARGET_OM_OPKINDS_H

#include "ge_ir.pb.h"

namespace gemlir::om {

/// Ops that have no input of their own in a root graph: the inputs of a model.
bool isData(const ge::proto::OpDef &op);
/// Ops whose output is a variable slot: Variable, Constant, FileConstant.
bool isVariable(const ge::proto::OpDef &op);
bool isConst(const ge::proto::OpDef &op);
bool isNetOutput(const ge::proto::OpDef &op);

} // namespace gemlir::om

#endif // GEDIALECT_TARGET_OM_OPKINDS_H
