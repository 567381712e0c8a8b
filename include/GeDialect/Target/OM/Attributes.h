// SPDX-License-Identifier: Apache-2.0
//
// Typed access to the attribute maps of models, graphs, ops and tensors.
#ifndef GEDIALECT_TARGET_OM_ATTRIBUTES_H
#define GEDIALECT_TARGET_OM_ATTRIBUTES_H

#include "ge_ir.pb.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>
#include <vector>

namespace gemlir::om {

using AttrMap = google::protobuf::Map<std::string, ge::proto::AttrDef>;

/// The attribute of this name, or null.
const ge::proto::AttrDef *findAttr(const AttrMap &attrs, llvm::StringRef name);

/// The value of an attribute; empty when it is absent or of another kind. A
/// list is of a kind by its `val_type`; GE writes some lists without one, and
/// those count as what they hold.
std::optional<int64_t> getInt(const AttrMap &attrs, llvm::StringRef name);
std::optional<llvm::StringRef> getString(const AttrMap &attrs,
                                         llvm::StringRef name);
std::optional<std::vector<int64_t>> getInts(const AttrMap &attrs,
                                            llvm::StringRef name);
std::optional<std::vector<std::string>> getStrings(const AttrMap &attrs,
                                                   llvm::StringRef name);

/// Writes an attribute in the form GE reads. Lists carry their `val_type`.
void setInt(AttrMap &attrs, llvm::StringRef name, int64_t value);
void setBool(AttrMap &attrs, llvm::StringRef name, bool value);
void setString(AttrMap &attrs, llvm::StringRef name, llvm::StringRef value);
void setInts(AttrMap &attrs, llvm::StringRef name,
             llvm::ArrayRef<int64_t> values);
void setStrings(AttrMap &attrs, llvm::StringRef name,
                llvm::ArrayRef<std::string> values);
/// The map from slot names of an op to their numbers, in the order of the
/// names: lists `<prefix>_key` and `<prefix>_value`, which GE writes without a
/// kind. Nothing when there are no slots.
void setSlots(AttrMap &attrs, const std::string &prefix,
              llvm::ArrayRef<std::string> names);

} // namespace gemlir::om

#endif // GEDIALECT_TARGET_OM_ATTRIBUTES_H
