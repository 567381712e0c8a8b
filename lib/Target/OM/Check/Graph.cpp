// SPDX-License-Identifier: Apache-2.0
//
// Names, ids, edges and subgraphs.
#include "Context.h"

#include "llvm/ADT/StringRef.h"

#include <set>

using namespace gemlir;
using namespace gemlir::om;
using ge::proto::GraphDef;
using ge::proto::OpDef;

static void checkNames(const ModelContext &context, Reporter &report) {
  std::set<std::pair<int, std::string_view>> names;
  std::set<int64_t> ids;
  for (const OpRef &ref : context.ops) {
    const OpDef &op = *ref.op;
    if (op.name().empty())
      report.error("op-name-missing", ref.place(), "a name",
                   "none on an op of type '" + op.type() + "'");
    else if (!names.insert({ref.graph, op.name()}).second)
      report.error("op-name-duplicate", ref.place(),
                   "a name of its own in the graph", "another op of that name");
    if (op.id() < 0)
      report.error("op-id-invalid", ref.place(), "an id that is not negative",
                   llvm::Twine(op.id()));
    else if (!ids.insert(op.id()).second)
      report.error("op-id-duplicate", ref.place(), "an id of its own",
                   "id " + llvm::Twine(op.id()) + ", which op '" +
                       context.findOpById(op.id())->op->name() + "' has too");
  }
}

/// Checks the edges of one op, and returns the ops they come from.
static std::vector<const OpRef *>
checkEdges(const ModelContext &context, const OpRef &ref, Reporter &report) {
  std::vector<const OpRef *> producers;
  for (const std::string &text : ref.op->input()) {
    // An absent optional input.
    if (text.empty())
      continue;
    std::optional<Edge> edge = parseEdge(text);
    if (!edge || edge->index < -1) {
      report.error("edge-dangling", ref.place(), "an edge 'name:output'",
                   "'" + text + "'");
      continue;
    }
    const OpRef *producer = context.findOp(ref.graph, edge->name);
    if (!producer) {
      report.error("edge-dangling", ref.place(),
                   "the op that edge '" + text + "' names in the same graph",
                   "none");
      continue;
    }
    if (edge->index >= producer->op->output_desc_size())
      report.error("edge-dangling", ref.place(),
                   "output " + llvm::Twine(edge->index) + " of " +
                       producer->place().name,
                   llvm::Twine(producer->op->output_desc_size()) + " outputs");
    producers.push_back(producer);
  }
  return producers;
}

/// Checks edges, and that following them ends.
static void checkOrder(const ModelContext &context, Reporter &report) {
  size_t count = context.ops.size();
  std::vector<std::vector<size_t>> consumers(count);
  std::vector<size_t> waiting(count);
  for (size_t i = 0; i < count; ++i)
    for (const OpRef *producer : checkEdges(context, context.ops[i], report)) {
      consumers[producer - context.ops.data()].push_back(i);
      ++waiting[i];
    }
  std::vector<size_t> ready;
  for (size_t i = 0; i < count; ++i)
    if (waiting[i] == 0)
      ready.push_back(i);
  size_t done = 0;
  while (!ready.empty()) {
    size_t current = ready.back();
    ready.pop_back();
    ++done;
    for (size_t consumer : consumers[current])
      if (--waiting[consumer] == 0)
        ready.push_back(consumer);
  }
  if (done == count)
    return;
  // One finding for all: ops behind a cycle wait too.
  for (size_t i = 0; i < count; ++i)
    if (waiting[i] != 0) {
      report.error("edge-cycle", context.ops[i].place(),
                   "edges that lead from inputs to outputs",
                   "a cycle that keeps " + llvm::Twine(count - done) +
                       " ops from running");
      return;
    }
}

