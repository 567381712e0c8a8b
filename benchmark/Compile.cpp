// SPDX-License-Identifier: Apache-2.0
//
// The whole way from an imported graph to the bytes of a bundle, by number of
// operators, with small weights so that bytes play no part. Counters:
//   over_bytecode  time / time of writing and reading the graph as bytecode
//   bytes_per_op   bytes of the bundle / operators
#include "Stopwatch.h"

#include "GeDialect/InitAllDialects.h"
#include "GeDialect/Target/OM/Translation.h"
#include "GeDialect/Transforms/Pipelines.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Parser/Parser.h"

#include "llvm/Support/raw_ostream.h"

#include <benchmark/benchmark.h>

using namespace gemlir;
using gemlir::benchmarks::Stopwatch;

/// A chain of additions, every fourth of which has a weight of its own.
static std::string makeGraph(int64_t ops) {
  std::string text;
  llvm::raw_string_ostream out(text);
  out << R"(func.func @main(
    %x: tensor<4xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    -> (tensor<4xf32> {ge.res = #ge.res<name = "y">})
    attributes {ge.graph = #ge.graph<name = "g">} {
)";
  std::string previous = "%x", before = "%x";
  for (int64_t i = 0; i < ops; ++i) {
    std::string operand = before;
    if (i % 4 == 0) {
      operand = "%w" + std::to_string(i);
      out << operand << " = ge.Const \"w" << i
          << "\" dense<1.0> : tensor<4xf32>\n";
    }
    out << "%v" << i << " = ge.Add \"v" << i << "\" " << previous << ", "
        << operand << " : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>\n";
    before = previous;
    previous = "%v" + std::to_string(i);
  }
  out << "return " << previous << " : tensor<4xf32>\n}\n";
  return text;
}

/// `names`: which weights to refresh.
static void compile(benchmark::State &state, const char *names,
                    const char *update) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  context.appendDialectRegistry(registry);
  mlir::OwningOpRef<mlir::ModuleOp> graph =
      mlir::parseSourceString<mlir::ModuleOp>(makeGraph(state.range(0)),
                                              &context);
  if (!graph)
    return state.SkipWithError("the graph does not parse");
  PipelineOptions options;
  if (*names)
    options.refresh = {names};
  options.update = update;

  Stopwatch pipeline, bytecode;
  size_t bytes = 0;
  for (auto _ : state) {
    mlir::OwningOpRef<mlir::ModuleOp> module = graph->clone();
    bool failed = false;
    pipeline.run([&] {
      mlir::PassManager pm(&context);
      pm.enableVerifier(false);
      buildPipeline(pm, Stage::Imported, Stage::Tasks, options);
      llvm::SmallString<0> file;
      llvm::raw_svector_ostream out(file);
      failed = mlir::failed(pm.run(*module)) ||
               mlir::failed(translateToOM(*module, /*directory=*/"", out));
      bytes = file.size();
    });
    if (failed)
      return state.SkipWithError("the graph does not compile");
    bytecode.run([&] {
      std::string buffer;
      llvm::raw_string_ostream out(buffer);
      (void)mlir::writeBytecodeToFile(*graph, out);
      benchmark::DoNotOptimize(
          mlir::parseSourceString<mlir::ModuleOp>(buffer, &context));
    });
  }
  state.counters["over_bytecode"] = pipeline.median() / bytecode.median();
  state.counters["bytes_per_op"] =
      static_cast<double>(bytes) / static_cast<double>(state.range(0));
  state.SetComplexityN(state.range(0));
}

static void setSizes(benchmark::internal::Benchmark *benchmark) {
  for (int64_t ops : {1000, 4000, 16000, 64000})
    benchmark->Arg(ops);
  benchmark->Unit(benchmark::kMillisecond)->Iterations(3)->Complexity();
}
BENCHMARK_CAPTURE(compile, frozen, "", "all")->Apply(setSizes);
BENCHMARK_CAPTURE(compile, refreshable, "*", "all")->Apply(setSizes);
BENCHMARK_CAPTURE(compile, refreshable_masked, "*", "masked")->Apply(setSizes);
