// SPDX-License-Identifier: Apache-2.0
//
// How gemc inspect says what it found: for people and as JSON
// (docs/inspect-json.md).
#ifndef GEMC_INSPECTPRINT_H
#define GEMC_INSPECTPRINT_H

#include "InspectSummary.h"

#include "GeDialect/Target/OM/Check.h"
#include "GeDialect/Target/OM/MemoryMap.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace gemlir::gemc {

/// What was asked for besides the summary; null for what was not.
struct InspectLists {
  bool hasTasks = false;
  const om::MemoryMap *memory = nullptr;
  const std::vector<om::Finding> *findings = nullptr;
};

void printSummary(const FileSummary &summary, llvm::StringRef path,
                  llvm::raw_ostream &out);
void printTasks(const FileSummary &summary, llvm::raw_ostream &out);
void printMemory(const FileSummary &summary, const om::MemoryMap &memory,
                 llvm::raw_ostream &out);
/// In a bundle, findings say which sub-model they are about.
void printFindings(bool isBundle, llvm::ArrayRef<om::Finding> findings,
                   llvm::raw_ostream &out);
void printJSON(const FileSummary &summary, const InspectLists &lists,
               llvm::raw_ostream &out);
/// What `printJSON` has to say about a file that cannot be read.
void printUnreadableJSON(llvm::ArrayRef<om::Finding> findings,
                         llvm::raw_ostream &out);

/// The keys `tasks_list` and `memory_map`.
void addTasks(llvm::json::OStream &out, const FileSummary &summary);
void addMemory(llvm::json::OStream &out, const FileSummary &summary,
               const om::MemoryMap &memory);

/// Text of a file as a value: JSON is UTF-8 whatever the file holds.
void addText(llvm::json::OStream &out, llvm::StringRef key,
             llvm::StringRef text);
/// The keys `dtype`, `dims`, `format` and `bytes`.
void addTensorFields(llvm::json::OStream &out, const om::TensorInfo &tensor);

/// "model 0: infer 'net'".
std::string describeModel(const FileSummary &summary, size_t index);
/// "input 0".
std::string describeSlot(om::SlotKind kind, int index);

} // namespace gemlir::gemc

#endif // GEMC_INSPECTPRINT_H
