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
  auto getVariant = [&] { return options.variants ? numbers.below(3) : 0; };
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
      out = addPort({{format, 0}, {kLinearFormat, cost, 1}});
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
      problem.values[first + numbers.below(op - first)].consumers.push_back(
          {in, getVariant()});
    FormatProblem::Value value;
    value.producer = {out, getVariant()};
    int64_t bytes = int64_t(32) << numbers.below(12);
    for (FormatId format = 1; format <= options.numFormats; ++format) {
      auto add = [&](llvm::SmallVector<unsigned, 1> variants) {
        value.conversions.push_back(
            {format,
             2 * bytes + bytes * numbers.below(options.padding + 1) / 100,
             std::move(variants)});
      };
      if (!options.variants || numbers.below(2) != 0) {
        add({});
        continue;
      }
      add({0, 2});
      add({1});
    }
    problem.values.push_back(std::move(value));
  }
  // Results of the graph are linear.
  unsigned results = addPort({{kLinearFormat, 0}});
  for (FormatProblem::Value &value : problem.values)
    if (value.consumers.empty())
      value.consumers.push_back({results, 0});
  return problem;
}

/// For each port, the values that it reads or produces.
static std::vector<std::vector<unsigned>>
getValuesAtPorts(const FormatProblem &problem, bool producers) {
  std::vector<std::vector<unsigned>> at(problem.ports.size());
  for (unsigned i = 0; i < problem.values.size(); ++i) {
    if (producers)
      at[problem.values[i].producer.port].push_back(i);
    for (const FormatProblem::End &consumer : problem.values[i].consumers)
      if (at[consumer.port].empty() || at[consumer.port].back() != i)
        at[consumer.port].push_back(i);
  }
  return at;
}

/// Where the value is when an end of it has this format: nothing is the linear
/// copy.
static const FormatProblem::Conversion *
getCopy(const FormatProblem::Value &value, const FormatProblem::End &end,
        FormatId format) {
  for (const auto &conversion : value.conversions)
    if (conversion.format == format &&
        (conversion.variants.empty() ||
         std::find(conversion.variants.begin(), conversion.variants.end(),
                   end.variant) != conversion.variants.end()))
      return &conversion;
  return nullptr;
}

static int64_t getWeight(const FormatProblem::Conversion *copy) {
  return copy ? copy->cost : 0;
}

/// Bytes first, then the preference.
using Cost = std::pair<int64_t, int64_t>;

std::vector<FormatId> test::assignGreedily(const FormatProblem &problem) {
  std::vector<std::vector<unsigned>> read = getValuesAtPorts(problem, false);
  std::vector<FormatId> formats(problem.ports.size());
  for (unsigned port = 0; port < problem.ports.size(); ++port) {
    Cost best = {INT64_MAX, INT64_MAX};
    for (const FormatProblem::Choice &choice : problem.ports[port].choices) {
      Cost cost = {choice.cost, choice.preference};
      for (unsigned i : read[port]) {
        const FormatProblem::Value &value = problem.values[i];
        const auto *produced =
            getCopy(value, value.producer, formats[value.producer.port]);
        for (const FormatProblem::End &consumer : value.consumers) {
          if (consumer.port != port)
            continue;
          const auto *wanted = getCopy(value, consumer, choice.format);
          if (produced != wanted)
            cost.first += getWeight(produced) + getWeight(wanted);
          break;
        }
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
    Cost cost = {0, 0};
    for (const FormatProblem::Choice &choice : problem.ports[port].choices)
      if (choice.format == formats[port])
        cost = {choice.cost, choice.preference};
    for (unsigned i : touched[port]) {
      const FormatProblem::Value &value = problem.values[i];
      const auto *produced =
          getCopy(value, value.producer, formats[value.producer.port]);
      std::vector<const FormatProblem::Conversion *> wanted;
      for (const FormatProblem::End &consumer : value.consumers) {
        const auto *copy = getCopy(value, consumer, formats[consumer.port]);
        if (copy != produced &&
            std::find(wanted.begin(), wanted.end(), copy) == wanted.end())
          wanted.push_back(copy);
      }
      if (!wanted.empty())
        cost.first += getWeight(produced);
      for (const auto *copy : wanted)
        cost.first += getWeight(copy);
    }
    return cost;
  };
  for (bool changed = true; changed;) {
    changed = false;
    for (unsigned port = 0; port < problem.ports.size(); ++port)
      for (const FormatProblem::Choice &choice : problem.ports[port].choices) {
        FormatId before = formats[port];
        Cost cost = getCost(port);
        formats[port] = choice.format;
        if (getCost(port) < cost)
          changed = true;
        else
          formats[port] = before;
      }
  }
  return formats;
}
