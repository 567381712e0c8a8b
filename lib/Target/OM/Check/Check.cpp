// SPDX-License-Identifier: Apache-2.0
//
// Runs the checks of a file, model by model, then across models.
#include "GeDialect/Target/OM/Check.h"

#include "Context.h"

#include <set>

using namespace gemlir;
using namespace gemlir::om;

/// Models with errors; -1 for the file.
static std::set<int> findFaulty(llvm::ArrayRef<Finding> findings) {
  std::set<int> faulty;
  for (const Finding &finding : findings)
    if (finding.severity == Severity::Error)
      faulty.insert(finding.model);
  return faulty;
}

/// What can be said about a part of a dynamic model, whose addresses are made
/// when it runs.
static void checkPart(const File &file, const Model &model, int index,
                      std::vector<Finding> &findings) {
  ModelContext context(file, model, index);
  Reporter report(findings, index);
  checkBinaries(context, report);
  checkGraph(context, report);
  checkInOutRecords(context, report);
  checkDeclaredSizes(context, report);
  // The first part may be a graph alone.
  if (model.taskDef.task_size() == 0)
    return;
  checkConstants(context, report);
  checkTaskOwners(context, report);
}

std::vector<Finding> om::check(const File &file) {
  std::vector<Finding> findings;
  checkContainer(file, findings);

  std::vector<ModelContext> contexts;
  contexts.reserve(file.models.size());
  for (size_t i = 0; i < file.models.size(); ++i) {
    const Model &model = file.models[i];
    if (!model.isDynamic()) {
      contexts.emplace_back(file, static_cast<int>(i));
      continue;
    }
    Reporter(findings, static_cast<int>(i))
        .warning("dynamic-model", {"header", model.fileOffset},
                 "a static model, whose addresses can be checked",
                 "a dynamic one of " + llvm::Twine(model.header.modelNum) +
                     " models");
    checkPart(file, model, static_cast<int>(i), findings);
    for (const Model &part : model.parts)
      checkPart(file, part, static_cast<int>(i), findings);
  }

  // A model may use variables that only another one declares.
  VariableTable variables;
  for (const ModelContext &context : contexts)
    collectVariables(context, variables);
  for (const ModelContext &context : contexts) {
    Reporter report(findings, context.index);
    checkModelContainer(context, report);
    checkBinaries(context, report);
    checkGraph(context, report);
    checkEdges(context, report);
    checkInterface(context, report);
    checkMemory(context, variables, report);
    checkConstants(context, report);
    checkTasks(context, variables, report);
    checkCopies(context, variables, report);
  }
  checkVariables(contexts, variables, findings);

  // Following contents makes sense where all else is right.
  std::set<int> faulty = findFaulty(findings);
  for (const ModelContext &context : contexts) {
    Reporter report(findings, context.index);
    if (!faulty.count(-1) && !faulty.count(context.index))
      checkLifetimes(context, variables, report);
  }
  checkManifest(file, contexts, variables, findings);
  if (findFaulty(findings).empty() && contexts.size() == file.models.size())
    checkVariableWrites(file, contexts, variables, findings);
  return findings;
}
