// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/Transforms/WeightData.h"

#include "NormalizedValue.h"

#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"
#include "GeDialect/Layout/LayoutConversion.h"
#include "GeDialect/Support/Error.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectResourceBlobManager.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"

using namespace mlir;
using namespace gemlir;
using namespace gemlir::geir;

llvm::Expected<std::string>
gemlir::geir::getFingerprint(const MappedFile &file) {
  constexpr size_t kPieces = 1024, kPieceBytes = 4096;
  size_t size = file.size();
  llvm::SHA256 hash;
  if (size <= kPieces * kPieceBytes) {
    hash.update(file.bytes());
    return llvm::toHex(hash.final(), /*LowerCase=*/true);
  }
  // Read, not mapped: a touched page of a mapping stays resident, and the
  // system brings its neighbours in with it.
  llvm::Expected<llvm::sys::fs::file_t> handle =
      llvm::sys::fs::openNativeFileForRead(file.getPath());
  if (!handle)
    return handle.takeError();
  auto close =
      llvm::scope_exit([&] { (void)llvm::sys::fs::closeFile(*handle); });
  std::vector<char> piece(kPieceBytes);
  for (size_t i = 0; i < kPieces; ++i) {
    // The first piece begins the file and the last one ends it.
    uint64_t offset = (size - kPieceBytes) / (kPieces - 1) * i;
    if (i == kPieces - 1)
      offset = size - kPieceBytes;
    llvm::Expected<size_t> count =
        llvm::sys::fs::readNativeFileSlice(*handle, piece, offset);
    if (!count)
      return count.takeError();
    hash.update(StringRef(piece.data(), *count));
  }
  return llvm::toHex(hash.final(), /*LowerCase=*/true);
}

llvm::Expected<std::shared_ptr<const MappedFile>>
WeightReader::openStore(StringRef symbol) {
  std::shared_ptr<const MappedFile> &file = files[symbol];
  if (file)
    return file;
  auto store = module.lookupSymbol<StoreOp>(symbol);
  if (!store)
    return makeError("no ge.store is called '" + symbol + "'");
  llvm::SmallString<256> path(store.getPath());
  if (!directory.empty() && llvm::sys::path::is_relative(path)) {
    path = directory;
    llvm::sys::path::append(path, store.getPath());
  }
  llvm::Expected<std::shared_ptr<const MappedFile>> opened =
      MappedFile::open(path);
  if (!opened)
    return opened.takeError();
  if ((*opened)->size() != store.getSize())
    return makeErrorf("'{0}' has {1} bytes, the module was made from a file of "
                      "{2}",
                      path.str(), (*opened)->size(), store.getSize());
  if (std::optional<StringRef> expected = store.getFingerprint()) {
    llvm::Expected<std::string> found = getFingerprint(**opened);
    if (!found)
      return found.takeError();
    if (*found != expected->lower())
      return makeError("'" + path +
                       "' is not the file the module was made from: its "
                       "fingerprint differs");
  }
  file = std::move(*opened);
  return file;
}

/// The way from a directory to a file, both absolute.
static std::string makeRelative(StringRef path, StringRef base) {
  auto component = llvm::sys::path::begin(path),
       end = llvm::sys::path::end(path);
  auto baseComponent = llvm::sys::path::begin(base),
       baseEnd = llvm::sys::path::end(base);
  while (component != end && baseComponent != baseEnd &&
         *component == *baseComponent) {
    ++component;
    ++baseComponent;
  }
  llvm::SmallString<256> result;
  for (; baseComponent != baseEnd; ++baseComponent)
    llvm::sys::path::append(result, "..");
  for (; component != end; ++component)
    llvm::sys::path::append(result, *component);
  return result.str().str();
}

/// The absolute path of `path`, which is relative to `directory`.
static llvm::SmallString<256> makeAbsolute(StringRef directory,
                                           StringRef path) {
  llvm::SmallString<256> result(path);
  if (llvm::sys::path::is_relative(path)) {
    result = directory;
    llvm::sys::path::append(result, path);
  }
  llvm::sys::fs::make_absolute(result);
  llvm::sys::path::remove_dots(result, /*remove_dot_dot=*/true);
  return result;
}

