// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/Transforms/GraphFormats.h"

#include "ConversionBuilder.h"

#include "GeDialect/Dialect/GE/Transforms/ConversionReport.h"
#include "GeDialect/Layout/TensorLayout.h"

#include "llvm/Support/MathExtras.h"

#include <limits>

using namespace mlir;
using namespace gemlir;
using namespace gemlir::geir;

/// The sum, or a number that no problem may contain.
static int64_t addBytes(int64_t a, int64_t b) {
  int64_t sum;
  return llvm::AddOverflow(a, b, sum) ? std::numeric_limits<int64_t>::max()
                                      : sum;
}

static bool isFractal(Value value) {
  return getFractalLayout(value.getType()) != nullptr;
}

/// The format of a fractal type, spelled as operators spell their choices.
static FormatChoice getChoice(RankedTensorType type, const Target &target) {
  LayoutAttr layout = getFractalLayout(type);
  FormatChoice choice{static_cast<Format>(layout.getStorage())};
  choice.c0 = layout.getC0();
  std::optional<DataType> dataType = getDataType(type.getElementType());
  if (choice.c0 == 0 && dataType)
    choice.c0 = getDefaultC0(choice.storage, *dataType, target.family);
  choice.groups = layout.getSub() > 1 ? layout.getSub() : 0;
  return choice;
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

Value GraphFormats::getRoot(Value value) const {
  while (Operation *op = value.getDefiningOp()) {
    if (!isTransData.contains(op))
      break;
    value = op->getOperand(0);
  }
  return value;
}

RankedTensorType GraphFormats::getLinearType(Value value) const {
  Value root = getRoot(value);
  if (RankedTensorType type = linearTypes.lookup(root))
    return type;
  auto type = cast<RankedTensorType>(root.getType());
  return isFractal(root)
             ? RankedTensorType::get(type.getShape(), type.getElementType())
             : type;
}

/// A TransData is looked through when every way of placing it anew gives its
/// users the type that they have now: linear types may say what the dims are
/// called, and those of one tensor must say the same.
void GraphFormats::addTransData(Operation *op) {
  Value source = op->getOperand(0), result = op->getResult(0);
  Value root = getRoot(source);
  bool isKnown = getTensorBytes(source.getType()) &&
                 getTensorBytes(result.getType()) &&
                 getTensorBytes(root.getType());
  if (!isKnown || !(isFractal(source) || isFractal(result))) {
    operations.push_back(op);
    return;
  }
  if (!isFractal(result)) {
    auto type = cast<RankedTensorType>(result.getType());
    if (isFractal(root))
      linearTypes.insert({root, type});
    if (getLinearType(root) != type) {
      operations.push_back(op);
      return;
    }
  }
  transDatas.push_back(op);
  isTransData.insert(op);
}

//===----------------------------------------------------------------------===//
// Layouts
//===----------------------------------------------------------------------===//

FormatId GraphFormats::getId(const FormatChoice &choice) {
  if (choice.isLinear())
    return kLinearFormat;
  auto it = llvm::find(formatsById, choice);
  if (it == formatsById.end())
    it = formatsById.insert(it, choice);
  return it - formatsById.begin();
}

unsigned GraphFormats::getNaming(Format origin, StringRef expand) {
  auto it = llvm::find_if(namings, [&](const Naming &naming) {
    return naming.first == origin && naming.second == expand;
  });
  if (it == namings.end())
    it = namings.insert(it, {origin, expand.str()});
  return it - namings.begin();
}

/// A linear type in another format; null when there is no such layout.
static RankedTensorType getType(RankedTensorType type,
                                const FormatChoice &choice, Format origin,
                                StringRef expand) {
  // What axes are called plays no part in a format of matrices.
  if (choice.storage == Format::FRACTAL_NZ) {
    origin = Format::ND;
    expand = "";
  }
  auto layout =
      LayoutAttr::getIfLegal(type.getContext(), origin, choice.storage,
                             choice.c0, choice.groups, expand);
  return layout ? RankedTensorType::get(type.getShape(), type.getElementType(),
                                        layout)
                : RankedTensorType();
}

/// Whether two fractal types of one tensor and one format are one to users. An
/// image says what its dims are called, even where no byte depends on it.
static bool areSame(RankedTensorType a, RankedTensorType b) {
  LayoutAttr first = getFractalLayout(a), second = getFractalLayout(b);
  bool isImage = getAxisNames(static_cast<Format>(first.getOrigin())).size() ==
                 static_cast<size_t>(a.getRank());
  return a == b || ((!isImage || first.getOrigin() == second.getOrigin()) &&
                    haveSameOrder(*getTensorLayout(a), *getTensorLayout(b)));
}

const GraphFormats::Stored &GraphFormats::getStored(RankedTensorType type,
                                                    FormatId format,
                                                    unsigned naming) {
  auto [it, isNew] = stored.insert({{type, {format, naming}}, {}});
  if (!isNew)
    return it->second;
  Stored &result = it->second;
  const auto &[origin, expand] = namings[naming];
  result.type = format == kLinearFormat
                    ? type
                    : getType(type, formatsById[format], origin, expand);
  std::optional<int64_t> bytes =
      result.type ? getTensorBytes(result.type) : std::nullopt;
  result.bytes = bytes.value_or(0);
  if (!bytes) {
    result.type = nullptr;
    return result;
  }
  if (format == kLinearFormat)
    return result;
  auto &known = copies[{type, format}];
  auto same = llvm::find_if(known, [&](RankedTensorType other) {
    return areSame(result.type, other);
  });
  result.copy = same - known.begin();
  if (same == known.end())
    known.push_back(result.type);
  return result;
}

std::pair<FormatId, unsigned> GraphFormats::getCopy(RankedTensorType linear,
                                                    Type type) {
  LayoutAttr layout = getFractalLayout(type);
  if (!layout)
    return {kLinearFormat, 0};
  FormatId id = getId(getChoice(cast<RankedTensorType>(type), target));
  unsigned naming =
      getNaming(static_cast<Format>(layout.getOrigin()), layout.getExpand());
  return {id, getStored(linear, id, naming).copy};
}

//===----------------------------------------------------------------------===//
// The problem
//===----------------------------------------------------------------------===//

bool GraphFormats::addPort(Operation *op, FormatPort port,
                           const AxisNames &names) {
  // A format that a member has already is the only choice.
  for (const FormatMember &member : port.members) {
    if (!isFractal(getMember(op, member)))
      continue;
    FormatChoice present = getChoice(getMemberType(op, member), target);
    llvm::erase_if(port.choices, [&](const FormatChoice &choice) {
      return !(choice == present);
    });
    if (!port.choices.empty())
      continue;
    decline(op,
            ("has " + Twine(member.isResult ? "result " : "operand ") +
             Twine(member.index) + " in " + gemlir::getName(present.storage) +
             ", which it does not offer here")
                .str());
    return false;
  }
  // Members of lower rank have some of the axes of an image in the port.
  Format origin = Format::ND;
  for (const FormatMember &member : port.members)
    if (std::optional<Format> named = names.get(getMember(op, member)))
      origin = *named;
  SmallVector<Place, 3> found;
  for (const FormatMember &member : port.members) {
    Value value = getMember(op, member);
    Format own = Format::ND;
    StringRef expand = member.expand;
    if (LayoutAttr layout = getFractalLayout(value.getType())) {
      own = static_cast<Format>(layout.getOrigin());
      expand = layout.getExpand();
    } else if (std::optional<Format> named = names.get(value)) {
      own = *named;
    } else if (!member.expand.empty()) {
      own = origin;
    } else if (LayoutAttr layout = getLayout(value.getType())) {
      own = static_cast<Format>(layout.getOrigin());
    }
    Place place;
    place.port = problem.ports.size();
    place.naming = getNaming(own, expand);
    found.push_back(place);
  }
  FormatProblem::Port choices;
  bool isLinear = true;
  for (const FormatChoice &choice : port.choices) {
    FormatId id = getId(choice);
    int64_t bytes = 0;
    if (!llvm::all_of(llvm::zip_equal(port.members, found), [&](auto pair) {
          auto &[member, place] = pair;
          const Stored &stored =
              getStored(getLinearType(getMember(op, member)), id, place.naming);
          bytes = addBytes(bytes, stored.bytes);
          return stored.type != nullptr;
        }))
      continue;
    choices.choices.push_back(
        {id, choice.moves ? bytes : 0, choice.preference});
    isLinear &= id == kLinearFormat;
  }
  if (choices.choices.empty()) {
    decline(op, "stays linear: its operands or results have no layout in the "
                "formats that it offers");
    return false;
  }
  if (isLinear) {
    int64_t &cost = problem.ports[kLinearPort].choices.front().cost;
    cost = addBytes(cost, choices.choices.front().cost);
    return true;
  }
  problem.ports.push_back(std::move(choices));
  for (auto [member, place] : llvm::zip_equal(port.members, found))
    places[getKey(op, member.isResult, member.index)] = place;
  return true;
}

void GraphFormats::addPorts(Operation *op, const AxisNames &names) {
  auto getOrigin = [&](Value value) { return names.get(value); };
  auto rule = dyn_cast<FormatOpInterface>(op);
  if (rule && rule.getAxisOrder().kind == AxisOrder::Named &&
      cast<ShapedType>(op->getOperand(0).getType()).hasRank() &&
      !names.get(op->getOperand(0)) &&
      getMemberType(op, {false, 0}).getRank() == 4 &&
      isCubeType(getMemberType(op, {false, 0}).getElementType()))
    decline(op, "stays linear: operators disagree on what the dims of its "
                "operand are called");
  bool isCounted = false;
  for (FormatPort &port : getFormatPorts(op, {target, getOrigin}))
    isCounted |= addPort(op, std::move(port), names);
  if (isCounted)
    return;
  int64_t &cost = problem.ports[kLinearPort].choices.front().cost;
  cost = addBytes(cost, getMovedBytes(op).value_or(0));
}

void GraphFormats::addFixedPlace(Operation *op, Value value, bool isResult,
                                 unsigned index) {
  LayoutAttr layout = getFractalLayout(value.getType());
  if (!layout || findPlace(op, isResult, index))
    return;
  FormatId id =
      getId(getChoice(cast<RankedTensorType>(value.getType()), target));
  auto [it, isNew] = fixedPorts.insert({id, problem.ports.size()});
  if (isNew)
    problem.ports.push_back({{{id, 0}}});
  unsigned naming =
      getNaming(static_cast<Format>(layout.getOrigin()), layout.getExpand());
  places[getKey(op, isResult, index)] = {it->second, naming};
}

void GraphFormats::addValue(Value value) {
  if (!getTensorBytes(value.getType()) || value.use_empty())
    return;
  RankedTensorType linear = getLinearType(value);
  int64_t bytes = getTensorBytes(linear).value_or(0);
  // A constant is converted while the file is written, where writers can.
  auto constant = value.getDefiningOp<ConstOp>();
  auto isFree = [&](RankedTensorType type) {
    return constant && (type == value.getType() || canConvert(constant, type));
  };
  bool isLinearFree = isFree(linear);
  FormatProblem::Value entry;
  // By conversion.
  SmallVector<unsigned, 2> numbers;
  auto makeEnd = [&](const Place *place) {
    FormatProblem::End end;
    if (!place)
      return end;
    end = {place->port, place->naming};
    for (const FormatProblem::Choice &choice :
         problem.ports[end.port].choices) {
      if (choice.format == kLinearFormat)
        continue;
      // Legal, or the choice would not be there.
      const Stored &wanted = getStored(linear, choice.format, place->naming);
      unsigned i = 0;
      while (i != numbers.size() &&
             !(entry.conversions[i].format == choice.format &&
               numbers[i] == wanted.copy))
        ++i;
      if (i == numbers.size()) {
        bool isMoved = !isLinearFree || !isFree(wanted.type);
        entry.conversions.push_back(
            {choice.format, isMoved ? addBytes(bytes, wanted.bytes) : 0});
        numbers.push_back(wanted.copy);
      }
      auto &variants = entry.conversions[i].variants;
      if (!llvm::is_contained(variants, end.variant))
        variants.push_back(end.variant);
    }
    return end;
  };
  unsigned index = 0;
  if (auto result = dyn_cast<OpResult>(value))
    index = result.getResultNumber();
  entry.producer =
      makeEnd(value.getDefiningOp()
                  ? findPlace(value.getDefiningOp(), /*isResult=*/true, index)
                  : findPlace(function, /*isResult=*/true,
                              cast<BlockArgument>(value).getArgNumber()));
  SmallVector<Value> forms = {value};
  while (!forms.empty())
    for (OpOperand &use : forms.pop_back_val().getUses()) {
      if (isTransData.contains(use.getOwner()))
        forms.push_back(use.getOwner()->getResult(0));
      else
        entry.consumers.push_back(makeEnd(findPlace(
            use.getOwner(), /*isResult=*/false, use.getOperandNumber())));
    }
  bool isMoved = llvm::any_of(entry.conversions, [](const auto &conversion) {
    return conversion.cost != 0;
  });
  if (isMoved && !entry.consumers.empty())
    problem.values.push_back(std::move(entry));
}

GraphFormats::GraphFormats(func::FuncOp function, const Target &target)
    : function(function), target(target) {
  AxisNames names(function);
  problem.ports.push_back({{{kLinearFormat, 0}}});
  function.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (isa<TransDataOp>(op))
      addTransData(op);
    else if (op != function.getOperation())
      operations.push_back(op);
  });
  for (Value argument : function.getArguments())
    addFixedPlace(function, argument, /*isResult=*/true,
                  cast<BlockArgument>(argument).getArgNumber());
  for (Operation *op : operations) {
    addPorts(op, names);
    for (auto [i, operand] : llvm::enumerate(op->getOperands()))
      addFixedPlace(op, operand, /*isResult=*/false, i);
    for (auto [i, result] : llvm::enumerate(op->getResults()))
      addFixedPlace(op, result, /*isResult=*/true, i);
  }
  for (Value argument : function.getArguments())
    addValue(argument);
  for (Operation *op : operations)
    for (Value result : op->getResults())
      addValue(result);
}

