// SPDX-License-Identifier: Apache-2.0
//
// How remarks of passes call a node.
#ifndef GEDIALECT_LIB_DIALECT_GE_TRANSFORMS_DESCRIBENODE_H
#define GEDIALECT_LIB_DIALECT_GE_TRANSFORMS_DESCRIBENODE_H

#include "GeDialect/Dialect/GE/IR/GEDialect.h"

namespace gemlir::geir {

/// Name and type of a node, e.g. "'conv1' (Conv2D)".
inline std::string describeNode(GEOpInterface node) {
  mlir::StringAttr name = node.getNodeName();
  return ("'" + (name ? name.getValue() : llvm::StringRef("?")) + "' (" +
          node.getGEType() + ")")
      .str();
}

} // namespace gemlir::geir

#endif // GEDIALECT_LIB_DIALECT_GE_TRANSFORMS_DESCRIBENODE_H
