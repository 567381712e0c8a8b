// SPDX-License-Identifier: Apache-2.0
//
// gemc convert-layout: a tensor in another storage format.
#include "Commands.h"
#include "Text.h"

#include "GeDialect/Layout/LayoutConversion.h"
#include "GeDialect/Support/Error.h"
#include "GeDialect/Support/OutputFile.h"
#include "GeDialect/Target/WeightFile/WeightFile.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"

using namespace gemlir;
using namespace gemlir::gemc;
namespace cl = llvm::cl;

static cl::opt<std::string> inputFile(cl::Positional, cl::desc("<in.npy>"),
                                      cl::sub(convertLayoutCommand));
static cl::opt<std::string> outputFile(cl::Positional, cl::desc("<out.npy>"),
                                       cl::sub(convertLayoutCommand));
static cl::opt<std::string>
    fromFormat("from", cl::value_desc("FORMAT[:GROUPS]"),
               cl::desc("Format of the input, e.g. NCHW or FRACTAL_Z:2, with "
                        "0..65535 groups"),
               cl::sub(convertLayoutCommand));
static cl::opt<std::string> toFormat("to", cl::value_desc("FORMAT[:GROUPS]"),
                                     cl::desc("Format of the output"),
                                     cl::sub(convertLayoutCommand));
static cl::opt<std::string>
    logicalShape("shape", cl::value_desc("D,D,..."),
                 cl::desc("The logical dims, in the order of the linear format "
                          "(of --from when both are); needed when the input "
                          "is not linear or has no dims"),
                 cl::sub(convertLayoutCommand));
static cl::opt<std::string>
    targetType("dtype", cl::value_desc("TYPE"),
               cl::desc("Element type of the output: f16 or bf16 for an f32 "
                        "input, f32 for these"),
               cl::sub(convertLayoutCommand));
static cl::opt<std::string>
    sourceType("input-dtype", cl::value_desc("TYPE"),
               cl::desc("What the bytes of the input are, for raw files and "
                        "types that NumPy does not have"),
               cl::sub(convertLayoutCommand));
static cl::opt<std::string>
    groupCount("groups", cl::value_desc("N"),
               cl::desc("Groups of a convolution filter, 0..65535, like "
                        "FRACTAL_Z:N"),
               cl::sub(convertLayoutCommand));
static cl::opt<int64_t>
    blockLength("c0", cl::value_desc("N"),
                cl::desc("Length of the innermost block (default: that of the "
                         "stored element type)"),
                cl::sub(convertLayoutCommand));
static cl::opt<int64_t> rowBlock("m0", cl::value_desc("N"),
                                 cl::desc("Rows of a block of FRACTAL_NZ"),
                                 cl::init(16), cl::sub(convertLayoutCommand));
static cl::opt<std::string>
    expansion("expand", cl::value_desc("AXES"),
              cl::desc("Which axes of the linear format the dims are when "
                       "there are fewer, e.g. CH"),
              cl::sub(convertLayoutCommand));

namespace {
/// The command line, parsed.
struct Request {
  TensorLayout source, target;
  std::optional<DataType> sourceType, targetType;
  std::optional<std::vector<int64_t>> shape;
};
} // namespace

static llvm::Expected<int64_t> parseGroups(const char *option,
                                           llvm::StringRef text) {
  int64_t groups;
  if (text.getAsInteger(10, groups) || groups < 0 || groups > kMaxGroups)
    return makeErrorf("{0}: expected 0..{1} groups, found '{2}'", option,
                      kMaxGroups, text);
  return groups;
}

