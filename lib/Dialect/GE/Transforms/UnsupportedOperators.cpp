// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/Transforms/UnsupportedOperators.h"

#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"

using namespace mlir;
using namespace gemlir::geir;

bool gemlir::geir::isSupported(GEOpInterface op) {
  return op.getOperatorSpec() && isa<ConstOp, LoweringOpInterface>(*op);
}

bool UnsupportedOperators::add(GEOpInterface op) {
  auto origin = op->getAttrOfType<OriginAttr>(GEDialect::kOriginAttr);
  if (isSupported(op) || (origin && origin.getUntyped()))
    return false;
  Key key(op.getGEType(), "", "");
  if (origin)
    key = {origin.getType().str(), origin.getDomain().str(),
           origin.getReason() ? origin.getReason().str() : ""};
  Entry &entry = operators[key];
  if (entry.count++ != 0)
    return true;
  entry.version = origin ? origin.getVersion() : 0;
  entry.first = op.getNodeName() ? op.getNodeName().str() : "";
  return true;
}

InFlightDiagnostic UnsupportedOperators::report(Location loc) const {
  InFlightDiagnostic diag = emitError(loc);
  diag << operators.size()
       << (operators.size() == 1 ? " operator is" : " operators are")
       << " not supported: ";
  llvm::interleaveComma(operators, diag, [&](const auto &operatorAndEntry) {
    const auto &[key, entry] = operatorAndEntry;
    const auto &[type, domain, reason] = key;
    diag << type << " (";
    if (!domain.empty())
      diag << domain << " opset " << entry.version << ", ";
    diag << entry.count << (entry.count == 1 ? " node" : " nodes");
    if (!entry.first.empty())
      diag << ", first '" << entry.first << "'";
    if (!reason.empty())
      diag << ": " << reason;
    diag << ")";
  });
  return diag;
}
