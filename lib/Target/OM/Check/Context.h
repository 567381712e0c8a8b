// SPDX-License-Identifier: Apache-2.0
//
// The checks, and where they put what they find.
#ifndef GEDIALECT_LIB_TARGET_OM_CHECK_CONTEXT_H
#define GEDIALECT_LIB_TARGET_OM_CHECK_CONTEXT_H

#include "../ModelIndex.h"

#include "GeDialect/Target/OM/Check.h"

#include "llvm/ADT/Twine.h"

namespace gemlir::om {

/// Collects findings about one model, or about the file (model -1).
class Reporter {
public:
  Reporter(std::vector<Finding> &findings, int model)
      : findings(findings), model(model) {}

  /// Adds a finding "expected `expected`, found `found`".
  void error(llvm::StringRef id, const Place &place,
             const llvm::Twine &expected, const llvm::Twine &found) {
    add(Severity::Error, id, place, expected, found);
  }
  void warning(llvm::StringRef id, const Place &place,
               const llvm::Twine &expected, const llvm::Twine &found) {
    add(Severity::Warning, id, place, expected, found);
  }

  /// Adds what a reader of a part of the file says, which must be a
  /// `ReadError`; nothing for success.
  void add(llvm::Error error);

private:
  void add(Severity severity, llvm::StringRef id, const Place &place,
           const llvm::Twine &expected, const llvm::Twine &found);

  std::vector<Finding> &findings;
  int model;
};

/// True for an absolute path, and for one with a component "..".
bool leavesDirectory(llvm::StringRef path);

/// The checks, by subject. Those that take a `ModelContext` see static models;
/// `checkBinaries`, `checkGraph`, `checkConstants`, `checkInOutRecords`,
/// `checkDeclaredSizes` and `checkTaskOwners` see parts of dynamic ones, too.
void checkContainer(const File &file, std::vector<Finding> &findings);
void checkModelContainer(const ModelContext &context, Reporter &report);
void checkBinaries(const ModelContext &context, Reporter &report);
void checkGraph(const ModelContext &context, Reporter &report);
/// Edges by what their ends say; `checkGraph` has seen to it that they lead
/// somewhere.
void checkEdges(const ModelContext &context, Reporter &report);
void checkInterface(const ModelContext &context, Reporter &report);
void checkInOutRecords(const ModelContext &context, Reporter &report);
void checkDeclaredSizes(const ModelContext &context, Reporter &report);
void checkMemory(const ModelContext &context, const VariableTable &variables,
                 Reporter &report);
void checkConstants(const ModelContext &context, Reporter &report);
void checkVariables(llvm::ArrayRef<ModelContext> contexts,
                    const VariableTable &variables,
                    std::vector<Finding> &findings);
void checkTasks(const ModelContext &context, const VariableTable &variables,
                Reporter &report);
void checkCopies(const ModelContext &context, const VariableTable &variables,
                 Reporter &report);
/// For models without other errors: what is at the wrong place is not where its
/// producer writes it either.
void checkLifetimes(const ModelContext &context, const VariableTable &variables,
                    Reporter &report);
/// The same for files.
void checkVariableWrites(const File &file,
                         llvm::ArrayRef<ModelContext> contexts,
                         const VariableTable &variables,
                         std::vector<Finding> &findings);
/// The part of `checkTasks` that holds for dynamic models, too.
void checkTaskOwners(const ModelContext &context, Reporter &report);
void checkKernelTask(const ModelContext &context,
                     const VariableTable &variables, int task,
                     Reporter &report);
/// Extended information of a CPU kernel: records of (i32 type, u32 length,
/// bytes) that fill it.
void checkExtInfo(const std::string &info, const Place &place,
                  Reporter &report);
void checkManifest(const File &file, llvm::ArrayRef<ModelContext> contexts,
                   const VariableTable &variables,
                   std::vector<Finding> &findings);

} // namespace gemlir::om

#endif // GEDIALECT_LIB_TARGET_OM_CHECK_CONTEXT_H
