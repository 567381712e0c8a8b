// SPDX-License-Identifier: Apache-2.0
//
// gemc run: executes a bundle on the host, refreshes its weights, compares.
#include "Commands.h"
#include "Dump.h"
#include "RunWeights.h"
#include "Text.h"

#include "GeDialect/Execution/Compare.h"
#include "GeDialect/Execution/Session.h"
#include "GeDialect/Support/Error.h"
#include "GeDialect/Support/Progress.h"
#include "GeDialect/Support/UniqueNames.h"
#include "GeDialect/Target/WeightFile/WeightFile.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Threading.h"

#include <chrono>
#include <cmath>

using namespace gemlir;
using namespace gemlir::gemc;
namespace cl = llvm::cl;
namespace json = llvm::json;

static cl::opt<std::string> bundlePath(cl::Positional, cl::desc("BUNDLE.om"),
                                       cl::sub(runCommand));
static cl::list<std::string> inputArguments("input",
                                            cl::value_desc("NAME=FILE"),
                                            cl::desc("value of a model input: "
                                                     ".npy or raw bytes"),
                                            cl::sub(runCommand));
static cl::list<std::string> weightArguments(
    "weights", cl::value_desc("FILE.npz|FILE.safetensors|NAME=FILE.npy"),
    cl::desc("refresh these weights, then infer again; may be repeated"),
    cl::sub(runCommand));
static cl::list<std::string>
    onlyArguments("only", cl::value_desc("NAME_OR_GLOB"),
                  cl::desc("take only these weights from the files; may be "
                           "repeated"),
                  cl::sub(runCommand));
static cl::opt<std::string>
    outputDirectory("output-dir", cl::value_desc("DIR"),
                    cl::desc("write the outputs of the last inference there, "
                             "as .npy files"),
                    cl::sub(runCommand));
static cl::opt<std::string> dumpDirectory(
    "dump-all", cl::value_desc("DIR"),
    cl::desc("write the inputs, the result of every node and the outputs of "
             "the last inference there, as .npy files with an index "
             "(nodes.json); DIR must be new or empty"),
    cl::sub(runCommand));
static cl::list<std::string>
    expectArguments("expect", cl::value_desc("NAME=FILE"),
                    cl::desc("compare an output of the last inference with "
                             "this .npy or raw file"),
                    cl::sub(runCommand));
static cl::opt<double> relativeTolerance(
    "rtol", cl::init(1e-4),
    cl::desc("accepted error of --expect, relative to the largest expected "
             "magnitude"),
    cl::sub(runCommand));
static cl::opt<double>
    absoluteTolerance("atol", cl::init(1e-6),
                      cl::desc("accepted absolute error of --expect"),
                      cl::sub(runCommand));
static cl::opt<unsigned>
    threadCount("threads", cl::init(0), cl::value_desc("N"),
                cl::desc("threads; 0 takes one per core. Results do not depend "
                         "on it"),
                cl::sub(runCommand));
static cl::opt<unsigned>
    repeatCount("repeat", cl::init(1), cl::value_desc("N"),
                cl::desc("run each inference N times and print how long one "
                         "takes"),
                cl::sub(runCommand));
static cl::opt<bool> printJSON("json", cl::desc("print one JSON object"),
                               cl::sub(runCommand));

//===----------------------------------------------------------------------===//
// Command line
//===----------------------------------------------------------------------===//

namespace {
/// NAME=FILE.
struct NamedFile {
  std::string name, path;
};
} // namespace

/// Splits arguments of the form NAME=FILE. The error is one of usage.
static llvm::Expected<std::vector<NamedFile>>
splitNamedFiles(llvm::ArrayRef<std::string> arguments, llvm::StringRef option) {
  std::vector<NamedFile> files;
  llvm::StringSet<> seen;
  for (llvm::StringRef argument : arguments) {
    auto [name, path] = argument.split('=');
    if (name.empty() || path.empty())
      return makeErrorf("{0} needs NAME=FILE, found '{1}'", option, argument);
    if (!seen.insert(name).second)
      return makeErrorf("{0} names '{1}' twice", option, name);
    files.push_back({name.str(), path.str()});
  }
  return files;
}

//===----------------------------------------------------------------------===//
// Inputs, outputs and references
//===----------------------------------------------------------------------===//

static std::vector<std::string>
getNames(llvm::ArrayRef<exec::TensorPort> ports) {
  std::vector<std::string> names;
  for (const exec::TensorPort &port : ports)
    names.push_back(port.name);
  return names;
}

