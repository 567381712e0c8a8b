// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"

#include "ShapeUtils.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpImplementation.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace gemlir::geir;

/// `(x = %0, bias = none)`: the slots of a generic node.
static ParseResult
parseSlots(OpAsmParser &parser,
           SmallVectorImpl<OpAsmParser::UnresolvedOperand> &operands,
           ArrayAttr &slots, DenseI64ArrayAttr &absent) {
  SmallVector<Attribute> names;
  SmallVector<int64_t> missing;
  auto parseSlot = [&]() -> ParseResult {
    std::string name;
    if (parser.parseKeywordOrString(&name) || parser.parseEqual())
      return failure();
    if (succeeded(parser.parseOptionalKeyword("none")))
      missing.push_back(names.size());
    else if (parser.parseOperand(operands.emplace_back()))
      return failure();
    names.push_back(parser.getBuilder().getStringAttr(name));
    return success();
  };
  if (parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Paren, parseSlot))
    return failure();
  slots = parser.getBuilder().getArrayAttr(names);
  absent = parser.getBuilder().getDenseI64ArrayAttr(missing);
  return success();
}

static void printSlots(OpAsmPrinter &printer, Operation *op,
                       OperandRange operands, ArrayAttr slots,
                       DenseI64ArrayAttr absent) {
  printer << "(";
  unsigned next = 0;
  // Absent slots are in ascending order.
  ArrayRef<int64_t> missing = absent.asArrayRef();
  llvm::interleaveComma(llvm::enumerate(slots), printer, [&](auto entry) {
    printer.printKeywordOrString(cast<StringAttr>(entry.value()).getValue());
    printer << " = ";
    if (!missing.empty() &&
        missing.front() == static_cast<int64_t>(entry.index())) {
      missing = missing.drop_front();
      printer << "none";
    } else {
      printer << operands[next++];
    }
  });
  printer << ")";
}

/// The type that the value of a constant has by itself; null for a weight.
static Type getOwnType(Attribute value) {
  if (auto elements = dyn_cast<ElementsAttr>(value))
    return elements.getType();
  if (auto converted = dyn_cast<ConvertedAttr>(value))
    return converted.getTo();
  if (auto normalized = dyn_cast<NormalizedAttr>(value))
    return normalized.getType();
  return nullptr;
}

/// The value of a constant and, unless the value has exactly this type itself,
/// `-> type`. A colon would be taken for a part of the attribute.
static ParseResult parseConstantValue(OpAsmParser &parser, Attribute &value,
                                      Type &type) {
  if (parser.parseAttribute(value))
    return failure();
  if (succeeded(parser.parseOptionalArrow()))
    return parser.parseType(type);
  type = getOwnType(value);
  if (!type)
    return parser.emitError(parser.getCurrentLocation(),
                            "expected '->' and the type of the constant");
  return success();
}

static void printConstantValue(OpAsmPrinter &printer, Operation *,
                               Attribute value, Type type) {
  printer << value;
  if (getOwnType(value) != type)
    printer << " -> " << type;
}

#define GET_OP_CLASSES
#include "GeDialect/Dialect/GE/IR/GEStructureOps.cpp.inc"

void GEDialect::registerStructureOps() {
  addOperations<
#define GET_OP_LIST
#include "GeDialect/Dialect/GE/IR/GEStructureOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// store
//===----------------------------------------------------------------------===//

LogicalResult StoreOp::verify() {
  if (getPath().empty())
    return emitOpError("has an empty path");
  if (static_cast<int64_t>(getSize()) < 0)
    return emitOpError("has negative size ") << static_cast<int64_t>(getSize());
  if (std::optional<StringRef> digest = getFingerprint())
    if (digest->size() != 64 || !llvm::all_of(*digest, llvm::isHexDigit))
      return emitOpError("fingerprint must be 64 hexadecimal digits, found '")
             << *digest << "'";
  return success();
}

//===----------------------------------------------------------------------===//
// Const
//===----------------------------------------------------------------------===//

void ConstOp::getEffects(
    SmallVectorImpl<MemoryEffects::EffectInstance> &effects) {
  // A marked constant claims device memory and an input of the update
  // function: passes that remove what is unused must keep it.
  if (getRefresh())
    effects.emplace_back(MemoryEffects::Allocate::get());
}

LogicalResult ConstOp::verify() {
  if (failed(verifyConstantValue([this] { return emitOpError(); }, getValue(),
                                 getY().getType())))
    return failure();
  if (getRefresh() && isa<ConvertedAttr, NormalizedAttr>(getValue()))
    return emitOpError("a value that is refreshed cannot be ")
           << (isa<ConvertedAttr>(getValue()) ? "converted" : "normalised")
           << " at compile time";
  if (std::optional<uint64_t> index = getRefresh();
      index && static_cast<int64_t>(*index) < 0)
    return emitOpError("has negative refresh index ")
           << static_cast<int64_t>(*index);
  return success();
}

LogicalResult ConstOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto verifyWeight = [&](WeightAttr weight) -> LogicalResult {
    auto store =
        symbols.lookupNearestSymbolFrom<StoreOp>(*this, weight.getStore());
    if (!store)
      return emitOpError("refers to ")
             << weight.getStore() << ", which is not a ge.store";
    if (static_cast<uint64_t>(weight.getOffset() + weight.getLength()) <=
        store.getSize())
      return success();
    InFlightDiagnostic diag = emitOpError("weight ends at byte ")
                              << weight.getOffset() + weight.getLength()
                              << " of a file of " << store.getSize()
                              << " bytes";
    diag.attachNote(store.getLoc()) << "file declared here";
    return diag;
  };
  // A value that is computed has weights inside.
  if (auto weight = dyn_cast<WeightAttr>(getValue()))
    return verifyWeight(weight);
  if (!isa<ConvertedAttr, NormalizedAttr>(getValue()))
    return success();
  WalkResult walk = getValue().walk(
      [&](WeightAttr weight) { return WalkResult(verifyWeight(weight)); });
  return failure(walk.wasInterrupted());
}

