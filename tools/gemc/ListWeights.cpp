// SPDX-License-Identifier: Apache-2.0
//
// gemc list-weights: the constants of a model, and which may be refreshed.
#include "Commands.h"
#include "Frontend.h"

#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"
#include "GeDialect/Dialect/GE/Transforms/WeightData.h"
#include "GeDialect/Dialect/WeightRefresh/Transforms/Refreshable.h"
#include "GeDialect/Target/WeightFile/WeightFile.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace gemlir;
using namespace gemlir::gemc;
namespace cl = llvm::cl;

static cl::opt<std::string> inputPath(cl::Positional, cl::Required,
                                      cl::value_desc("MODEL"),
                                      cl::desc("<.onnx or .air model>"),
                                      cl::sub(listWeightsCommand));
static cl::opt<bool> asJSON("json", cl::desc("print JSON (docs/gemc.md)"),
                            cl::sub(listWeightsCommand));
static cl::opt<std::string>
    exportPath("export", cl::value_desc("FILE.npz|.safetensors"),
               cl::desc("write the constants that '*' would refresh, under "
                        "their source names"),
               cl::sub(listWeightsCommand));

namespace {
/// One constant, as listed.
struct Weight {
  geir::ConstOp op;
  std::string source, name;
  DataType type;
  std::vector<int64_t> dims;
  int64_t bytes;
  /// Why '*' passes over it; empty when it is refreshable.
  std::string reason;
};
} // namespace

static std::vector<Weight> collect(mlir::ModuleOp module) {
  std::vector<Weight> weights;
  module.walk([&](geir::ConstOp op) {
    auto type = mlir::cast<mlir::ShapedType>(op.getType());
    Weight weight;
    weight.op = op;
    weight.source = op.getSource().value_or("").str();
    weight.name = op.getName().value_or("").str();
    weight.type =
        geir::getDataType(type.getElementType()).value_or(DataType::Undefined);
    weight.dims.assign(type.getShape().begin(), type.getShape().end());
    weight.bytes = geir::getTensorBytes(type).value_or(0);
    weight.reason = wr::whyNotTakenByPattern(op).value_or("");
    weights.push_back(std::move(weight));
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
        "{0,-32} {1,-44} {2,-5} {3,-16} {4,10}  {5}\n", weight.source,
        weight.name, getShortName(weight.type), dims.empty() ? "scalar" : dims,
        weight.bytes,
        weight.reason.empty() ? "refreshable"
                              : "not refreshable: " + weight.reason);
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
          json.attribute("source", weight.source);
          json.attribute("name", weight.name);
          json.attribute("dtype", getShortName(weight.type));
          json.attributeArray("dims", [&] {
            for (int64_t dim : weight.dims)
              json.value(dim);
          });
          json.attribute("bytes", weight.bytes);
          json.attribute("refreshable", weight.reason.empty());
          if (!weight.reason.empty())
            json.attribute("reason", weight.reason);
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
    llvm::Expected<geir::WeightBytes> data =
        reader.read(geir::ConstOp(weight.op).getValue(),
                    geir::ConstOp(weight.op).getType());
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
  mlir::OwningOpRef<mlir::ModuleOp> module = frontend.read(inputPath, {});
  if (!module)
    return kInputError;
  std::vector<Weight> weights = collect(*module);
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
