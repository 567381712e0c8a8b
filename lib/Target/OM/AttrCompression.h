// SPDX-License-Identifier: Apache-2.0
//
// Undoes the attribute compression of files that ATC saved for offline use
// (docs/om-format.md, "Attribute compression").
#ifndef GEDIALECT_LIB_TARGET_OM_ATTRCOMPRESSION_H
#define GEDIALECT_LIB_TARGET_OM_ATTRCOMPRESSION_H

#include "GeDialect/Target/OM/Attributes.h"
#include "GeDialect/Target/OM/Reader.h"

#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace gemlir::om {

/// The tables of names and string values that compressed attributes point
/// into. Empty for a file without compression.
class AttrDictionary {
public:
  /// Takes the tables out of the attributes of the first model of a file, which
  /// is encoded in `source`. Does nothing when the model is not compressed.
  /// Errors here and below are `ReadError`s.
  llvm::Error load(ge::proto::ModelDef &model, const Partition &source);

  /// Gives all ops and tensor descriptors of `model`, which is encoded in
  /// `source`, their plain attributes.
  llvm::Error expand(ge::proto::ModelDef &model, const Partition &source) const;

private:
  /// `where` is the place for errors; what `expandMap` makes of it names the
  /// attribute too.
  llvm::Error expandMap(AttrMap &attrs, uint64_t &budget,
                        const llvm::Twine &where) const;
  llvm::Error expandValue(ge::proto::AttrDef &value, uint64_t &budget,
                          const llvm::Twine &where) const;
  llvm::Error spend(uint64_t bytes, uint64_t &budget,
                    const llvm::Twine &where) const;

  bool compressed = false;
  std::vector<std::string> names;
  std::vector<std::string> values;
  /// Whether the attribute of this name holds indices into `values`.
  std::vector<bool> usesValue;
};

} // namespace gemlir::om

#endif // GEDIALECT_LIB_TARGET_OM_ATTRCOMPRESSION_H
