// SPDX-License-Identifier: Apache-2.0
//
// Walks two messages by reflection. Protobuf's own differencer pairs the
// entries of maps in quadratic time.
#include "MessageDiff.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/unknown_field_set.h>

#include <cstring>
#include <map>

using namespace gemlir;
using namespace gemlir::om;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

/// Longer values are cut, longer messages described by their size, longer
/// lists by their length.
static constexpr size_t kMaxText = 120;
static constexpr size_t kMaxMessageBytes = 200;
static constexpr int kMaxListed = 16;

std::string om::quoteShort(llvm::StringRef text) {
  if (text.size() <= kMaxText)
    return "'" + llvm::json::fixUTF8(text) + "'";
  return llvm::formatv("'{0}...' ({1} bytes)",
                       llvm::json::fixUTF8(text.take_front(kMaxText)),
                       text.size())
      .str();
}

uint64_t om::countDifferentBytes(llvm::ArrayRef<uint8_t> a,
                                 llvm::ArrayRef<uint8_t> b) {
  uint64_t common = std::min(a.size(), b.size());
  uint64_t count = std::max(a.size(), b.size()) - common;
  // Mostly blocks are equal.
  constexpr uint64_t kBlock = 4096;
  for (uint64_t at = 0; at < common; at += kBlock) {
    uint64_t size = std::min(kBlock, common - at);
    if (std::memcmp(a.data() + at, b.data() + at, size) == 0)
      continue;
    for (uint64_t i = at; i < at + size; ++i)
      count += a[i] != b[i];
  }
  return count;
}

static llvm::ArrayRef<uint8_t> viewOf(const std::string &text) {
  return {reinterpret_cast<const uint8_t *>(text.data()), text.size()};
}

namespace {
class MessageDiffer {
public:
  explicit MessageDiffer(
      llvm::function_ref<bool(const FieldDescriptor &)> isIgnored)
      : isIgnored(isIgnored) {}

  void compare(const Message &a, const Message &b, const std::string &path) {
    const auto &descriptor = *a.GetDescriptor();
    for (int i = 0; i < descriptor.field_count(); ++i) {
      const FieldDescriptor &field = *descriptor.field(i);
      if (isIgnored(field))
        continue;
      std::string name = path;
      if (!path.empty())
        name += '.';
      name += field.name();
      if (field.is_map())
        compareMaps(a, b, field, name);
      else if (field.is_repeated())
        compareLists(a, b, field, name);
      else
        compareSingle(a, b, field, name);
    }
    compareUnknown(a, b, path);
  }

  std::vector<FieldDifference> differences;

private:
  static bool isMessage(const FieldDescriptor &field) {
    return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  }
  static bool isText(const FieldDescriptor &field) {
    return field.cpp_type() == FieldDescriptor::CPPTYPE_STRING;
  }

  static const std::string &getText(const Message &message,
                                    const FieldDescriptor &field, int index,
                                    std::string &scratch) {
    const Reflection &reflection = *message.GetReflection();
    return index < 0 ? reflection.GetStringReference(message, &field, &scratch)
                     : reflection.GetRepeatedStringReference(message, &field,
                                                             index, &scratch);
  }

  /// A number as bits, so that every NaN equals itself.
  static uint64_t getBits(const Message &message, const FieldDescriptor &field,
                          int index) {
    const Reflection &r = *message.GetReflection();
    auto bitsOf = [](auto value) {
      uint64_t bits = 0;
      std::memcpy(&bits, &value, sizeof(value));
      return bits;
    };
    switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return bitsOf(index < 0 ? r.GetInt32(message, &field)
                              : r.GetRepeatedInt32(message, &field, index));
    case FieldDescriptor::CPPTYPE_INT64:
      return bitsOf(index < 0 ? r.GetInt64(message, &field)
                              : r.GetRepeatedInt64(message, &field, index));
    case FieldDescriptor::CPPTYPE_UINT32:
      return bitsOf(index < 0 ? r.GetUInt32(message, &field)
                              : r.GetRepeatedUInt32(message, &field, index));
    case FieldDescriptor::CPPTYPE_UINT64:
      return bitsOf(index < 0 ? r.GetUInt64(message, &field)
                              : r.GetRepeatedUInt64(message, &field, index));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return bitsOf(index < 0 ? r.GetFloat(message, &field)
                              : r.GetRepeatedFloat(message, &field, index));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return bitsOf(index < 0 ? r.GetDouble(message, &field)
                              : r.GetRepeatedDouble(message, &field, index));
    case FieldDescriptor::CPPTYPE_BOOL:
      return bitsOf(index < 0 ? r.GetBool(message, &field)
                              : r.GetRepeatedBool(message, &field, index));
    case FieldDescriptor::CPPTYPE_ENUM:
      return bitsOf(index < 0 ? r.GetEnumValue(message, &field)
                              : r.GetRepeatedEnumValue(message, &field, index));
    default:
      return 0;
    }
  }

