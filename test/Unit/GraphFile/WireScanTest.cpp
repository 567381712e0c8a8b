// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Target/GraphFile/WireScan.h"

#include "llvm/ADT/StringExtras.h"
#include "gtest/gtest.h"

using namespace gemlir;
using namespace gemlir::protowire;

// Messages of kind 0 nest in field 1; kind 1, with the payload in field 2 and
// a blocking field 3, stands in field 4.
static std::optional<unsigned> getChild(unsigned kind, uint32_t number) {
  if (kind == 0 && number == 1)
    return 0;
  if (kind == 0 && number == 4)
    return 1;
  return std::nullopt;
}

static std::string makeReference(uint32_t number, uint64_t offset,
                                 uint64_t length) {
  return "<" + std::to_string(number) + "@" + std::to_string(offset) + "+" +
         std::to_string(length) + ">";
}

static llvm::Expected<std::string> slim(llvm::StringRef bytes) {
  static const uint32_t payload[] = {2, 5}, blocking[] = {3};
  SlimRules rules;
  rules.getChild = getChild;
  rules.payloadKind = 1;
  rules.payloadFields = payload;
  rules.blockingFields = blocking;
  rules.maxCopiedBytes = 4;
  rules.makeReference = makeReference;
  return slimMessage(llvm::arrayRefFromStringRef(bytes), rules);
}

static std::string slimGood(llvm::StringRef bytes) {
  llvm::Expected<std::string> result = slim(bytes);
  if (result)
    return *result;
  ADD_FAILURE() << llvm::toString(result.takeError());
  return {};
}

static std::string slimError(llvm::StringRef bytes) {
  llvm::Expected<std::string> result = slim(bytes);
  return result ? "" : llvm::toString(result.takeError());
}

static std::string bytesField(char number, llvm::StringRef content) {
  std::string field(1, static_cast<char>(number << 3 | 2));
  size_t size = content.size();
  for (; size >= 128; size >>= 7)
    field.push_back(static_cast<char>(size | 0x80));
  field.push_back(static_cast<char>(size));
  return field + content.str();
}

TEST(WireScan, CopiesWhatIsNotPayload) {
  std::string message = std::string("\x10\x96\x01", 3) + // varint
                        std::string("\x19"
                                    "12345678",
                                    9) + // fixed64
                        std::string("\x25"
                                    "1234",
                                    5) + // fixed32
                        bytesField(6, "long enough to be a payload") +
                        bytesField(4, bytesField(2, "abcd"));
  EXPECT_EQ(slimGood(message), message);
  EXPECT_EQ(slimGood(""), "");
}

TEST(WireScan, ReplacesPayloadsAndRecomputesLengths) {
  std::string before = bytesField(6, "before"), after = bytesField(6, "after");
  std::string leaf = before + bytesField(2, std::string(300, 'p')) + after;
  std::string message =
      before + bytesField(1, before + bytesField(4, leaf) + after) + after;
  size_t offset = message.find('p');
  std::string reference = "<2@" + std::to_string(offset) + "+300>";
  EXPECT_EQ(slimGood(message),
            before +
                bytesField(1, before +
                                  bytesField(4, before + after + reference) +
                                  after) +
                after);
}

TEST(WireScan, LongFormOfALengthIsAccepted) {
  // Length 5 in three bytes.
  std::string message = std::string("\x22\x87\x80\x00", 4) + "\x12\x05pqrst";
  EXPECT_EQ(slimGood(message), bytesField(4, "<2@6+5>"));
}

TEST(WireScan, AmbiguousPayloadsStay) {
  std::string payload = bytesField(2, "12345"), other = bytesField(5, "12345");
  for (const std::string &leaf :
       {payload + payload, payload + other, payload + bytesField(3, ""),
        bytesField(3, "x") + payload, std::string("\x10\x01", 2) + payload}) {
    std::string message = bytesField(4, leaf);
    EXPECT_EQ(slimGood(message), message);
  }
  EXPECT_EQ(slimGood(bytesField(4, other)), bytesField(4, "<5@4+5>"));
}

TEST(WireScan, SaysWhereTheFormatIsBroken) {
  const std::pair<std::string, const char *> cases[] = {
      {"\x80", "byte 0: expected a number, found the end"},
      {std::string("\x08\x01\x08\xff\xff", 5), "byte 3: expected a number"},
      {"\x08", "byte 1: expected a number"},
      {"\x0a", "byte 1: expected a number"},
      {std::string("\x08\x01\x32\x05") + "abcd",
       "byte 2: field 6 has 5 bytes, but only 4 are left"},
      {std::string("\x09") + "1234567",
       "byte 0: field 1 has 8 bytes, but only 7 are left"},
      {std::string("\x0d") + "123",
       "byte 0: field 1 has 4 bytes, but only 3 are left"},
      {std::string("\x32\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11),
       "byte 0: field 6 has 18446744073709551615 bytes, but only 0"},
      {std::string("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 11),
       "byte 1: a number has more than 64 bits"},
      {std::string("\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 12),
       "byte 1: a number has more than 64 bits"},
      {std::string("\x00\x01", 2), "byte 0: field number 0"},
      {std::string("\x80\x80\x80\x80\x10\x01", 6),
       "byte 0: field number 536870912"},
      {"\x0b", "byte 0: field 1 has wire type 3"},
      {"\x0c", "byte 0: field 1 has wire type 4"},
      {"\x0e", "byte 0: field 1 has wire type 6"},
      {"\x0f", "byte 0: field 1 has wire type 7"},
      // An inner message may not reach beyond its own end.
      {bytesField(1, "\x0a\x05") + "abcde",
       "byte 2: field 1 has 5 bytes, but only 0 are left"},
      {bytesField(4, "\x0a\x05") + "abcde",
       "byte 2: field 1 has 5 bytes, but only 0 are left"}};
  for (const auto &[bytes, message] : cases)
    EXPECT_EQ(
        slimError(bytes).find("malformed protobuf at " + std::string(message)),
        0u)
        << slimError(bytes);
  // The largest number and the largest field number are fine.
  std::string good("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11);
  EXPECT_EQ(slimGood(good), good);
  good = std::string("\xf8\xff\xff\xff\x0f\x01", 6);
  EXPECT_EQ(slimGood(good), good);
}

TEST(WireScan, NestingIsBounded) {
  std::string message;
  for (unsigned i = 1; i < kMaxMessageDepth; ++i)
    message = bytesField(1, message);
  EXPECT_EQ(slimGood(message), message);
  for (unsigned i = 0; i < 2000; ++i)
    message = bytesField(1, message);
  EXPECT_NE(slimError(message).find("nest deeper than 64"), std::string::npos);
}
