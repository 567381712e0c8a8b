// SPDX-License-Identifier: Apache-2.0
//
// gemc compile: model in, OM bundle (or the module of a stage) out.
#include "Commands.h"
#include "Frontend.h"

#include "GeDialect/Dialect/Ascend/IR/AscendDialect.h"
#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"
#include "GeDialect/Dialect/GE/Transforms/ConversionReport.h"
#include "GeDialect/Dialect/GE/Transforms/Passes.h"
#include "GeDialect/Dialect/GE/Transforms/WeightData.h"
#include "GeDialect/Layout/Targets.h"
#include "GeDialect/Support/Error.h"
#include "GeDialect/Support/MappedFile.h"
#include "GeDialect/Support/OutputFile.h"
#include "GeDialect/Support/Progress.h"
#include "GeDialect/Target/OM/Manifest.h"
#include "GeDialect/Target/OM/Translation.h"
#include "GeDialect/Transforms/Pipelines.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/GlobPattern.h"
#include "llvm/Support/Path.h"

#include <map>

using namespace gemlir;
using namespace gemlir::gemc;
namespace cl = llvm::cl;

static cl::opt<std::string>
    inputPath(cl::Positional, cl::Required, cl::value_desc("MODEL"),
              cl::desc("<.onnx or .air model, or .mlir stage>"),
              cl::sub(compileCommand));
static cl::opt<std::string> outputPath("o", cl::Required,
                                       cl::value_desc("OUT.om"),
                                       cl::desc("output file, - for stdout"),
                                       cl::sub(compileCommand));
static cl::list<std::string>
    refresh("refresh", cl::value_desc("NAME_OR_GLOB"),
            cl::desc("constant to refresh on the device, by source name or GE "
                     "name; may be repeated"),
            cl::sub(compileCommand));
static cl::opt<int64_t> refreshMinBytes(
    "refresh-min-bytes", cl::init(-1), cl::value_desc("N"),
    cl::desc("also refresh floating-point constants of at least N bytes"),
    cl::sub(compileCommand));
static cl::opt<bool> noInit(
    "no-init",
    cl::desc("leave initial values out: every weight must be refreshed before "
             "the first run"),
    cl::sub(compileCommand));
static cl::opt<std::string>
    update("update", cl::init("masked"), cl::value_desc("masked|all"),
           cl::desc("inputs of the update model: one per weight and a mask "
                    "(masked), or one per weight, all written (all)"),
           cl::sub(compileCommand));
static cl::opt<std::string> inputShape(
    "input-shape", cl::value_desc("x:1,3,224,224;@1:..."),
    cl::desc("shapes of inputs by name or position; fixes dynamic dims"),
    cl::sub(compileCommand));
static cl::opt<std::string> target("target", cl::value_desc("SOC"),
                                   cl::desc("chip, by CANN's name"),
                                   cl::sub(compileCommand));
static cl::opt<std::string> precision(
    "precision", cl::init("origin"), cl::value_desc("MODE"),
    cl::desc("types to compute in, a word of GE's precision_mode_v2: origin, "
             "fp16, mixed_float16, mixed_bfloat16 or cube_fp16in_fp32out"),
    cl::sub(compileCommand));
static cl::list<std::string> keepPrecision(
    "keep-precision", cl::value_desc("NAME_OR_TYPE"),
    cl::desc("node, by a glob of its name or GE type, that computes in the "
             "types of the model; may be repeated"),
    cl::sub(compileCommand));
static cl::opt<std::string>
    formats("formats", cl::value_desc("fractal|linear"),
            cl::desc("store tensors as the cube unit reads them where that "
                     "moves the fewest bytes (fractal, the default), or never "
                     "(linear)"),
            cl::sub(compileCommand));
static cl::opt<std::string>
    report("report", cl::value_desc("FILE.json"),
           cl::desc("write which conversions stay, why, and what they cost"),
           cl::sub(compileCommand));
static cl::opt<unsigned> threads("threads", cl::init(1), cl::value_desc("N"),
                                 cl::desc("threads of the compiler; the output "
                                          "does not depend on it"),
                                 cl::sub(compileCommand));
static cl::opt<std::string>
    emit("emit", cl::value_desc("STAGE"),
         cl::desc("write the module of a stage instead of a bundle: imported, "
                  "typed, split, laid-out, abstract, scheduled or tasks"),
         cl::sub(compileCommand));

