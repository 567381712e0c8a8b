// SPDX-License-Identifier: Apache-2.0
//
// Format assignment against an exhaustive method, and on graphs whose answer is
// known.
#include "Instances.h"

#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"

#include <algorithm>
#include <map>
#include <set>

using namespace gemlir::geir;
using namespace gemlir::geir::test;

namespace {

FormatAssignment solve(const FormatProblem &problem,
                       const FormatAssignmentOptions &options = {}) {
  llvm::Expected<FormatAssignment> result = assignFormats(problem, options);
  if (result)
    return std::move(*result);
  ADD_FAILURE() << llvm::toString(result.takeError());
  return {};
}

//===----------------------------------------------------------------------===//
// The oracle: dynamic programming over the ports, which are eliminated one by
// one. Shares nothing with the solver but the statement of the problem.
//===----------------------------------------------------------------------===//

/// A function of the formats of some ports, as a table of numbers: the last
/// port counts fastest.
struct Table {
  std::vector<unsigned> ports;
  std::vector<int64_t> costs;
};

class Oracle {
public:
  /// What a byte counts; preferences count one each.
  static constexpr int64_t kByte = 1 << 16;

  explicit Oracle(const FormatProblem &problem) : problem(problem) {}

  int64_t solve() {
    for (unsigned port = 0; port < problem.ports.size(); ++port)
      tables.push_back(tabulate({port}, [&](const auto &pick) {
        const auto &choice = problem.ports[port].choices[pick.at(port)];
        return choice.cost * kByte + choice.preference;
      }));
    for (const auto &value : problem.values) {
      std::set<unsigned> ends = {value.producer.port};
      for (const auto &consumer : value.consumers)
        ends.insert(consumer.port);
      tables.push_back(
          tabulate({ends.begin(), ends.end()},
                   [&](const auto &pick) { return getCost(value, pick); }));
    }
    std::set<unsigned> left;
    for (unsigned port = 0; port < problem.ports.size(); ++port)
      left.insert(port);
    int64_t total = 0;
    while (!left.empty()) {
      unsigned port = *std::min_element(
          left.begin(), left.end(), [&](unsigned a, unsigned b) {
            return getNeighbours(a).size() < getNeighbours(b).size();
          });
      left.erase(port);
      total += eliminate(port);
    }
    return total;
  }

private:
  using Pick = std::map<unsigned, unsigned>; // port -> choice

  int64_t getCost(const FormatProblem::Value &value, const Pick &pick) const {
    // Copies of the value that must exist, and how each is made: everything
    // comes from the linear copy (-1), which comes from the produced one.
    std::set<int> copies;
    auto add = [&](const FormatProblem::End &end) {
      FormatId format =
          problem.ports[end.port].choices[pick.at(end.port)].format;
      int copy = -1;
      for (size_t i = 0; i < value.conversions.size(); ++i) {
        const auto &variants = value.conversions[i].variants;
        if (value.conversions[i].format == format &&
            (variants.empty() || llvm::is_contained(variants, end.variant)))
          copy = i;
      }
      copies.insert(copy);
    };
    add(value.producer);
    for (const auto &consumer : value.consumers)
      add(consumer);
    if (copies.size() == 1)
      return 0;
    int64_t cost = 0;
    for (int copy : copies)
      if (copy != -1)
        cost += value.conversions[copy].cost;
    return cost * kByte;
  }

  template <typename Function>
  Table tabulate(std::vector<unsigned> ports, Function function) const {
    Table table;
    table.ports = std::move(ports);
    Pick pick;
    for (unsigned port : table.ports)
      pick[port] = 0;
    while (true) {
      table.costs.push_back(function(pick));
      size_t at = table.ports.size();
      while (at > 0) {
        unsigned port = table.ports[at - 1];
        if (++pick[port] < problem.ports[port].choices.size())
          break;
        pick[port] = 0;
        --at;
      }
      if (at == 0)
        return table;
    }
  }

  int64_t look(const Table &table, const Pick &pick) const {
    size_t index = 0;
    for (unsigned port : table.ports)
      index = index * problem.ports[port].choices.size() + pick.at(port);
    return table.costs[index];
  }

  std::set<unsigned> getNeighbours(unsigned port) const {
    std::set<unsigned> result;
    for (const Table &table : tables)
      if (llvm::is_contained(table.ports, port))
        result.insert(table.ports.begin(), table.ports.end());
    result.erase(port);
    return result;
  }

  /// Minimises over the port. Returns the cost when nothing else depends on it.
  int64_t eliminate(unsigned port) {
    std::set<unsigned> neighbours = getNeighbours(port);
    std::vector<Table> with;
    for (size_t i = tables.size(); i-- > 0;)
      if (llvm::is_contained(tables[i].ports, port)) {
        with.push_back(std::move(tables[i]));
        tables.erase(tables.begin() + i);
      }
    Table table =
        tabulate({neighbours.begin(), neighbours.end()}, [&](Pick pick) {
          int64_t best = INT64_MAX;
          for (unsigned i = 0; i < problem.ports[port].choices.size(); ++i) {
            pick[port] = i;
            int64_t cost = 0;
            for (const Table &part : with)
              cost += look(part, pick);
            best = std::min(best, cost);
          }
          return best;
        });
    if (neighbours.empty())
      return table.costs.front();
    tables.push_back(std::move(table));
    return 0;
  }

