// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/Transforms/FormatAssignment.h"

#include "MinimumCut.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/IntEqClasses.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace gemlir;
using namespace gemlir::geir;

using Choice = FormatProblem::Choice;
using Port = FormatProblem::Port;
using Value = FormatProblem::Value;

static int64_t getConversionCost(const Value &value, FormatId format) {
  for (const FormatProblem::Conversion &conversion : value.conversions)
    if (conversion.format == format)
      return conversion.cost;
  return 0; // the linear format
}

static const Choice *findChoice(const Port &port, FormatId format) {
  for (const Choice &choice : port.choices)
    if (choice.format == format)
      return &choice;
  return nullptr;
}

/// What the conversions of one value cost.
static int64_t computeCost(const Value &value,
                           llvm::ArrayRef<FormatId> formats) {
  FormatId produced = formats[value.producer];
  llvm::SmallVector<FormatId, 4> wanted;
  for (unsigned consumer : value.consumers)
    if (formats[consumer] != produced)
      wanted.push_back(formats[consumer]);
  if (wanted.empty())
    return 0;
  llvm::sort(wanted);
  wanted.erase(llvm::unique(wanted), wanted.end());
  // The linear copy, from which all others are made.
  int64_t cost = getConversionCost(value, produced);
  for (FormatId format : wanted)
    cost += getConversionCost(value, format);
  return cost;
}

int64_t geir::computeCost(const FormatProblem &problem,
                          llvm::ArrayRef<FormatId> formats) {
  int64_t cost = 0;
  for (auto [port, format] : llvm::zip_equal(problem.ports, formats))
    cost += findChoice(port, format)->cost;
  for (const Value &value : problem.values)
    cost += ::computeCost(value, formats);
  return cost;
}

static llvm::Error checkProblem(const FormatProblem &problem) {
  int64_t total = 0;
  auto add = [&](int64_t cost) {
    // Twice, because a network has edges for both sides of a region.
    return cost >= 0 && !llvm::AddOverflow(total, cost, total) &&
           total < MinimumCut::kInfinite / 2;
  };
  for (auto [i, port] : llvm::enumerate(problem.ports)) {
    if (port.choices.empty())
      return makeErrorf("port {0} has no choices", i);
    for (const Choice &choice : port.choices) {
      if (!add(choice.cost))
        return makeErrorf("port {0}: a cost is negative or the sum of all too "
                          "large: {1}",
                          i, choice.cost);
      if (findChoice(port, choice.format) != &choice)
        return makeErrorf("port {0} has format {1} twice", i, choice.format);
    }
  }
  for (auto [i, value] : llvm::enumerate(problem.values)) {
    auto checkEnd = [&, i = i](unsigned port,
                               const Value &value) -> llvm::Error {
      if (port >= problem.ports.size())
        return makeErrorf("value {0} names port {1} of {2}", i, port,
                          problem.ports.size());
      for (const Choice &choice : problem.ports[port].choices)
        if (choice.format != kLinearFormat &&
            llvm::none_of(value.conversions, [&](const auto &conversion) {
              return conversion.format == choice.format;
            }))
          return makeErrorf("value {0} has no conversion to format {1} of port "
                            "{2}",
                            i, choice.format, port);
      return llvm::Error::success();
    };
    if (llvm::Error error = checkEnd(value.producer, value))
      return error;
    for (unsigned consumer : value.consumers)
      if (llvm::Error error = checkEnd(consumer, value))
        return error;
    for (const FormatProblem::Conversion &conversion : value.conversions)
      if (!add(conversion.cost))
        return makeErrorf("value {0}: a cost is negative or the sum of all too "
                          "large: {1}",
                          i, conversion.cost);
  }
  return llvm::Error::success();
}

namespace {

/// Solves one component: ports with several choices, and the values at them.
class ComponentSolver {
public:
  /// `formats` holds the formats of the ports that have one choice; takes those
  /// of the component.
  ComponentSolver(const FormatProblem &problem, std::vector<FormatId> &formats,
                  std::vector<unsigned> &nodes, int64_t budget)
      : problem(problem), formats(formats), nodes(nodes), budget(budget) {}

