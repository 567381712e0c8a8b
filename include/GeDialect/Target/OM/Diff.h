// SPDX-License-Identifier: Apache-2.0
//
// What is different between two files, by what the files say and not by bytes.
#ifndef GEDIALECT_TARGET_OM_DIFF_H
#define GEDIALECT_TARGET_OM_DIFF_H

#include "GeDialect/Target/OM/Reader.h"

#include <optional>
#include <string>
#include <vector>

namespace gemlir::om {

/// One difference between the files A and B.
struct Difference {
  /// Stable kebab-case word, listed in docs/gemc.md, "gemc diff".
  std::string id;
  /// Index into `File::models` of A and of B; -1 for none or the whole file.
  int modelA = -1, modelB = -1;
  /// What it is about: "op 'conv1'", "task 3", "header", ...
  std::string where;
  /// The field in it, e.g. "output_desc[0].size"; empty when it is all of it.
  std::string field;
  /// Bytes in the files where `where` begins, when there is such a byte.
  std::optional<uint64_t> offsetA, offsetB;
  /// "none" where there is nothing. Long values are cut or described.
  std::string foundA, foundB;
};

/// Compares two files. Sub-models are paired by the roles of the manifests,
/// else by position; ops, constants, variables and kernels by name; tasks by
/// type and op. What follows from other differences is left out: sizes and
/// offsets of the container, and the numbers of ops. Empty exactly when the
/// files are equal byte for byte. In the order of A, then what only B has.
/// Takes time linear in the files but for a logarithm; weights are read.
std::vector<Difference> diff(const File &a, const File &b);

} // namespace gemlir::om

#endif // GEDIALECT_TARGET_OM_DIFF_H