//===----------------------------------------------------------------------===//
// The answer
//===----------------------------------------------------------------------===//

void GraphFormats::apply(ArrayRef<FormatId> formats) {
  ConversionBuilder builder(function);
  for (Operation *op : transDatas)
    builder.reuse(cast<TransDataOp>(op));
  // The first of several spellings of one copy serves all.
  llvm::DenseMap<std::pair<Value, std::pair<FormatId, unsigned>>, Value> made;
  auto convert = [&](OpOperand &use, RankedTensorType wanted) {
    Value root = getRoot(use.get());
    RankedTensorType linear = getLinearType(root);
    std::pair<FormatId, unsigned> copy = getCopy(linear, wanted);
    Value &value = made[{root, copy}];
    if (!value) {
      if (getCopy(linear, root.getType()) == copy)
        value = root;
      else if (isFractal(root) && copy.first != kLinearFormat)
        // Two fractal formats convert by way of the linear one.
        value = builder.get(builder.get(root, linear), wanted);
      else
        value = builder.get(root, wanted);
    }
    use.set(value);
  };
  for (Operation *op : operations) {
    for (OpOperand &use : op->getOpOperands()) {
      auto present = dyn_cast<RankedTensorType>(use.get().getType());
      if (!present || !getTensorBytes(present))
        continue;
      const Place *place =
          findPlace(op, /*isResult=*/false, use.getOperandNumber());
      FormatId id = place ? formats[place->port] : kLinearFormat;
      RankedTensorType linear = getLinearType(use.get());
      convert(use, id == kLinearFormat
                       ? linear
                       : getStored(linear, id, place->naming).type);
    }
    for (OpResult result : op->getResults()) {
      const Place *place =
          findPlace(op, /*isResult=*/true, result.getResultNumber());
      if (!place || formats[place->port] == kLinearFormat || isFractal(result))
        continue;
      auto linear = cast<RankedTensorType>(result.getType());
      linearTypes[result] = linear;
      result.setType(
          getStored(linear, formats[place->port], place->naming).type);
    }
  }
  for (Operation *op : llvm::reverse(transDatas))
    if (op->use_empty())
      op->erase();
  builder.finish();
}