static llvm::Error parseFormat(const char *option, llvm::StringRef text,
                               TensorLayout &tensor) {
  if (text.empty())
    return makeErrorf("expected {0} FORMAT", option);
  auto [name, number] = text.split(':');
  std::optional<Format> format = formatFromName(name);
  if (!format)
    return makeErrorf("{0}: unknown format '{1}'", option, name);
  tensor.storage = *format;
  bool hasGroups = getParameters(*format).groups;
  if (hasGroups && groupCount.getNumOccurrences() != 0) {
    llvm::Expected<int64_t> groups = parseGroups("--groups", groupCount);
    if (!groups)
      return groups.takeError();
    tensor.groups = *groups;
  }
  if (!text.contains(':'))
    return llvm::Error::success();
  if (!hasGroups)
    return makeErrorf("{0}: {1} has no groups, found '{2}'", option, name,
                      text);
  llvm::Expected<int64_t> groups = parseGroups(option, number);
  if (!groups)
    return groups.takeError();
  if (groupCount.getNumOccurrences() != 0 && tensor.groups != *groups)
    return makeErrorf("{0} says {1} groups and --groups {2}", option, *groups,
                      groupCount.getValue());
  tensor.groups = *groups;
  return llvm::Error::success();
}

/// Refuses options that these formats make no use of.
static llvm::Error checkParameters(Format from, Format to) {
  FormatParameters used = getParameters(isLinear(from) ? to : from);
  struct {
    const cl::Option &option;
    bool isUsed;
    const char *what;
  } const kUses[] = {
      {groupCount, used.groups, "groups"},
      {blockLength, used.c0, "blocks of C0"},
      {rowBlock, used.m0, "blocks of rows"},
      {expansion, used.expand, "named axes that could be missing"}};
  for (const auto &[option, isUsed, what] : kUses)
    if (option.getNumOccurrences() != 0 && !isUsed)
      return makeErrorf("--{0}: neither {1} nor {2} has {3}", option.ArgStr,
                        getName(from), getName(to), what);
  return llvm::Error::success();
}

static llvm::Expected<std::optional<DataType>> parseType(const char *option,
                                                         llvm::StringRef text) {
  if (text.empty())
    return std::nullopt;
  if (std::optional<DataType> type = dataTypeFromShortName(text))
    return type;
  return makeErrorf("{0}: unknown element type '{1}'", option, text);
}

static llvm::Expected<Request> parseRequest() {
  Request request;
  for (auto [option, text, side] :
       {std::tuple("--from", &fromFormat, &request.source),
        std::tuple("--to", &toFormat, &request.target)}) {
    if (llvm::Error error = parseFormat(option, *text, *side))
      return std::move(error);
    side->m0 = rowBlock;
    side->expand = expansion;
    if (!isLinear(side->storage))
      side->c0 = blockLength;
  }
  if (!isLinear(request.source.storage) && !isLinear(request.target.storage))
    return makeErrorf("expected a linear format in --from or --to, found {0} "
                      "and {1}",
                      getName(request.source.storage),
                      getName(request.target.storage));
  if (llvm::Error error =
          checkParameters(request.source.storage, request.target.storage))
    return std::move(error);
  llvm::Expected<std::optional<DataType>> from =
      parseType("--input-dtype", sourceType);
  if (!from)
    return from.takeError();
  request.sourceType = *from;
  llvm::Expected<std::optional<DataType>> to = parseType("--dtype", targetType);
  if (!to)
    return to.takeError();
  request.targetType = *to;
  if (logicalShape.getNumOccurrences() == 0)
    return request;
  request.shape.emplace();
  llvm::SmallVector<llvm::StringRef> dims;
  // Empty for a scalar.
  if (!logicalShape.empty())
    llvm::StringRef(logicalShape).split(dims, ',');
  for (llvm::StringRef dim : dims)
    if (dim.getAsInteger(10, request.shape->emplace_back()) ||
        request.shape->back() < 0)
      return makeErrorf("--shape: expected dims of 0 or more, found '{0}'",
                        dim);
  return request;
}

/// The input, and its logical dims when it says them.
static llvm::Expected<NamedTensor> readInput(Request &request) {
  if (!request.sourceType) {
    llvm::Expected<std::vector<NamedTensor>> tensors =
        readTensorFile(inputFile);
    if (!tensors)
      return tensors.takeError();
    if (tensors->size() != 1)
      return makeErrorf("expected one tensor in '{0}', found {1}", inputFile,
                        tensors->size());
    return std::move(tensors->front());
  }
  uint64_t size;
  if (std::error_code error = llvm::sys::fs::file_size(inputFile, size))
    return makeError("cannot open '" + inputFile + "': " + error.message());
  return readTensor(inputFile, DataType::UInt8, {static_cast<int64_t>(size)});
}