  const FormatProblem &problem;
  std::vector<Table> tables;
};

//===----------------------------------------------------------------------===//
// Graphs whose answer is known
//===----------------------------------------------------------------------===//

constexpr FormatId kA = 1, kB = 2;

FormatProblem::Port only(FormatId format) { return {{{format, 0}}}; }
FormatProblem::Port any() { return {{{kLinearFormat, 0}, {kA, 0}, {kB, 0}}}; }
FormatProblem::Value value(unsigned producer,
                           std::initializer_list<unsigned> consumers,
                           int64_t costA, int64_t costB = 1000) {
  FormatProblem::Value value{{producer, 0}, {}, {{kA, costA}, {kB, costB}}};
  for (unsigned consumer : consumers)
    value.consumers.push_back({consumer, 0});
  return value;
}

TEST(FormatAssignment, NothingToConvert) {
  FormatProblem problem;
  FormatAssignment result = solve(problem);
  EXPECT_EQ(result.cost, 0);
  problem.ports = {only(kLinearFormat), any(), only(kLinearFormat)};
  problem.values = {value(0, {1}, 10), value(1, {2}, 10)};
  result = solve(problem);
  EXPECT_EQ(result.cost, 0);
  EXPECT_EQ(result.formats[1], kLinearFormat);
}

// linear -> conv -> relu -> conv -> linear: relu stays inside.
TEST(FormatAssignment, FollowsBetweenCubeOperators) {
  FormatProblem problem;
  problem.ports = {only(0), only(kA), any(), only(kA), only(0)};
  problem.values = {value(0, {1}, 5), value(1, {2}, 7), value(2, {3}, 7),
                    value(3, {4}, 9)};
  FormatAssignment result = solve(problem);
  EXPECT_EQ(result.formats[2], kA);
  EXPECT_EQ(result.cost, 14);
  EXPECT_TRUE(result.isOptimal());
}

// The place of the conversion is where the tensor is small.
TEST(FormatAssignment, ConvertsTheSmallTensor) {
  FormatProblem problem;
  problem.ports = {only(kA), any(), any(), only(0)};
  problem.values = {value(0, {1}, 100), value(1, {2}, 3), value(2, {3}, 100)};
  FormatAssignment result = solve(problem);
  EXPECT_EQ(result.cost, 3);
  EXPECT_EQ(result.formats[1], kA);
  EXPECT_EQ(result.formats[2], kLinearFormat);
}

// Three users of one conversion pay for it once.
TEST(FormatAssignment, UsersShareConversions) {
  FormatProblem problem;
  problem.ports = {only(0), only(kA), only(kA), only(kA)};
  problem.values = {value(0, {1, 2, 3}, 10)};
  FormatAssignment result = solve(problem);
  EXPECT_EQ(result.cost, 10);
  // From one format to another: by way of the linear one.
  problem.ports[0] = only(kB);
  problem.values = {value(0, {1, 2, 3}, 10, 20)};
  result = solve(problem);
  EXPECT_EQ(result.cost, 30);
}

// What an operator costs in a format counts as bytes.
TEST(FormatAssignment, WeighsCostsOfOperators) {
  FormatProblem problem;
  problem.ports = {only(kA), {{{kLinearFormat, 0}, {kA, 8}}}, only(kA)};
  problem.values = {value(0, {1}, 5), value(1, {2}, 5)};
  FormatAssignment result = solve(problem);
  EXPECT_EQ(result.cost, 8);
  problem.ports[1].choices[1].cost = 12;
  result = solve(problem);
  EXPECT_EQ(result.cost, 10);
  EXPECT_EQ(result.formats[1], kLinearFormat);
}

// A preference decides where bytes do not, and is none of them.
TEST(FormatAssignment, PreferencesComeBehindBytes) {
  FormatProblem problem;
  problem.ports = {only(0), {{{kLinearFormat, 0, 9}, {kA, 0}}}};
  problem.values = {value(0, {1}, 1)};
  FormatAssignment result = solve(problem);
  EXPECT_EQ(result.formats[1], kLinearFormat);
  EXPECT_EQ(result.cost, 0);
  EXPECT_EQ(result.lowerBound, 0);
  problem.values[0].conversions[0].cost = 0;
  result = solve(problem);
  EXPECT_EQ(result.formats[1], kA);
  EXPECT_EQ(result.cost, 0);
  // Left aside where a sum would overflow.
  problem.ports[1].choices[0].preference = int64_t(1) << 40;
  problem.values[0].conversions[0].cost = int64_t(1) << 40;
  result = solve(problem);
  EXPECT_EQ(result.formats[1], kLinearFormat);
  EXPECT_EQ(result.cost, 0);
}

// Two users mean different layouts by one format: two copies, both by way of
// the linear one.
TEST(FormatAssignment, VariantsAreCopiesOfTheirOwn) {
  FormatProblem problem;
  problem.ports = {only(kA), only(kA), only(kA)};
  problem.values = {{{0, 0}, {{1, 0}, {2, 1}}, {{kA, 10, {0}}, {kA, 7, {1}}}}};
  EXPECT_EQ(solve(problem).cost, 17);
  problem.values[0].conversions = {{kA, 10}};
  EXPECT_EQ(solve(problem).cost, 0);
  problem.values[0].conversions = {{kA, 10, {0}}};
  EXPECT_EQ(llvm::toString(assignFormats(problem).takeError()),
            "value 0 has no conversion to format 1 of port 2");
}

// Both regions want the middle, which the bound alone cannot decide.
TEST(FormatAssignment, BranchesWhereRegionsOverlap) {
  FormatProblem problem;
  problem.ports = {only(kA), {{{kA, 0}, {kB, 0}}}, only(kB)};
  problem.values = {value(0, {1}, 5, 6), value(1, {2}, 5, 7)};
  FormatAssignment result = solve(problem);
  EXPECT_EQ(result.cost, 11);
  EXPECT_EQ(result.formats[1], kB);
  EXPECT_TRUE(result.isOptimal());
}

TEST(FormatAssignment, ChecksTheProblem) {
  auto expectError = [](const FormatProblem &problem, const char *text) {
    llvm::Expected<FormatAssignment> result = assignFormats(problem);
    ASSERT_FALSE(result);
    EXPECT_EQ(llvm::toString(result.takeError()), text);
  };
  expectError({{FormatProblem::Port()}, {}}, "port 0 has no choices");
  expectError({{{{{kA, 0}, {kA, 1}}}}, {}}, "port 0 has format 1 twice");
  expectError({{{{{kA, -1}}}}, {}},
              "port 0: a cost is negative or the sum of all too large: -1");
  expectError({{{{{kA, 0, -1}}}}, {}}, "port 0: a preference is negative: -1");
  expectError({{only(0)}, {value(0, {3}, 1)}}, "value 0 names port 3 of 1");
  expectError({{only(3)}, {value(0, {}, 1)}},
              "value 0 has no conversion to format 3 of port 0");
  expectError({{only(kA)}, {value(0, {}, INT64_MAX, INT64_MAX)}},
              "value 0: a cost is negative or the sum of all too large: "
              "9223372036854775807");
}

//===----------------------------------------------------------------------===//
// Random graphs
//===----------------------------------------------------------------------===//

TEST(FormatAssignment, EqualsTheOracle) {
  unsigned cheaperThanGreedy = 0, cheaperThanLocal = 0;
  for (uint64_t seed = 0; seed < 500; ++seed) {
    GraphOptions options;
    options.numOps = 2 + seed % 39;
    options.numFormats = 1 + seed % 4;
    options.window = 6;
    options.padding = seed % 5 == 0 ? 0 : 400;
    options.lackLinear = seed % 2;
    options.variants = seed % 3 == 0;
    FormatProblem problem = randomGraph(seed, options);
    FormatAssignment result = solve(problem);
    int64_t preference = 0;
    for (size_t i = 0; i < problem.ports.size(); ++i)
      for (const auto &choice : problem.ports[i].choices)
        if (choice.format == result.formats[i])
          preference += choice.preference;
    ASSERT_EQ(result.cost * Oracle::kByte + preference, Oracle(problem).solve())
        << "seed " << seed;
    ASSERT_EQ(result.cost, computeCost(problem, result.formats));
    ASSERT_TRUE(result.isOptimal());
    int64_t greedy = computeCost(problem, assignGreedily(problem));
    int64_t local = computeCost(problem, cancelLocally(problem));
    ASSERT_LE(result.cost, greedy);
    ASSERT_LE(result.cost, local);
    cheaperThanGreedy += result.cost < greedy;
    cheaperThanLocal += result.cost < local;
  }
  // The comparison is one with methods that do lose.
  EXPECT_GT(cheaperThanGreedy, 250u);
  EXPECT_GT(cheaperThanLocal, 50u);
}

TEST(FormatAssignment, IsExactOnLargeGraphs) {
  for (uint64_t seed = 0; seed < 4; ++seed) {
    GraphOptions options;
    options.numOps = 2000;
    FormatAssignment result = solve(randomGraph(seed, options));
    EXPECT_TRUE(result.isOptimal()) << result.cost << result.lowerBound;
  }
}

// Without work for branching the answer is still an assignment, and says how
// far from the bound it can be.
TEST(FormatAssignment, StaysNearTheBound) {
  for (uint64_t seed = 0; seed < 4; ++seed) {
    GraphOptions options;
    options.numOps = 20000;
    FormatProblem problem = randomGraph(seed, options);
    FormatAssignment result = solve(problem, {/*steps=*/0});
    EXPECT_EQ(result.cost, computeCost(problem, result.formats));
    EXPECT_LE(result.lowerBound, result.cost);
    EXPECT_LE(result.cost, result.lowerBound * 1.02);
  }
}

} // namespace
