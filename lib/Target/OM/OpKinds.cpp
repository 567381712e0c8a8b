// SPDX-License-Identifier: Apache-2.0
//
// One list of type names per kind.
#include "GeDialect/Target/OM/OpKinds.h"

#include "llvm/ADT/STLExtras.h"

using namespace gemlir;
using namespace gemlir::om;
using ge::proto::OpDef;

bool om::isData(const OpDef &op) {
  return llvm::is_contained({"Data", "RefData", "AippData", "AnnData"},
                            op.type());
}

bool om::isVariable(const OpDef &op) {
  return llvm::is_contained({"Variable", "Constant", "FileConstant"},
                            op.type());
}

bool om::isConst(const OpDef &op) { return op.type() == "Const"; }

bool om::isNetOutput(const OpDef &op) { return op.type() == "NetOutput"; }
