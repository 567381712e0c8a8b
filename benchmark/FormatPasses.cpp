// SPDX-License-Identifier: Apache-2.0
//
// The passes that choose formats and clean up behind themselves, by number of
// operators, on graphs whose regions are short, endless, or joined by one
// weight. Counters:
//   over_bytecode  time / time of writing and reading the graph as bytecode
//   assign_us      microseconds of ge-assign-formats per operator
//   cancel_us      microseconds of ge-cancel-conversions per operator
//   moves_per_op   conversions that are left / operators
#include "Stopwatch.h"

#include "GeDialect/Dialect/GE/Transforms/ConversionReport.h"
#include "GeDialect/Dialect/GE/Transforms/Passes.h"
#include "GeDialect/InitAllDialects.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <benchmark/benchmark.h>

using namespace gemlir;
using gemlir::benchmarks::Stopwatch;

namespace {
struct GraphOptions {
  /// Every operator of this number is one that knows linear formats only; 0 for
  /// none.
  int64_t linear = 0;
  /// Filters are one weight, which is refreshed.
  bool shared = false;
};
} // namespace

/// Convolutions, sums with an earlier image, and activations, in turn. Sums
/// reach over operators that know linear formats only.
static std::string makeGraph(int64_t ops, const GraphOptions &options) {
  const char *image = "tensor<1x16x4x4xf16>";
  std::string text;
  llvm::raw_string_ostream out(text);
  out << llvm::formatv(
      "func.func @main(%v0: {0} {{ge.arg = #ge.arg<name = \"x\", index = 0>}) "
      "-> ({0} {{ge.res = #ge.res<name = \"y\">}) attributes {{ge.graph = "
      "#ge.graph<name = \"g\">} {{\n",
      image);
  auto addFilter = [&](int64_t i, const char *mark) {
    out << llvm::formatv("%w{0} = ge.Const \"w{0}\" {1} dense<1.0> : "
                         "tensor<16x16x1x1xf16>\n",
                         i, mark);
  };
  if (options.shared)
    addFilter(0, "refresh(0)");
  int64_t last = 0, before = 0;
  for (int64_t i = 1; i <= ops; ++i) {
    std::string use = llvm::formatv("%v{0} = ", i).str();
    if (options.linear != 0 && i % options.linear == 0) {
      out << llvm::formatv("{0}ge.SoftmaxV2 \"v{1}\" %v{2} : ({3}) -> {3}\n",
                           use, i, last, image);
    } else if (i % 5 == 1) {
      if (!options.shared)
        addFilter(i, "");
      out << llvm::formatv(
          "{0}ge.Conv2D \"v{1}\" %v{2}, %w{4} {{data_format = \"NCHW\", pads = "
          "array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : ({3}, "
          "tensor<16x16x1x1xf16>) -> {3}\n",
          use, i, last, image, options.shared ? 0 : i);
    } else if (i % 5 == 3) {
      out << llvm::formatv("{0}ge.Add \"v{1}\" %v{2}, %v{4} : ({3}, {3}) -> "
                           "{3}\n",
                           use, i, last, image, before);
      before = i;
    } else {
      out << llvm::formatv("{0}ge.Relu \"v{1}\" %v{2} : ({3}) -> {3}\n", use, i,
                           last, image);
    }
    last = i;
  }
  out << llvm::formatv("return %v{0} : {1}\n}\n", last, image);
  return text;
}

static void assignFormats(benchmark::State &state, GraphOptions options) {
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  mlir::OwningOpRef<mlir::ModuleOp> graph =
      mlir::parseSourceString<mlir::ModuleOp>(
          makeGraph(state.range(0), options), &context);
  if (!graph)
    return state.SkipWithError("the graph does not parse");

  Stopwatch assign, cancel, bytecode;
  size_t moves = 0;
  for (auto _ : state) {
    mlir::OwningOpRef<mlir::ModuleOp> module = graph->clone();
    bool failed = false;
    auto run = [&](std::unique_ptr<mlir::Pass> pass) {
      mlir::PassManager pm(&context);
      pm.enableVerifier(false);
      pm.addNestedPass<mlir::func::FuncOp>(std::move(pass));
      failed |= mlir::failed(pm.run(*module));
    };
    assign.run([&] { run(geir::createAssignFormats()); });
    cancel.run([&] { run(geir::createCancelConversions()); });
    if (failed)
      return state.SkipWithError("a pass fails");
    auto function = *module->getOps<mlir::func::FuncOp>().begin();
    moves =
        geir::collectConversions(function, *findTarget(kDefaultTarget)).size();
    bytecode.run([&] {
      std::string buffer;
      llvm::raw_string_ostream out(buffer);
      (void)mlir::writeBytecodeToFile(*graph, out);
      benchmark::DoNotOptimize(
          mlir::parseSourceString<mlir::ModuleOp>(buffer, &context));
    });
  }
  auto ops = static_cast<double>(state.range(0));
  state.counters["over_bytecode"] =
      (assign.median() + cancel.median()) / bytecode.median();
  state.counters["assign_us"] = 1e6 * assign.median() / ops;
  state.counters["cancel_us"] = 1e6 * cancel.median() / ops;
  state.counters["moves_per_op"] = static_cast<double>(moves) / ops;
}

static void setSizes(benchmark::internal::Benchmark *benchmark) {
  for (int64_t ops : {1000, 10000, 100000})
    benchmark->Arg(ops);
  benchmark->Unit(benchmark::kMillisecond)->Iterations(5);
}
BENCHMARK_CAPTURE(assignFormats, short_regions, GraphOptions{8, false})
    ->Apply(setSizes);
BENCHMARK_CAPTURE(assignFormats, one_region, GraphOptions{0, false})
    ->Apply(setSizes);
BENCHMARK_CAPTURE(assignFormats, one_weight, GraphOptions{8, true})
    ->Apply(setSizes);