  void solve(llvm::ArrayRef<unsigned> ports, llvm::ArrayRef<unsigned> values);
  int64_t getCost() const { return bestCost; }
  int64_t getLowerBound() const { return lowerBound; }

private:
  static constexpr unsigned kOpen = ~0u;

  /// Bounds what is left to decide. Sets `formats` to an assignment, and
  /// `conflict` to the first port that the bound did not decide, or to kOpen
  /// when the assignment meets the bound.
  int64_t relax(unsigned &conflict);
  int64_t cutRegion(FormatId format);
  void round(llvm::ArrayRef<unsigned> undecided);
  int64_t getCostAt(unsigned port);
  int64_t computeTotal() const;

  const FormatProblem &problem;
  std::vector<FormatId> &formats;
  /// Network node of each port of the problem; valid for ports of the
  /// component that are not fixed.
  std::vector<unsigned> &nodes;
  int64_t budget;

  llvm::ArrayRef<unsigned> ports, values;
  std::vector<FormatId> regions; // formats other than the linear one
  std::vector<unsigned> fixed;   // choice of ports[i], or kOpen
  std::vector<llvm::SmallVector<FormatId, 1>> claims;
  std::vector<llvm::SmallVector<unsigned, 4>> valuesAt;
  MinimumCut network;
  int64_t steps = 0, bestCost = 0, lowerBound = 0;
};

} // namespace

/// What a port costs in no region at all. Without a linear choice this is a
/// bound only.
static int64_t getBaseCost(const Port &port) {
  if (const Choice *linear = findChoice(port, kLinearFormat))
    return linear->cost;
  int64_t least = port.choices.front().cost;
  for (const Choice &choice : port.choices)
    least = std::min(least, choice.cost);
  return least;
}

/// The weight of the best region of one format, relative to no region. Adds
/// the format to the claims of the ports inside.
int64_t ComponentSolver::cutRegion(FormatId format) {
  network.clear();
  int64_t constant = 0;
  for (auto [i, port] : llvm::enumerate(ports)) {
    const Port &choices = problem.ports[port];
    if (fixed[i] != kOpen) {
      nodes[port] = choices.choices[fixed[i]].format == format
                        ? MinimumCut::kSource
                        : MinimumCut::kSink;
      continue;
    }
    const Choice *choice = findChoice(choices, format);
    if (!choice) {
      nodes[port] = MinimumCut::kSink;
      continue;
    }
    unsigned node = nodes[port] = network.addNode();
    int64_t difference = choice->cost - getBaseCost(choices);
    if (difference > 0) {
      network.addEdge(node, MinimumCut::kSink, difference, 0);
    } else if (difference < 0) {
      constant += difference;
      network.addEdge(MinimumCut::kSource, node, -difference, 0);
    }
  }
  auto getNode = [&](unsigned port) {
    if (problem.ports[port].choices.size() > 1)
      return nodes[port];
    return formats[port] == format ? MinimumCut::kSource : MinimumCut::kSink;
  };
  for (unsigned index : values) {
    const Value &value = problem.values[index];
    int64_t cost = getConversionCost(value, format);
    if (cost == 0)
      continue;
    unsigned producer = getNode(value.producer);
    if (value.consumers.size() == 1) {
      network.addEdge(producer, getNode(value.consumers[0]), cost, cost);
      continue;
    }
    // One conversion serves all consumers inside, and one all those outside.
    unsigned in = network.addNode(), out = network.addNode();
    network.addEdge(in, producer, cost, 0);
    network.addEdge(producer, out, cost, 0);
    for (unsigned consumer : value.consumers) {
      unsigned node = getNode(consumer);
      network.addEdge(node, in, MinimumCut::kInfinite, 0);
      network.addEdge(out, node, MinimumCut::kInfinite, 0);
    }
  }
  int64_t weight = network.solve(steps);
  for (auto [i, port] : llvm::enumerate(ports))
    if (fixed[i] == kOpen && nodes[port] != MinimumCut::kSink &&
        network.isOnSourceSide(nodes[port]))
      claims[i].push_back(format);
  return weight + constant;
}

