// SPDX-License-Identifier: Apache-2.0
//
// The op graphs of a file for Graphviz.
#ifndef GEDIALECT_TARGET_OM_DOT_H
#define GEDIALECT_TARGET_OM_DOT_H

#include "GeDialect/Target/OM/TaskList.h"

#include "llvm/Support/raw_ostream.h"

namespace gemlir::om {

/// Writes one digraph: a cluster per model (the further models of a dynamic OM
/// included), clusters in it for its subgraphs, a node per op with name, type
/// and engine, an edge per edge of the graph with the type of its tensor.
/// Control edges are dashed, edges to subgraphs dotted, edges from ops that do
/// not exist red. `tasks` is what `listTasks` gave for the file. Names are
/// escaped; the output is UTF-8 whatever the file holds.
void printDot(const File &file,
              const std::vector<std::vector<TaskEntry>> &tasks,
              llvm::raw_ostream &out);

} // namespace gemlir::om

#endif // GEDIALECT_TARGET_OM_DOT_H
