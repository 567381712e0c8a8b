// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Transforms/Pipelines.h"

#include "GeDialect/Conversion/Passes.h"
#include "GeDialect/Dialect/Ascend/IR/AscendDialect.h"
#include "GeDialect/Dialect/Ascend/Transforms/Passes.h"
#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Dialect/GE/Transforms/Passes.h"
#include "GeDialect/Dialect/WeightRefresh/IR/WRDialect.h"
#include "GeDialect/Dialect/WeightRefresh/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassOptions.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace gemlir;

static constexpr llvm::StringLiteral kStageNames[] = {
    "imported", "typed", "split", "laid-out", "abstract", "scheduled", "tasks"};

llvm::StringRef gemlir::getName(Stage stage) {
  return kStageNames[static_cast<unsigned>(stage)];
}

std::optional<Stage> gemlir::parseStage(llvm::StringRef name) {
  for (auto [i, candidate] : llvm::enumerate(kStageNames))
    if (candidate == name)
      return static_cast<Stage>(i);
  return std::nullopt;
}

std::optional<Stage> gemlir::detectStage(ModuleOp module) {
  if (!module.getOps<ascend::ModelOp>().empty()) {
    ascend::ModelOp model = *module.getOps<ascend::ModelOp>().begin();
    if (!model.getFeatureBytes())
      return Stage::Abstract;
    return model.getOps<ascend::EndGraphTaskOp>().empty() ? Stage::Scheduled
                                                          : Stage::Tasks;
  }
  // Formats and roads are facts of the types: what is split is laid out as
  // soon as it verifies.
  if (!module.getOps<wr::BundleOp>().empty())
    return Stage::Split;
  for (func::FuncOp function : module.getOps<func::FuncOp>())
    if (function->hasAttr(geir::GEDialect::kGraphAttr))
      return Stage::Imported;
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// The steps
//===----------------------------------------------------------------------===//

static void buildTyped(OpPassManager &pm, const PipelineOptions &options) {
  // Selection comes first: what it marks must not be folded by anything.
  wr::SelectOptions select;
  select.names.assign(options.refresh.begin(), options.refresh.end());
  select.minBytes = options.refreshMinBytes;
  pm.addPass(wr::createSelect(select));
  // Infers shapes, too, but not those of branches that are never taken.
  pm.addNestedPass<func::FuncOp>(geir::createFoldConstants());
  // Before weights change their types: they are rounded once, at the end.
  pm.addNestedPass<func::FuncOp>(geir::createFoldBatchNorm());
  geir::SetPrecisionOptions precision;
  precision.mode = options.precision;
  precision.keep.assign(options.keepPrecision.begin(),
                        options.keepPrecision.end());
  pm.addPass(geir::createSetPrecision(precision));
  pm.addPass(createCanonicalizerPass());
  // Last, when equal operators have become so.
  pm.addNestedPass<func::FuncOp>(geir::createCSE());
}

static void buildSplit(OpPassManager &pm, const PipelineOptions &options) {
  pm.addPass(wr::createSplit({options.init, options.update}));
}

// Roads are empty: variables are stored as they are handed over.
static void buildLaidOut(OpPassManager &pm, const PipelineOptions &options) {
  ascend::SetTargetOptions target;
  target.soc = options.target;
  target.formats = options.formats;
  target.layOut = true;
  pm.addPass(ascend::createSetTarget(target));
  // Conversions that the graph came with must not look like demands.
  geir::CancelConversionsOptions silent;
  silent.explain = false;
  pm.addNestedPass<func::FuncOp>(geir::createCancelConversions(silent));
  pm.addNestedPass<func::FuncOp>(geir::createAssignFormats());
  pm.addNestedPass<func::FuncOp>(geir::createCancelConversions());
}

static void buildAbstract(OpPassManager &pm, const PipelineOptions &options) {
  // Whoever resumes here may say what for, but not change it.
  ascend::SetTargetOptions target;
  target.soc = options.target;
  pm.addPass(ascend::createSetTarget(target));
  pm.addPass(createConvertGEToAscend());
}

static void buildScheduled(OpPassManager &pm, const PipelineOptions &) {
  pm.addPass(wr::createAssignMemory());
  // Streams before memory: two buffers may share bytes only when one is dead
  // before the other is written, and that depends on the streams.
  pm.addPass(ascend::createAssignStreams());
  pm.addPass(ascend::createPlanMemory());
}

static void buildTasks(OpPassManager &pm, const PipelineOptions &) {
  pm.addPass(ascend::createEmitTasks());
}

using StepBuilder = void (*)(OpPassManager &, const PipelineOptions &);

/// Step i leads to stage i + 1; the verifier of that stage comes behind it.
static constexpr StepBuilder kSteps[] = {buildTyped,     buildSplit,
                                         buildLaidOut,   buildAbstract,
                                         buildScheduled, buildTasks};

void gemlir::buildVerifier(OpPassManager &pm, Stage stage) {
  switch (stage) {
  case Stage::Imported:
    return;
  case Stage::Typed:
    return pm.addPass(geir::createVerifyTyped());
  case Stage::Split:
    return pm.addPass(wr::createVerifySplit());
  case Stage::LaidOut:
    return pm.addPass(wr::createVerifyLayout());
  case Stage::Abstract:
    return pm.addPass(ascend::createVerifyAbstract());
  case Stage::Scheduled:
    return pm.addPass(ascend::createVerifySchedule());
  case Stage::Tasks:
    return pm.addPass(ascend::createVerifyTasks());
  }
}

/// Step i and the verifier of the stage that it leads to.
static void buildStep(OpPassManager &pm, unsigned step,
                      const PipelineOptions &options) {
  kSteps[step](pm, options);
  gemlir::buildVerifier(pm, static_cast<Stage>(step + 1));
}

void gemlir::buildPipeline(OpPassManager &pm, Stage from, Stage to,
                           const PipelineOptions &options) {
  for (unsigned step = static_cast<unsigned>(from);
       step < static_cast<unsigned>(to); ++step)
    buildStep(pm, step, options);
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

namespace {
/// The options of PipelineOptions in textual form.
struct TextualOptions : public PassPipelineOptions<TextualOptions> {
  ListOption<std::string> refresh{*this, "refresh",
                                  llvm::cl::desc("names or globs of weights")};
  Option<int64_t> refreshMinBytes{
      *this, "refresh-min-bytes",
      llvm::cl::desc("also refresh constants of at least this many bytes"),
      llvm::cl::init(-1)};
  Option<bool> init{*this, "init", llvm::cl::desc("give initial values"),
                    llvm::cl::init(true)};
  Option<std::string> update{*this, "update", llvm::cl::desc("masked or all"),
                             llvm::cl::init("masked")};
  Option<std::string> precision{*this, "precision",
                                llvm::cl::desc("GE's precision mode"),
                                llvm::cl::init("origin")};
  ListOption<std::string> keepPrecision{
      *this, "keep-precision",
      llvm::cl::desc("names or types of nodes that keep their types")};
  Option<std::string> formats{*this, "formats",
                              llvm::cl::desc("fractal or linear")};
  Option<std::string> target{*this, "target", llvm::cl::desc("chip")};

  PipelineOptions get() const {
    PipelineOptions options;
    options.refresh.assign(refresh.begin(), refresh.end());
    options.refreshMinBytes = refreshMinBytes;
    options.init = init;
    options.update = update;
    options.precision = precision;
    options.keepPrecision.assign(keepPrecision.begin(), keepPrecision.end());
    options.formats = formats;
    options.target = target;
    return options;
  }
};
} // namespace

void gemlir::registerPipelines() {
  static constexpr const char *kNames[][2] = {
      {"gemlir-to-typed", "imported graph to stage S1, typed"},
      {"gemlir-to-split", "stage S1 to S2, split"},
      {"gemlir-to-laid-out", "stage S2 to S3, laid out"},
      {"gemlir-to-abstract", "stage S3 to S4, abstract program"},
      {"gemlir-to-scheduled", "stage S4 to S5, scheduled program"},
      {"gemlir-to-tasks", "stage S5 to S6, task list"},
  };
  static_assert(std::size(kNames) == std::size(kSteps));
  for (unsigned i = 0; i < std::size(kSteps); ++i)
    PassPipelineRegistration<TextualOptions>(
        kNames[i][0], kNames[i][1],
        [i](OpPassManager &pm, const TextualOptions &options) {
          buildStep(pm, i, options.get());
        });
  PassPipelineRegistration<TextualOptions>(
      "gemlir-compile", "imported graph to stage S6, task list",
      [](OpPassManager &pm, const TextualOptions &options) {
        buildPipeline(pm, Stage::Imported, Stage::Tasks, options.get());
      });
}
