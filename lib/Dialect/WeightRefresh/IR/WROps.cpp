// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/WeightRefresh/IR/WRDialect.h"

#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"
#include "GeDialect/Layout/DataType.h"

#include "mlir/IR/Builders.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace gemlir;
using namespace gemlir::wr;

#define GET_OP_CLASSES
#include "GeDialect/Dialect/WeightRefresh/IR/WROps.cpp.inc"

void WRDialect::registerOps() {
  addOperations<
#define GET_OP_LIST
#include "GeDialect/Dialect/WeightRefresh/IR/WROps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Uses of variables
//===----------------------------------------------------------------------===//

/// A user of a variable sees its storage type.
static LogicalResult verifyVariableUse(Operation *op, FlatSymbolRefAttr symbol,
                                       Type valueType,
                                       SymbolTableCollection &symbols) {
  auto variable = symbols.lookupNearestSymbolFrom<VariableOp>(op, symbol);
  if (!variable)
    return op->emitOpError("refers to ")
           << symbol << ", which is not a wr.variable";
  if (variable.getStorage() == valueType)
    return success();
  InFlightDiagnostic diag = op->emitOpError("value has type ")
                            << valueType << ", but " << symbol
                            << " is stored as " << variable.getStorage();
  diag.attachNote(variable.getLoc()) << "variable declared here";
  return diag;
}

LogicalResult ReadOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return verifyVariableUse(*this, getVariableAttr(), getValue().getType(),
                           symbols);
}

void ReadOp::getAsmResultNames(OpAsmSetValueNameFn setNameFn) {
  setNameFn(getValue(), getVariable());
}

LogicalResult AssignOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return verifyVariableUse(*this, getVariableAttr(), getValue().getType(),
                           symbols);
}

LogicalResult AssignIfOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return verifyVariableUse(*this, getVariableAttr(), getValue().getType(),
                           symbols);
}

LogicalResult InitialOp::verifySymbolUses(SymbolTableCollection &symbols) {
  if (failed(verifyVariableUse(*this, getVariableAttr(), getValue().getType(),
                               symbols)))
    return failure();
  auto variable =
      symbols.lookupNearestSymbolFrom<VariableOp>(*this, getVariableAttr());
  if (variable.getInitial())
    return success();
  InFlightDiagnostic diag = emitOpError()
                            << getVariableAttr() << " has no initial value";
  diag.attachNote(variable.getLoc()) << "variable declared here";
  return diag;
}

//===----------------------------------------------------------------------===//
// variable
//===----------------------------------------------------------------------===//

LogicalResult VariableOp::verify() {
  std::optional<int64_t> bytes = geir::getTensorBytes(getType());
  std::optional<int64_t> storageBytes = geir::getTensorBytes(getStorage());
  if (!bytes || !storageBytes)
    return emitOpError("needs static tensor types of known size, found ")
           << getType() << " stored as " << getStorage(); // VA-1
  if (getConstant().empty())
    return emitOpError("needs the name of the constant it replaces");
  if (static_cast<int64_t>(getIndex()) < 0)
    return emitOpError("has negative index ")
           << static_cast<int64_t>(getIndex());
  if (getRoad().isEmpty() && getType() != getStorage())
    return emitOpError("has an empty road, but ")
           << getType() << " is stored as " << getStorage(); // VA-2
  if (Attribute initial = getInitialAttr()) {
    if (auto weight = dyn_cast<geir::WeightAttr>(initial)) {
      if (weight.getLength() != *bytes)
        return emitOpError("initial value has ")
               << weight.getLength() << " bytes, " << getType() << " needs "
               << *bytes; // VA-3
    } else if (auto elements = dyn_cast<ElementsAttr>(initial)) {
      auto type = cast<RankedTensorType>(getType());
      if (elements.getShapedType().getShape() != type.getShape() ||
          elements.getElementType() != type.getElementType())
        return emitOpError("initial value has type ")
               << elements.getShapedType() << ", the variable " << type;
    } else {
      return emitOpError("initial value must be elements or a #ge.weight, "
                         "found ")
             << initial; // VA-3
    }
  }
  if (getAddress().has_value() != getSlot().has_value())
    return emitOpError("needs address and slot together"); // VA-4
  if (!getAddress())
    return success();
  int64_t address = *getAddress(), slot = *getSlot(), end;
  if (address < 0 || llvm::AddOverflow(address, slot, end))
    return emitOpError("address must not be negative nor overflow, found ")
           << address; // VA-4
  if (slot < *storageBytes)
    return emitOpError("slot of ") << slot << " bytes is too small for "
                                   << *storageBytes << " bytes"; // VA-4
  return success();
}

LogicalResult VariableOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto weight = dyn_cast_or_null<geir::WeightAttr>(getInitialAttr());
  if (!weight)
    return success();
  auto store =
      symbols.lookupNearestSymbolFrom<geir::StoreOp>(*this, weight.getStore());
  if (!store)
    return emitOpError("initial value refers to ")
           << weight.getStore() << ", which is not a ge.store";
  if (static_cast<uint64_t>(weight.getOffset() + weight.getLength()) <=
      store.getSize())
    return success();
  InFlightDiagnostic diag = emitOpError("initial value ends at byte ")
                            << weight.getOffset() + weight.getLength()
                            << " of a file of " << store.getSize() << " bytes";
  diag.attachNote(store.getLoc()) << "file declared here";
  return diag;
}

//===----------------------------------------------------------------------===//
// fed
//===----------------------------------------------------------------------===//

LogicalResult FedOp::verify() {
  auto type = cast<RankedTensorType>(getMask().getType());
  if (static_cast<int64_t>(getIndex()) < 0 ||
      (type.hasStaticShape() &&
       static_cast<int64_t>(getIndex()) >= type.getDimSize(0)))
    return emitOpError("index ") << static_cast<int64_t>(getIndex())
                                 << " lies outside the mask " << type;
  return success();
}

//===----------------------------------------------------------------------===//
// bundle
//===----------------------------------------------------------------------===//

LogicalResult BundleOp::verify() {
  llvm::SmallVector<unsigned, 3> counts(3, 0);
  for (MemberAttr member : getMembers().getAsRange<MemberAttr>())
    ++counts[static_cast<unsigned>(member.getRole())];
  if (counts[0] == 0)
    return emitOpError("needs an infer function"); // BU-1
  if (counts[1] > 1 || counts[2] > 1)
    return emitOpError("has more than one ")
           << (counts[1] > 1 ? "init" : "update") << " function"; // BU-2
  if (getUpdate().has_value() != (counts[2] == 1))
    return emitOpError(getUpdate() ? "names an update form, but has no update "
                                     "function"
                                   : "does not name its update form"); // BU-3
  return success();
}

LogicalResult BundleOp::verifySymbolUses(SymbolTableCollection &symbols) {
  llvm::SmallVector<FlatSymbolRefAttr> seen;
  for (MemberAttr member : getMembers().getAsRange<MemberAttr>()) {
    if (llvm::is_contained(seen, member.getFunction()))
      return emitOpError("lists ") << member.getFunction() << " twice";
    seen.push_back(member.getFunction());
    if (!symbols.lookupNearestSymbolFrom(*this, member.getFunction()))
      return emitOpError("lists ")
             << member.getFunction() << ", which does not exist";
  }
  return success();
}