/// Fills in types and dims of both sides.
static llvm::Error completeRequest(Request &request, const NamedTensor &input) {
  TensorLayout &source = request.source, &target = request.target;
  source.type = request.sourceType.value_or(input.type);
  target.type = request.targetType.value_or(source.type);
  bool fromLinear = isLinear(source.storage);
  if (!fromLinear && !request.shape)
    return makeErrorf("expected --shape: {0} does not tell the logical dims",
                      getName(source.storage));
  bool hasDims = getBits(input.type) == getBits(source.type);
  if (fromLinear && !request.shape && !hasDims)
    return makeErrorf(
        "expected --shape: the input has elements of {0}, not {1}",
        getShortName(input.type), getShortName(source.type));
  source.dims = target.dims = request.shape ? *request.shape : input.dims;
  source.origin = target.origin = fromLinear ? source.storage : target.storage;
  if (fromLinear && isLinear(target.storage)) {
    llvm::Expected<std::vector<int64_t>> dims =
        permuteDims(source.dims, source.origin, target.storage);
    if (!dims)
      return dims.takeError();
    target.dims = *dims;
    target.origin = target.storage;
  }
  return llvm::Error::success();
}

/// NumPy has no bf16 and nothing below a byte: such elements are written as
/// unsigned integers of the same size, or as packed bytes.
static std::pair<DataType, std::vector<int64_t>>
getFileType(const TensorLayout &tensor, std::vector<int64_t> shape) {
  switch (tensor.type) {
  case DataType::BFloat16:
    return {DataType::UInt16, std::move(shape)};
  case DataType::HiFloat8:
  case DataType::Float8E5M2:
  case DataType::Float8E4M3FN:
  case DataType::Float8E8M0:
    return {DataType::UInt8, std::move(shape)};
  default:
    if (getBits(tensor.type) % 8 == 0)
      return {tensor.type, std::move(shape)};
    return {DataType::UInt8, {*getTensorBytes(shape, tensor.type)}};
  }
}

static llvm::Error convertLayout(Request &request) {
  llvm::Expected<NamedTensor> input = readInput(request);
  if (!input)
    return input.takeError();
  auto addFile = [](llvm::Error error) {
    return addContext(std::move(error), inputFile);
  };
  if (llvm::Error error = completeRequest(request, *input))
    return addFile(std::move(error));
  llvm::Expected<LayoutConversion> conversion =
      LayoutConversion::create(request.source, request.target);
  if (!conversion)
    return addFile(conversion.takeError());
  std::vector<int64_t> shape = llvm::cantFail(getStorageShape(request.source));
  bool isSameShape = request.sourceType || shape == input->dims;
  if (static_cast<uint64_t>(conversion->getSourceBytes()) !=
          input->bytes.size() ||
      (isLinear(request.source.storage) && !isSameShape))
    return addFile(
        makeErrorf("expected {0}[{1}], {2} bytes; found {3}[{4}], {5} bytes",
                   getShortName(request.source.type), joinDims(shape),
                   conversion->getSourceBytes(), getShortName(input->type),
                   joinDims(input->dims), input->bytes.size()));
  auto write = [&](llvm::raw_ostream &out) {
    return conversion->stream(input->bytes, kConversionWindow,
                              [&](llvm::ArrayRef<uint8_t> window) {
                                out << llvm::toStringRef(window);
                                return llvm::Error::success();
                              });
  };
  if (!llvm::StringRef(outputFile).ends_with(".npy"))
    return writeFileAtomically(outputFile, write);
  auto [type, dims] = getFileType(
      request.target, llvm::cantFail(getStorageShape(request.target)));
  return writeNpy(outputFile, type, dims, write);
}

int gemlir::gemc::convertLayoutMain() {
  if (inputFile.empty() || outputFile.empty())
    return reportUsageError("expected an input and an output file");
  llvm::Expected<Request> request = parseRequest();
  if (!request)
    return reportUsageError(llvm::toString(request.takeError()));
  if (llvm::Error error = convertLayout(*request))
    return reportInputError(std::move(error));
  return kSuccess;
}
