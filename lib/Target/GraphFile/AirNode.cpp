// SPDX-License-Identifier: Apache-2.0
//
// Single nodes of GE's graph files: constants, typed operators, generic nodes.
#include "AirAttributes.h"
#include "AirImporter.h"
#include "Constants.h"

#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"
#include "GeDialect/Dialect/GE/Transforms/ShapeInference.h"

#include "mlir/IR/Verifier.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace gemlir;
using ge::proto::OpDef;

FailureOr<Type> AirGraphImporter::getType(
    const OpDef &def, const ge::proto::TensorDescriptor &desc, StringRef what) {
  llvm::Expected<Type> type = decodeTensor(function.getContext(), desc);
  if (!type)
    return emitError(def) << what << ": " << llvm::toString(type.takeError());
  return *type;
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

FailureOr<Operation *> AirGraphImporter::createConst(OpBuilder &builder,
                                                     OpDef &def) {
  if (def.output_desc_size() != 1 || def.input_desc_size() != 0)
    return emitError(def) << "has " << def.input_desc_size() << " inputs and "
                          << def.output_desc_size()
                          << " outputs, expected 0 and 1";
  ge::proto::TensorDef &value =
      *(*def.mutable_attr())[kValueAttr.str()].mutable_t();
  FailureOr<Type> type = getType(def, value.desc(), "the value");
  if (failed(type))
    return failure();
  // The value decides the shape, the output may say more about the format.
  auto tensor = dyn_cast<RankedTensorType>(*type);
  llvm::Expected<Type> output =
      decodeTensor(function.getContext(), def.output_desc(0));
  if (!output)
    llvm::consumeError(output.takeError());
  else if (auto ranked = dyn_cast<RankedTensorType>(*output);
           ranked && tensor && ranked.getShape() == tensor.getShape() &&
           ranked.getElementType() == tensor.getElementType())
    tensor = ranked;
  std::optional<int64_t> bytes =
      tensor ? geir::getTensorBytes(tensor) : std::nullopt;
  if (!bytes)
    return emitError(def) << "the value needs a static shape of known size, "
                             "found "
                          << *type;
  llvm::Expected<AirPayload> payload = takePayload(value);
  if (!payload)
    return emitError(def) << llvm::toString(payload.takeError());
  uint64_t length =
      payload->length != 0 ? payload->length : payload->bytes.size();
  if (auto location = def.attr().find("location");
      length == 0 && *bytes != 0 && location != def.attr().end())
    return emitError(def) << "the weights are in a file of their own, '"
                          << location->second.s()
                          << "', which is not supported";
  if (length != static_cast<uint64_t>(*bytes))
    return emitError(def) << "the value has " << length << " bytes, " << tensor
                          << " needs " << *bytes;
  Attribute elements;
  if (payload->length != 0) {
    llvm::Expected<ArrayRef<uint8_t>> slice =
        importer.getFile().slice(payload->offset, payload->length);
    if (!slice)
      return emitError(def) << llvm::toString(slice.takeError());
    elements = geir::WeightAttr::get(function.getContext(), importer.getStore(),
                                     payload->offset, payload->length);
  } else {
    auto plain =
        RankedTensorType::get(tensor.getShape(), tensor.getElementType());
    elements = createElements(
        plain,
        ArrayRef(reinterpret_cast<const uint8_t *>(payload->bytes.data()),
                 payload->bytes.size()),
        "air");
  }
  return geir::ConstOp::create(builder, importer.getLoc(def.name()), tensor,
                               builder.getStringAttr(def.name()),
                               /*source=*/builder.getStringAttr(def.name()),
                               /*refresh=*/IntegerAttr(), elements)
      .getOperation();
}

//===----------------------------------------------------------------------===//
// Slots
//===----------------------------------------------------------------------===//

/// The names that `<prefix>_key` and `<prefix>_value` give `count` slots; empty
/// when they do not name each slot once.
static std::vector<std::string>
readSlots(const OpDef &def, const std::string &prefix, unsigned count) {
  auto keys = def.attr().find(prefix + "_key");
  auto values = def.attr().find(prefix + "_value");
  if (keys == def.attr().end() || values == def.attr().end())
    return {};
  const auto &names = keys->second.list().s();
  const auto &numbers = values->second.list().i();
  if (static_cast<unsigned>(names.size()) != count ||
      static_cast<unsigned>(numbers.size()) != count)
    return {};
  std::vector<std::string> slots(count);
  llvm::StringSet<> seen;
  for (unsigned i = 0; i < count; ++i) {
    int64_t number = numbers[i];
    if (names[i].empty() || !seen.insert(names[i]).second || number < 0 ||
        number >= count || !slots[number].empty())
      return {};
    slots[number] = names[i];
  }
  return slots;
}

/// GE's names for slots that it knows nothing about.
static std::vector<std::string> makeSlots(StringRef stem, unsigned count) {
  std::vector<std::string> slots;
  for (unsigned i = 0; i < count; ++i)
    slots.push_back((stem + llvm::Twine(i)).str());
  return slots;
}

//===----------------------------------------------------------------------===//
// Typed operators
//===----------------------------------------------------------------------===//

const geir::OperatorSpec *AirImporter::findOperator(StringRef type) {
  auto [entry, isNew] = operators.try_emplace(type, nullptr);
  if (!isNew)
    return entry->second;
  std::optional<RegisteredOperationName> name =
      RegisteredOperationName::lookup(("ge." + type).str(), context);
  if (!name || !name->hasInterface<geir::GEOpInterface>())
    return nullptr;
  // The interface answers for an operation only.
  OperationState state(fileLoc, *name);
  Operation *probe = Operation::create(state);
  entry->second = cast<geir::GEOpInterface>(probe).getOperatorSpec();
  probe->destroy();
  return entry->second;
}

/// Whether an attribute is of the kind that a prototype asks for.
static bool hasKind(Attribute value, StringRef kind) {
  if (kind == "Int")
    return isa<IntegerAttr>(value) && !isa<BoolAttr>(value);
  if (kind == "Bool")
    return isa<BoolAttr>(value);
  if (kind == "Float")
    return isa<FloatAttr>(value);
  if (kind == "Type")
    return isa<TypeAttr>(value);
  if (kind == "String")
    return isa<StringAttr>(value);
  if (kind == "Type")
    return isa<TypeAttr>(value);
  return kind == "ListInt" && isa<DenseI64ArrayAttr>(value);
}

/// How many operands each slot of the prototype takes; empty when `inputs` do
/// not fit.
static std::optional<SmallVector<int32_t>>
getSegments(const geir::OperatorSpec &spec, ArrayRef<Value> inputs,
            std::vector<std::string> &names) {
  using Kind = geir::SlotSpec::Kind;
  unsigned dynamic = llvm::count_if(
      spec.inputs, [](const auto &slot) { return slot.kind == Kind::Dynamic; });
  unsigned fixed = spec.inputs.size() - dynamic;
  if (dynamic > 1 || inputs.size() < fixed ||
      (dynamic == 0 && inputs.size() != fixed))
    return std::nullopt;
  SmallVector<int32_t> segments;
  size_t next = 0;
  for (const geir::SlotSpec &slot : spec.inputs) {
    size_t count = slot.kind == Kind::Dynamic ? inputs.size() - fixed : 1;
    int32_t fed = 0;
    for (size_t i = 0; i < count; ++i, ++next) {
      names.push_back(slot.kind == Kind::Dynamic ? slot.name + std::to_string(i)
                                                 : slot.name);
      if (inputs[next])
        ++fed;
      else if (slot.kind != Kind::Optional)
        return std::nullopt;
    }
    segments.push_back(fed);
  }
  return segments;
}

Operation *AirGraphImporter::createTyped(OpBuilder &builder, const OpDef &def,
                                         ArrayRef<Value> inputs,
                                         TypeRange types) {
  const geir::OperatorSpec *spec = importer.findOperator(def.type());
  if (!spec || def.subgraph_name_size() != 0)
    return nullptr;
  std::vector<std::string> names;
  std::optional<SmallVector<int32_t>> segments =
      getSegments(*spec, inputs, names);
  if (!segments)
    return nullptr;
  std::vector<std::string> given =
      readSlots(def, "_input_name", def.input_desc_size());
  if (!given.empty() && given != names)
    return nullptr;
  SmallVector<NamedAttribute> attrs;
  for (const geir::AttrSpec &attr : spec->attrs) {
    auto found = def.attr().find(attr.name);
    if (found == def.attr().end())
      continue;
    Attribute value = decodeAttribute(builder.getContext(), found->second);
    if (!value || !hasKind(value, attr.kind))
      return nullptr;
    attrs.push_back(builder.getNamedAttr(attr.name, value));
  }

  OperationState state(importer.getLoc(def.name()), "ge." + def.type());
  for (Value input : inputs)
    if (input)
      state.operands.push_back(input);
  state.addTypes(types);
  // What does not fit becomes a generic node, which is no error.
  ScopedDiagnosticHandler ignore(builder.getContext(),
                                 [](Diagnostic &) { return success(); });
  auto attempt = [&](bool keepShapes) -> Operation * {
    Operation *op = builder.create(state);
    for (NamedAttribute attr : attrs)
      op->setInherentAttr(attr.getName(), attr.getValue());
    if (op->hasTrait<OpTrait::AttrSizedOperandSegments>())
      op->setInherentAttr(builder.getStringAttr("operandSegmentSizes"),
                          builder.getDenseI32ArrayAttr(*segments));
    cast<geir::GEOpInterface>(op).setNodeName(
        builder.getStringAttr(def.name()));
    // Shapes that GE did not infer yet look like those of scalars. GE computes
    // them anew in any case.
    if (!keepShapes)
      for (Value result : op->getResults())
        result.setType(UnrankedTensorType::get(
            cast<ShapedType>(result.getType()).getElementType()));
    if (succeeded(verify(op, /*verifyRecursively=*/false)) &&
        (keepShapes || succeeded(geir::refineResultTypes(op))))
      return op;
    op->erase();
    return nullptr;
  };
  Operation *op = attempt(/*keepShapes=*/true);
  return op ? op : attempt(/*keepShapes=*/false);
}

//===----------------------------------------------------------------------===//
// Generic nodes
//===----------------------------------------------------------------------===//

FailureOr<Operation *> AirGraphImporter::createGeneric(OpBuilder &builder,
                                                       const OpDef &def,
                                                       ArrayRef<Value> inputs,
                                                       TypeRange types) {
  std::vector<std::string> slots =
      readSlots(def, "_input_name", def.input_desc_size());
  if (slots.empty())
    slots = makeSlots("__input", def.input_desc_size());
  std::vector<std::string> outputs =
      readSlots(def, "_output_name", def.output_desc_size());
  if (outputs.empty())
    outputs = makeSlots("__output", def.output_desc_size());
  auto makeNames = [&](const std::vector<std::string> &names) {
    SmallVector<Attribute> attrs;
    for (const std::string &name : names)
      attrs.push_back(builder.getStringAttr(name));
    return builder.getArrayAttr(attrs);
  };
  SmallVector<Value> operands;
  SmallVector<int64_t> absent;
  for (auto [i, input] : llvm::enumerate(inputs))
    if (input)
      operands.push_back(input);
    else
      absent.push_back(i);
  std::vector<std::string> keys;
  for (const auto &[key, attr] : def.attr())
    keys.push_back(key);
  llvm::sort(keys);
  SmallVector<NamedAttribute> attrs;
  for (const std::string &key : keys)
    if (Attribute value =
            decodeAttribute(builder.getContext(), def.attr().at(key)))
      attrs.push_back(builder.getNamedAttr(key, value));
  auto op = geir::NodeOp::create(
      builder, importer.getLoc(def.name()), types,
      builder.getStringAttr(def.type()), builder.getStringAttr(def.name()),
      operands, makeNames(slots), builder.getDenseI64ArrayAttr(absent),
      attrs.empty() ? DictionaryAttr() : builder.getDictionaryAttr(attrs),
      outputs.empty() ? ArrayAttr() : makeNames(outputs));
  SmallVector<Attribute> subgraphs;
  for (const std::string &name : def.subgraph_name()) {
    FlatSymbolRefAttr symbol = importer.getGraphSymbol(name);
    if (!symbol)
      return emitError(def) << "its subgraph '" << name << "' does not exist";
    subgraphs.push_back(symbol);
  }
  if (!subgraphs.empty())
    op->setAttr(geir::GEDialect::kSubgraphsAttr,
                builder.getArrayAttr(subgraphs));
  return op.getOperation();
}

LogicalResult AirGraphImporter::createNode(OpBuilder &builder, unsigned node) {
  OpDef &def = *graph.mutable_op(node);
  auto value = def.attr().find(kValueAttr.str());
  FailureOr<Operation *> op = nullptr;
  if (isAirConstant(def) && value != def.attr().end() &&
      value->second.has_t()) {
    op = createConst(builder, def);
  } else {
    SmallVector<Value> inputs;
    for (const AirEdge &edge : edges[node])
      inputs.push_back(edge.node ? values[*edge.node][edge.output] : Value());
    SmallVector<Type> types;
    for (auto [i, desc] : llvm::enumerate(def.output_desc())) {
      FailureOr<Type> type = getType(def, desc, "output " + std::to_string(i));
      if (failed(type))
        return failure();
      types.push_back(*type);
    }
    op = createTyped(builder, def, inputs, types);
    if (!*op)
      op = createGeneric(builder, def, inputs, types);
  }
  if (failed(op))
    return failure();
  operations[node] = *op;
  llvm::append_range(values[node], (*op)->getResults());
  return success();
}