/// Checks what can be checked before the input is read; an exit code on error.
static std::optional<int> checkOptions(std::optional<Stage> &stage) {
  if (!emit.empty() && !(stage = parseStage(emit)))
    return reportUsageError("--emit: unknown stage '" + emit + "'");
  if (update != "masked" && update != "all")
    return reportUsageError("--update: expected masked or all, found '" +
                            update + "'");
  if (refreshMinBytes.getNumOccurrences() && refreshMinBytes < 0)
    return reportUsageError("--refresh-min-bytes: expected a size that is not "
                            "negative");
  if (!formats.empty() && formats != ascend::kFractalFormats &&
      formats != ascend::kLinearFormats)
    return reportUsageError("--formats: expected fractal or linear, found '" +
                            formats + "'");
  if (!geir::isPrecisionMode(precision))
    return reportUsageError("--precision: unknown mode '" + precision +
                            "'; known are origin, fp16, mixed_float16, "
                            "mixed_bfloat16 and cube_fp16in_fp32out");
  if (!keepPrecision.empty() && precision == "origin")
    return reportUsageError("--keep-precision: has no effect without another "
                            "--precision than origin");
  for (const std::string &pattern : keepPrecision)
    if (auto glob = llvm::GlobPattern::create(pattern); !glob)
      return reportUsageError("--keep-precision: '" + pattern +
                              "': " + llvm::toString(glob.takeError()));
  if (!report.empty() && stage && *stage < Stage::LaidOut)
    return reportUsageError("--report: conversions are known from stage "
                            "laid-out on");
  if (threads == 0)
    return reportUsageError("--threads: expected at least 1");
  if (!target.empty() && !findTarget(target))
    return reportUsageError("--target: unknown chip '" + target +
                            "'; known are " + getTargetNames());
  return std::nullopt;
}

/// Reports the first option that would have no effect on a module of `stage`;
/// an exit code if there is one.
static std::optional<int> checkOptionsFor(Stage stage) {
  struct {
    const cl::Option &option;
    Stage last;
  } const kLastStages[] = {
      {refresh, Stage::Typed},   {refreshMinBytes, Stage::Typed},
      {noInit, Stage::Typed},    {update, Stage::Typed},
      {precision, Stage::Typed}, {keepPrecision, Stage::Typed},
      {formats, Stage::LaidOut}, {report, Stage::LaidOut},
      {target, Stage::LaidOut}};
  for (const auto &[option, last] : kLastStages)
    if (option.getNumOccurrences() != 0 && stage > last)
      return reportUsageError("--" + option.ArgStr + ": '" + inputPath +
                              "' is at stage '" + getName(stage) +
                              "', where this is decided already");
  return std::nullopt;
}

/// Makes a stage self-contained: weights are found from the directory of the
/// output, and the fingerprint of their file tells it from another one.
static llvm::Error relocateStores(mlir::ModuleOp module,
                                  llvm::StringRef inputDirectory) {
  for (auto store : module.getOps<geir::StoreOp>()) {
    llvm::SmallString<256> path(store.getPath());
    if (!inputDirectory.empty() && llvm::sys::path::is_relative(path)) {
      path = inputDirectory;
      llvm::sys::path::append(path, store.getPath());
    }
    llvm::Expected<std::shared_ptr<const MappedFile>> file =
        MappedFile::open(path);
    if (!file)
      return file.takeError();
    llvm::Expected<std::string> fingerprint = geir::getFingerprint(**file);
    if (!fingerprint)
      return fingerprint.takeError();
    store.setFingerprint(*fingerprint);
  }
  geir::relocateStores(module, inputDirectory,
                       llvm::sys::path::parent_path(outputPath));
  return llvm::Error::success();
}

static llvm::Error writeReport(mlir::ModuleOp module) {
  return writeFileAtomically(
      report, [&](llvm::raw_pwrite_stream &out) -> llvm::Error {
        out << llvm::formatv("{0:2}\n", geir::makeConversionReport(
                                            module, ascend::getTarget(module)));
        return llvm::Error::success();
      });
}

/// One warning that lists the operators without a device kernel.
static void warnAboutReferenceOps(mlir::ModuleOp module) {
  std::map<std::string, unsigned> counts;
  module.walk(
      [&](ascend::KernelTaskOp task) { ++counts[task.getKernel().str()]; });
  if (counts.empty())
    return;
  llvm::errs() << "gemc: warning: no device kernel is known for ";
  llvm::interleaveComma(counts, llvm::errs(), [](const auto &entry) {
    llvm::errs() << entry.first << " (" << entry.second << ")";
  });
  llvm::errs() << "; the bundle runs on the host, a device refuses it at the "
                  "first launch\n";
}

