// SPDX-License-Identifier: Apache-2.0
//
// The header of NumPy's .npy format: magic, version, length and a Python dict
// literal. Only the literals that NumPy itself writes are understood; anything
// else is refused, because guessing an element type gives wrong numbers.
#include "Formats.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/raw_ostream.h"

#include <optional>

using namespace gemlir;
using namespace gemlir::weightfile;

static constexpr llvm::StringLiteral kMagic = "\x93NUMPY";
/// Headers of plain arrays have some hundred bytes.
static constexpr uint64_t kMaxDictBytes = 65536;
/// NumPy's own limit.
static constexpr size_t kMaxRank = 64;
/// Elements start at a multiple of this, as NumPy does for mapped reading.
static constexpr uint64_t kAlignment = 64;

namespace {
struct TypeCode {
  DataType type;
  llvm::StringRef code;
};

struct HeaderDict {
  std::optional<llvm::StringRef> descr;
  std::optional<bool> fortranOrder;
  std::optional<std::vector<int64_t>> shape;
};

/// Parser of the dict literal. `base` is the position of the text in the
/// array, for messages.
class DictParser {
public:
  DictParser(llvm::StringRef text, uint64_t base) : text(text), base(base) {}

  llvm::Expected<HeaderDict> parse();

private:
  llvm::Error fail(const llvm::Twine &expected) const;
  llvm::Error expect(char c);
  bool consume(char c);
  void skipSpace();
  llvm::Expected<llvm::StringRef> parseString();
  llvm::Expected<bool> parseBool();
  llvm::Expected<std::vector<int64_t>> parseShape();
  llvm::Expected<int64_t> parseDim();
  llvm::Error parseEntry(HeaderDict &dict);

  llvm::StringRef text;
  uint64_t base;
  size_t position = 0;
};
} // namespace

static constexpr TypeCode kTypeCodes[] = {
    {DataType::Float16, "f2"}, {DataType::Float, "f4"},
    {DataType::Double, "f8"},  {DataType::Int8, "i1"},
    {DataType::Int16, "i2"},   {DataType::Int32, "i4"},
    {DataType::Int64, "i8"},   {DataType::UInt8, "u1"},
    {DataType::UInt16, "u2"},  {DataType::UInt32, "u4"},
    {DataType::UInt64, "u8"},  {DataType::Bool, "b1"},
};

llvm::Error DictParser::fail(const llvm::Twine &expected) const {
  std::string found = "the end of the header";
  if (position < text.size()) {
    llvm::raw_string_ostream os(found = "'");
    llvm::printEscapedString(text.substr(position, 12), os);
    os << '\'';
  }
  return makeError("expected " + expected + " at byte " +
                   llvm::Twine(base + position) + " of the npy header, found " +
                   found);
}

void DictParser::skipSpace() {
  position = std::min(text.find_first_not_of(" \t\r\n", position), text.size());
}

bool DictParser::consume(char c) {
  skipSpace();
  if (position == text.size() || text[position] != c)
    return false;
  ++position;
  return true;
}

llvm::Error DictParser::expect(char c) {
  if (consume(c))
    return llvm::Error::success();
  return fail(llvm::Twine("'") + llvm::Twine(c) + "'");
}

llvm::Expected<llvm::StringRef> DictParser::parseString() {
  skipSpace();
  char quote = position < text.size() ? text[position] : '\0';
  if (quote != '\'' && quote != '"')
    return fail("a string");
  size_t end = text.find(quote, position + 1);
  if (end == llvm::StringRef::npos)
    return fail("a terminated string");
  llvm::StringRef value = text.slice(position + 1, end);
  if (value.find_first_of("\\\n") != llvm::StringRef::npos)
    return fail("a string without escapes");
  position = end + 1;
  return value;
}

llvm::Expected<bool> DictParser::parseBool() {
  skipSpace();
  llvm::StringRef rest = text.drop_front(position);
  llvm::StringRef word = rest.take_while(llvm::isAlnum);
  if (word != "True" && word != "False")
    return fail("True or False");
  position += word.size();
  return word == "True";
}

llvm::Expected<int64_t> DictParser::parseDim() {
  skipSpace();
  llvm::StringRef digits = text.drop_front(position).take_while(llvm::isDigit);
  int64_t value;
  if (digits.getAsInteger(10, value))
    return fail("a non-negative integer below 2^63");
  position += digits.size();
  // Python 2 wrote long integers with a suffix.
  if (position < text.size() && text[position] == 'L')
    ++position;
  return value;
}