static llvm::Error checkTensorType(const exec::TensorPort &port,
                                   const NamedTensor &tensor,
                                   llvm::StringRef kind, llvm::StringRef path) {
  if (tensor.type == port.type && tensor.dims == port.dims)
    return llvm::Error::success();
  return makeErrorf("{0} '{1}' is {2}, but '{3}' holds {4}", kind, port.name,
                    formatTensorType(port.type, port.dims), path,
                    formatTensorType(tensor.type, tensor.dims));
}

/// Reads the inputs of a model, in its order.
static llvm::Expected<std::vector<exec::HostTensor>>
readInputs(llvm::ArrayRef<exec::TensorPort> ports,
           llvm::ArrayRef<NamedFile> files) {
  std::vector<std::string> names = getNames(ports);
  for (const NamedFile &file : files)
    if (!llvm::is_contained(names, file.name))
      return makeErrorf("the model has no input '{0}'{1}", file.name,
                        suggest(file.name, names));
  std::vector<exec::HostTensor> inputs;
  for (const exec::TensorPort &port : ports) {
    const NamedFile *file = llvm::find_if(
        files, [&](const NamedFile &file) { return file.name == port.name; });
    if (file == files.end())
      return makeErrorf("input '{0}' ({1}) is missing; give it with --input "
                        "{0}=FILE",
                        port.name, formatTensorType(port.type, port.dims));
    llvm::Expected<NamedTensor> tensor =
        readTensor(file->path, port.type, port.dims);
    if (!tensor)
      return addContext(tensor.takeError(), "input '" + port.name + "'");
    if (llvm::Error error = checkTensorType(port, *tensor, "input", file->path))
      return std::move(error);
    inputs.push_back({port.name, port.type, port.dims, tensor->bytes.vec()});
  }
  return inputs;
}

namespace {
/// What an output is compared with.
struct Reference {
  size_t output = 0;
  NamedTensor tensor;
};

/// An inference and what came before it.
struct Step {
  std::vector<std::string> refreshed; // source names
  std::vector<exec::HostTensor> outputs;
  std::vector<exec::TensorStats> stats;
  std::vector<double> milliseconds; // of each repetition, sorted

  double getMedian() const {
    size_t middle = milliseconds.size() / 2;
    return milliseconds.size() % 2 != 0
               ? milliseconds[middle]
               : (milliseconds[middle - 1] + milliseconds[middle]) / 2;
  }
};
} // namespace

static llvm::Expected<std::vector<Reference>>
readReferences(llvm::ArrayRef<exec::TensorPort> ports,
               llvm::ArrayRef<NamedFile> files) {
  std::vector<std::string> names = getNames(ports);
  std::vector<Reference> references;
  for (const NamedFile &file : files) {
    auto name = llvm::find(names, file.name);
    if (name == names.end())
      return makeErrorf("the model has no output '{0}'{1}", file.name,
                        suggest(file.name, names));
    Reference reference;
    reference.output = name - names.begin();
    const exec::TensorPort &port = ports[reference.output];
    llvm::Expected<NamedTensor> tensor =
        readTensor(file.path, port.type, port.dims);
    if (!tensor)
      return addContext(tensor.takeError(), "output '" + port.name + "'");
    if (llvm::Error error = checkTensorType(port, *tensor, "output", file.path))
      return std::move(error);
    reference.tensor = std::move(*tensor);
    references.push_back(std::move(reference));
  }
  return references;
}