static void checkGraphEnds(const ModelContext &context, int index,
                           Reporter &report) {
  const GraphDef &graph = context.model.modelDef.graph(index);
  Place place = context.partitionPlace(PartitionType::ModelDef);
  place.name = "graph '" + graph.name() + "'";
  auto checkEnd = [&](const std::string &text, llvm::StringRef what) {
    std::optional<Edge> edge = parseEdge(text);
    if (!context.findOp(index, edge ? edge->name : std::string_view(text)))
      report.error("graph-end-unknown", place,
                   "the op that graph " + what + " '" + text + "' names",
                   "none");
  };
  for (const std::string &text : graph.input())
    checkEnd(text, "input");
  for (const std::string &text : graph.output())
    checkEnd(text, "output");
}

/// Subgraphs are named by ops. Each must exist, have one owner, and not contain
/// its owner.
static void checkSubgraphs(const ModelContext &context, Reporter &report) {
  const ge::proto::ModelDef &model = context.model.modelDef;
  std::map<std::string_view, int> graphs;
  for (int i = 0; i < model.graph_size(); ++i) {
    Place place = context.partitionPlace(PartitionType::ModelDef);
    place.name = "graph '" + model.graph(i).name() + "'";
    if (!graphs.try_emplace(model.graph(i).name(), i).second)
      report.error("graph-name-duplicate", place, "a name of its own",
                   "another graph of that name");
    checkGraphEnds(context, i, report);
  }
  // Graph that owns graph i; the root owns itself.
  std::vector<int> owner(model.graph_size(), -1);
  for (const OpRef &ref : context.ops)
    for (const std::string &name : ref.op->subgraph_name()) {
      // GE keeps the slot of a subgraph that an instance lacks.
      if (name.empty())
        continue;
      auto it = graphs.find(name);
      if (it == graphs.end()) {
        report.error("subgraph-missing", ref.place(),
                     "graph '" + name + "' in the model", "none");
        continue;
      }
      if (it->second == 0 || owner[it->second] != -1) {
        report.error("subgraph-shared", ref.place(),
                     "graph '" + name + "' to be its own",
                     it->second == 0 ? "the root graph"
                                     : "a graph that another op has");
        continue;
      }
      owner[it->second] = ref.graph;
    }
  // Walks from each graph towards the root, over graphs that no earlier walk
  // has seen: one that meets itself is a circle.
  std::vector<int> walk(model.graph_size(), -1);
  for (int start = 1; start < model.graph_size(); ++start) {
    int current = start;
    while (current > 0 && walk[current] == -1) {
      walk[current] = start;
      current = owner[current];
    }
    if (current <= 0 || walk[current] != start)
      continue;
    Place place = context.partitionPlace(PartitionType::ModelDef);
    place.name = "graph '" + model.graph(current).name() + "'";
    report.error("subgraph-recursive", place, "a graph inside the root graph",
                 "one inside itself");
  }
}

/// GE ignores a pair of lists whose lengths differ.
static void checkNameMaps(const ModelContext &context, Reporter &report) {
  static constexpr llvm::StringLiteral kMaps[] = {"_input_name", "_output_name",
                                                  "_ir_inputs", "_ir_outputs"};
  for (const OpRef &ref : context.ops)
    for (llvm::StringRef map : kMaps) {
      auto keys = getStrings(ref.op->attr(), (map + "_key").str());
      auto values = getInts(ref.op->attr(), (map + "_value").str());
      size_t keyCount = keys ? keys->size() : 0;
      size_t valueCount = values ? values->size() : 0;
      if (keyCount != valueCount)
        report.warning("name-map-mismatch", ref.place(),
                       "as many entries in '" + map + "_value' as in '" + map +
                           "_key'",
                       llvm::Twine(valueCount) + " and " +
                           llvm::Twine(keyCount) + ": GE ignores both");
    }
}

void om::checkGraph(const ModelContext &context, Reporter &report) {
  checkNames(context, report);
  checkOrder(context, report);
  // The subgraphs of dynamic models may be other parts.
  if (!context.isDynamicPart)
    checkSubgraphs(context, report);
  checkNameMaps(context, report);
}