llvm::Expected<std::vector<int64_t>> DictParser::parseShape() {
  if (llvm::Error error = expect('('))
    return error;
  std::vector<int64_t> shape;
  bool comma = true;
  while (!consume(')')) {
    if (!comma)
      return fail("',' or ')'");
    llvm::Expected<int64_t> dim = parseDim();
    if (!dim)
      return dim.takeError();
    shape.push_back(*dim);
    if (shape.size() > kMaxRank)
      return fail("at most " + llvm::Twine(kMaxRank) + " dimensions");
    comma = consume(',');
  }
  // Without a comma Python reads a parenthesised number, not a tuple.
  if (shape.size() == 1 && !comma)
    return fail("a tuple as shape");
  return shape;
}

llvm::Error DictParser::parseEntry(HeaderDict &dict) {
  skipSpace();
  size_t keyPosition = position;
  llvm::Expected<llvm::StringRef> key = parseString();
  if (!key)
    return key.takeError();
  bool repeated = (*key == "descr" && dict.descr) ||
                  (*key == "fortran_order" && dict.fortranOrder) ||
                  (*key == "shape" && dict.shape);
  if (repeated) {
    position = keyPosition;
    return fail("every key once");
  }
  if (llvm::Error error = expect(':'))
    return error;
  if (*key == "descr") {
    skipSpace();
    if (text.drop_front(position).starts_with("["))
      return makeError("structured dtypes are not supported, expected a plain "
                       "element type");
    llvm::Expected<llvm::StringRef> value = parseString();
    if (!value)
      return value.takeError();
    dict.descr = *value;
    return llvm::Error::success();
  }
  if (*key == "fortran_order") {
    llvm::Expected<bool> value = parseBool();
    if (!value)
      return value.takeError();
    dict.fortranOrder = *value;
    return llvm::Error::success();
  }
  if (*key == "shape") {
    llvm::Expected<std::vector<int64_t>> value = parseShape();
    if (!value)
      return value.takeError();
    dict.shape = std::move(*value);
    return llvm::Error::success();
  }
  position = keyPosition;
  return fail("the key descr, fortran_order or shape");
}

llvm::Expected<HeaderDict> DictParser::parse() {
  HeaderDict dict;
  if (llvm::Error error = expect('{'))
    return error;
  bool comma = true;
  while (!consume('}')) {
    if (!comma)
      return fail("',' or '}'");
    if (llvm::Error error = parseEntry(dict))
      return error;
    comma = consume(',');
  }
  skipSpace();
  if (position != text.size())
    return fail("nothing but white space after the dict");
  for (auto [present, key] :
       {std::pair(dict.descr.has_value(), "descr"),
        std::pair(dict.fortranOrder.has_value(), "fortran_order"),
        std::pair(dict.shape.has_value(), "shape")})
    if (!present)
      return makeErrorf("the npy header has no key '{0}'", key);
  return dict;
}

/// Turns NumPy's type string into a data type and a byte order.
static llvm::Error parseDescr(llvm::StringRef descr, NpyHeader &header) {
  auto printable = [&] {
    std::string text;
    llvm::raw_string_ostream os(text);
    llvm::printEscapedString(descr.take_front(32), os);
    return text;
  };
  llvm::StringRef code = descr.drop_front(!descr.empty());
  char order = descr.empty() ? '\0' : descr.front();
  if (order == '<' || order == '>' || order == '|')
    for (const TypeCode &candidate : kTypeCodes) {
      if (candidate.code != code)
        continue;
      // '|' means that byte order does not apply.
      if (order == '|' && getBits(candidate.type) != 8)
        break;
      header.type = candidate.type;
      header.bigEndian = order == '>' && getBits(candidate.type) > 8;
      return llvm::Error::success();
    }
  if (code.starts_with("V"))
    return makeErrorf("element type '{0}' does not say what its bytes mean "
                      "(NumPy stores bfloat16 and float8 like this); "
                      "safetensors keeps such types",
                      printable());
  if (code.starts_with("O"))
    return makeErrorf("element type '{0}' holds Python objects, expected "
                      "numbers",
                      printable());
  return makeErrorf("element type '{0}' is not supported, expected <, > or | "
                    "and one of f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 b1",
                    printable());
}

