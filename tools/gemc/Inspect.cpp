// SPDX-License-Identifier: Apache-2.0
//
// gemc inspect: describes an OM file for people or as JSON, or checks it.
#include "Commands.h"
#include "InspectPrint.h"
#include "Text.h"

#include "GeDialect/Support/OutputFile.h"
#include "GeDialect/Target/OM/Dot.h"

#include "llvm/ADT/STLExtras.h"

using namespace gemlir;
using namespace gemlir::gemc;
namespace cl = llvm::cl;

static cl::opt<std::string> inspectFile(cl::Positional, cl::desc("<file.om>"),
                                        cl::sub(inspectCommand));
static cl::opt<bool> inspectJSON("json", cl::desc("Print JSON"),
                                 cl::sub(inspectCommand));
static cl::opt<bool>
    inspectCheck("check",
                 cl::desc("Print what is wrong with the file; exit with 1 when "
                          "that includes an error"),
                 cl::sub(inspectCommand));
static cl::opt<bool>
    inspectTasks("tasks",
                 cl::desc("List the tasks by stream, with what they touch"),
                 cl::sub(inspectCommand));
static cl::opt<bool>
    inspectMemory("memory",
                  cl::desc("Draw the memory map: who lives where, and when"),
                  cl::sub(inspectCommand));
static cl::opt<std::string>
    inspectGraph("graph", cl::value_desc("FILE.dot"),
                 cl::desc("Write the op graphs for Graphviz"),
                 cl::sub(inspectCommand));

/// Prints what was asked for; without a wish, the summary.
static void printText(const FileSummary &summary, const InspectLists &lists,
                      llvm::raw_ostream &out) {
  if (!lists.hasTasks && !lists.memory && !lists.findings &&
      inspectGraph.empty())
    printSummary(summary, inspectFile, out);
  if (lists.hasTasks)
    printTasks(summary, out);
  if (lists.memory)
    printMemory(summary, *lists.memory, out);
  if (lists.findings)
    printFindings(summary.file.isBundle, *lists.findings, out);
}

/// With --check, what makes a file unreadable is its one finding.
static int reportUnreadable(llvm::Error error) {
  std::vector<om::Finding> findings;
  if (inspectCheck)
    error = llvm::handleErrors(std::move(error), [&](const om::ReadError &e) {
      findings.push_back(e.getFinding());
    });
  if (error)
    return reportInputError(printable(llvm::toString(std::move(error))));
  if (inspectJSON)
    printUnreadableJSON(findings, llvm::outs());
  else
    // Only sub-models of a bundle have a number here.
    printFindings(/*isBundle=*/true, findings, llvm::outs());
  return finishOutput(kInputError);
}

int gemlir::gemc::inspectMain() {
  if (inspectFile.empty())
    return reportUsageError("expected a file to inspect");
  if (inspectGraph == "-" &&
      (inspectJSON || inspectCheck || inspectTasks || inspectMemory))
    return reportUsageError("expected a file for --graph when other output "
                            "goes to standard output");
  llvm::Expected<om::File> file = om::readFile(inspectFile);
  if (!file)
    return reportUnreadable(file.takeError());
  FileSummary summary =
      summarize(*file, inspectTasks || inspectMemory || !inspectGraph.empty());
  InspectLists lists;
  lists.hasTasks = inspectTasks;
  om::MemoryMap memory;
  if (inspectMemory) {
    memory = om::mapMemory(*file, summary.tasks);
    lists.memory = &memory;
  }
  std::vector<om::Finding> findings;
  if (inspectCheck) {
    findings = om::check(*file);
    lists.findings = &findings;
  }
  if (!inspectGraph.empty())
    if (llvm::Error error = writeFileAtomically(
            inspectGraph, [&](llvm::raw_pwrite_stream &out) {
              om::printDot(*file, summary.tasks, out);
              return llvm::Error::success();
            }))
      return reportInputError(std::move(error));
  if (inspectJSON)
    printJSON(summary, lists, llvm::outs());
  else
    printText(summary, lists, llvm::outs());
  bool hasErrors = llvm::any_of(findings, [](const om::Finding &finding) {
    return finding.severity == om::Severity::Error;
  });
  return finishOutput(hasErrors ? kInputError : kSuccess);
}
