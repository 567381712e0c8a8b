// SPDX-License-Identifier: Apache-2.0
//
// Protobuf says only that a message is broken. The walk over the wire format
// here finds the byte, and the field it belongs to.
#include "GeDialect/Target/OM/ProtobufIO.h"

#include "GeDialect/Target/OM/Finding.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/FormatVariadic.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/message.h>
#include <google/protobuf/stubs/logging.h>

#include <map>
#include <set>

using namespace gemlir;
using namespace gemlir::om;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

namespace {
enum WireType : uint32_t {
  kVarint = 0,
  kFixed64 = 1,
  kLengthDelimited = 2,
  kStartGroup = 3,
  kEndGroup = 4,
  kFixed32 = 5,
};

/// One field on the wire. For a length-delimited one `payload` is the content.
struct WireField {
  uint64_t at;
  uint32_t number;
  uint32_t wireType;
  uint64_t payloadAt;
  llvm::ArrayRef<uint8_t> payload;
};

/// Steps through the fields of one encoded message.
class WireReader {
public:
  WireReader(llvm::ArrayRef<uint8_t> bytes, uint64_t position)
      : bytes(bytes), base(position) {}

  bool atEnd() const { return offset == bytes.size(); }
  uint64_t position() const { return base + offset; }

  /// Reads the next field; false with `reason` set when it is broken, and then
  /// `position()` is where it starts.
  bool next(WireField &field, std::string &reason) {
    size_t start = offset;
    field.at = position();
    uint64_t tag = 0;
    if (!readVarint(tag, reason))
      return fail(start);
    field.number = static_cast<uint32_t>(tag >> 3);
    field.wireType = tag & 7;
    if (tag > UINT32_MAX || field.number == 0) {
      reason = "a field number that is no field number";
      return fail(start);
    }
    uint64_t ignored = 0, length = 0;
    switch (field.wireType) {
    case kVarint:
      if (!readVarint(ignored, reason))
        return fail(start);
      return true;
    case kFixed64:
      length = 8;
      break;
    case kFixed32:
      length = 4;
      break;
    case kLengthDelimited:
      if (!readVarint(length, reason))
        return fail(start);
      break;
    case kStartGroup:
    case kEndGroup:
      return true;
    default:
      reason = ("wire type " + llvm::Twine(field.wireType)).str();
      return fail(start);
    }
    if (length > bytes.size() - offset) {
      reason = llvm::formatv("{0} bytes where {1} are left", length,
                             bytes.size() - offset)
                   .str();
      return fail(start);
    }
    field.payloadAt = position();
    field.payload = bytes.slice(offset, length);
    offset += length;
    return true;
  }

private:
  bool fail(size_t start) {
    offset = start;
    return false;
  }

  bool readVarint(uint64_t &value, std::string &reason) {
    // Protobuf cuts a value to 64 bits but takes no more than ten bytes.
    constexpr size_t kMaxVarintBytes = 10;
    value = 0;
    for (size_t i = 0; i < kMaxVarintBytes; ++i) {
      if (offset == bytes.size()) {
        reason = "a number that runs past the end";
        return false;
      }
      uint8_t byte = bytes[offset++];
      value |= uint64_t(byte & 0x7F) << (7 * i);
      if (!(byte & 0x80))
        return true;
    }
    reason = "a number of more than ten bytes";
    return false;
  }

  llvm::ArrayRef<uint8_t> bytes;
  uint64_t base;
  size_t offset = 0;
};
} // namespace

static bool isUTF8(llvm::ArrayRef<uint8_t> bytes) {
  const llvm::UTF8 *begin = bytes.data();
  return bytes.empty() ||
         llvm::isLegalUTF8String(&begin, bytes.data() + bytes.size());
}

namespace {
/// The way from the outermost message to the current one, for errors.
struct Path {
  const Path *parent;
  llvm::StringRef name;

  std::string str() const {
    return parent ? parent->str() + "." + name.str() : name.str();
  }
};
} // namespace