static llvm::Error writeOutputs(llvm::ArrayRef<exec::HostTensor> outputs) {
  UniqueNames taken;
  for (const exec::HostTensor &output : outputs) {
    llvm::SmallString<256> path(outputDirectory);
    llvm::sys::path::append(path,
                            taken.make(makeFileStem(output.name)) + ".npy");
    if (llvm::Error error = writeNpy(
            path, {output.name, output.type, output.dims, output.bytes}))
      return error;
  }
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Reports
//===----------------------------------------------------------------------===//

static void printStep(const Step &step, bool initialised) {
  if (!step.refreshed.empty())
    llvm::outs() << "inference after refreshing " << step.refreshed.size()
                 << (step.refreshed.size() == 1 ? " weight\n" : " weights\n");
  else
    llvm::outs() << (initialised ? "inference with the initial weights\n"
                                 : "inference\n");
  for (auto [output, stats] : llvm::zip_equal(step.outputs, step.stats)) {
    llvm::outs() << "  " << output.name << ": "
                 << formatTensorType(output.type, output.dims);
    if (stats.elements > stats.nans)
      llvm::outs() << llvm::format(", min %.6g, max %.6g, mean %.6g", stats.min,
                                   stats.max, stats.mean);
    if (stats.nans != 0)
      llvm::outs() << ", " << stats.nans << " NaN";
    llvm::outs() << "\n";
  }
  if (step.milliseconds.size() > 1)
    llvm::outs() << llvm::format(
        "  %zu repetitions: median %.3f ms, minimum %.3f ms\n",
        step.milliseconds.size(), step.getMedian(), step.milliseconds.front());
}

static std::string formatPosition(llvm::ArrayRef<int64_t> position) {
  std::string text = "[";
  for (int64_t index : position)
    text += (text.size() == 1 ? "" : ",") + std::to_string(index);
  return text + "]";
}

static void printComparison(const exec::HostTensor &output,
                            const exec::Comparison &comparison) {
  llvm::outs() << "  " << output.name
               << llvm::format(": max error %.6g", comparison.maxError);
  if (comparison.worst >= 0)
    llvm::outs() << " at "
                 << formatPosition(
                        exec::getPosition(comparison.worst, output.dims))
                 << llvm::format(" (got %.9g, expected %.9g)", comparison.got,
                                 comparison.expected);
  llvm::outs() << llvm::format(", tolerance %.6g: ", comparison.tolerance)
               << (comparison.failures == 0 ? "agrees" : "differs") << "\n";
}

/// JSON has no infinities and NaNs.
static void addNumber(json::OStream &out, llvm::StringRef key, double value) {
  if (std::isfinite(value))
    out.attribute(key, value);
  else
    out.attribute(key, nullptr);
}

static void addTensor(json::OStream &out, const exec::HostTensor &tensor) {
  out.attribute("name", json::fixUTF8(tensor.name));
  out.attribute("dtype", getShortName(tensor.type));
  out.attributeArray("shape", [&] {
    for (int64_t dim : tensor.dims)
      out.value(dim);
  });
}

static void printReport(llvm::ArrayRef<Step> steps, bool initialised,
                        llvm::ArrayRef<Reference> references,
                        llvm::ArrayRef<exec::Comparison> comparisons) {
  json::OStream out(llvm::outs(), /*IndentSize=*/2);
  out.object([&] {
    out.attribute("initialised", initialised);
    out.attributeArray("inferences", [&] {
      for (const Step &step : steps)
        out.object([&] {
          out.attributeArray("refreshed", [&] {
            for (const std::string &name : step.refreshed)
              out.value(json::fixUTF8(name));
          });
          // Left out by default, so that equal runs print equal text.
          if (step.milliseconds.size() > 1) {
            out.attribute("repetitions", step.milliseconds.size());
            out.attribute("median_ms", step.getMedian());
            out.attribute("min_ms", step.milliseconds.front());
          }
          out.attributeArray("outputs", [&] {
            for (auto [output, stats] :
                 llvm::zip_equal(step.outputs, step.stats))
              out.object([&, &output = output, &stats = stats] {
                addTensor(out, output);
                bool any = stats.elements > stats.nans;
                addNumber(out, "min", any ? stats.min : NAN);
                addNumber(out, "max", any ? stats.max : NAN);
                addNumber(out, "mean", any ? stats.mean : NAN);
                out.attribute("nan", stats.nans);
              });
          });
        });
    });
    out.attributeArray("comparisons", [&] {
      for (auto [reference, comparison] :
           llvm::zip_equal(references, comparisons))
        out.object([&, &reference = reference, &comparison = comparison] {
          const exec::HostTensor &output =
              steps.back().outputs[reference.output];
          addTensor(out, output);
          addNumber(out, "max_error", comparison.maxError);
          addNumber(out, "tolerance", comparison.tolerance);
          out.attributeArray("worst", [&] {
            if (comparison.worst >= 0)
              for (int64_t i : exec::getPosition(comparison.worst, output.dims))
                out.value(i);
          });
          addNumber(out, "got", comparison.got);
          addNumber(out, "expected", comparison.expected);
          out.attribute("failures", comparison.failures);
          out.attribute("agrees", comparison.failures == 0);
        });
    });
  });
  llvm::outs() << "\n";
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

/// An error that names the weights nobody has written.
static llvm::Error checkInitialised(const exec::Session &session) {
  const std::optional<om::Manifest> &manifest = session.getManifest();
  if (!manifest)
    return llvm::Error::success();
  constexpr size_t kShown = 10;
  std::vector<std::string> missing;
  for (const om::ManifestWeight &weight : manifest->weights)
    if (!session.isInitialized(weight.index))
      missing.push_back("'" + weight.source + "'");
  if (missing.empty())
    return llvm::Error::success();
  size_t count = missing.size();
  missing.resize(std::min(count, kShown));
  return makeErrorf(
      "weights without a value: {0}{1}; the bundle has no initial "
      "values, so give them with --weights",
      llvm::join(missing, ", "),
      count > kShown ? llvm::formatv(" and {0} more", count - kShown).str()
                     : "");
}

static llvm::Expected<Step> infer(exec::Session &session, unsigned model,
                                  llvm::ArrayRef<exec::HostTensor> inputs,
                                  exec::NodeObserver observer) {
  if (llvm::Error error = checkInitialised(session))
    return std::move(error);
  Step step;
  // Whatever the number of repetitions, they leave no trace in the outputs:
  // an inference writes nothing that outlives it.
  for (unsigned i = 0; i < repeatCount; ++i) {
    auto start = std::chrono::steady_clock::now();
    auto outputs = session.run(model, inputs, observer);
    if (!outputs)
      return outputs.takeError();
    std::chrono::duration<double, std::milli> time =
        std::chrono::steady_clock::now() - start;
    step.milliseconds.push_back(time.count());
    step.outputs = std::move(*outputs);
  }
  llvm::sort(step.milliseconds);
  for (const exec::HostTensor &output : step.outputs) {
    auto stats = exec::computeStats(output.type, output.bytes);
    if (!stats)
      return addContext(stats.takeError(), "output '" + output.name + "'");
    step.stats.push_back(*stats);
  }
  return step;
}

/// An inference of which every tensor is written to `dump`.
static llvm::Expected<Step>
inferAndDump(exec::Session &session, unsigned model,
             llvm::ArrayRef<exec::HostTensor> inputs, DumpWriter &dump,
             Progress &progress) {
  for (const exec::HostTensor &input : inputs)
    if (llvm::Error error = dump.addPort(input, "Data"))
      return std::move(error);
  llvm::Expected<Step> step =
      infer(session, model, inputs, [&](const exec::NodeOutput &output) {
        progress.update(output.task, output.tasks);
        return dump.add(output);
      });
  if (!step)
    return step.takeError();
  for (const exec::HostTensor &output : step->outputs)
    if (llvm::Error error = dump.addPort(output, "NetOutput"))
      return std::move(error);
  if (llvm::Error error = dump.commit())
    return std::move(error);
  return step;
}

/// The sub-model that infers: by the manifest, or the only one there is.
static llvm::Expected<unsigned> findInferModel(const exec::Session &session) {
  int index = session.findModel("infer");
  if (index >= 0)
    return index;
  if (session.getManifest())
    return makeError("the bundle has no model for inference");
  if (session.getFile().models.size() != 1)
    return makeErrorf("the bundle has no manifest, so it is unknown which of "
                      "its {0} sub-models infers",
                      session.getFile().models.size());
  return 0;
}

static llvm::Expected<std::unique_ptr<exec::Session>> openBundle() {
  llvm::Expected<om::File> file = om::readFile(llvm::StringRef(bundlePath));
  if (!file)
    return file.takeError();
  exec::SessionOptions options;
  options.threads = threadCount != 0
                        ? threadCount
                        : llvm::hardware_concurrency().compute_thread_count();
  auto session = exec::Session::create(std::move(*file), options);
  if (!session)
    return addContext(session.takeError(), bundlePath.getValue());
  return session;
}

/// Everything after the command line; the result is whether all outputs agree
/// with their references.
static llvm::Expected<bool> runBundle(llvm::ArrayRef<NamedFile> inputFiles,
                                      llvm::ArrayRef<NamedFile> expectFiles,
                                      const WeightFilter &filter) {
  Progress progress;
  progress.phase("loading");
  auto opened = openBundle();
  if (!opened)
    return opened.takeError();
  exec::Session &session = **opened;
  auto model = findInferModel(session);
  if (!model)
    return addContext(model.takeError(), bundlePath.getValue());
  // Whatever can be wrong with files is found before anything runs.
  auto inputs = readInputs(session.getInputs(*model), inputFiles);
  if (!inputs)
    return inputs.takeError();
  auto references = readReferences(session.getOutputs(*model), expectFiles);
  if (!references)
    return references.takeError();
  auto refreshes = readWeights(session.getManifest(), weightArguments, filter);
  if (!refreshes)
    return refreshes.takeError();
  if (!outputDirectory.empty())
    if (std::error_code ec = llvm::sys::fs::create_directories(outputDirectory))
      return makeErrorf("cannot create directory '{0}': {1}", outputDirectory,
                        ec.message());
  std::unique_ptr<DumpWriter> dump;
  if (!dumpDirectory.empty()) {
    auto created = DumpWriter::create(dumpDirectory);
    if (!created)
      return created.takeError();
    dump = std::move(*created);
  }

  bool initialised = session.findModel("init") >= 0;
  if (initialised) {
    progress.phase("writing initial weights");
    if (llvm::Error error = session.initialize())
      return std::move(error);
  }
  std::vector<Step> steps;
  for (size_t i = 0, e = std::max<size_t>(refreshes->size(), 1); i < e; ++i) {
    std::vector<std::string> names;
    if (!refreshes->empty()) {
      progress.phase("refreshing weights");
      std::vector<exec::Session::WeightValue> values;
      for (const RefreshedWeight &weight : (*refreshes)[i]) {
        values.push_back({weight.index, weight.tensor.bytes});
        names.push_back(session.getManifest()->weights[weight.index].source);
      }
      if (llvm::Error error = session.update(values))
        return std::move(error);
    }
    progress.phase("inferring");
    auto step = dump && i + 1 == e
                    ? inferAndDump(session, *model, *inputs, *dump, progress)
                    : infer(session, *model, *inputs, nullptr);
    if (!step)
      return step.takeError();
    step->refreshed = std::move(names);
    steps.push_back(std::move(*step));
    if (!printJSON)
      printStep(steps.back(), initialised);
  }

  const std::vector<exec::HostTensor> &outputs = steps.back().outputs;
  if (!outputDirectory.empty())
    if (llvm::Error error = writeOutputs(outputs))
      return std::move(error);
  std::vector<exec::Comparison> comparisons;
  for (const Reference &reference : *references) {
    const exec::HostTensor &output = outputs[reference.output];
    auto comparison =
        exec::compareTensors(output.type, output.bytes, reference.tensor.bytes,
                             relativeTolerance, absoluteTolerance);
    if (!comparison)
      return addContext(comparison.takeError(), "output '" + output.name + "'");
    comparisons.push_back(*comparison);
  }
  if (printJSON) {
    printReport(steps, initialised, *references, comparisons);
  } else if (!comparisons.empty()) {
    llvm::outs() << "comparison with the expected outputs\n";
    for (auto [reference, comparison] :
         llvm::zip_equal(*references, comparisons))
      printComparison(outputs[reference.output], comparison);
  }
  return llvm::all_of(comparisons, [](const exec::Comparison &comparison) {
    return comparison.failures == 0;
  });
}

int gemlir::gemc::runMain() {
  if (bundlePath.empty())
    return reportUsageError("run needs a bundle");
  for (auto [option, value] :
       {std::pair("--rtol", relativeTolerance.getValue()),
        std::pair("--atol", absoluteTolerance.getValue())})
    if (llvm::Error error = checkTolerance(option, value))
      return reportUsageError(llvm::toString(std::move(error)));
  auto inputFiles = splitNamedFiles(inputArguments, "--input");
  if (!inputFiles)
    return reportUsageError(llvm::toString(inputFiles.takeError()));
  auto expectFiles = splitNamedFiles(expectArguments, "--expect");
  if (!expectFiles)
    return reportUsageError(llvm::toString(expectFiles.takeError()));
  if (repeatCount == 0)
    return reportUsageError("--repeat must be 1 or more, found 0");
  if (repeatCount > 1 && !dumpDirectory.empty())
    return reportUsageError("--repeat measures, which --dump-all disturbs: "
                            "give one of them");
  if (!onlyArguments.empty() && weightArguments.empty())
    return reportUsageError("--only needs --weights");
  llvm::Expected<WeightFilter> filter = WeightFilter::create(onlyArguments);
  if (!filter)
    return reportUsageError(llvm::toString(filter.takeError()));

  llvm::Expected<bool> agrees = runBundle(*inputFiles, *expectFiles, *filter);
  if (!agrees)
    return reportInputError(agrees.takeError());
  if (!*agrees)
    return reportInputError("outputs differ from what was expected by more "
                            "than the tolerance");
  return kSuccess;
}
