// SPDX-License-Identifier: Apache-2.0
//
// What one protobuf message has that another has not, as a dictionary of MLIR
// attributes. The other message is the one that can be computed from the IR, so
// the dictionary holds exactly what a file says beyond the IR, readable and
// without loss.
//
//   field of a message     its name = value
//   field that is missing  its name (a unit attribute)
//   message                a dictionary of what differs inside
//   map                    a dictionary by key
//   list                   an array; a dictionary by position when only some of
//                          its messages differ
//   enumeration            its name as a string, its number when it has no name
//   unknown fields         "unknown fields" = their bytes
#ifndef GEDIALECT_LIB_TARGET_GRAPHFILE_PROTODELTA_H
#define GEDIALECT_LIB_TARGET_GRAPHFILE_PROTODELTA_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/Support/LogicalResult.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace google::protobuf {
class Message;
} // namespace google::protobuf

namespace gemlir {

/// What must be done to `base` to make it `wanted`, a message of the same type;
/// null when they are equal. Map keys are not empty. Messages nest no deeper
/// than a parser allows.
mlir::DictionaryAttr makeDelta(mlir::MLIRContext *context,
                               const google::protobuf::Message &base,
                               const google::protobuf::Message &wanted);

/// Does it. Fails after reporting the field when the dictionary does not fit
/// the message.
mlir::LogicalResult
applyDelta(mlir::DictionaryAttr delta, google::protobuf::Message &message,
           llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

} // namespace gemlir

#endif // GEDIALECT_LIB_TARGET_GRAPHFILE_PROTODELTA_H