/// Walks one message. The depth is bounded by `kMaxMessageDepth`, and so is the
/// recursion.
static llvm::Error walkMessage(const Descriptor &type,
                               llvm::ArrayRef<uint8_t> bytes, uint64_t position,
                               int depth, const Path &path,
                               llvm::StringRef what) {
  auto broken = [&](uint64_t at, const llvm::Twine &expected,
                    const llvm::Twine &found) {
    return makeReadError("protobuf-encoding", what, at, expected, found);
  };
  auto tooDeep = [&](uint64_t at) {
    return makeReadError("protobuf-depth", what, at,
                         "at most " + llvm::Twine(kMaxMessageDepth) +
                             " nested messages",
                         "more in " + path.str());
  };
  if (depth > kMaxMessageDepth)
    return tooDeep(position);
  WireReader reader(bytes, position);
  int groups = 0;
  while (!reader.atEnd()) {
    WireField field;
    std::string reason;
    if (!reader.next(field, reason))
      return broken(reader.position(), "a field of " + path.str(), reason);
    if (field.wireType == kStartGroup && ++groups + depth > kMaxMessageDepth)
      return tooDeep(field.at);
    if (field.wireType == kEndGroup && groups-- == 0)
      return broken(field.at, "a field of " + path.str(),
                    "the end of a group that was not begun");
    // No field of ours is a group, so everything inside one is unknown; so is,
    // to protobuf, a field of another wire type than its own.
    if (groups != 0 || field.wireType != kLengthDelimited)
      continue;
    const FieldDescriptor *known = type.FindFieldByNumber(field.number);
    if (!known)
      continue;
    Path inner{&path, known->name()};
    if (known->type() == FieldDescriptor::TYPE_STRING) {
      if (!isUTF8(field.payload))
        return makeReadError("protobuf-text", what, field.payloadAt,
                             "UTF-8 text in " + inner.str(), "other bytes");
    } else if (known->type() == FieldDescriptor::TYPE_MESSAGE) {
      if (llvm::Error error =
              walkMessage(*known->message_type(), field.payload,
                          field.payloadAt, depth + 1, inner, what))
        return error;
    } else if (known->is_packable()) {
      // The last packed number must end with the payload.
      bool isFixed = known->type() == FieldDescriptor::TYPE_FLOAT ||
                     known->type() == FieldDescriptor::TYPE_DOUBLE;
      size_t width = known->type() == FieldDescriptor::TYPE_DOUBLE ? 8 : 4;
      if (isFixed ? field.payload.size() % width != 0
                  : !field.payload.empty() && field.payload.back() >= 0x80)
        return broken(field.payloadAt, "whole numbers in " + inner.str(),
                      "a list that ends inside one");
    }
  }
  if (groups != 0)
    return broken(reader.position(), "the end of a group in " + path.str(),
                  "the end of the message");
  return llvm::Error::success();
}

llvm::Error om::checkEncoding(const Descriptor &type,
                              llvm::ArrayRef<uint8_t> bytes, uint64_t position,
                              llvm::StringRef what) {
  return walkMessage(type, bytes, position, /*depth=*/0,
                     Path{nullptr, type.name()}, what);
}

llvm::Error om::parseMessage(google::protobuf::Message &message,
                             llvm::ArrayRef<uint8_t> bytes, uint64_t position,
                             llvm::StringRef what) {
  if (bytes.size() > kMaxMessageBytes)
    return makeReadError("protobuf-size", what, position,
                         "at most " + llvm::Twine(kMaxMessageBytes) + " bytes",
                         llvm::Twine(bytes.size()));
  // Protobuf reports text that is not UTF-8 on standard error by itself.
  google::protobuf::LogSilencer silencer;
  google::protobuf::io::CodedInputStream stream(bytes.data(),
                                                static_cast<int>(bytes.size()));
  stream.SetRecursionLimit(kMaxMessageDepth);
  if (message.ParseFromCodedStream(&stream) && stream.ConsumedEntireMessage())
    return llvm::Error::success();
  if (llvm::Error error =
          checkEncoding(*message.GetDescriptor(), bytes, position, what))
    return error;
  return makeReadError("protobuf-encoding", what, position,
                       "an encoded " + message.GetDescriptor()->name() +
                           " of " + llvm::Twine(bytes.size()) + " bytes",
                       "other bytes");
}

std::vector<Extent> om::locateField(llvm::ArrayRef<uint8_t> bytes,
                                    uint64_t position, uint32_t number) {
  std::vector<Extent> extents;
  WireReader reader(bytes, position);
  WireField field;
  std::string reason;
  while (!reader.atEnd() && reader.next(field, reason))
    if (field.number == number && field.wireType == kLengthDelimited)
      extents.push_back({field.payloadAt, field.payload});
  return extents;
}

/// Like protobuf, takes what lies in groups for unknown, so that the recursion
/// is bounded by what the parser has accepted.
static void collectStrings(const Descriptor &type,
                           llvm::ArrayRef<uint8_t> bytes, uint64_t position,
                           uint64_t minBytes, int depth,
                           std::vector<Extent> &extents) {
  WireReader reader(bytes, position);
  WireField field;
  std::string reason;
  int groups = 0;
  while (!reader.atEnd() && reader.next(field, reason)) {
    groups += (field.wireType == kStartGroup) - (field.wireType == kEndGroup);
    if (field.wireType != kLengthDelimited || field.payload.size() < minBytes)
      continue;
    const FieldDescriptor *known =
        groups == 0 ? type.FindFieldByNumber(field.number) : nullptr;
    if (known && known->type() == FieldDescriptor::TYPE_MESSAGE &&
        depth < kMaxMessageDepth)
      collectStrings(*known->message_type(), field.payload, field.payloadAt,
                     minBytes, depth + 1, extents);
    else
      extents.push_back({field.payloadAt, field.payload});
  }
}