void gemlir::geir::relocateStores(ModuleOp module, StringRef from,
                                  StringRef to) {
  llvm::SmallString<256> base = makeAbsolute(to, "");
  for (StoreOp store : module.getOps<StoreOp>())
    store.setPath(makeRelative(makeAbsolute(from, store.getPath()), base));
}

/// A splat is a few bytes in a file whatever size it claims, so what it expands
/// to is bounded.
static constexpr int64_t kMaxSplatBytes = int64_t(1) << 30;

/// The elements of a dense attribute as files hold them.
static std::shared_ptr<std::vector<uint8_t>>
getDenseBytes(DenseElementsAttr value) {
  auto bytes = std::make_shared<std::vector<uint8_t>>();
  unsigned width = value.getElementType().getIntOrFloatBitWidth();
  int64_t count = value.getNumElements();
  if (width < 8) {
    // i1 takes a byte each, i4 two to a byte, the first in the low bits.
    bytes->resize(width == 1 ? count : (count + 1) / 2);
    for (auto [i, element] : llvm::enumerate(value.getValues<APInt>())) {
      uint8_t bits = element.getZExtValue();
      if (width == 1)
        (*bytes)[i] = bits;
      else
        (*bytes)[i / 2] |= bits << (i % 2 ? 4 : 0);
    }
    return bytes;
  }
  ArrayRef<char> raw = value.getRawData();
  size_t repeats = value.isSplat() ? count : 1;
  bytes->reserve(raw.size() * repeats);
  for (size_t i = 0; i < repeats; ++i)
    bytes->insert(bytes->end(), raw.begin(), raw.end());
  return bytes;
}

llvm::Expected<WeightBytes> WeightReader::readBytes(WeightAttr weight) {
  llvm::Expected<std::shared_ptr<const MappedFile>> file =
      openStore(weight.getStore().getValue());
  if (!file)
    return file.takeError();
  llvm::Expected<ArrayRef<uint8_t>> bytes =
      (*file)->slice(weight.getOffset(), weight.getLength());
  if (!bytes)
    return bytes.takeError();
  return WeightBytes{*bytes, *file, *file};
}

/// Looking for infinities takes a tenth of the time of writing. Masks and other
/// constants that are meant to be large are small; the weights of large models
/// are not paid for.
static constexpr int64_t kMaxWatchedBytes = 16 << 20;

static llvm::Expected<LayoutConversion> getConversion(ConvertedAttr value) {
  return LayoutConversion::create(*getTensorLayout(value.getFrom()),
                                  *getTensorLayout(value.getTo()));
}

