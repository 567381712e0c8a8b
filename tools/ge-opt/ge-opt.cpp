// SPDX-License-Identifier: Apache-2.0
//
// ge-opt: runs passes on modules of this project.
#include "GeDialect/InitAllDialects.h"
#include "GeDialect/InitAllPasses.h"
#include "GeDialect/Support/Nesting.h"

#include "mlir/Pass/PassRegistry.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/ToolOutputFile.h"

/// What `MlirOptMain` does with the command line, but for a look at the input
/// before the parser gets it.
static mlir::LogicalResult run(llvm::StringRef inputPath,
                               llvm::StringRef outputPath,
                               mlir::DialectRegistry &registry) {
  mlir::MlirOptMainConfig config =
      mlir::MlirOptMainConfig::createFromCLOptions();
  if (config.shouldShowDialects()) {
    llvm::outs() << "Available Dialects: ";
    llvm::interleave(registry.getDialectNames(), llvm::outs(), ",");
    llvm::outs() << "\n";
    return mlir::success();
  }
  if (config.shouldListPasses()) {
    mlir::printRegisteredPasses();
    return mlir::success();
  }
  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> input =
      mlir::openInputFile(inputPath, &message);
  if (!input) {
    llvm::errs() << message << "\n";
    return mlir::failure();
  }
  if (std::optional<int64_t> line =
          gemlir::findDeepNesting(input->getBuffer())) {
    llvm::errs() << inputPath << ":" << *line
                 << ":0: error: brackets are nested deeper than "
                 << gemlir::kMaxNesting << "\n";
    return mlir::failure();
  }
  std::unique_ptr<llvm::ToolOutputFile> output =
      mlir::openOutputFile(outputPath, &message);
  if (!output) {
    llvm::errs() << message << "\n";
    return mlir::failure();
  }
  if (failed(
          mlir::MlirOptMain(output->os(), std::move(input), registry, config)))
    return mlir::failure();
  output->keep();
  return mlir::success();
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  mlir::DialectRegistry registry;
  gemlir::registerAllDialects(registry);
  gemlir::registerAllPasses();
  mlir::registerTransformsPasses();
  auto [input, output] = mlir::registerAndParseCLIOptions(
      argc, argv, "optimizer of weight-refreshable Ascend models\n", registry);
  return mlir::asMainReturnCode(run(input, output, registry));
}