int64_t ComponentSolver::computeTotal() const {
  int64_t cost = 0;
  for (unsigned port : ports)
    cost += findChoice(problem.ports[port], formats[port])->cost;
  for (unsigned value : values)
    cost += ::computeCost(problem.values[value], formats);
  return cost;
}

/// The part of the cost that changes with the format of ports[i].
int64_t ComponentSolver::getCostAt(unsigned i) {
  int64_t cost = findChoice(problem.ports[ports[i]], formats[ports[i]])->cost;
  for (unsigned value : valuesAt[i]) {
    cost += ::computeCost(problem.values[value], formats);
    steps += problem.values[value].consumers.size();
  }
  return cost;
}

/// Gives each of these ports the choice that is best for its neighbours as they
/// are, until nothing changes.
void ComponentSolver::round(llvm::ArrayRef<unsigned> undecided) {
  constexpr unsigned kPasses = 4;
  bool changed = true;
  for (unsigned pass = 0; changed && pass < kPasses; ++pass) {
    changed = false;
    for (unsigned i : undecided) {
      FormatId &format = formats[ports[i]];
      FormatId before = format, best = format;
      int64_t bestCost = getCostAt(i);
      for (const Choice &choice : problem.ports[ports[i]].choices) {
        format = choice.format;
        if (int64_t cost = getCostAt(i); cost < bestCost) {
          bestCost = cost;
          best = choice.format;
        }
      }
      format = best;
      changed |= best != before;
    }
  }
}

int64_t ComponentSolver::relax(unsigned &conflict) {
  int64_t bound = 0;
  for (auto [i, port] : llvm::enumerate(ports)) {
    claims[i].clear();
    bound += fixed[i] == kOpen ? getBaseCost(problem.ports[port])
                               : problem.ports[port].choices[fixed[i]].cost;
  }
  for (FormatId region : regions)
    bound += cutRegion(region);

  conflict = kOpen;
  llvm::SmallVector<unsigned> undecided;
  for (auto [i, port] : llvm::enumerate(ports)) {
    const Port &choices = problem.ports[port];
    if (fixed[i] != kOpen) {
      formats[port] = choices.choices[fixed[i]].format;
    } else if (claims[i].size() == 1) {
      formats[port] = claims[i].front();
    } else if (claims[i].empty() && findChoice(choices, kLinearFormat)) {
      formats[port] = kLinearFormat;
    } else {
      formats[port] = claims[i].empty() ? choices.choices.front().format
                                        : claims[i].front();
      undecided.push_back(i);
    }
  }
  if (!undecided.empty()) {
    conflict = undecided.front();
    round(undecided);
  }
  return bound;
}