/// Gives the arguments of functions the names of the model's inputs: func.func
/// does not let dialects name them, but the printer takes names of locations.
/// Other locations go: names must not depend on where a module came from.
static void nameArguments(mlir::ModuleOp module) {
  mlir::Location unknown = mlir::UnknownLoc::get(module.getContext());
  module->walk([&](mlir::Operation *op) {
    op->setLoc(unknown);
    for (mlir::Region &region : op->getRegions())
      for (mlir::BlockArgument argument : region.getArguments())
        argument.setLoc(unknown);
    auto function = llvm::dyn_cast<mlir::func::FuncOp>(op);
    if (!function)
      return;
    for (mlir::BlockArgument argument : function.getArguments())
      if (auto name = function.getArgAttrOfType<geir::ArgAttr>(
              argument.getArgNumber(), geir::GEDialect::kArgAttr))
        argument.setLoc(mlir::NameLoc::get(name.getName()));
  });
}

int gemlir::gemc::compileMain() {
  std::optional<Stage> emitStage;
  if (std::optional<int> code = checkOptions(emitStage))
    return *code;
  Progress progress;
  Frontend frontend(threads);
  progress.phase("reading " + inputPath);
  llvm::Expected<std::vector<InputShape>> shapes = parseInputShapes(inputShape);
  if (!shapes)
    return reportUsageError("--input-shape: " +
                            llvm::toString(shapes.takeError()));
  mlir::OwningOpRef<mlir::ModuleOp> module =
      frontend.read(inputPath, std::move(*shapes));
  if (!module)
    return kInputError;
  std::optional<Stage> stage = detectStage(*module);
  if (!stage)
    return reportInputError("'" + inputPath + "' holds no graph");
  if (std::optional<int> code = checkOptionsFor(*stage))
    return *code;

  PipelineOptions options;
  options.refresh.assign(refresh.begin(), refresh.end());
  options.refreshMinBytes = refreshMinBytes;
  options.init = !noInit;
  options.update = update;
  options.precision = precision;
  options.keepPrecision.assign(keepPrecision.begin(), keepPrecision.end());
  options.formats = formats;
  options.target = target;
  Stage goal = emitStage.value_or(Stage::Tasks);
  if (*stage > goal)
    return reportInputError("'" + inputPath + "' is already at stage '" +
                            getName(*stage) + "', behind '" + getName(goal) +
                            "'");
  // People edit stages: what comes from a file is verified like what a pass
  // has made.
  mlir::PassManager verifier(frontend.getContext());
  verifier.enableVerifier(false);
  buildVerifier(verifier, *stage);
  if (failed(verifier.run(*module)))
    return kInputError;
  // One step at a time, so that the verifiers run at stage borders only and
  // progress has names.
  for (unsigned step = static_cast<unsigned>(*stage);
       step < static_cast<unsigned>(goal); ++step) {
    Stage next = static_cast<Stage>(step + 1);
    progress.phase("compiling, stage " + getName(next).str());
    mlir::PassManager pm(frontend.getContext());
    pm.enableVerifier(false);
    buildPipeline(pm, static_cast<Stage>(step), next, options);
    if (failed(pm.run(*module)))
      return frontend.sawInternalError() ? kInternalError : kInputError;
    if (failed(frontend.verify(*module)))
      return kInternalError;
    if (next == Stage::LaidOut && !report.empty())
      if (llvm::Error error = writeReport(*module))
        return reportInputError(std::move(error));
  }

  progress.phase("writing " + outputPath);
  std::string directory = frontend.getDirectory().str();
  if (emitStage)
    if (llvm::Error error = relocateStores(*module, directory))
      return reportInputError(std::move(error));
  bool reported = false;
  llvm::Error error = writeFileAtomically(
      outputPath, [&](llvm::raw_pwrite_stream &out) -> llvm::Error {
        if (emitStage) {
          nameArguments(*module);
          module->print(out, mlir::OpPrintingFlags()
                                 .enableDebugInfo(false)
                                 .printNameLocAsPrefix());
          return llvm::Error::success();
        }
        if (failed(translateToOM(*module, directory, out))) {
          reported = true;
          return makeError("the bundle could not be built");
        }
        return llvm::Error::success();
      });
  if (!error) {
    if (!emitStage)
      warnAboutReferenceOps(*module);
    return kSuccess;
  }
  if (!reported)
    return reportInputError(std::move(error));
  llvm::consumeError(std::move(error));
  return kInputError;
}
