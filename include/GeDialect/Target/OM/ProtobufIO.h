// SPDX-License-Identifier: Apache-2.0
//
// Parses protobuf partitions with limits, and says where a broken one breaks.
#ifndef GEDIALECT_TARGET_OM_PROTOBUFIO_H
#define GEDIALECT_TARGET_OM_PROTOBUFIO_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>
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
/// where it starts in the file. The error is a `ReadError`.
llvm::Error parseMessage(google::protobuf::Message &message,
                         llvm::ArrayRef<uint8_t> bytes, uint64_t position,
                         llvm::StringRef what);

/// Walks an encoded message without building it and reports the first byte that
/// a parser would refuse: a number or length that runs past the end, a `string`
/// that is not UTF-8, nesting beyond `kMaxMessageDepth`.
llvm::Error checkEncoding(const google::protobuf::Descriptor &type,
                          llvm::ArrayRef<uint8_t> bytes, uint64_t position,
                          llvm::StringRef what);

/// The first byte of something in an encoded message that protobuf passes over,
/// so that it is lost when the message is written: a field of a map entry other
/// than key and value, an entry with the key of an earlier one, a field that
/// can stand once and stood before. The bytes must have been parsed before.
std::optional<uint64_t> locateDropped(const google::protobuf::Descriptor &type,
                                      llvm::ArrayRef<uint8_t> bytes,
                                      uint64_t position);

/// Positions of texts and byte strings of at least `minBytes` in an encoded
/// message, fields that the schema does not know included. The bytes must have
/// been parsed before.
struct Extent;
std::vector<Extent> locateStrings(const google::protobuf::Descriptor &type,
                                  llvm::ArrayRef<uint8_t> bytes,
                                  uint64_t position, uint64_t minBytes);

/// Positions of the encoded sub-messages in the repeated field `number` of an
/// encoded message, in order and counted from `position`; of as many as can be
/// found when the bytes are broken.
struct Extent {
  uint64_t position;
  llvm::ArrayRef<uint8_t> bytes;
};
std::vector<Extent> locateField(llvm::ArrayRef<uint8_t> bytes,
                                uint64_t position, uint32_t number);

/// Field numbers of the schema: ModelDef.graph, GraphDef.op, ModelTaskDef.task.
constexpr uint32_t kGraphField = 7;
constexpr uint32_t kOpField = 6;
constexpr uint32_t kTaskField = 10;

/// Position of an op of an encoded ModelDef; empty when it cannot be told.
std::optional<uint64_t> locateOp(llvm::ArrayRef<uint8_t> modelDef,
                                 uint64_t position, int graph, int op);

} // namespace gemlir::om

#endif // GEDIALECT_TARGET_OM_PROTOBUFIO_H
