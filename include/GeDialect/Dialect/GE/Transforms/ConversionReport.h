// SPDX-License-Identifier: Apache-2.0
//
// The conversions of a graph: who gives which type, who takes which, and what
// that costs.
#ifndef GEDIALECT_DIALECT_GE_TRANSFORMS_CONVERSIONREPORT_H
#define GEDIALECT_DIALECT_GE_TRANSFORMS_CONVERSIONREPORT_H

#include "GeDialect/Layout/Targets.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include "llvm/Support/JSON.h"

#include <string>
#include <vector>

namespace gemlir::geir {

/// A TransData, a Cast, or a Transpose that moves bytes.
struct Conversion {
  explicit Conversion(mlir::Location loc) : loc(loc) {}

  mlir::Location loc;
  /// Node name and GE's operator type.
  std::string name, type;
  /// What is converted and what comes out, e.g. "f16 NC1HWC0".
  std::string from, to;
  /// Names of the node, input or variable that gives the value, and of the
  /// nodes (or "output NAME") that take the result: conversions before and
  /// behind this one (up to kMaxSteps) are looked through, because they are
  /// steps of one way.
  std::string producer;
  std::vector<std::string> consumers;
  /// Read and written, padding included.
  int64_t bytes = 0;
  /// Empty when the target's memory rate is not known.
  std::optional<double> microseconds;
};

/// Conversions of one way between a value and a user of it.
constexpr unsigned kMaxSteps = 4;

/// What a conversion reads and writes, padding included; empty for other
/// operations, among them a Transpose that moves nothing.
std::optional<int64_t> getMovedBytes(mlir::Operation *op);

/// A TransData, Cast or Transpose, without its time.
Conversion makeConversion(mlir::Operation *op);

/// In the order of the graph, those of branches included.
std::vector<Conversion> collectConversions(mlir::func::FuncOp function,
                                           const Target &target);

/// One sentence without a full stop.
std::string describe(const Conversion &conversion);

/// {"target": ..., "graphs": [{"name", "bytes", "microseconds", "conversions":
/// [...]}]}; docs/formats.md has the fields.
llvm::json::Value makeConversionReport(mlir::ModuleOp module,
                                       const Target &target);

} // namespace gemlir::geir

#endif // GEDIALECT_DIALECT_GE_TRANSFORMS_CONVERSIONREPORT_H
