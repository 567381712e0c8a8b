// SPDX-License-Identifier: Apache-2.0
//
// The constants of a model and their bytes in the weight image.
#ifndef GEDIALECT_TARGET_OM_CONSTANTS_H
#define GEDIALECT_TARGET_OM_CONSTANTS_H

#include "GeDialect/Target/OM/Reader.h"

#include <vector>

namespace gemlir::om {

/// A `Const` op.
struct Constant {
  const ge::proto::OpDef *op = nullptr;
  /// Position of its graph in the model.
  int graph = 0;
  TensorInfo tensor;
  /// Place in the weight image; not meaningful for a value that the op itself
  /// carries.
  uint64_t offset = 0;
  bool isInImage = false;
  /// View of the value; empty when the file does not hold all of it.
  llvm::ArrayRef<uint8_t> bytes;
};

/// The constants of a model in order of their ops. Views and pointers lead into
/// the model. The image itself is not read.
std::vector<Constant> listConstants(const Model &model);

} // namespace gemlir::om

#endif // GEDIALECT_TARGET_OM_CONSTANTS_H
