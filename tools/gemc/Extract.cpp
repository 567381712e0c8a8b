// SPDX-License-Identifier: Apache-2.0
//
// gemc extract: a sub-model, its graph, a kernel or weights of a file as files
// of their own.
#include "Commands.h"
#include "ExtractWeights.h"
#include "Text.h"

#include "GeDialect/Support/Error.h"
#include "GeDialect/Support/OutputFile.h"
#include "GeDialect/Target/GraphFile/AirModel.h"
#include "GeDialect/Target/OM/Constants.h"
#include "GeDialect/Target/OM/KernelStore.h"
#include "GeDialect/Target/OM/ProtobufIO.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

#include <map>

using namespace gemlir;
using namespace gemlir::gemc;
namespace cl = llvm::cl;

static cl::opt<std::string> extractFile(cl::Positional, cl::desc("<file.om>"),
                                        cl::sub(extractCommand));
static cl::opt<std::string> modelName(
    "model", cl::value_desc("N|ROLE"),
    cl::desc("The sub-model to write, by position or role; with --kernel or "
             "--weight, the only one to look in"),
    cl::sub(extractCommand));
static cl::opt<bool>
    wantsGraph("graph",
               cl::desc("Write the graph of the sub-model as a graph file of "
                        "GE, with the constants in it"),
               cl::sub(extractCommand));
static cl::opt<std::string> kernelName("kernel", cl::value_desc("NAME"),
                                       cl::desc("The kernel binary to write"),
                                       cl::sub(extractCommand));
static cl::list<std::string> weightNames(
    "weight", cl::value_desc("NAME_OR_GLOB|all"),
    cl::desc("Weights to write, by source name, GE name or name of the Const; "
             "may be repeated"),
    cl::sub(extractCommand));
static cl::opt<std::string> outputPath(
    "o", cl::value_desc("FILE"),
    cl::desc("Output: .om; .air, .pbtxt or .txt with --graph; a kernel; "
             "or .npy, .npz, .safetensors"),
    cl::sub(extractCommand));

/// Position of the model that --model means.
static llvm::Expected<int>
findModel(const om::File &file, const std::optional<om::Manifest> &manifest) {
  unsigned number;
  if (!llvm::StringRef(modelName).getAsInteger(10, number)) {
    if (number < file.models.size())
      return static_cast<int>(number);
    return makeErrorf("the file has no model {0}: expected 0 to {1}", number,
                      file.models.size() - 1);
  }
  if (!manifest)
    return makeErrorf("expected the position of a model, found '{0}': the file "
                      "has no manifest with roles",
                      modelName);
  std::vector<int> found;
  std::vector<std::string> roles;
  for (const auto &[index, model] : llvm::enumerate(manifest->models)) {
    roles.push_back(model.role);
    if (model.role == modelName)
      found.push_back(static_cast<int>(index));
  }
  if (found.size() == 1)
    return found.front();
  if (found.empty())
    return makeErrorf("the bundle has no model with role '{0}' (it has {1}){2}",
                      modelName, llvm::join(roles, ", "),
                      suggest(modelName, roles));
  return makeErrorf("{0} models have role '{1}': expected the position of one",
                    found.size(), modelName);
}

static llvm::Error writeBytes(llvm::ArrayRef<uint8_t> bytes) {
  return writeFileAtomically(outputPath, [&](llvm::raw_pwrite_stream &out) {
    out << llvm::toStringRef(bytes);
    return llvm::Error::success();
  });
}

/// Writes the kernel of that name; `only` is a model or -1.
static llvm::Error extractKernel(const om::File &file, int only) {
  std::optional<llvm::ArrayRef<uint8_t>> found;
  int foundIn = -1;
  std::vector<std::string> names;
  for (const auto &[index, model] : llvm::enumerate(file.models)) {
    if (only >= 0 && only != static_cast<int>(index))
      continue;
    for (om::PartitionType type :
         {om::PartitionType::TBEKernels, om::PartitionType::CustAICPUKernels}) {
      const om::Partition *partition = model.findPartition(type);
      if (!partition)
        continue;
      llvm::Expected<std::vector<om::StoredKernel>> kernels =
          om::parseKernelStore(partition->bytes);
      if (!kernels)
        return addContext(kernels.takeError(),
                          "kernels of model " + llvm::Twine(index));
      for (om::StoredKernel &kernel : *kernels) {
        if (kernel.name == kernelName) {
          if (found && *found != kernel.binary)
            return makeErrorf("the name '{0}' is ambiguous: models {1} and {2} "
                              "have different kernels of it; see --model",
                              kernelName, foundIn, index);
          found = kernel.binary;
          foundIn = static_cast<int>(index);
        }
        names.push_back(std::move(kernel.name));
      }
    }
  }
  if (!found)
    return makeErrorf("the file has no kernel '{0}'{1}", kernelName,
                      suggest(kernelName, names));
  return writeBytes(*found);
}