  static bool isEqual(const Message &a, const Message &b,
                      const FieldDescriptor &field, int index) {
    if (!isText(field))
      return getBits(a, field, index) == getBits(b, field, index);
    std::string scratchA, scratchB;
    return getText(a, field, index, scratchA) ==
           getText(b, field, index, scratchB);
  }

  static std::string describeMessage(const Message &message) {
    size_t bytes = message.ByteSizeLong();
    if (bytes > kMaxMessageBytes)
      return llvm::formatv("{0} bytes of {1}", bytes,
                           message.GetDescriptor()->name())
          .str();
    return "{" + message.ShortDebugString() + "}";
  }

  static std::string describeScalar(const Message &message,
                                    const FieldDescriptor &field, int index) {
    std::string text;
    if (!isText(field)) {
      google::protobuf::TextFormat::PrintFieldValueToString(message, &field,
                                                            index, &text);
      return text;
    }
    const std::string &value = getText(message, field, index, text);
    if (field.type() == FieldDescriptor::TYPE_STRING ||
        llvm::all_of(value, [](char c) { return llvm::isPrint(c); }))
      return quoteShort(value);
    return llvm::formatv("{0} bytes", value.size()).str();
  }

  static std::string describeList(const Message &message,
                                  const FieldDescriptor &field) {
    int size = message.GetReflection()->FieldSize(message, &field);
    if (size > kMaxListed)
      return llvm::formatv("a list of {0}", size).str();
    std::string text = "[";
    for (int i = 0; i < size; ++i)
      text += (i == 0 ? "" : ", ") + describeScalar(message, field, i);
    return text + "]";
  }

  void add(const std::string &field, std::string a, std::string b) {
    differences.push_back({field, std::move(a), std::move(b)});
  }

  void compareSingle(const Message &a, const Message &b,
                     const FieldDescriptor &field, const std::string &name) {
    const Reflection &ra = *a.GetReflection(), &rb = *b.GetReflection();
    if (field.has_presence()) {
      bool hasA = ra.HasField(a, &field), hasB = rb.HasField(b, &field);
      if (!hasA && !hasB)
        return;
      if (hasA != hasB) {
        auto describe = [&](const Message &message) {
          return isMessage(field)
                     ? describeMessage(
                           message.GetReflection()->GetMessage(message, &field))
                     : describeScalar(message, field, -1);
        };
        add(name, hasA ? describe(a) : "none", hasB ? describe(b) : "none");
        return;
      }
    }
    if (isMessage(field)) {
      compare(ra.GetMessage(a, &field), rb.GetMessage(b, &field), name);
      return;
    }
    if (isEqual(a, b, field, -1))
      return;
    std::string textA = describeScalar(a, field, -1),
                textB = describeScalar(b, field, -1);
    if (textA == textB && isText(field)) {
      std::string scratchA, scratchB;
      textB += llvm::formatv(
                   ", {0} of them different",
                   countDifferentBytes(viewOf(getText(a, field, -1, scratchA)),
                                       viewOf(getText(b, field, -1, scratchB))))
                   .str();
    }
    add(name, std::move(textA), std::move(textB));
  }

