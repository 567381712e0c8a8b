// SPDX-License-Identifier: Apache-2.0
//
// Parses protobuf partitions with limits, and says where a broken one breaks.
#ifndef GEDIALECT_TARGET_OM_PROTOBUFIO_H
#define GEDIALECT_TARGET_OM_PROTOBUFIO_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <vector>

namespace google::protobuf {
class Descriptor;
class Message;
} // namespace google::protobuf

namespace gemlir::om {

/// Largest message that protobuf can parse.
constexpr uint64_t kMaxMessageBytes = 0x7FFFFFFF;
/// Messages inside messages: GE files stay far below it.
constexpr int kMaxMessageDepth = 100;

/// Parses `bytes` into `message`. `what` names the partition, `position` is
/// where it starts in the file.
llvm::Error parseMessage(google::protobuf::Message &message,
                         llvm::ArrayRef<uint8_t> bytes, uint64_t position,
                         llvm::StringRef what);

/// Walks an encoded message without building it and reports the first byte that
/// a parser would refuse: a number or length that runs past the end, a `string`
/// that is not UTF-8, nesting beyond `kMaxMessageDepth`.
llvm::Error checkEncoding(const google::protobuf::Descriptor &type,
                          llvm::ArrayRef<uint8_t> bytes, uint64_t position,
                          llvm::StringRef what);

/// Positions of the encoded sub-messages in the repeated field `number` of an
/// encoded message, in order and counted from `position`; of as many as can be
/// found when the bytes are broken.
struct Extent {
  uint64_t position;
  llvm::ArrayRef<uint8_t> bytes;
};
std::vector<Extent> locateField(llvm::ArrayRef<uint8_t> bytes,
                                uint64_t position, uint32_t number);

} // namespace gemlir::om

#endif // GEDIALECT_TARGET_OM_PROTOBUFIO_H
