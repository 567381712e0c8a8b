// SPDX-License-Identifier: Apache-2.0
//
// The one message about operators that cannot be compiled.
#ifndef GEDIALECT_DIALECT_GE_TRANSFORMS_UNSUPPORTEDOPERATORS_H
#define GEDIALECT_DIALECT_GE_TRANSFORMS_UNSUPPORTEDOPERATORS_H

#include "GeDialect/Dialect/GE/IR/GEDialect.h"

#include "mlir/IR/Diagnostics.h"

#include "llvm/ADT/MapVector.h"

#include <map>
#include <string>
#include <tuple>

namespace gemlir::geir {

/// Whether `op` has a definition and can become work on the device.
bool isSupported(GEOpInterface op);

/// Collects nodes and reports their operators all at once: type, domain and
/// opset of the source file as far as known, number of nodes, first node, and
/// the reason where only a form of the operator is not supported.
class UnsupportedOperators {
public:
  /// Counts `op` unless it has a definition and can become work on the device,
  /// or would if its operands were of known type. Returns whether it is
  /// counted.
  bool add(GEOpInterface op);

  bool empty() const { return operators.empty(); }

  /// The message, with operators in order of their first node. There must be
  /// one.
  mlir::InFlightDiagnostic report(mlir::Location loc) const;

private:
  struct Entry {
    int64_t version = 0;
    uint64_t count = 0;
    std::string first;
  };
  /// Type, domain and reason.
  using Key = std::tuple<std::string, std::string, std::string>;
  llvm::MapVector<Key, Entry, std::map<Key, unsigned>> operators;
};

} // namespace gemlir::geir

#endif // GEDIALECT_DIALECT_GE_TRANSFORMS_UNSUPPORTEDOPERATORS_H