bool NpyHeader::needsConversion() const {
  if (dataBytes == 0)
    return false;
  return bigEndian || (fortranOrder && dims.size() > 1);
}

bool weightfile::hasNpyMagic(llvm::ArrayRef<uint8_t> bytes) {
  return llvm::toStringRef(bytes).starts_with(kMagic);
}

llvm::Expected<uint64_t>
weightfile::getNpyHeaderBytes(llvm::ArrayRef<uint8_t> preamble) {
  if (!hasNpyMagic(preamble))
    return makeError("expected a NumPy array, found no npy magic");
  if (preamble.size() < 8)
    return makeError("the npy header is cut off in its version");
  unsigned major = preamble[6], minor = preamble[7];
  if (major < 1 || major > 3 || minor != 0)
    return makeErrorf("npy version {0}.{1} is not known, expected 1.0, 2.0 or "
                      "3.0",
                      major, minor);
  size_t lengthBytes = major == 1 ? 2 : 4;
  if (preamble.size() < 8 + lengthBytes)
    return makeError("the npy header is cut off in its length");
  const uint8_t *length = preamble.data() + 8;
  uint64_t dictBytes = major == 1 ? llvm::support::endian::read16le(length)
                                  : llvm::support::endian::read32le(length);
  if (dictBytes > kMaxDictBytes)
    return makeErrorf("the npy header has {0} bytes, more than the {1} an "
                      "array needs",
                      dictBytes, kMaxDictBytes);
  return 8 + lengthBytes + dictBytes;
}

llvm::Expected<NpyHeader>
weightfile::parseNpyHeader(llvm::ArrayRef<uint8_t> bytes) {
  llvm::Expected<uint64_t> headerBytes =
      getNpyHeaderBytes(bytes.take_front(kNpyPreambleBytes));
  if (!headerBytes)
    return headerBytes.takeError();
  if (bytes.size() < *headerBytes)
    return makeErrorf("the npy header has {0} bytes, but only {1} are there",
                      *headerBytes, bytes.size());
  uint64_t dictBegin = bytes[6] == 1 ? 10 : 12;
  llvm::StringRef text =
      llvm::toStringRef(bytes).slice(dictBegin, *headerBytes);
  llvm::Expected<HeaderDict> dict = DictParser(text, dictBegin).parse();
  if (!dict)
    return dict.takeError();

  NpyHeader header;
  if (llvm::Error error = parseDescr(*dict->descr, header))
    return error;
  header.dims = std::move(*dict->shape);
  header.fortranOrder = *dict->fortranOrder;
  header.headerBytes = *headerBytes;
  std::optional<int64_t> dataBytes = getTensorBytes(header.dims, header.type);
  if (!dataBytes)
    return makeError("the shape in the npy header has more than 2^63 bytes");
  header.dataBytes = *dataBytes;
  return header;
}

llvm::Expected<std::string>
weightfile::formatNpyHeader(DataType type, llvm::ArrayRef<int64_t> dims) {
  llvm::StringRef code;
  for (const TypeCode &candidate : kTypeCodes)
    if (candidate.type == type)
      code = candidate.code;
  if (code.empty())
    return makeErrorf("NumPy has no element type {0}; safetensors has more "
                      "types",
                      getShortName(type));
  if (dims.size() > kMaxRank)
    return makeErrorf("NumPy arrays have at most {0} dimensions, not {1}",
                      kMaxRank, dims.size());

  std::string dict = "{'descr': '";
  llvm::raw_string_ostream os(dict);
  os << (getBits(type) == 8 ? '|' : '<') << code
     << "', 'fortran_order': False, 'shape': (";
  llvm::interleave(dims, os, ", ");
  os << (dims.size() == 1 ? ",), }" : "), }");

  constexpr uint64_t preambleBytes = 10;
  uint64_t total = llvm::alignTo(preambleBytes + dict.size() + 1, kAlignment);
  dict.append(total - preambleBytes - dict.size() - 1, ' ');
  dict.push_back('\n');

  std::string header = kMagic.str();
  header.append({'\x01', '\0'});
  char length[2];
  llvm::support::endian::write16le(length, dict.size());
  header.append(length, sizeof(length));
  return header + dict;
}
