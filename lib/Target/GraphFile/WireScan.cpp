// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Target/GraphFile/WireScan.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <limits>

using namespace gemlir;
using namespace gemlir::protowire;

/// Protobuf counts the bytes of a message in an int.
static constexpr uint64_t kMaxResultBytes = std::numeric_limits<int>::max();

static llvm::Error malformed(uint64_t position, const llvm::Twine &what) {
  return makeError("malformed protobuf at byte " + llvm::Twine(position) +
                   ": " + what);
}

/// Reads the varint at `position` and moves `position` behind it.
static llvm::Expected<uint64_t> readVarint(llvm::ArrayRef<uint8_t> bytes,
                                           uint64_t &position, uint64_t end) {
  uint64_t value = 0;
  uint64_t begin = position;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (position == end)
      return malformed(begin, "expected a number, found the end of the "
                              "message");
    uint64_t byte = bytes[position++];
    // The tenth byte has room for one bit.
    if (shift == 63 && byte > 1)
      break;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80)
      return value;
  }
  return malformed(begin, "a number has more than 64 bits");
}

static void appendVarint(std::string &out, uint64_t value) {
  for (; value >= 0x80; value >>= 7)
    out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

llvm::Expected<WireField> protowire::readField(llvm::ArrayRef<uint8_t> bytes,
                                               uint64_t position,
                                               uint64_t end) {
  WireField field;
  field.begin = position;
  llvm::Expected<uint64_t> tag = readVarint(bytes, position, end);
  if (!tag)
    return tag.takeError();
  field.tagEnd = field.valueBegin = position;
  if (*tag > std::numeric_limits<uint32_t>::max() || *tag < 8)
    return malformed(field.begin, "field number " + llvm::Twine(*tag >> 3) +
                                      " is not between 1 and 2^29 - 1");
  field.number = static_cast<uint32_t>(*tag >> 3);

  uint64_t length;
  switch (unsigned wireType = *tag & 7) {
  case 0: {
    llvm::Expected<uint64_t> value = readVarint(bytes, position, end);
    if (!value)
      return value.takeError();
    field.type = WireType::Varint;
    field.end = position;
    return field;
  }
  case 1:
    field.type = WireType::Fixed64;
    length = 8;
    break;
  case 2: {
    llvm::Expected<uint64_t> value = readVarint(bytes, position, end);
    if (!value)
      return value.takeError();
    field.type = WireType::Bytes;
    field.valueBegin = position;
    length = *value;
    break;
  }
  case 5:
    field.type = WireType::Fixed32;
    length = 4;
    break;
  default:
    return malformed(field.begin,
                     "field " + llvm::Twine(field.number) + " has wire type " +
                         llvm::Twine(wireType) + ", expected 0, 1, 2 or 5");
  }
  if (length > end - position)
    return malformed(field.begin,
                     "field " + llvm::Twine(field.number) + " has " +
                         llvm::Twine(length) + " bytes, but only " +
                         llvm::Twine(end - position) + " are left");
  field.end = position + length;
  return field;
}

namespace {
class Slimmer {
public:
  Slimmer(llvm::ArrayRef<uint8_t> bytes, const SlimRules &rules)
      : bytes(bytes), rules(rules) {}

  llvm::Error run(unsigned kind, uint64_t begin, uint64_t end, unsigned depth,
                  std::string &out);

private:
  llvm::Error runPayload(uint64_t begin, uint64_t end, std::string &out);
  llvm::Error append(std::string &out, llvm::StringRef text) const;
  llvm::Error copy(std::string &out, uint64_t begin, uint64_t end) const {
    return append(out, llvm::toStringRef(bytes.slice(begin, end - begin)));
  }

  llvm::ArrayRef<uint8_t> bytes;
  const SlimRules &rules;
};
} // namespace

llvm::Error Slimmer::append(std::string &out, llvm::StringRef text) const {
  if (text.size() > kMaxResultBytes - std::min(kMaxResultBytes, out.size()))
    return makeError("the graph without its weights has more than the 2 GiB "
                     "that protobuf can parse");
  out += text;
  return llvm::Error::success();
}

llvm::Error Slimmer::runPayload(uint64_t begin, uint64_t end,
                                std::string &out) {
  std::optional<WireField> payload;
  bool replaceable = true;
  for (uint64_t position = begin; position < end;) {
    llvm::Expected<WireField> field = readField(bytes, position, end);
    if (!field)
      return field.takeError();
    position = field->end;
    if (llvm::is_contained(rules.blockingFields, field->number))
      replaceable = false;
    if (!llvm::is_contained(rules.payloadFields, field->number))
      continue;
    // Parts of one payload would not lie in one place.
    if (payload)
      replaceable = false;
    payload = *field;
  }
  if (!payload || !replaceable || payload->type != WireType::Bytes ||
      payload->end - payload->valueBegin <= rules.maxCopiedBytes)
    return copy(out, begin, end);
  if (llvm::Error error = copy(out, begin, payload->begin))
    return error;
  if (llvm::Error error = copy(out, payload->end, end))
    return error;
  return append(out, rules.makeReference(payload->number, payload->valueBegin,
                                         payload->end - payload->valueBegin));
}

llvm::Error Slimmer::run(unsigned kind, uint64_t begin, uint64_t end,
                         unsigned depth, std::string &out) {
  if (depth > kMaxMessageDepth)
    return malformed(begin, "messages nest deeper than " +
                                llvm::Twine(kMaxMessageDepth) + " levels");
  if (kind == rules.payloadKind)
    return runPayload(begin, end, out);

  uint64_t copied = begin;
  for (uint64_t position = begin; position < end;) {
    llvm::Expected<WireField> field = readField(bytes, position, end);
    if (!field)
      return field.takeError();
    position = field->end;
    std::optional<unsigned> child;
    if (field->type == WireType::Bytes)
      child = rules.getChild(kind, field->number);
    if (!child)
      continue;
    std::string inner;
    if (llvm::Error error =
            run(*child, field->valueBegin, field->end, depth + 1, inner))
      return error;
    if (llvm::Error error = copy(out, copied, field->tagEnd))
      return error;
    appendVarint(out, inner.size());
    if (llvm::Error error = append(out, inner))
      return error;
    copied = field->end;
  }
  return copy(out, copied, end);
}

llvm::Expected<std::string>
protowire::slimMessage(llvm::ArrayRef<uint8_t> bytes, const SlimRules &rules) {
  std::string out;
  if (llvm::Error error =
          Slimmer(bytes, rules).run(rules.rootKind, 0, bytes.size(), 1, out))
    return error;
  return out;
}
