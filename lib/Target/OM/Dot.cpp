// SPDX-License-Identifier: Apache-2.0
//
// Nodes have numbers as ids: names may hold anything and need not be unique.
#include "GeDialect/Target/OM/Dot.h"

#include "ModelIndex.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

#include <map>
#include <unordered_map>

using namespace gemlir;
using namespace gemlir::om;
using ge::proto::GraphDef;
using ge::proto::OpDef;

/// Text inside a quoted Graphviz string.
static std::string escape(llvm::StringRef text) {
  std::string result;
  for (char c : llvm::json::fixUTF8(text)) {
    unsigned char code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      result += {'\\', c};
    else if (code < 0x20 || code == 0x7F)
      // Doubled, because Graphviz has escapes of its own.
      result += llvm::formatv("\\\\x{0:x-2}", code);
    else
      result += c;
  }
  return result;
}

/// Fill colours by what runs an op.
static llvm::StringRef getColour(Engine engine) {
  switch (engine) {
  case Engine::AICore:
    return "palegreen";
  case Engine::AICPU:
    return "lightblue";
  case Engine::Reference:
    return "lightsalmon";
  case Engine::RTS:
    return "lightgrey";
  case Engine::Other:
    break;
  }
  return "white";
}

namespace {
class DotPrinter {
public:
  explicit DotPrinter(llvm::raw_ostream &out) : out(out) {}

  void run(const File &file, const std::vector<std::vector<TaskEntry>> &tasks) {
    out << "digraph om {\n  rankdir=TB;\n"
        << "  node [shape=box, style=filled, fillcolor=white];\n";
    for (size_t i = 0; i < file.models.size(); ++i) {
      const Model &model = file.models[i];
      engines.clear();
      for (const TaskEntry &task : tasks[i])
        if (task.op)
          engines.try_emplace(task.op, task.engine);
      printModel(model, "model " + std::to_string(i));
      for (size_t p = 0; p < model.parts.size(); ++p)
        printModel(model.parts[p], "model " + std::to_string(i) + ", part " +
                                       std::to_string(p + 1));
    }
    out << "}\n";
  }

private:
  void printModel(const Model &model, const std::string &title) {
    int cluster = clusters++;
    out << "  subgraph cluster_" << cluster << " {\n    label=\"" << title
        << ": " << escape(model.modelDef.name()) << "\";\n";
    // Where edges to subgraphs end.
    std::unordered_map<std::string_view, int> firstNodes;
    int next = nodes;
    for (const GraphDef &graph : model.modelDef.graph()) {
      if (graph.op_size() != 0)
        firstNodes.try_emplace(graph.name(), next);
      next += graph.op_size();
    }
    for (int g = 0; g < model.modelDef.graph_size(); ++g) {
      const GraphDef &graph = model.modelDef.graph(g);
      if (g == 0) {
        printGraph(graph, firstNodes);
        continue;
      }
      out << "    subgraph cluster_" << clusters++ << " {\n      label=\""
          << escape(graph.name()) << "\";\n";
      printGraph(graph, firstNodes);
      out << "    }\n";
    }
    out << "  }\n";
  }

  void printGraph(const GraphDef &graph,
                  const std::unordered_map<std::string_view, int> &subgraphs) {
    int base = nodes;
    nodes += graph.op_size();
    std::unordered_map<std::string_view, int> byName;
    for (int i = 0; i < graph.op_size(); ++i)
      byName.try_emplace(graph.op(i).name(), i);
    for (int i = 0; i < graph.op_size(); ++i)
      printNode(graph.op(i), base + i);
    for (int i = 0; i < graph.op_size(); ++i) {
      const OpDef &op = graph.op(i);
      for (const std::string &input : op.input())
        if (!input.empty())
          printEdge(graph, byName, base, input, base + i);
      for (const std::string &name : op.subgraph_name())
        if (auto it = subgraphs.find(name); it != subgraphs.end())
          out << llvm::formatv("      n{0} -> n{1} [style=dotted];\n", base + i,
                               it->second);
    }
  }

  void printNode(const OpDef &op, int id) {
    out << "      n" << id << " [label=\"" << escape(op.name()) << "\\n"
        << escape(op.type());
    if (auto it = engines.find(&op); it != engines.end())
      out << "\\n"
          << om::getName(it->second) << "\", fillcolor=\""
          << getColour(it->second);
    out << "\"";
    if (isData(op) || isNetOutput(op))
      out << ", shape=ellipse";
    else if (isVariable(op))
      out << ", shape=cylinder";
    else if (isConst(op))
      out << ", shape=note";
    out << "];\n";
  }

  void printEdge(const GraphDef &graph,
                 const std::unordered_map<std::string_view, int> &byName,
                 int base, const std::string &input, int to) {
    std::optional<Edge> edge = parseEdge(input);
    auto it = edge ? byName.find(edge->name) : byName.end();
    if (it == byName.end()) {
      out << llvm::formatv("      m{0} [label=\"{1}\", color=red];\n", missing,
                           escape(input))
          << llvm::formatv("      m{0} -> n{1} [color=red];\n", missing, to);
      ++missing;
      return;
    }
    out << llvm::formatv("      n{0} -> n{1}", base + it->second, to);
    const OpDef &from = graph.op(it->second);
    if (edge->index < 0)
      out << " [style=dashed]";
    else if (edge->index < from.output_desc_size())
      out << " [label=\""
          << escape(describe(from.output_desc(static_cast<int>(edge->index))))
          << "\"]";
    out << ";\n";
  }

  llvm::raw_ostream &out;
  std::map<const OpDef *, Engine> engines;
  int clusters = 0, nodes = 0, missing = 0;
};
} // namespace

void om::printDot(const File &file,
                  const std::vector<std::vector<TaskEntry>> &tasks,
                  llvm::raw_ostream &out) {
  DotPrinter(out).run(file, tasks);
}
