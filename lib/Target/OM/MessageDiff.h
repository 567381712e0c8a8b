// SPDX-License-Identifier: Apache-2.0
//
// Differences between two protobuf messages of one type, field by field.
#ifndef GEDIALECT_LIB_TARGET_OM_MESSAGEDIFF_H
#define GEDIALECT_LIB_TARGET_OM_MESSAGEDIFF_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <string>
#include <vector>

namespace google::protobuf {
class FieldDescriptor;
class Message;
} // namespace google::protobuf

namespace gemlir::om {

struct FieldDifference {
  /// Path with names of fields, numbers of list entries and keys of maps:
  /// "attr['axis'].i", "input_desc[1].size".
  std::string field;
  /// Values as text, "none" where there is nothing.
  std::string a, b;
};

/// Fields for which `isIgnored` holds are passed over, in inner messages too.
/// Maps are compared by key, lists of messages by position. Fields that the
/// schema does not know count as one. Recursion is as deep as the messages.
std::vector<FieldDifference>
diffMessages(const google::protobuf::Message &a,
             const google::protobuf::Message &b,
             llvm::function_ref<bool(const google::protobuf::FieldDescriptor &)>
                 isIgnored);

/// Bytes at which two ranges differ; those that only the longer one has count.
uint64_t countDifferentBytes(llvm::ArrayRef<uint8_t> a,
                             llvm::ArrayRef<uint8_t> b);

/// The text in quotes, cut when it is long.
std::string quoteShort(llvm::StringRef text);

} // namespace gemlir::om

#endif // GEDIALECT_LIB_TARGET_OM_MESSAGEDIFF_H
