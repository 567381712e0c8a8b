// SPDX-License-Identifier: Apache-2.0
//
// The core of format assignment: chooses how every tensor of a graph is stored
// such that the bytes moved by conversions are least. Knows neither MLIR nor
// operators.
//
// A graph is a set of ports (the operands and results of operators that must
// agree on a format are one port) and a set of values that connect them.
// Conversions lead from a linear format to another one and back; two other
// formats convert into each other by way of the linear one. A value is
// converted at most once to each format, whatever the number of its users. Ends
// of a value may mean different layouts by one format (channels that are the
// first dim, or the last one): these are copies of their own.
//
// The method, and why it is exact:
//  1. Ports with one choice cut the graph into components, which are solved one
//     by one.
//  2. Because all conversions lead through the linear format, the cost of an
//     assignment is the sum, over the formats, of what it costs to be inside
//     the region of that format on one side and outside of it on the other. For
//     one format alone the best region is a minimum cut. The sum of the minimum
//     cuts bounds the cost from below.
//  3. When no port is claimed by two regions, the regions together are an
//     assignment that meets the bound. This is the rule: regions of least size
//     overlap only where conversions to two formats cost very different
//     numbers.
//  4. Else a claimed port is given each of its choices in turn: branch and
//  bound.
// Work is counted in steps, never in time, so that the same input gives the
// same assignment on every machine.
#ifndef GEDIALECT_DIALECT_GE_TRANSFORMS_FORMATASSIGNMENT_H
#define GEDIALECT_DIALECT_GE_TRANSFORMS_FORMATASSIGNMENT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <vector>

namespace gemlir::geir {

/// Number of a format in a problem. All linear formats are one.
using FormatId = unsigned;
constexpr FormatId kLinearFormat = 0;

struct FormatProblem {
  struct Choice {
    FormatId format = kLinearFormat;
    /// Bytes that the operator itself moves when it works in this format.
    int64_t cost = 0;
    /// Decides between assignments that move equally many bytes: the one is
    /// taken whose sum of these is least.
    int64_t preference = 0;
  };
  struct Port {
    /// At least one; no format twice.
    llvm::SmallVector<Choice, 2> choices;
  };
  /// Bytes moved by a conversion between the linear format and this one, in
  /// either direction.
  struct Conversion {
    FormatId format;
    int64_t cost;
    /// Variants of the ends that share this copy of the tensor; empty for all.
    llvm::SmallVector<unsigned, 1> variants = {};
  };
  /// Where a value is produced or used.
  struct End {
    unsigned port = 0;
    /// What the port means by its format, for this value.
    unsigned variant = 0;
  };
  /// A tensor with one producer. A tensor that is there in every format at no
  /// cost, such as a constant, is no value of the problem.
  struct Value {
    End producer = {};
    /// One port may occur several times.
    llvm::SmallVector<End, 2> consumers = {};
    /// One for each format but the linear one that an end of the value can
    /// choose; several with different variants where these are different
    /// layouts.
    llvm::SmallVector<Conversion, 2> conversions = {};
  };
  std::vector<Port> ports;
  std::vector<Value> values;
};

struct FormatAssignmentOptions {
  /// Work allowed for branching, per component: one step looks at one edge of
  /// a network.
  int64_t steps = int64_t(1) << 28;
};

struct FormatAssignment {
  /// The format of each port.
  std::vector<FormatId> formats;
  /// Bytes moved: choices and conversions.
  int64_t cost = 0;
  /// No assignment costs less.
  int64_t lowerBound = 0;

  bool isOptimal() const { return cost == lowerBound; }
};

/// Errors: a port without choices, a choice or port number out of range, a
/// missing conversion, a negative cost or preference, a sum of costs beyond
/// int64. Preferences are left aside when the product of that sum and theirs is
/// beyond int64.
llvm::Expected<FormatAssignment>
assignFormats(const FormatProblem &problem,
              const FormatAssignmentOptions &options = {});

/// The bytes that an assignment moves. Every port must have a format that is
/// one of its choices.
int64_t computeCost(const FormatProblem &problem,
                    llvm::ArrayRef<FormatId> formats);

} // namespace gemlir::geir

#endif // GEDIALECT_DIALECT_GE_TRANSFORMS_FORMATASSIGNMENT_H
