// SPDX-License-Identifier: Apache-2.0
#include "Instances.h"

#include <algorithm>

using namespace gemlir::geir;
using namespace gemlir::geir::test;

namespace {
/// xorshift64*: the same numbers on every platform.
class Numbers {
public:
  explicit Numbers(uint64_t seed)
      : state((seed + 1) * 0x9e3779b97f4a7c15u | 1) {}
  /// Uniform in [0, bound).
  unsigned below(unsigned bound) {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (state * 0x2545f4914f6cdd1du >> 33) % bound;
  }

private:
  uint64_t state;
};
} // namespace

FormatProblem test::randomGraph(uint64_t seed, const GraphOptions &options) {
  Numbers numbers(seed);
  FormatProblem problem;
  auto addPort = [&](std::initializer_list<FormatProblem::Choice> choices) {
    problem.ports.push_back({choices});
    return unsigned(problem.ports.size() - 1);
  };
  auto anyFormat = [&] { return 1 + numbers.below(options.numFormats); };
  for (unsigned op = 0; op < options.numOps; ++op) {
    unsigned first = op > options.window ? op - options.window : 0;
    unsigned in, out;
    unsigned kind = op == 0 ? 0 : numbers.below(10);
    if (kind < 2) { // linear only
      in = out = addPort({{kLinearFormat, 0}});
    } else if (kind < 4) { // cube unit
      in = out = addPort({{anyFormat(), 0}});
    } else if (kind < 5) { // matrix product
      FormatId format = anyFormat();
      int64_t cost = numbers.below(1000);
      in = addPort({{format, 0}, {kLinearFormat, cost}});
      out = addPort({{format, 0}, {kLinearFormat, cost}});
    } else if (kind < 6 && options.lackLinear && options.numFormats > 1) {
      FormatId format = anyFormat();
      FormatId other = format % options.numFormats + 1;
      in = out = addPort({{format, 0}, {other, numbers.below(500)}});
    } else { // element-wise
      in = out = addPort({{kLinearFormat, numbers.below(2)}});
      for (FormatId format = 1; format <= options.numFormats; ++format)
        if (numbers.below(4) != 0)
          problem.ports.back().choices.push_back({format, 0});
    }
    for (unsigned n = op == 0 ? 0 : 1 + numbers.below(2); n != 0; --n)
      problem.values[first + numbers.below(op - first)].consumers.push_back(in);
    FormatProblem::Value value;
    value.producer = out;
    int64_t bytes = int64_t(32) << numbers.below(12);
    for (FormatId format = 1; format <= options.numFormats; ++format)
      value.conversions.push_back(
          {format,
           2 * bytes + bytes * numbers.below(options.padding + 1) / 100});
    problem.values.push_back(std::move(value));
  }
  // Results of the graph are linear.
  unsigned results = addPort({{kLinearFormat, 0}});
  for (FormatProblem::Value &value : problem.values)
    if (value.consumers.empty())
      value.consumers.push_back(results);
  return problem;
}

/// For each port, the values that it reads or produces.
static std::vector<std::vector<unsigned>>
getValuesAtPorts(const FormatProblem &problem, bool producers) {
  std::vector<std::vector<unsigned>> at(problem.ports.size());
  for (unsigned i = 0; i < problem.values.size(); ++i) {
    if (producers)
      at[problem.values[i].producer].push_back(i);
    for (unsigned consumer : problem.values[i].consumers)
      if (at[consumer].empty() || at[consumer].back() != i)
        at[consumer].push_back(i);
  }
  return at;
}

static int64_t getWeight(const FormatProblem::Value &value, FormatId format) {
  for (const auto &conversion : value.conversions)
    if (conversion.format == format)
      return conversion.cost;
  return 0;
}

std::vector<FormatId> test::assignGreedily(const FormatProblem &problem) {
  std::vector<std::vector<unsigned>> read = getValuesAtPorts(problem, false);
  std::vector<FormatId> formats(problem.ports.size());
  for (unsigned port = 0; port < problem.ports.size(); ++port) {
    int64_t best = INT64_MAX;
    for (const FormatProblem::Choice &choice : problem.ports[port].choices) {
      int64_t cost = choice.cost;
      for (unsigned i : read[port]) {
        FormatId produced = formats[problem.values[i].producer];
        if (produced != choice.format)
          cost += getWeight(problem.values[i], produced) +
                  getWeight(problem.values[i], choice.format);
      }
      if (cost < best) {
        best = cost;
        formats[port] = choice.format;
      }
    }
  }
  return formats;
}

std::vector<FormatId> test::cancelLocally(const FormatProblem &problem) {
  std::vector<std::vector<unsigned>> touched = getValuesAtPorts(problem, true);
  std::vector<FormatId> formats;
  for (const FormatProblem::Port &port : problem.ports)
    formats.push_back(port.choices.front().format);
  auto getCost = [&](unsigned port) {
    int64_t cost = 0;
    for (const FormatProblem::Choice &choice : problem.ports[port].choices)
      if (choice.format == formats[port])
        cost += choice.cost;
    for (unsigned i : touched[port]) {
      const FormatProblem::Value &value = problem.values[i];
      FormatId produced = formats[value.producer];
      std::vector<FormatId> wanted;
      for (unsigned consumer : value.consumers)
        if (formats[consumer] != produced &&
            std::find(wanted.begin(), wanted.end(), formats[consumer]) ==
                wanted.end())
          wanted.push_back(formats[consumer]);
      if (!wanted.empty())
        cost += getWeight(value, produced);
      for (FormatId format : wanted)
        cost += getWeight(value, format);
    }
    return cost;
  };
  for (bool changed = true; changed;) {
    changed = false;
    for (unsigned port = 0; port < problem.ports.size(); ++port)
      for (const FormatProblem::Choice &choice : problem.ports[port].choices) {
        FormatId before = formats[port];
        int64_t cost = getCost(port);
        formats[port] = choice.format;
        if (getCost(port) < cost)
          changed = true;
        else
          formats[port] = before;
      }
  }
  return formats;
}
