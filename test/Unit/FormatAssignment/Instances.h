// SPDX-License-Identifier: Apache-2.0
//
// Random instances of format assignment and two simpler ways to solve them, for
// tests and benchmarks.
#ifndef GEMLIR_TEST_UNIT_FORMATASSIGNMENT_INSTANCES_H
#define GEMLIR_TEST_UNIT_FORMATASSIGNMENT_INSTANCES_H

#include "GeDialect/Dialect/GE/Transforms/FormatAssignment.h"

#include <cstdint>
#include <vector>

namespace gemlir::geir::test {

struct GraphOptions {
  unsigned numOps = 40;
  /// Formats besides the linear one.
  unsigned numFormats = 3;
  /// An operator reads results of this many operators before it.
  unsigned window = 12;
  /// Conversions of a tensor cost the same to all formats when 0; the padding
  /// differs by up to this many per cent otherwise.
  unsigned padding = 400;
  /// Some operators take two formats but not the linear one.
  bool lackLinear = false;
  /// Ends of a value may mean different layouts by one format.
  bool variants = false;
};

/// A graph of operators that need one format (convolutions, operators that know
/// linear formats only), take any (element-wise ones) or have two ports of
/// their own (matrix products).
FormatProblem randomGraph(uint64_t seed, const GraphOptions &options);

/// Operators in the order of the graph, each with the cheapest choice as seen
/// from its operands.
std::vector<FormatId> assignGreedily(const FormatProblem &problem);

/// As GE does it: every operator gets the format it prefers, then pairs of
/// inverse conversions around one operator disappear where that alone makes the
/// graph cheaper, until there is none.
std::vector<FormatId> cancelLocally(const FormatProblem &problem);

} // namespace gemlir::geir::test

#endif // GEMLIR_TEST_UNIT_FORMATASSIGNMENT_INSTANCES_H
