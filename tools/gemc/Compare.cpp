// SPDX-License-Identifier: Apache-2.0
//
// gemc compare: how far two runs are from each other, node by node.
#include "Commands.h"
#include "Dump.h"
#include "RunWeights.h"
#include "Text.h"

#include "GeDialect/Execution/Compare.h"
#include "GeDialect/Support/Error.h"
#include "GeDialect/Support/Progress.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

#include <deque>

using namespace gemlir;
using namespace gemlir::gemc;
namespace cl = llvm::cl;
namespace json = llvm::json;

static cl::list<std::string> directories(cl::Positional,
                                         cl::desc("<A_DIR> <B_DIR>"),
                                         cl::sub(compareCommand));
static cl::opt<double> relativeTolerance(
    "rtol", cl::init(1e-4),
    cl::desc("accepted error, relative to the largest magnitude in the tensor "
             "of A"),
    cl::sub(compareCommand));
static cl::opt<double> absoluteTolerance("atol", cl::init(1e-6),
                                         cl::desc("accepted absolute error"),
                                         cl::sub(compareCommand));
static cl::opt<bool> printJSON("json", cl::desc("print one JSON object"),
                               cl::sub(compareCommand));

//===----------------------------------------------------------------------===//
// Which tensors belong together
//===----------------------------------------------------------------------===//

namespace {
/// A tensor of A and the one of B that has its name. Positions in the entries.
struct Pair {
  size_t a, b;
};

struct Pairing {
  std::vector<Pair> pairs;
  std::vector<size_t> onlyA, onlyB;
};
} // namespace

/// What tensors must have in common to be compared. A directory without an
/// index has names of files only.
static std::string makeKey(const DumpEntry &entry, bool byFileName) {
  std::string output = "." + std::to_string(entry.output);
  if (byFileName)
    return makeFileStem(entry.node) + (entry.output == 0 ? "" : output);
  // An input or output of the model may have the name of a node.
  bool isPort = entry.type == "Data" || entry.type == "NetOutput";
  return (isPort ? entry.type : std::string()) + output + "." + entry.node;
}

/// Pairs the tensors of two directories in the order of A, or in that of B when
/// only B knows the order of execution. A node that ran several times has
/// several tensors, which are paired in turn.
static Pairing pairTensors(const Dump &a, const Dump &b) {
  bool byFileName = !a.hasIndex() || !b.hasIndex();
  bool leadsB = !a.hasIndex() && b.hasIndex();
  const Dump &lead = leadsB ? b : a, &other = leadsB ? a : b;
  llvm::StringMap<std::deque<size_t>> waiting;
  for (auto [i, entry] : llvm::enumerate(other.getEntries()))
    waiting[makeKey(entry, byFileName)].push_back(i);
  std::vector<bool> isPaired(other.getEntries().size());
  std::vector<size_t> leadOnly, otherOnly;
  Pairing result;
  for (auto [i, entry] : llvm::enumerate(lead.getEntries())) {
    auto found = waiting.find(makeKey(entry, byFileName));
    if (found == waiting.end() || found->second.empty()) {
      leadOnly.push_back(i);
      continue;
    }
    size_t partner = found->second.front();
    found->second.pop_front();
    isPaired[partner] = true;
    result.pairs.push_back(leadsB ? Pair{partner, i} : Pair{i, partner});
  }
  for (size_t i = 0; i < isPaired.size(); ++i)
    if (!isPaired[i])
      otherOnly.push_back(i);
  result.onlyA = leadsB ? otherOnly : leadOnly;
  result.onlyB = leadsB ? leadOnly : otherOnly;
  return result;
}

//===----------------------------------------------------------------------===//
// Comparing
//===----------------------------------------------------------------------===//

namespace {
/// A compared pair.
struct Row {
  const DumpEntry *a, *b;
  std::string typeA, typeB; // "f32[2,3]"
  std::vector<int64_t> dims;
  bool sameShape = false;
  exec::Comparison numbers; // when `sameShape`

  bool agrees() const { return sameShape && numbers.failures == 0; }
  /// The side that knows more about the node.
  const DumpEntry &entry() const { return a->type.empty() ? *b : *a; }
};
} // namespace

/// "f32[2,3]" of an entry: the type of the model, which is not always that of
/// the file.
static std::string describeType(const DumpEntry &entry,
                                const NamedTensor &tensor) {
  if (entry.dtype.empty())
    return formatTensorType(tensor.type, tensor.dims);
  return printable(entry.dtype) + "[" + joinDims(entry.dims) + "]";
}