/// Writes the graph of a model. Its constants have their bytes in the weight
/// image; in a graph file they are in the constants.
static llvm::Error extractGraph(const om::Model &model) {
  ge::proto::ModelDef graph = model.modelDef;
  uint64_t total = graph.ByteSizeLong();
  std::map<const ge::proto::OpDef *, llvm::ArrayRef<uint8_t>> values;
  for (const om::Constant &constant : om::listConstants(model)) {
    if (constant.bytes.size() < constant.tensor.bytes)
      return makeErrorf("the file does not hold the {0} bytes of constant "
                        "'{1}'",
                        constant.tensor.bytes, constant.tensor.name);
    if (!constant.isInImage)
      continue;
    total += constant.bytes.size();
    if (total > om::kMaxMessageBytes)
      return makeError("the graph has more than the 2 GiB that a graph file "
                       "can hold");
    values[constant.op] = constant.bytes;
  }
  for (int g = 0; g < graph.graph_size(); ++g)
    for (int o = 0; o < graph.graph(g).op_size(); ++o)
      if (auto value = values.find(&model.modelDef.graph(g).op(o));
          value != values.end())
        graph.mutable_graph(g)
            ->mutable_op(o)
            ->mutable_attr()
            ->at("value")
            .mutable_t()
            ->set_data(value->second.data(), value->second.size());
  llvm::Expected<std::string> bytes =
      serializeAirModel(graph, isAirTextPath(outputPath));
  if (!bytes)
    return bytes.takeError();
  return writeBytes(llvm::arrayRefFromStringRef(*bytes));
}

/// Whether the name of the output fits what is written; a wrong one is a slip
/// of the hand, and the file would be taken for something else.
static bool fitsOutput(bool isOM) {
  if (outputPath == "-")
    return true;
  return isOM ? llvm::sys::path::extension(outputPath) == ".om"
              : isAirPath(outputPath);
}

static llvm::Error extractWeights(const om::File &file,
                                  const std::optional<om::Manifest> &manifest,
                                  int only) {
  llvm::Expected<std::vector<TensorToWrite>> tensors =
      selectWeights(file, manifest, weightNames, only);
  if (!tensors)
    return tensors.takeError();
  if (!llvm::StringRef(outputPath).ends_with(".npy"))
    return writeTensorFile(outputPath, *tensors);
  if (tensors->size() == 1)
    return writeNpy(outputPath, tensors->front());
  return makeErrorf("cannot write '{0}': expected one weight for a .npy file, "
                    "found {1}; .npz and .safetensors take several",
                    outputPath, tensors->size());
}

int gemlir::gemc::extractMain() {
  if (extractFile.empty())
    return reportUsageError("expected a file to extract from");
  bool hasKernel = kernelName.getNumOccurrences() != 0;
  bool hasWeights = !weightNames.empty();
  bool hasModel = modelName.getNumOccurrences() != 0;
  if (hasKernel + hasWeights + wantsGraph > 1)
    return reportUsageError("expected one of --graph, --kernel and --weight");
  if (!hasKernel && !hasWeights && !wantsGraph && !hasModel)
    return reportUsageError("expected --model, --graph, --kernel or --weight");
  if (outputPath.empty())
    return reportUsageError("expected an output file: -o FILE");
  if (wantsGraph && !fitsOutput(/*isOM=*/false))
    return reportUsageError("--graph: expected an output called .air, .pbtxt "
                            "or .txt, found '" +
                            outputPath + "'");
  if (!hasKernel && !hasWeights && !wantsGraph && !fitsOutput(/*isOM=*/true))
    return reportUsageError("--model: expected an output called .om, found '" +
                            outputPath +
                            "'; --graph writes the graph of a model");
  llvm::Expected<om::File> file = om::readFile(extractFile);
  if (!file)
    return reportInputError(printable(llvm::toString(file.takeError())));
  // A sub-model that was extracted has a manifest that does not fit; what is
  // not asked for by role or as a weight needs none.
  unsigned number;
  bool needsManifest =
      hasWeights ||
      (hasModel && llvm::StringRef(modelName).getAsInteger(10, number));
  llvm::Expected<std::optional<om::Manifest>> manifest =
      std::optional<om::Manifest>();
  if (needsManifest)
    manifest = om::readManifest(*file);
  if (!manifest)
    return reportInputError(printable(llvm::toString(
        addContext(manifest.takeError(), extractFile + ": manifest"))));

  int model = -1;
  if (hasModel) {
    llvm::Expected<int> found = findModel(*file, *manifest);
    if (!found)
      return reportInputError(printable(llvm::toString(found.takeError())));
    model = *found;
  }
  if (wantsGraph && !hasModel) {
    if (file->models.size() != 1)
      return reportInputError("the file has " +
                              llvm::Twine(file->models.size()) +
                              " models: --graph needs --model");
    model = 0;
  }
  llvm::Error error = llvm::Error::success();
  if (wantsGraph)
    error = extractGraph(file->models[model]);
  else if (hasKernel)
    error = extractKernel(*file, model);
  else if (hasWeights)
    error = extractWeights(*file, *manifest, model);
  else
    error = writeBytes(file->bytes.slice(file->models[model].fileOffset,
                                         file->models[model].fileSize));
  if (error)
    return reportInputError(printable(llvm::toString(std::move(error))));
  return kSuccess;
}
