// SPDX-License-Identifier: Apache-2.0
//
// Compares ways to choose the storage formats of a model: ge-assign-formats,
// and the two simpler methods of Instances.h on the problem that the pass
// solves. Each answer is put into the graph and cleaned up like every other,
// and its conversions are counted there. Takes a module of stage "split";
// prints one line of JSON.
#include "../Unit/FormatAssignment/Instances.h"

#include "GeDialect/Dialect/GE/Transforms/ConversionReport.h"
#include "GeDialect/Dialect/GE/Transforms/GraphFormats.h"
#include "GeDialect/Dialect/GE/Transforms/Passes.h"
#include "GeDialect/InitAllDialects.h"

#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include "llvm/Support/CommandLine.h"

using namespace gemlir;
using namespace gemlir::geir;

static llvm::cl::opt<std::string> inputPath(llvm::cl::Positional,
                                            llvm::cl::Required,
                                            llvm::cl::value_desc("FILE.mlir"));

using Solver =
    llvm::function_ref<std::vector<FormatId>(const FormatProblem &problem)>;

/// Assigns formats in a copy of the module, with the pass when there is no
/// solver, and counts by type and in sum what is left.
static std::optional<llvm::json::Object>
count(mlir::ModuleOp module, const Target &target, Solver solver) {
  mlir::OwningOpRef<mlir::ModuleOp> copy = module.clone();
  if (solver)
    for (auto function : copy->getOps<mlir::func::FuncOp>()) {
      GraphFormats graph(function, target);
      graph.apply(solver(graph.getProblem()));
    }
  mlir::PassManager pm(module.getContext());
  if (!solver)
    pm.addNestedPass<mlir::func::FuncOp>(createAssignFormats());
  pm.addNestedPass<mlir::func::FuncOp>(createCancelConversions());
  if (mlir::failed(pm.run(*copy)))
    return std::nullopt;
  llvm::json::Object counts;
  int64_t bytes = 0;
  for (auto function : copy->getOps<mlir::func::FuncOp>())
    for (const Conversion &conversion : collectConversions(function, target)) {
      counts[conversion.type] =
          counts.getInteger(conversion.type).value_or(0) + 1;
      bytes += conversion.bytes;
    }
  counts["bytes"] = bytes;
  return counts;
}

int main(int argc, char **argv) {
  llvm::cl::ParseCommandLineOptions(argc, argv);
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  mlir::OwningOpRef<mlir::ModuleOp> module =
      mlir::parseSourceFile<mlir::ModuleOp>(inputPath, &context);
  if (!module)
    return 1;
  const Target &target = *findTarget(kDefaultTarget);
  // What the core says of the problem: nothing can cost less than the bound.
  int64_t objective = 0, bound = 0;
  for (auto function : module->getOps<mlir::func::FuncOp>()) {
    FormatAssignment result = llvm::cantFail(
        assignFormats(GraphFormats(function, target).getProblem()));
    objective += result.cost;
    bound += result.lowerBound;
  }
  llvm::json::Object line{{"objective", objective}, {"bound", bound}};
  for (auto [name, solver] : {std::pair<const char *, Solver>("ours", nullptr),
                              {"greedy", test::assignGreedily},
                              {"local", test::cancelLocally}}) {
    std::optional<llvm::json::Object> counts = count(*module, target, solver);
    if (!counts)
      return 1;
    line[name] = std::move(*counts);
  }
  llvm::outs() << llvm::json::Value(std::move(line)) << "\n";
  return 0;
}