static llvm::Expected<Row> comparePair(const Dump &a, const Dump &b,
                                       const Pair &pair) {
  Row row;
  row.a = &a.getEntries()[pair.a];
  row.b = &b.getEntries()[pair.b];
  llvm::Expected<NamedTensor> tensorA = a.read(*row.a);
  if (!tensorA)
    return tensorA.takeError();
  llvm::Expected<NamedTensor> tensorB = b.read(*row.b);
  if (!tensorB)
    return tensorB.takeError();
  row.typeA = describeType(*row.a, *tensorA);
  row.typeB = describeType(*row.b, *tensorB);
  row.dims = tensorA->dims;
  row.sameShape = tensorA->dims == tensorB->dims;
  if (!row.sameShape)
    return row;
  llvm::Expected<exec::Comparison> numbers = exec::compareTensors(
      {tensorB->type, tensorB->bytes}, {tensorA->type, tensorA->bytes},
      relativeTolerance, absoluteTolerance);
  if (!numbers)
    return addContext(numbers.takeError(), "node '" + row.entry().node + "'");
  row.numbers = *numbers;
  return row;
}

//===----------------------------------------------------------------------===//
// Printing
//===----------------------------------------------------------------------===//

/// "conv1 (Conv2D)", "split (Split, output 1)".
static std::string describeNode(const DumpEntry &entry) {
  std::string text = printable(entry.node);
  if (!entry.type.empty())
    text += " (" + printable(entry.type);
  if (entry.output != 0)
    text += (entry.type.empty() ? " (output " : ", output ") +
            std::to_string(entry.output);
  return text + (entry.type.empty() && entry.output == 0 ? "" : ")");
}

static void printHeading() {
  llvm::outs() << "result    max error  relative    cosine  NaN/Inf  node\n";
}

static void printRow(const Row &row) {
  const exec::Comparison &numbers = row.numbers;
  llvm::outs() << (row.agrees() ? "agrees  "
                                : (row.sameShape ? "differs " : "shape   "));
  if (!row.sameShape || numbers.worst < 0)
    llvm::outs() << llvm::format("%11s%10s%10s%9s", "-", "-", "-", "-");
  else
    llvm::outs() << llvm::format("%11.4g%10.3g", numbers.maxError,
                                 numbers.relativeError)
                 << (std::isnan(numbers.cosine)
                         ? std::string(9, ' ') + "-"
                         : llvm::formatv("{0,10:F6}", numbers.cosine).str())
                 << llvm::format("%9lld",
                                 static_cast<long long>(numbers.nonFinite));
  llvm::outs() << "  " << describeNode(row.entry()) << ": " << row.typeA;
  if (row.typeA != row.typeB)
    llvm::outs() << ", " << row.typeB;
  llvm::outs() << "\n";
}

static void printOnly(llvm::StringRef side, const Dump &dump,
                      llvm::ArrayRef<size_t> positions) {
  if (positions.empty())
    return;
  llvm::outs() << "only in " << printable(side) << " (" << positions.size()
               << "):\n";
  for (size_t position : positions)
    llvm::outs() << "  " << describeNode(dump.getEntries()[position]) << "\n";
}

/// JSON has no infinities and NaNs.
static void addNumber(json::OStream &out, llvm::StringRef key, double value) {
  out.attribute(key, std::isfinite(value) ? json::Value(value)
                                          : json::Value(nullptr));
}

static void addNode(json::OStream &out, const DumpEntry &entry) {
  out.attribute("node", json::fixUTF8(entry.node));
  out.attribute("type", entry.type);
  out.attribute("output", entry.output);
}

static void addRow(json::OStream &out, const Row &row) {
  out.object([&] {
    addNode(out, row.entry());
    out.attribute("tensor_a", row.typeA);
    out.attribute("tensor_b", row.typeB);
    out.attribute("agrees", row.agrees());
    if (!row.sameShape)
      return;
    const exec::Comparison &numbers = row.numbers;
    addNumber(out, "max_error", numbers.maxError);
    addNumber(out, "relative", numbers.relativeError);
    addNumber(out, "cosine", numbers.cosine);
    out.attribute("nonfinite", numbers.nonFinite);
    addNumber(out, "tolerance", numbers.tolerance);
    out.attribute("failures", numbers.failures);
    out.attributeArray("worst", [&] {
      if (numbers.worst >= 0)
        for (int64_t i : exec::getPosition(numbers.worst, row.dims))
          out.value(i);
    });
    addNumber(out, "a", numbers.expected);
    addNumber(out, "b", numbers.got);
  });
}

