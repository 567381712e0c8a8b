// SPDX-License-Identifier: Apache-2.0
//
// Prototypes of operators and what follows from them for every node.
#include "GeDialect/Dialect/GE/IR/OperatorSpec.h"

#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Support/Error.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace gemlir;
using namespace gemlir::geir;

static bool isIdentifier(StringRef name) {
  return !name.empty() && llvm::all_of(name, [](char c) {
    return llvm::isAlnum(c) || c == '_';
  });
}

static llvm::Error parseSlots(StringRef text, std::vector<SlotSpec> &slots) {
  text = text.trim();
  if (text.empty())
    return llvm::Error::success();
  for (StringRef part : llvm::split(text, ',')) {
    SlotSpec slot;
    part = part.trim();
    if (part.consume_back("?"))
      slot.kind = SlotSpec::Kind::Optional;
    else if (part.consume_back("*"))
      slot.kind = SlotSpec::Kind::Dynamic;
    if (!isIdentifier(part))
      return makeError("expected a slot name, found '" + part + "'");
    slot.name = part.str();
    slots.push_back(std::move(slot));
  }
  return llvm::Error::success();
}

llvm::Expected<OperatorSpec> OperatorSpec::parse(StringRef type,
                                                 StringRef signature) {
  OperatorSpec spec;
  spec.type = type.str();
  auto [slots, attrs] = signature.split(';');
  if (!slots.contains("->"))
    return makeError("expected '->' between inputs and outputs, found '" +
                     slots + "'");
  auto [inputs, outputs] = slots.split("->");
  if (llvm::Error error = parseSlots(inputs, spec.inputs))
    return std::move(error);
  if (llvm::Error error = parseSlots(outputs, spec.outputs))
    return std::move(error);
  if (attrs.trim().empty())
    return spec;
  for (StringRef part : llvm::split(attrs, ',')) {
    AttrSpec attr;
    part = part.trim();
    attr.required = part.consume_back("!");
    auto [name, kind] = part.split(':');
    if (!isIdentifier(name) || !isIdentifier(kind))
      return makeError("expected 'name:Kind', found '" + part + "'");
    attr.name = name.str();
    attr.kind = kind.str();
    spec.attrs.push_back(std::move(attr));
  }
  return spec;
}

OperatorSpec gemlir::geir::parseBuiltinOperatorSpec(StringRef type,
                                                    StringRef signature) {
  return llvm::cantFail(OperatorSpec::parse(type, signature));
}

void gemlir::geir::appendInputSlots(const SlotSpec &spec, OperandRange operands,
                                    SmallVectorImpl<InputSlot> &slots) {
  if (spec.kind == SlotSpec::Kind::Dynamic) {
    for (auto [i, operand] : llvm::enumerate(operands))
      slots.push_back({spec.name + std::to_string(i), operand});
    return;
  }
  slots.push_back({spec.name, operands.empty() ? Value() : operands.front()});
}

SmallVector<std::string>
gemlir::geir::getOutputSlotNames(const OperatorSpec &spec,
                                 unsigned numResults) {
  SmallVector<std::string> names;
  for (const SlotSpec &slot : spec.outputs) {
    if (slot.kind != SlotSpec::Kind::Dynamic) {
      names.push_back(slot.name);
      continue;
    }
    for (unsigned i = 0; names.size() < numResults; ++i)
      names.push_back(slot.name + std::to_string(i));
  }
  names.resize(numResults);
  return names;
}

SmallVector<NamedAttribute>
gemlir::geir::collectAttributes(Operation *op, const OperatorSpec &spec) {
  SmallVector<NamedAttribute> attrs;
  for (const AttrSpec &attr : spec.attrs)
    if (std::optional<Attribute> value = op->getInherentAttr(attr.name))
      if (*value)
        attrs.emplace_back(StringAttr::get(op->getContext(), attr.name),
                           *value);
  return attrs;
}

void gemlir::geir::suggestResultNames(Operation *op,
                                      OpAsmSetValueNameFn setNameFn) {
  StringAttr name = cast<GEOpInterface>(op).getNodeName();
  if (!name || name.empty() || op->getNumResults() == 0)
    return;
  // Path-like names keep their last component, which is what tells nodes apart
  // at a glance; the printer makes names unique.
  StringRef text = name.getValue();
  if (size_t slash = text.rfind('/');
      slash != StringRef::npos && slash + 1 < text.size())
    text = text.drop_front(slash + 1);
  setNameFn(op->getResult(0), text);
}

LogicalResult gemlir::geir::verifyGEOp(GEOpInterface op) {
  if (StringAttr name = op.getNodeName(); name && name.empty())
    return op->emitOpError("has an empty node name"); // GE-1
  return success();
}
