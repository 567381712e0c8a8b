// SPDX-License-Identifier: Apache-2.0
//
// Protobuf messages without their weights. A graph file is one protobuf
// message with the weights somewhere inside; parsing it with protobuf copies
// them all. Instead the wire format is walked in place, and a slim message
// is written in which long payloads are replaced by references to the bytes
// of the file. Protobuf then parses the slim message.
#ifndef GEDIALECT_TARGET_GRAPHFILE_WIRESCAN_H
#define GEDIALECT_TARGET_GRAPHFILE_WIRESCAN_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>
#include <string>

namespace gemlir::protowire {

/// How a field's value is encoded. Groups (3 and 4) are not supported.
enum class WireType : uint8_t {
  Varint = 0,
  Fixed64 = 1,
  Bytes = 2,
  Fixed32 = 5
};

/// A field of a message. Positions count from the begin of the scanned bytes.
struct WireField {
  uint32_t number = 0;
  WireType type = WireType::Varint;
  /// Position of the tag.
  uint64_t begin = 0;
  /// Position behind the tag: of the value, or of the length of `Bytes`.
  uint64_t tagEnd = 0;
  /// Position of the value; for `Bytes`, behind the length.
  uint64_t valueBegin = 0;
  uint64_t end = 0;
};

/// Reads the field at `position` of a message that ends at `end`, which is at
/// most the size of `bytes`. The error says at which byte the wire format is
/// broken.
llvm::Expected<WireField> readField(llvm::ArrayRef<uint8_t> bytes,
                                    uint64_t position, uint64_t end);

/// What to keep and what to replace, for one kind of file. Kinds of messages
/// are numbers of the caller's choice.
struct SlimRules {
  /// The kind of the message as a whole.
  unsigned rootKind = 0;
  /// The kind of the message in field `number` of a message of kind `kind`;
  /// empty for fields to be copied as they are.
  std::optional<unsigned> (*getChild)(unsigned kind, uint32_t number) = nullptr;

  /// The kind of the messages that hold payloads.
  unsigned payloadKind = 0;
  /// Fields of such a message that may be replaced.
  llvm::ArrayRef<uint32_t> payloadFields;
  /// Fields whose presence means that the message must stay as it is.
  llvm::ArrayRef<uint32_t> blockingFields;
  /// Payloads of at most this many bytes are copied.
  uint64_t maxCopiedBytes = 1024;
  /// The serialized fields that replace the payload of field `number`, which
  /// lies at `offset` of the scanned bytes; appended to the message.
  std::string (*makeReference)(uint32_t number, uint64_t offset,
                               uint64_t length) = nullptr;
};

/// Messages nest at most this deep.
constexpr unsigned kMaxMessageDepth = 64;

/// The message in `bytes` with long payloads replaced. A payload is replaced
/// when it is the only field of its message among `payloadFields` and
/// `blockingFields`; everything else is copied byte for byte, only lengths are
/// written anew. Only the bytes around payloads are touched. An error when the
/// wire format is broken, messages nest too deep, or the result exceeds the
/// 2 GiB that protobuf can parse.
llvm::Expected<std::string> slimMessage(llvm::ArrayRef<uint8_t> bytes,
                                        const SlimRules &rules);

} // namespace gemlir::protowire

#endif // GEDIALECT_TARGET_GRAPHFILE_WIRESCAN_H
