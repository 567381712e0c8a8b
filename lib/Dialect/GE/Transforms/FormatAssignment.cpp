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
using End = FormatProblem::End;

static const Choice *findChoice(const Port &port, FormatId format) {
  for (const Choice &choice : port.choices)
    if (choice.format == format)
      return &choice;
  return nullptr;
}

/// The copy of the value that an end wants of a port in this format: the number
/// of the conversion to it.
constexpr unsigned kLinearCopy = ~0u;
static unsigned findCopy(const Value &value, const End &end, FormatId format) {
  if (format == kLinearFormat)
    return kLinearCopy;
  for (auto [i, conversion] : llvm::enumerate(value.conversions))
    if (conversion.format == format &&
        (conversion.variants.empty() ||
         llvm::is_contained(conversion.variants, end.variant)))
      return i;
  return kLinearCopy; // not in a problem that was checked
}

/// What the conversions of one value cost.
static int64_t computeCost(const Value &value,
                           llvm::ArrayRef<FormatId> formats) {
  auto getCost = [&](unsigned copy) {
    return copy == kLinearCopy ? 0 : value.conversions[copy].cost;
  };
  unsigned produced =
      findCopy(value, value.producer, formats[value.producer.port]);
  llvm::SmallVector<unsigned, 4> wanted;
  for (const End &consumer : value.consumers)
    if (unsigned copy = findCopy(value, consumer, formats[consumer.port]);
        copy != produced)
      wanted.push_back(copy);
  if (wanted.empty())
    return 0;
  llvm::sort(wanted);
  wanted.erase(llvm::unique(wanted), wanted.end());
  // The linear copy, from which all others are made.
  int64_t cost = getCost(produced);
  for (unsigned copy : wanted)
    cost += getCost(copy);
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

namespace {

/// How bytes and preferences become one number, such that the smaller one has
/// fewer bytes, or as many and the smaller preference.
struct Weights {
  int64_t bytes = 1, preference = 0;

  int64_t get(const Choice &choice) const {
    return choice.cost * bytes + choice.preference * preference;
  }
};

} // namespace

/// Checks the problem, and finds weights with which no sum overflows.
static llvm::Expected<Weights> checkProblem(const FormatProblem &problem) {
  int64_t total = 0, preferences = 0;
  // Half, because a network has edges for both sides of a region.
  constexpr int64_t kLimit = MinimumCut::kInfinite / 2;
  auto add = [&](int64_t cost) {
    return cost >= 0 && !llvm::AddOverflow(total, cost, total) &&
           total < kLimit;
  };
  for (auto [i, port] : llvm::enumerate(problem.ports)) {
    if (port.choices.empty())
      return makeErrorf("port {0} has no choices", i);
    int64_t preference = 0;
    for (const Choice &choice : port.choices) {
      if (!add(choice.cost))
        return makeErrorf("port {0}: a cost is negative or the sum of all too "
                          "large: {1}",
                          i, choice.cost);
      if (choice.preference < 0)
        return makeErrorf("port {0}: a preference is negative: {1}", i,
                          choice.preference);
      if (findChoice(port, choice.format) != &choice)
        return makeErrorf("port {0} has format {1} twice", i, choice.format);
      preference = std::max(preference, choice.preference);
    }
    if (llvm::AddOverflow(preferences, preference, preferences))
      preferences = MinimumCut::kInfinite;
  }
  for (auto [i, value] : llvm::enumerate(problem.values)) {
    auto checkEnd = [&, i = i](const End &end,
                               const Value &value) -> llvm::Error {
      if (end.port >= problem.ports.size())
        return makeErrorf("value {0} names port {1} of {2}", i, end.port,
                          problem.ports.size());
      for (const Choice &choice : problem.ports[end.port].choices)
        if (choice.format != kLinearFormat &&
            findCopy(value, end, choice.format) == kLinearCopy)
          return makeErrorf("value {0} has no conversion to format {1} of port "
                            "{2}",
                            i, choice.format, end.port);
      return llvm::Error::success();
    };
    if (llvm::Error error = checkEnd(value.producer, value))
      return std::move(error);
    for (const End &consumer : value.consumers)
      if (llvm::Error error = checkEnd(consumer, value))
        return std::move(error);
    for (const FormatProblem::Conversion &conversion : value.conversions)
      if (!add(conversion.cost))
        return makeErrorf("value {0}: a cost is negative or the sum of all too "
                          "large: {1}",
                          i, conversion.cost);
  }
  int64_t scaled;
  if (preferences == 0 || preferences >= kLimit ||
      llvm::MulOverflow(total, preferences + 1, scaled) ||
      scaled >= kLimit - preferences)
    return Weights();
  return Weights{preferences + 1, 1};
}

namespace {

/// Solves one component: ports with several choices, and the values at them.
class ComponentSolver {
public:
  /// `formats` holds the formats of the ports that have one choice; takes those
  /// of the component.
  ComponentSolver(const FormatProblem &problem, const Weights &weights,
                  std::vector<FormatId> &formats, std::vector<unsigned> &nodes,
                  int64_t budget)
      : problem(problem), weights(weights), formats(formats), nodes(nodes),
        budget(budget) {}

  void solve(llvm::ArrayRef<unsigned> ports, llvm::ArrayRef<unsigned> values);
  /// In bytes: all preferences together weigh less than one.
  int64_t getCost() const { return bestCost / weights.bytes; }
  int64_t getLowerBound() const { return lowerBound / weights.bytes; }

private:
  static constexpr unsigned kOpen = ~0u;

  /// Bounds what is left to decide. Sets `formats` to an assignment, and
  /// `conflict` to the first port that the bound did not decide, or to kOpen
  /// when the assignment meets the bound.
  int64_t relax(unsigned &conflict);
  int64_t cutRegion(FormatId format);
  void round(llvm::ArrayRef<unsigned> undecided);
  // Costs and bounds are weighted.
  int64_t getBaseCost(const Port &port) const;
  int64_t getCostAt(unsigned port);
  int64_t computeTotal() const;

  const FormatProblem &problem;
  const Weights weights;
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
int64_t ComponentSolver::getBaseCost(const Port &port) const {
  if (const Choice *linear = findChoice(port, kLinearFormat))
    return weights.get(*linear);
  int64_t least = weights.get(port.choices.front());
  for (const Choice &choice : port.choices)
    least = std::min(least, weights.get(choice));
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
    int64_t difference = weights.get(*choice) - getBaseCost(choices);
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
  auto addCopy = [&](const Value &value, unsigned copy, int64_t cost) {
    // Ends that mean another layout are outside of this one.
    auto getEnd = [&](const End &end) {
      return findCopy(value, end, format) == copy ? getNode(end.port)
                                                  : MinimumCut::kSink;
    };
    unsigned producer = getEnd(value.producer);
    if (value.consumers.size() == 1) {
      network.addEdge(producer, getEnd(value.consumers[0]), cost, cost);
      return;
    }
    // One conversion serves all consumers inside, and one all those outside.
    unsigned in = network.addNode(), out = network.addNode();
    network.addEdge(in, producer, cost, 0);
    network.addEdge(producer, out, cost, 0);
    for (const End &consumer : value.consumers) {
      unsigned node = getEnd(consumer);
      network.addEdge(node, in, MinimumCut::kInfinite, 0);
      network.addEdge(out, node, MinimumCut::kInfinite, 0);
    }
  };
  for (unsigned index : values) {
    const Value &value = problem.values[index];
    for (auto [copy, conversion] : llvm::enumerate(value.conversions))
      if (conversion.format == format && conversion.cost != 0)
        addCopy(value, copy, conversion.cost * weights.bytes);
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
    cost += weights.get(*findChoice(problem.ports[port], formats[port]));
  for (unsigned value : values)
    cost += ::computeCost(problem.values[value], formats) * weights.bytes;
  return cost;
}

/// The part of the cost that changes with the format of ports[i].
int64_t ComponentSolver::getCostAt(unsigned i) {
  int64_t cost =
      weights.get(*findChoice(problem.ports[ports[i]], formats[ports[i]]));
  for (unsigned value : valuesAt[i]) {
    cost += ::computeCost(problem.values[value], formats) * weights.bytes;
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
    bound += fixed[i] == kOpen
                 ? getBaseCost(problem.ports[port])
                 : weights.get(problem.ports[port].choices[fixed[i]]);
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
    auto add = [&](const End &end) {
      const Port &choices = problem.ports[end.port];
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
    auto add = [&](const End &end) {
      if (problem.ports[end.port].choices.size() == 1)
        return;
      auto &list = valuesAt[nodes[end.port]];
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
  llvm::Expected<Weights> weights = checkProblem(problem);
  if (!weights)
    return weights.takeError();
  auto isOpen = [&](unsigned port) {
    return problem.ports[port].choices.size() > 1;
  };

  // Components, numbered in the order of their first port.
  llvm::IntEqClasses classes(problem.ports.size());
  for (const Value &value : problem.values) {
    std::optional<unsigned> first;
    auto join = [&](const End &end) {
      if (!isOpen(end.port))
        return;
      if (first)
        classes.join(*first, end.port);
      first = end.port;
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
    if (isOpen(value.producer.port)) {
      values[classes[value.producer.port]].push_back(i);
      continue;
    }
    const End *open = llvm::find_if(
        value.consumers, [&](const End &end) { return isOpen(end.port); });
    if (open != value.consumers.end())
      values[classes[open->port]].push_back(i);
    else
      result.cost += ::computeCost(value, result.formats);
  }
  result.lowerBound = result.cost;

  std::vector<unsigned> nodes(problem.ports.size());
  ComponentSolver solver(problem, *weights, result.formats, nodes,
                         options.steps);
  for (auto [component, touched] : llvm::zip_equal(ports, values)) {
    if (component.empty())
      continue;
    solver.solve(component, touched);
    result.cost += solver.getCost();
    result.lowerBound += solver.getLowerBound();
  }
  return result;
}
