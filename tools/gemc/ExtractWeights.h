// SPDX-License-Identifier: Apache-2.0
//
// Which weights `gemc extract` writes.
#ifndef GEMC_EXTRACTWEIGHTS_H
#define GEMC_EXTRACTWEIGHTS_H

#include "GeDialect/Target/OM/Manifest.h"
#include "GeDialect/Target/OM/Reader.h"
#include "GeDialect/Target/WeightFile/WeightFile.h"

namespace gemlir::gemc {

/// The weights that `patterns` name: initial values of refreshable weights, by
/// source name, GE name or variable, and constants by the name of their op.
/// Only those of model `only`, unless it is -1. A pattern is a name, a glob, or
/// "all": the weights of the manifest, or every constant when there are none or
/// a model is given. Views lead into the file. The error says which name is
/// unknown (with the nearest one), ambiguous or without a value.
llvm::Expected<std::vector<TensorToWrite>>
selectWeights(const om::File &file, const std::optional<om::Manifest> &manifest,
              llvm::ArrayRef<std::string> patterns, int only);

} // namespace gemlir::gemc

#endif // GEMC_EXTRACTWEIGHTS_H
