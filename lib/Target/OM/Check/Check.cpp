// SPDX-License-Identifier: Apache-2.0
//
// Runs the checks of a file, model by model, then across models.
#include "GeDialect/Target/OM/Check.h"

#include "Context.h"

#include <deque>

using namespace gemlir;
using namespace gemlir::om;

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
                 "a static model, whose graph and tasks can be checked",
                 "a dynamic one of " + llvm::Twine(model.header.modelNum) +
                     " models");
  }

  // A model may use variables that only another one declares.
  VariableTable variables;
  for (const ModelContext &context : contexts) {
    Reporter report(findings, context.index);
    collectVariables(context, variables, report);
  }
  for (const ModelContext &context : contexts) {
    Reporter report(findings, context.index);
    checkModelContainer(context, report);
    checkBinaries(context, report);
    checkGraph(context, report);
    checkInterface(context, report);
    checkMemory(context, variables, report);
    checkConstants(context, report);
    checkTasks(context, variables, report);
  }
  checkVariables(contexts, variables, findings);
  checkManifest(file, contexts, variables, findings);
  return findings;
}