//===----------------------------------------------------------------------===//
// node
//===----------------------------------------------------------------------===//

void NodeOp::getAsmResultNames(OpAsmSetValueNameFn setNameFn) {
  suggestResultNames(getOperation(), setNameFn);
}

LogicalResult NodeOp::verify() {
  if (getType().empty())
    return emitOpError("has an empty operator type");
  if (getSlots().size() != getInputs().size() + getAbsent().size())
    return emitOpError("has ")
           << getSlots().size() << " slots for " << getInputs().size()
           << " operands and " << getAbsent().size() << " absent inputs";
  int64_t previous = -1;
  for (int64_t index : getAbsent()) {
    if (index <= previous || index >= static_cast<int64_t>(getSlots().size()))
      return emitOpError("absent inputs must be ascending slot numbers below ")
             << getSlots().size() << ", found " << index;
    previous = index;
  }
  llvm::StringSet<> names;
  for (StringAttr slot : getSlots().getAsRange<StringAttr>())
    if (!names.insert(slot.getValue()).second)
      return emitOpError("has two slots called ") << slot;
  if (auto outputs = getOutputSlotsAttr();
      outputs && outputs.size() != getNumResults())
    return emitOpError("names ") << outputs.size() << " outputs, but has "
                                 << getNumResults() << " results";
  return success();
}

SmallVector<InputSlot> NodeOp::getInputSlots() {
  SmallVector<InputSlot> slots;
  unsigned next = 0;
  ArrayRef<int64_t> missing = getAbsent(); // ascending
  for (auto [i, name] : llvm::enumerate(getSlots().getAsRange<StringAttr>())) {
    bool isAbsent =
        !missing.empty() && missing.front() == static_cast<int64_t>(i);
    if (isAbsent)
      missing = missing.drop_front();
    slots.push_back(
        {name.str(), isAbsent ? Value() : Value(getInputs()[next++])});
  }
  return slots;
}

SmallVector<std::string> NodeOp::getOutputSlotNames() {
  SmallVector<std::string> names;
  if (ArrayAttr outputs = getOutputSlotsAttr())
    for (StringAttr name : outputs.getAsRange<StringAttr>())
      names.push_back(name.str());
  else
    for (unsigned i = 0; i < getNumResults(); ++i)
      names.push_back("y" + (i == 0 ? "" : std::to_string(i)));
  return names;
}

SmallVector<NamedAttribute> NodeOp::getGEAttributes() {
  if (DictionaryAttr attrs = getAttrsAttr())
    return SmallVector<NamedAttribute>(attrs.getValue());
  return {};
}

//===----------------------------------------------------------------------===//
// If
//===----------------------------------------------------------------------===//

/// Whether a value of type `yielded` may become a result of type `result`:
/// branches may know types and shapes that the result leaves open.
static bool fitsResult(Type yielded, Type result) {
  auto from = cast<ShapedType>(yielded), to = cast<ShapedType>(result);
  return (from.getElementType() == to.getElementType() ||
          isa<UnknownType>(to.getElementType())) &&
         (!from.hasRank() || !to.hasRank() ||
          areCompatible(from.getShape(), to.getShape()));
}

LogicalResult IfOp::verifyRegions() {
  for (Region *branch : {&getThenBranch(), &getElseBranch()}) {
    auto yield = cast<YieldOp>(branch->front().getTerminator());
    if (yield.getNumOperands() != getNumResults() ||
        !llvm::all_of_zip(yield.getOperandTypes(), getResultTypes(),
                          fitsResult)) {
      InFlightDiagnostic diag =
          emitOpError("branches must yield the types of the results");
      diag.attachNote(yield.getLoc()) << "this branch does not";
      return diag;
    }
  }
  return success();
}