llvm::Expected<WeightReader::Writer>
WeightReader::openWriter(Attribute value, Type type,
                         OverflowHandler onOverflow) {
  auto converted = dyn_cast<ConvertedAttr>(value);
  Attribute given = converted ? converted.getValue() : value;
  Type givenType = converted ? converted.getFrom() : type;
  // What is computed is so when it is written, and not kept.
  std::optional<NormalizedValue> normalized;
  WeightBytes source;
  if (auto attr = dyn_cast<NormalizedAttr>(given)) {
    llvm::Expected<NormalizedValue> opened =
        NormalizedValue::create(attr, *this);
    if (!opened)
      return opened.takeError();
    normalized = std::move(*opened);
  } else {
    llvm::Expected<WeightBytes> opened = read(given, givenType);
    if (!opened)
      return opened.takeError();
    source = std::move(*opened);
  }
  auto write = [](llvm::ArrayRef<uint8_t> bytes, llvm::raw_ostream &out) {
    out.write(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  };
  // What has been written need not stay in memory: the weights of a model may
  // be larger than that.
  if (!converted)
    return Writer([source, normalized, write](llvm::raw_ostream &out) {
      if (normalized) {
        normalized->write(out);
        return llvm::Error::success();
      }
      for (llvm::ArrayRef<uint8_t> rest = source.bytes; !rest.empty();) {
        auto window = rest.take_front(static_cast<size_t>(kConversionWindow));
        write(window, out);
        source.release(window);
        rest = rest.drop_front(window.size());
      }
      return llvm::Error::success();
    });
  llvm::Expected<LayoutConversion> conversion = getConversion(converted);
  if (!conversion)
    return conversion.takeError();
  DataType from = *getDataType(converted.getFrom().getElementType());
  DataType to = *getDataType(converted.getTo().getElementType());
  bool isWatched = onOverflow && from == DataType::Float && to != from &&
                   *getTensorBytes(givenType) <= kMaxWatchedBytes;
  return Writer([source, normalized, conversion = *conversion, write, isWatched,
                 to, onOverflow](llvm::raw_ostream &out) -> llvm::Error {
    std::shared_ptr<std::vector<uint8_t>> computed;
    if (normalized)
      computed = normalized->computeAll();
    ArrayRef<uint8_t> bytes = computed ? ArrayRef(*computed) : source.bytes;
    // Infinities are rare: they are looked for while the window is in the
    // cache, and only where there is one, the source is read once more.
    bool isSuspect = false;
    if (llvm::Error error = conversion.stream(
            bytes, kConversionWindow,
            [&](llvm::ArrayRef<uint8_t> piece) -> llvm::Error {
              isSuspect |= isWatched && !isSuspect && hasInfinity(piece, to);
              write(piece, out);
              return llvm::Error::success();
            }))
      return error;
    if (isSuspect)
      if (RoundingOverflow overflow = findOverflow(bytes, to);
          overflow.count != 0)
        onOverflow(overflow);
    source.release(source.bytes);
    return llvm::Error::success();
  });
}

llvm::Expected<WeightBytes> WeightReader::read(Attribute value, Type type) {
  if (auto converted = dyn_cast<ConvertedAttr>(value)) {
    llvm::Expected<WeightBytes> source =
        read(converted.getValue(), converted.getFrom());
    if (!source)
      return source.takeError();
    llvm::Expected<LayoutConversion> conversion = getConversion(converted);
    if (!conversion)
      return conversion.takeError();
    auto bytes =
        std::make_shared<std::vector<uint8_t>>(conversion->getTargetBytes());
    if (llvm::Error error = conversion->convert(source->bytes, *bytes))
      return std::move(error);
    return WeightBytes{*bytes, bytes};
  }
  if (auto attr = dyn_cast<NormalizedAttr>(value)) {
    llvm::Expected<NormalizedValue> normalized =
        NormalizedValue::create(attr, *this);
    if (!normalized)
      return normalized.takeError();
    auto bytes = normalized->computeAll();
    return WeightBytes{*bytes, bytes};
  }
  std::optional<int64_t> wanted = getTensorBytes(type);
  if (!wanted)
    return makeError("a constant needs a static type of known size");
  WeightBytes result;
  if (auto weight = dyn_cast<WeightAttr>(value)) {
    llvm::Expected<WeightBytes> bytes = readBytes(weight);
    if (!bytes)
      return bytes.takeError();
    result = std::move(*bytes);
  } else if (auto dense = dyn_cast<DenseElementsAttr>(value);
             dense && getTensorBytes(dense.getType()) == wanted) {
    if (dense.isSplat() && *wanted > kMaxSplatBytes)
      return makeErrorf("a splat constant has {0} bytes, at most {1} are "
                        "expanded",
                        *wanted, kMaxSplatBytes);
    std::shared_ptr<std::vector<uint8_t>> bytes = getDenseBytes(dense);
    result.bytes = *bytes;
    result.owner = bytes;
  } else if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob)
      return makeError("resource '" + resource.getRawHandle().getKey() +
                       "' has no data");
    ArrayRef<char> data = blob->getData();
    // The blob belongs to the context, which outlives every result.
    result.bytes = {reinterpret_cast<const uint8_t *>(data.data()),
                    data.size()};
  } else {
    return makeError("the value of a constant is neither dense elements of its "
                     "type nor a weight");
  }
  if (static_cast<uint64_t>(*wanted) != result.bytes.size())
    return makeErrorf("a constant has {0} bytes, its type needs {1}",
                      result.bytes.size(), *wanted);
  return result;
}
