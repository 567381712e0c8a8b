// SPDX-License-Identifier: Apache-2.0
//
// Protobuf says only that a message is broken. The walk over the wire format
// here finds the byte, and the field it belongs to.
#include "GeDialect/Target/OM/ProtobufIO.h"

#include "GeDialect/Support/Error.h"

#include "llvm/Support/ConvertUTF.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/message.h>
#include <google/protobuf/stubs/logging.h>

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
                               int depth, const Path &path) {
  auto tooDeep = [&](uint64_t at) {
    return makeErrorf("expected at most {0} nested messages, found more at "
                      "byte {1} in {2}",
                      kMaxMessageDepth, at, path.str());
  };
  if (depth > kMaxMessageDepth)
    return tooDeep(position);
  WireReader reader(bytes, position);
  int groups = 0;
  while (!reader.atEnd()) {
    WireField field;
    std::string reason;
    if (!reader.next(field, reason))
      return makeErrorf("expected a field of {0} at byte {1}, found {2}",
                        path.str(), reader.position(), reason);
    if (field.wireType == kStartGroup && ++groups + depth > kMaxMessageDepth)
      return tooDeep(field.at);
    if (field.wireType == kEndGroup && groups-- == 0)
      return makeErrorf("expected a field of {0} at byte {1}, found the end of "
                        "a group that was not begun",
                        path.str(), field.at);
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
        return makeErrorf("expected UTF-8 text in {0} at byte {1}, found other "
                          "bytes",
                          inner.str(), field.payloadAt);
    } else if (known->type() == FieldDescriptor::TYPE_MESSAGE) {
      if (llvm::Error error = walkMessage(*known->message_type(), field.payload,
                                          field.payloadAt, depth + 1, inner))
        return error;
    } else if (known->is_packable()) {
      // The last packed number must end with the payload.
      bool isFixed = known->type() == FieldDescriptor::TYPE_FLOAT ||
                     known->type() == FieldDescriptor::TYPE_DOUBLE;
      size_t width = known->type() == FieldDescriptor::TYPE_DOUBLE ? 8 : 4;
      if (isFixed ? field.payload.size() % width != 0
                  : !field.payload.empty() && field.payload.back() >= 0x80)
        return makeErrorf("expected whole numbers in {0} at byte {1}, found "
                          "the list to end inside one",
                          inner.str(), field.payloadAt);
    }
  }
  if (groups != 0)
    return makeErrorf("expected the end of a group in {0} before byte {1}, "
                      "found none",
                      path.str(), reader.position());
  return llvm::Error::success();
}

llvm::Error om::checkEncoding(const Descriptor &type,
                              llvm::ArrayRef<uint8_t> bytes, uint64_t position,
                              llvm::StringRef what) {
  return addContext(walkMessage(type, bytes, position, /*depth=*/0,
                                Path{nullptr, type.name()}),
                    what);
}

llvm::Error om::parseMessage(google::protobuf::Message &message,
                             llvm::ArrayRef<uint8_t> bytes, uint64_t position,
                             llvm::StringRef what) {
  if (bytes.size() > kMaxMessageBytes)
    return makeErrorf("{0}: expected at most {1} bytes at byte {2}, found {3}",
                      what, kMaxMessageBytes, position, bytes.size());
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
  return makeErrorf("{0}: expected an encoded {1} of {2} bytes at byte {3}, "
                    "found other bytes",
                    what, message.GetDescriptor()->name(), bytes.size(),
                    position);
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
