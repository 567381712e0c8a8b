// SPDX-License-Identifier: Apache-2.0
//
// Attributes of GE nodes between the dialect and the schema.
#ifndef GEDIALECT_LIB_TARGET_GRAPHFILE_AIRATTRIBUTES_H
#define GEDIALECT_LIB_TARGET_GRAPHFILE_AIRATTRIBUTES_H

#include "ge_ir.pb.h"

#include "mlir/IR/BuiltinAttributes.h"

namespace gemlir {

/// The attribute in the dialect's spelling: i64, f32, bool, string, array<i64>
/// for a list of ints, #ge.list for other lists, a type for an element type, an
/// array of array<i64> for a list of lists. Null for kinds that the dialect
/// does not spell.
mlir::Attribute decodeAttribute(mlir::MLIRContext *context,
                                const ge::proto::AttrDef &attr);

/// The opposite; false when the attribute has no counterpart.
bool encodeAttribute(mlir::Attribute value, ge::proto::AttrDef &attr);

} // namespace gemlir

#endif // GEDIALECT_LIB_TARGET_GRAPHFILE_AIRATTRIBUTES_H