static void addOnly(json::OStream &out, llvm::StringRef key, const Dump &dump,
                    llvm::ArrayRef<size_t> positions) {
  out.attributeArray(key, [&] {
    for (size_t position : positions)
      out.object([&] { addNode(out, dump.getEntries()[position]); });
  });
}

//===----------------------------------------------------------------------===//
// The command
//===----------------------------------------------------------------------===//

namespace {
/// What is left of the rows when they have been printed.
struct Totals {
  size_t compared = 0, differing = 0;
  std::optional<DumpEntry> first; // that does not agree
};
} // namespace

/// Compares pair by pair, so that two tensors are in memory at a time.
static llvm::Error compareAll(const Dump &a, const Dump &b,
                              llvm::ArrayRef<Pair> pairs, Totals &totals,
                              llvm::function_ref<void(const Row &)> print) {
  Progress progress;
  // A table on a terminal shows for itself how far it is.
  bool showsProgress = !llvm::outs().is_displayed();
  if (showsProgress)
    progress.phase("comparing");
  for (const Pair &pair : pairs) {
    llvm::Expected<Row> row = comparePair(a, b, pair);
    if (!row)
      return row.takeError();
    ++totals.compared;
    if (!row->agrees()) {
      ++totals.differing;
      if (!totals.first)
        totals.first = row->entry();
    }
    print(*row);
    if (showsProgress)
      progress.update(totals.compared, pairs.size());
  }
  return llvm::Error::success();
}

static llvm::Error printText(const Dump &a, const Dump &b,
                             const Pairing &pairing, Totals &totals) {
  printHeading();
  if (llvm::Error error = compareAll(a, b, pairing.pairs, totals, printRow))
    return error;
  printOnly(directories[0], a, pairing.onlyA);
  printOnly(directories[1], b, pairing.onlyB);
  if (!totals.first)
    llvm::outs() << (totals.compared == 1
                         ? std::string("the 1 tensor in both agrees\n")
                         : llvm::formatv("all {0} tensors in both agree\n",
                                         totals.compared)
                               .str());
  else
    llvm::outs() << llvm::formatv(
        "first beyond the tolerance: {0}; {1} of {2} compared tensors differ\n",
        describeNode(*totals.first), totals.differing, totals.compared);
  return llvm::Error::success();
}

static llvm::Error printObject(const Dump &a, const Dump &b,
                               const Pairing &pairing, Totals &totals) {
  json::OStream out(llvm::outs(), /*IndentSize=*/2);
  llvm::Error error = llvm::Error::success();
  out.object([&] {
    out.attributeArray("nodes", [&] {
      error = compareAll(a, b, pairing.pairs, totals,
                         [&](const Row &row) { addRow(out, row); });
    });
    addOnly(out, "only_a", a, pairing.onlyA);
    addOnly(out, "only_b", b, pairing.onlyB);
    out.attribute("agrees", !totals.first.has_value());
    if (totals.first)
      out.attributeObject("first", [&] { addNode(out, *totals.first); });
    else
      out.attribute("first", nullptr);
  });
  llvm::outs() << "\n";
  return error;
}

int gemlir::gemc::compareMain() {
  if (directories.size() != 2)
    return reportUsageError("expected two directories to compare");
  for (auto [option, value] :
       {std::pair("--rtol", relativeTolerance.getValue()),
        std::pair("--atol", absoluteTolerance.getValue())})
    if (llvm::Error error = checkTolerance(option, value))
      return reportUsageError(llvm::toString(std::move(error)));
  llvm::Expected<Dump> a = Dump::open(directories[0]);
  if (!a)
    return reportInputError(a.takeError());
  llvm::Expected<Dump> b = Dump::open(directories[1]);
  if (!b)
    return reportInputError(b.takeError());
  Pairing pairing = pairTensors(*a, *b);
  if (pairing.pairs.empty())
    return reportInputError(
        llvm::formatv("no tensor of '{0}' has the name of one in '{1}'",
                      directories[0], directories[1]));
  Totals totals;
  if (llvm::Error error = printJSON ? printObject(*a, *b, pairing, totals)
                                    : printText(*a, *b, pairing, totals)) {
    llvm::outs().flush();
    return reportInputError(std::move(error));
  }
  return finishOutput(totals.first ? kInputError : kSuccess);
}
