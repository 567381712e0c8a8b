// SPDX-License-Identifier: Apache-2.0
//
// Converts tensors that standard input describes, one per line:
//   there|back FROM TO PLAIN ORIGIN DIMS EXPAND STORAGE C0 GROUPS M0 HEX
// from the linear format PLAIN to STORAGE, or back, and from element type FROM
// to TO. DIMS are in the order of ORIGIN, EXPAND is "-" where the default
// counts, HEX are the bytes of the source. Answers with one line: the storage
// shape and the bytes of the target.
#include "GeDialect/Layout/LayoutConversion.h"
#include "GeDialect/Support/Error.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

using namespace gemlir;

static llvm::Expected<std::string> answer(llvm::StringRef line) {
  llvm::SmallVector<llvm::StringRef> words;
  line.split(words, ' ');
  if (words.size() != 12)
    return makeErrorf("expected 12 words, found {0}", words.size());
  TensorLayout stored;
  std::optional<DataType> from = dataTypeFromShortName(words[1]);
  std::optional<DataType> to = dataTypeFromShortName(words[2]);
  std::optional<Format> plainFormat = formatFromName(words[3]);
  std::optional<Format> origin = formatFromName(words[4]);
  std::optional<Format> storage = formatFromName(words[7]);
  std::string hex;
  if (!from || !to || !plainFormat || !origin || !storage ||
      words[8].getAsInteger(10, stored.c0) ||
      words[9].getAsInteger(10, stored.groups) ||
      words[10].getAsInteger(10, stored.m0) ||
      !llvm::tryGetFromHex(words[11], hex))
    return makeError("expected a case, found '" + line.take_front(80) + "'");
  for (llvm::StringRef dim : llvm::split(words[5], ','))
    if (dim.getAsInteger(10, stored.dims.emplace_back()))
      return makeError("expected a dim, found '" + dim + "'");
  if (words[6] != "-")
    stored.expand = words[6].str();
  bool isBack = words[0] == "back";
  stored.type = isBack ? *from : *to;
  stored.origin = *origin;
  stored.storage = *storage;
  TensorLayout plain;
  plain.type = isBack ? *to : *from;
  plain.origin = plain.storage = *plainFormat;
  llvm::Expected<std::vector<int64_t>> dims =
      permuteDims(stored.dims, *origin, *plainFormat);
  if (!dims)
    return dims.takeError();
  plain.dims = *dims;
  llvm::Expected<std::vector<int64_t>> shape = getStorageShape(stored);
  if (!shape)
    return shape.takeError();
  llvm::Expected<LayoutConversion> conversion = LayoutConversion::create(
      isBack ? stored : plain, isBack ? plain : stored);
  if (!conversion)
    return conversion.takeError();
  std::vector<uint8_t> target(conversion->getTargetBytes());
  if (llvm::Error error =
          conversion->convert(llvm::arrayRefFromStringRef(hex), target))
    return std::move(error);
  return llvm::join(
             llvm::map_range(*shape,
                             [](int64_t dim) { return std::to_string(dim); }),
             ",") +
         " " + llvm::toHex(target, /*LowerCase=*/true);
}

int main() {
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> input =
      llvm::MemoryBuffer::getSTDIN();
  if (!input)
    return 1;
  llvm::SmallVector<llvm::StringRef> lines;
  (*input)->getBuffer().split(lines, '\n', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef line : lines) {
    llvm::Expected<std::string> result = answer(line);
    if (result)
      llvm::outs() << *result << "\n";
    else
      llvm::outs() << "error: " << llvm::toString(result.takeError()) << "\n";
  }
  return 0;
}