void ComponentSolver::solve(llvm::ArrayRef<unsigned> componentPorts,
                            llvm::ArrayRef<unsigned> componentValues) {
  ports = componentPorts;
  values = componentValues;
  steps = 0;
  regions.clear();
  for (unsigned port : ports)
    for (const Choice &choice : problem.ports[port].choices)
      if (choice.format != kLinearFormat)
        regions.push_back(choice.format);
  // Ports with one choice demand formats of their neighbours' values, too.
  for (unsigned value : values) {
    auto add = [&](unsigned port) {
      const Port &choices = problem.ports[port];
      if (choices.choices.size() == 1 &&
          choices.choices[0].format != kLinearFormat)
        regions.push_back(choices.choices[0].format);
    };
    add(problem.values[value].producer);
    llvm::for_each(problem.values[value].consumers, add);
  }
  llvm::sort(regions);
  regions.erase(llvm::unique(regions), regions.end());
  fixed.assign(ports.size(), kOpen);
  claims.assign(ports.size(), {});
  valuesAt.assign(ports.size(), {});
  for (auto [i, port] : llvm::enumerate(ports))
    nodes[port] = i;
  for (unsigned value : values) {
    auto add = [&](unsigned port) {
      if (problem.ports[port].choices.size() == 1)
        return;
      auto &list = valuesAt[nodes[port]];
      if (list.empty() || list.back() != value)
        list.push_back(value);
    };
    add(problem.values[value].producer);
    llvm::for_each(problem.values[value].consumers, add);
  }

  unsigned conflict;
  lowerBound = relax(conflict);
  bestCost = computeTotal();
  if (conflict == kOpen || bestCost == lowerBound) {
    // Equal by construction in the first case.
    lowerBound = bestCost;
    return;
  }

  std::vector<FormatId> best;
  auto keepBest = [&] {
    best.clear();
    for (unsigned port : ports)
      best.push_back(formats[port]);
  };
  keepBest();
  // Depth first. `pending` is the bound of the parent, the least that an
  // unexplored branch can cost.
  struct Branch {
    unsigned position, nextChoice;
    int64_t pending;
  };
  std::vector<Branch> stack = {{conflict, 0, lowerBound}};
  bool exhausted = true;
  while (!stack.empty()) {
    Branch &top = stack.back();
    const Port &port = problem.ports[ports[top.position]];
    if (top.nextChoice == port.choices.size() || top.pending >= bestCost) {
      fixed[top.position] = kOpen;
      stack.pop_back();
      continue;
    }
    if (steps > budget) {
      exhausted = false;
      break;
    }
    fixed[top.position] = top.nextChoice++;
    int64_t bound = relax(conflict);
    if (int64_t cost = computeTotal(); cost < bestCost) {
      bestCost = cost;
      keepBest();
    }
    if (conflict != kOpen && bound < bestCost)
      stack.push_back({conflict, 0, bound});
  }
  if (exhausted)
    lowerBound = bestCost;
  for (auto [port, format] : llvm::zip_equal(ports, best))
    formats[port] = format;
}

llvm::Expected<FormatAssignment>
geir::assignFormats(const FormatProblem &problem,
                    const FormatAssignmentOptions &options) {
  if (llvm::Error error = checkProblem(problem))
    return std::move(error);
  auto isOpen = [&](unsigned port) {
    return problem.ports[port].choices.size() > 1;
  };

  // Components, numbered in the order of their first port.
  llvm::IntEqClasses classes(problem.ports.size());
  for (const Value &value : problem.values) {
    std::optional<unsigned> first;
    auto join = [&](unsigned port) {
      if (!isOpen(port))
        return;
      if (first)
        classes.join(*first, port);
      first = port;
    };
    join(value.producer);
    llvm::for_each(value.consumers, join);
  }
  classes.compress();
  std::vector<std::vector<unsigned>> ports(classes.getNumClasses());
  std::vector<std::vector<unsigned>> values(classes.getNumClasses());
  FormatAssignment result;
  result.formats.assign(problem.ports.size(), kLinearFormat);
  for (unsigned port = 0; port < problem.ports.size(); ++port) {
    if (isOpen(port)) {
      ports[classes[port]].push_back(port);
      continue;
    }
    result.formats[port] = problem.ports[port].choices[0].format;
    result.cost += problem.ports[port].choices[0].cost;
  }
  for (auto [i, value] : llvm::enumerate(problem.values)) {
    if (isOpen(value.producer)) {
      values[classes[value.producer]].push_back(i);
      continue;
    }
    const unsigned *open = llvm::find_if(value.consumers, isOpen);
    if (open != value.consumers.end())
      values[classes[*open]].push_back(i);
    else
      result.cost += ::computeCost(value, result.formats);
  }
  result.lowerBound = result.cost;

  std::vector<unsigned> nodes(problem.ports.size());
  ComponentSolver solver(problem, result.formats, nodes, options.steps);
  for (auto [component, touched] : llvm::zip_equal(ports, values)) {
    if (component.empty())
      continue;
    solver.solve(component, touched);
    result.cost += solver.getCost();
    result.lowerBound += solver.getLowerBound();
  }
  return result;
}