/// Whether protobuf takes a field of this wire type for the one of the schema;
/// otherwise it is an unknown field.
static bool fits(const FieldDescriptor &known, uint32_t wireType) {
  if (wireType == kLengthDelimited && known.is_packable())
    return true;
  switch (known.type()) {
  case FieldDescriptor::TYPE_DOUBLE:
  case FieldDescriptor::TYPE_FIXED64:
  case FieldDescriptor::TYPE_SFIXED64:
    return wireType == kFixed64;
  case FieldDescriptor::TYPE_FLOAT:
  case FieldDescriptor::TYPE_FIXED32:
  case FieldDescriptor::TYPE_SFIXED32:
    return wireType == kFixed32;
  case FieldDescriptor::TYPE_STRING:
  case FieldDescriptor::TYPE_BYTES:
  case FieldDescriptor::TYPE_MESSAGE:
    return wireType == kLengthDelimited;
  case FieldDescriptor::TYPE_GROUP:
    return false;
  default:
    return wireType == kVarint;
  }
}

/// The key of an encoded map entry; of several the last one counts.
static llvm::StringRef getMapKey(llvm::ArrayRef<uint8_t> entry) {
  WireReader reader(entry, 0);
  WireField field;
  std::string reason;
  llvm::StringRef key;
  while (!reader.atEnd() && reader.next(field, reason))
    if (field.number == 1)
      key = llvm::toStringRef(
          field.wireType == kLengthDelimited
              ? field.payload
              : entry.slice(field.at, reader.position() - field.at));
  return key;
}

/// The depth is bounded by what the parser has accepted.
static std::optional<uint64_t> findDropped(const Descriptor &type,
                                           llvm::ArrayRef<uint8_t> bytes,
                                           uint64_t position) {
  WireReader reader(bytes, position);
  WireField field;
  std::string reason;
  int groups = 0;
  // Fields that can stand once; those of a oneof go by its index.
  std::map<std::pair<bool, int>, const FieldDescriptor *> seen;
  std::set<std::pair<uint32_t, llvm::StringRef>> keys;
  while (!reader.atEnd() && reader.next(field, reason)) {
    bool isUnknown = groups != 0 || field.wireType == kStartGroup;
    groups += (field.wireType == kStartGroup) - (field.wireType == kEndGroup);
    const FieldDescriptor *known = isUnknown || field.wireType == kEndGroup
                                       ? nullptr
                                       : type.FindFieldByNumber(field.number);
    if (!known || !fits(*known, field.wireType)) {
      if (type.options().map_entry())
        return field.at;
      continue;
    }
    bool isMessage = known->type() == FieldDescriptor::TYPE_MESSAGE;
    if (!known->is_repeated()) {
      const auto *choice = known->real_containing_oneof();
      auto [it, isFirst] =
          seen.try_emplace(choice ? std::pair(true, choice->index())
                                  : std::pair(false, known->number()),
                           known);
      // A message that stands twice is merged.
      if (!isFirst && (!isMessage || it->second != known))
        return field.at;
    } else if (known->is_map() &&
               !keys.insert({field.number, getMapKey(field.payload)}).second) {
      return field.at;
    }
    if (isMessage)
      if (std::optional<uint64_t> at = findDropped(
              *known->message_type(), field.payload, field.payloadAt))
        return at;
  }
  return std::nullopt;
}

std::optional<uint64_t> om::locateDropped(const Descriptor &type,
                                          llvm::ArrayRef<uint8_t> bytes,
                                          uint64_t position) {
  return findDropped(type, bytes, position);
}

std::vector<Extent> om::locateStrings(const Descriptor &type,
                                      llvm::ArrayRef<uint8_t> bytes,
                                      uint64_t position, uint64_t minBytes) {
  std::vector<Extent> extents;
  collectStrings(type, bytes, position, minBytes, /*depth=*/0, extents);
  return extents;
}

std::optional<uint64_t> om::locateOp(llvm::ArrayRef<uint8_t> modelDef,
                                     uint64_t position, int graph, int op) {
  std::vector<Extent> graphs = locateField(modelDef, position, kGraphField);
  if (graph >= static_cast<int>(graphs.size()))
    return std::nullopt;
  std::vector<Extent> ops =
      locateField(graphs[graph].bytes, graphs[graph].position, kOpField);
  if (op >= static_cast<int>(ops.size()))
    return std::nullopt;
  return ops[op].position;
}
