// SPDX-License-Identifier: Apache-2.0
//
// gemc list-weights: the constants of a model, and which may be refreshed.
#include "Commands.h"
#include "Frontend.h"

#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"
#include "GeDialect/Dialect/GE/Transforms/WeightData.h"
#include "GeDialect/Dialect/WeightRefresh/IR/WRDialect.h"
#include "GeDialect/Dialect/WeightRefresh/Transforms/Refreshable.h"
#include "GeDialect/Support/Error.h"
#include "GeDialect/Support/Printable.h"
#include "GeDialect/Target/WeightFile/WeightFile.h"
#include "GeDialect/Transforms/Pipelines.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace gemlir;
using namespace gemlir::gemc;
namespace cl = llvm::cl;

static cl::opt<std::string>
    inputPath(cl::Positional, cl::Required, cl::value_desc("MODEL"),
              cl::desc("<.onnx or .air model or .mlir stage>"),
              cl::sub(listWeightsCommand));
static cl::opt<bool> asJSON("json", cl::desc("print JSON (docs/gemc.md)"),
                            cl::sub(listWeightsCommand));
static cl::opt<std::string>
    exportPath("export", cl::value_desc("FILE.npz|.safetensors"),
               cl::desc("write the constants that '*' would refresh, under "
                        "their source names"),
               cl::sub(listWeightsCommand));

namespace {
/// One constant or variable, as listed.
struct Weight {
  std::string source, name;
  DataType type;
  std::vector<int64_t> dims;
  int64_t bytes;
  /// Why '*' passes over it; empty when it is refreshable.
  std::string reason;
  /// Null for a variable without initial value.
  mlir::Attribute value;
  mlir::Type valueType;
};
} // namespace

static Weight makeWeight(llvm::StringRef source, llvm::StringRef name,
                         mlir::Type type, mlir::Attribute value) {
  auto shaped = mlir::cast<mlir::ShapedType>(type);
  Weight weight;
  weight.source = source.str();
  weight.name = name.str();
  weight.type =
      geir::getDataType(shaped.getElementType()).value_or(DataType::Undefined);
  weight.dims.assign(shaped.getShape().begin(), shaped.getShape().end());
  weight.bytes = geir::getTensorBytes(type).value_or(0);
  weight.value = value;
  weight.valueType = type;
  return weight;
}

/// The constants of a model, or of the module of a stage before they are
/// chosen.
static std::vector<Weight> collectConstants(mlir::ModuleOp module) {
  std::vector<Weight> weights;
  module.walk([&](geir::ConstOp op) {
    Weight weight =
        makeWeight(op.getSource().value_or(""), op.getName().value_or(""),
                   op.getType(), op.getValue());
    weight.reason = wr::whyNotTakenByPattern(op).value_or("");
    weights.push_back(std::move(weight));
  });
  return weights;
}

/// What has become refreshable in the module of a later stage.
static std::vector<Weight> collectVariables(mlir::ModuleOp module) {
  std::vector<Weight> weights;
  module.walk([&](wr::VariableOp op) {
    weights.push_back(makeWeight(op.getSource().value_or(""), op.getConstant(),
                                 op.getType(),
                                 op.getInitial().value_or(mlir::Attribute())));
  });
  return weights;
}

static void printText(llvm::ArrayRef<Weight> weights) {
  int64_t total = 0, refreshable = 0;
  for (const Weight &weight : weights) {
    std::string dims;
    for (int64_t dim : weight.dims)
      dims += (dims.empty() ? "" : "x") + std::to_string(dim);
    llvm::outs() << llvm::formatv(
        "{0,-32} {1,-44} {2,-5} {3,-16} {4,10}  {5}\n",
        printable(weight.source), printable(weight.name),
        getShortName(weight.type), dims.empty() ? "scalar" : dims, weight.bytes,
        weight.reason.empty() ? "refreshable"
                              : "not refreshable: " + printable(weight.reason));
    total += weight.bytes;
    if (weight.reason.empty())
      ++refreshable;
  }
  llvm::outs() << weights.size() << " constants, " << refreshable
               << " refreshable, " << total << " bytes\n";
}

static void printJSON(llvm::ArrayRef<Weight> weights) {
  llvm::json::OStream json(llvm::outs(), 2);
  json.object([&] {
    json.attributeArray("weights", [&] {
      for (const Weight &weight : weights)
        json.object([&] {
          json.attribute("source", llvm::json::fixUTF8(weight.source));
          json.attribute("name", llvm::json::fixUTF8(weight.name));
          json.attribute("dtype", getShortName(weight.type));
          json.attributeArray("dims", [&] {
            for (int64_t dim : weight.dims)
              json.value(dim);
          });
          json.attribute("bytes", weight.bytes);
          json.attribute("refreshable", weight.reason.empty());
          if (!weight.reason.empty())
            json.attribute("reason", llvm::json::fixUTF8(weight.reason));
        });
    });
  });
  llvm::outs() << "\n";
}

static llvm::Error exportWeights(mlir::ModuleOp module,
                                 llvm::StringRef directory,
                                 llvm::ArrayRef<Weight> weights) {
  geir::WeightReader reader(module, directory);
  std::vector<geir::WeightBytes> alive;
  std::vector<TensorToWrite> tensors;
  for (const Weight &weight : weights) {
    if (!weight.reason.empty())
      continue;
    if (!weight.value)
      return makeError("weight '" + weight.name + "' has no initial value");
    llvm::Expected<geir::WeightBytes> data =
        reader.read(weight.value, weight.valueType);
    if (!data)
      return data.takeError();
    TensorToWrite tensor;
    tensor.name = weight.source.empty() ? weight.name : weight.source;
    tensor.type = weight.type;
    tensor.dims = weight.dims;
    tensor.bytes = data->bytes;
    tensors.push_back(std::move(tensor));
    alive.push_back(std::move(*data));
  }
  return writeTensorFile(exportPath, tensors);
}

int gemlir::gemc::listWeightsMain() {
  Frontend frontend(/*threads=*/1);
  mlir::OwningOpRef<mlir::ModuleOp> module =
      frontend.read(inputPath, {}, /*dropUnrepresentable=*/true);
  if (!module)
    return kInputError;
  std::optional<Stage> stage = detectStage(*module);
  bool isChosen = stage && *stage >= Stage::Split;
  if (isChosen)
    llvm::errs() << "gemc: note: " << printable(inputPath)
                 << ": constants are chosen before stage '"
                 << getName(Stage::Split)
                 << "'; listed are the weights that were made refreshable\n";
  std::vector<Weight> weights =
      isChosen ? collectVariables(*module) : collectConstants(*module);
  if (!exportPath.empty())
    if (llvm::Error error =
            exportWeights(*module, frontend.getDirectory(), weights))
      return reportInputError(std::move(error));
  if (asJSON)
    printJSON(weights);
  else
    printText(weights);
  return kSuccess;
}
