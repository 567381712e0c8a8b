// SPDX-License-Identifier: Apache-2.0
//
// gemc diff: what two OM files say differently.
#include "Commands.h"
#include "InspectPrint.h"
#include "Text.h"

#include "GeDialect/Target/OM/Diff.h"

#include "llvm/Support/FormatVariadic.h"

using namespace gemlir;
using namespace gemlir::gemc;
namespace cl = llvm::cl;
namespace json = llvm::json;

static cl::list<std::string>
    diffFiles(cl::Positional, cl::desc("<A.om> <B.om>"), cl::sub(diffCommand));
static cl::opt<bool> diffJSON("json", cl::desc("Print JSON"),
                              cl::sub(diffCommand));

/// "model 0", "model 0 (in B 1)"; empty for the whole file.
static std::string describeModels(const om::Difference &difference) {
  int a = difference.modelA, b = difference.modelB;
  if (a < 0 && b < 0)
    return "";
  if (a < 0)
    return llvm::formatv("model {0} of B, ", b).str();
  if (b < 0)
    return llvm::formatv("model {0} of A, ", a).str();
  return (a == b ? llvm::formatv("model {0}, ", a).str()
                 : llvm::formatv("model {0} (in B {1}), ", a, b).str());
}

static std::string describeOffset(std::optional<uint64_t> offset) {
  return offset ? llvm::formatv(" (byte {0})", *offset).str() : "";
}

static void printDifferences(llvm::ArrayRef<om::Difference> differences,
                             bool areBundles, llvm::raw_ostream &out) {
  for (const om::Difference &difference : differences) {
    if (areBundles)
      out << describeModels(difference);
    out << printable(difference.where);
    if (!difference.field.empty())
      out << ", " << printable(difference.field);
    out << ": " << printable(difference.foundA)
        << describeOffset(difference.offsetA) << " -> "
        << printable(difference.foundB) << describeOffset(difference.offsetB)
        << " [" << difference.id << "]\n";
  }
  if (differences.empty())
    out << "identical\n";
  else
    out << differences.size() << " difference"
        << (differences.size() == 1 ? "" : "s") << "\n";
}

static void printAsJSON(llvm::ArrayRef<om::Difference> differences,
                        llvm::raw_ostream &stream) {
  json::OStream out(stream, /*IndentSize=*/2);
  auto addOffset = [&](llvm::StringRef key, std::optional<uint64_t> offset) {
    out.attribute(key, offset ? json::Value(*offset) : json::Value(nullptr));
  };
  out.object([&] {
    out.attribute("identical", differences.empty());
    out.attributeArray("differences", [&] {
      for (const om::Difference &difference : differences)
        out.object([&] {
          out.attribute("id", difference.id);
          out.attribute("model_a", difference.modelA);
          out.attribute("model_b", difference.modelB);
          addText(out, "where", difference.where);
          addText(out, "field", difference.field);
          addOffset("offset_a", difference.offsetA);
          addOffset("offset_b", difference.offsetB);
          addText(out, "found_a", difference.foundA);
          addText(out, "found_b", difference.foundB);
        });
    });
  });
  stream << "\n";
}

int gemlir::gemc::diffMain() {
  if (diffFiles.size() != 2)
    return reportUsageError("expected two files to compare");
  llvm::Expected<om::File> a = om::readFile(diffFiles[0]);
  if (!a)
    return reportInputError(printable(llvm::toString(a.takeError())));
  llvm::Expected<om::File> b = om::readFile(diffFiles[1]);
  if (!b)
    return reportInputError(printable(llvm::toString(b.takeError())));
  std::vector<om::Difference> differences = om::diff(*a, *b);
  if (diffJSON)
    printAsJSON(differences, llvm::outs());
  else
    printDifferences(differences, a->isBundle || b->isBundle, llvm::outs());
  return finishOutput(differences.empty() ? kSuccess : kInputError);
}