  void compareLists(const Message &a, const Message &b,
                    const FieldDescriptor &field, const std::string &name) {
    const Reflection &ra = *a.GetReflection(), &rb = *b.GetReflection();
    int sizeA = ra.FieldSize(a, &field), sizeB = rb.FieldSize(b, &field);
    if (isMessage(field)) {
      for (int i = 0; i < std::max(sizeA, sizeB); ++i) {
        std::string element = name + "[" + std::to_string(i) + "]";
        if (i < sizeA && i < sizeB)
          compare(ra.GetRepeatedMessage(a, &field, i),
                  rb.GetRepeatedMessage(b, &field, i), element);
        else
          add(element,
              i < sizeA ? describeMessage(ra.GetRepeatedMessage(a, &field, i))
                        : "none",
              i < sizeB ? describeMessage(rb.GetRepeatedMessage(b, &field, i))
                        : "none");
      }
      return;
    }
    if (sizeA != sizeB) {
      add(name, describeList(a, field), describeList(b, field));
      return;
    }
    int first = -1, more = -1;
    for (int i = 0; i < sizeA; ++i)
      if (!isEqual(a, b, field, i)) {
        ++more;
        if (first < 0)
          first = i;
      }
    if (first < 0)
      return;
    std::string rest =
        more == 0 ? "" : llvm::formatv(" (and {0} more)", more).str();
    add(name + "[" + std::to_string(first) + "]",
        describeScalar(a, field, first),
        describeScalar(b, field, first) + rest);
  }

  void compareMaps(const Message &a, const Message &b,
                   const FieldDescriptor &field, const std::string &name) {
    const FieldDescriptor &key = *field.message_type()->map_key();
    const FieldDescriptor &value = *field.message_type()->map_value();
    std::map<std::string, std::pair<const Message *, const Message *>> entries;
    auto collect = [&](const Message &message, bool isA) {
      const Reflection &reflection = *message.GetReflection();
      for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
        const Message &entry =
            reflection.GetRepeatedMessage(message, &field, i);
        std::string scratch;
        std::string text = isText(key) ? getText(entry, key, -1, scratch)
                                       : describeScalar(entry, key, -1);
        (isA ? entries[text].first : entries[text].second) = &entry;
      }
    };
    collect(a, true);
    collect(b, false);
    auto describe = [&](const Message *entry) -> std::string {
      if (!entry)
        return "none";
      return isMessage(value)
                 ? describeMessage(
                       entry->GetReflection()->GetMessage(*entry, &value))
                 : describeScalar(*entry, value, -1);
    };
    for (const auto &[text, pair] : entries) {
      std::string element = name + "[" + quoteShort(text) + "]";
      auto [inA, inB] = pair;
      if (!inA || !inB)
        add(element, describe(inA), describe(inB));
      else if (isMessage(value))
        compare(inA->GetReflection()->GetMessage(*inA, &value),
                inB->GetReflection()->GetMessage(*inB, &value), element);
      else if (!isEqual(*inA, *inB, value, -1))
        add(element, describe(inA), describe(inB));
    }
  }

  void compareUnknown(const Message &a, const Message &b,
                      const std::string &path) {
    const auto &inA = a.GetReflection()->GetUnknownFields(a);
    const auto &inB = b.GetReflection()->GetUnknownFields(b);
    if (inA.empty() && inB.empty())
      return;
    std::string bytesA, bytesB;
    inA.SerializeToString(&bytesA);
    inB.SerializeToString(&bytesB);
    if (bytesA != bytesB)
      add(path + (path.empty() ? "" : ".") + "unknown fields",
          std::to_string(bytesA.size()) + " bytes",
          std::to_string(bytesB.size()) + " bytes");
  }

  llvm::function_ref<bool(const FieldDescriptor &)> isIgnored;
};
} // namespace

std::vector<FieldDifference>
om::diffMessages(const Message &a, const Message &b,
                 llvm::function_ref<bool(const FieldDescriptor &)> isIgnored) {
  MessageDiffer differ(isIgnored);
  differ.compare(a, b, "");
  return std::move(differ.differences);
}
