// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/Transforms/GraphFormats.h"

#include "ConversionBuilder.h"

#include "GeDialect/Layout/TensorLayout.h"

#include "llvm/ADT/IntEqClasses.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/MathExtras.h"

#include <limits>

using namespace mlir;
using namespace gemlir;
using namespace gemlir::geir;

static bool isConvertible(Value value) {
  auto constant = value.getDefiningOp<ConstOp>();
  return constant && !constant.getRefresh();
}

/// The sum, or a number that no problem may contain.
static int64_t addBytes(int64_t a, int64_t b) {
  int64_t sum;
  return llvm::AddOverflow(a, b, sum) ? std::numeric_limits<int64_t>::max()
                                      : sum;
}

//===----------------------------------------------------------------------===//
// Names of dims
//===----------------------------------------------------------------------===//

/// Which axes the dims of each rank-4 value are: what its type says, else what
/// an operator says that names them, passed on through operators that do not
/// change them; NCHW where nobody says anything, as GE takes ND.
class GraphFormats::AxisNames {
public:
  explicit AxisNames(Block &block);

  /// Empty for another rank, and where operators disagree.
  std::optional<Format> get(Value value) const {
    auto it = numbers.find(value);
    return it == numbers.end() ? std::nullopt : origins[classes[it->second]];
  }

private:
  static bool hasRank4(Value value) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    return type && type.getRank() == 4;
  }
  void add(Value value) {
    if (hasRank4(value))
      numbers.insert({value, numbers.size()});
  }

  llvm::MapVector<Value, unsigned> numbers;
  llvm::IntEqClasses classes;
  /// By class.
  std::vector<std::optional<Format>> origins;
};

GraphFormats::AxisNames::AxisNames(Block &block) {
  for (Value argument : block.getArguments())
    add(argument);
  for (Operation &op : block)
    for (Value result : op.getResults())
      add(result);
  classes.grow(numbers.size());
  auto getNumber = [&](Value value) { return numbers.find(value); };
  auto forTensors = [&](Operation &op, auto function) {
    for (Value value : op.getOperands())
      if (auto it = getNumber(value); it != numbers.end())
        function(value, it->second);
    for (Value value : op.getResults())
      if (auto it = getNumber(value); it != numbers.end())
        function(value, it->second);
  };
  for (Operation &op : block) {
    auto rule = dyn_cast<FormatOpInterface>(op);
    if (!rule || rule.getAxisOrder().kind != AxisOrder::Alike)
      continue;
    std::optional<unsigned> first;
    forTensors(op, [&](Value, unsigned number) {
      if (first)
        classes.join(*first, number);
      first = number;
    });
  }
  classes.compress();
  origins.resize(classes.getNumClasses());
  std::vector<bool> isDisputed(origins.size());
  auto name = [&](Value value, Format format) {
    auto it = getNumber(value);
    if (it == numbers.end() || getAxisNames(format).size() != 4)
      return;
    std::optional<Format> &origin = origins[classes[it->second]];
    if (origin && *origin != format)
      isDisputed[classes[it->second]] = true;
    origin = format;
  };
  // What a type says counts more than what operators expect.
  std::vector<bool> isStated(origins.size());
  for (auto [value, number] : numbers)
    if (LayoutAttr layout = getLayout(value.getType()))
      if (auto origin = static_cast<Format>(layout.getOrigin());
          getAxisNames(origin).size() == 4) {
        name(value, origin);
        isStated[classes[number]] = true;
      }
  for (Operation &op : block) {
    auto rule = dyn_cast<FormatOpInterface>(op);
    AxisOrder order = rule ? rule.getAxisOrder() : AxisOrder::none();
    if (order.kind != AxisOrder::Named)
      continue;
    auto nameUnlessStated = [&](Value value, Format format) {
      auto it = getNumber(value);
      if (it != numbers.end() && !isStated[classes[it->second]])
        name(value, format);
    };
    nameUnlessStated(op.getOperand(0), order.format);
    nameUnlessStated(op.getResult(0), order.format);
    if (order.filter != Format::ND)
      nameUnlessStated(op.getOperand(1), order.filter);
  }
  // What dims are called goes through operators that permute them, to values
  // that nobody else names.
  using Link = std::pair<unsigned, SmallVector<int64_t, 4>>;
  std::vector<SmallVector<Link, 1>> links(origins.size());
  for (Operation &op : block) {
    auto rule = dyn_cast<FormatOpInterface>(op);
    AxisOrder order = rule ? rule.getAxisOrder() : AxisOrder::none();
    if (order.kind != AxisOrder::Permuted || order.permutation.size() != 4)
      continue;
    auto from = getNumber(op.getOperand(0)), to = getNumber(op.getResult(0));
    if (from == numbers.end() || to == numbers.end())
      continue;
    links[classes[from->second]].push_back(
        {classes[to->second], order.permutation});
    SmallVector<int64_t, 4> inverse(order.permutation.size());
    for (auto [i, dim] : llvm::enumerate(order.permutation))
      inverse[dim] = i;
    links[classes[to->second]].push_back({classes[from->second], inverse});
  }
  SmallVector<unsigned> worklist;
  for (unsigned i = 0; i < origins.size(); ++i)
    if (origins[i] && !isDisputed[i])
      worklist.push_back(i);
  while (!worklist.empty()) {
    unsigned from = worklist.pop_back_val();
    for (const auto &[to, permutation] : links[from]) {
      if (origins[to])
        continue;
      origins[to] = permuteAxes(*origins[from], permutation);
      if (origins[to])
        worklist.push_back(to);
    }
  }
  for (auto [origin, disputed] : llvm::zip_equal(origins, isDisputed))
    origin = disputed ? std::nullopt
                      : std::optional<Format>(origin.value_or(Format::NCHW));
}

//===----------------------------------------------------------------------===//
// The problem
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
  // Axes play no part in a format of matrices.
  bool isMatrix = choice.storage == Format::FRACTAL_NZ;
  auto layout = LayoutAttr::getIfLegal(type.getContext(), origin,
                                       choice.storage, choice.c0, choice.groups,
                                       isMatrix ? StringRef() : expand);
  return layout ? RankedTensorType::get(type.getShape(), type.getElementType(),
                                        layout)
                : RankedTensorType();
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
  if (!bytes)
    result.type = nullptr;
  return result;
}

void GraphFormats::addPort(Operation *op, FormatPort port,
                           const AxisNames &names) {
  // Operands of lower rank have the axes of the last member, the result.
  Format origin = Format::ND;
  SmallVector<Place, 3> found(port.members.size());
  for (auto [member, place] :
       llvm::reverse(llvm::zip_equal(port.members, found))) {
    Value value = getMember(op, member);
    Format own = Format::ND;
    if (std::optional<Format> named = names.get(value))
      origin = own = *named;
    else if (!member.expand.empty())
      own = origin;
    else if (LayoutAttr layout = getLayout(value.getType()))
      own = static_cast<Format>(layout.getOrigin());
    place.port = problem.ports.size();
    place.naming = getNaming(own, member.expand);
  }
  FormatProblem::Port choices;
  bool isLinear = true;
  for (const FormatChoice &choice : port.choices) {
    FormatId id = getId(choice);
    int64_t bytes = 0;
    if (!llvm::all_of(llvm::zip_equal(port.members, found), [&](auto pair) {
          auto &[member, place] = pair;
          const Stored &stored =
              getStored(getMemberType(op, member), id, place.naming);
          bytes = addBytes(bytes, stored.bytes);
          return stored.type != nullptr;
        }))
      continue;
    choices.choices.push_back(
        {id, addBytes(choice.cost, choice.moves ? bytes : 0)});
    isLinear &= id == kLinearFormat;
  }
  if (isLinear) {
    int64_t &cost = problem.ports[kLinearPort].choices.front().cost;
    if (!choices.choices.empty())
      cost = addBytes(cost, choices.choices.front().cost);
    return;
  }
  problem.ports.push_back(std::move(choices));
  for (auto [member, place] : llvm::zip_equal(port.members, found))
    places[getKey(op, member.isResult, member.index)] = place;
}

void GraphFormats::addPorts(Operation *op, const AxisNames &names) {
  auto getOrigin = [&](Value value) { return names.get(value); };
  for (FormatPort &port : getFormatPorts(op, {target, getOrigin}))
    addPort(op, std::move(port), names);
}

void GraphFormats::addValue(Value value) {
  std::optional<int64_t> bytes = getTensorBytes(value.getType());
  if (!bytes || value.use_empty() || isConvertible(value))
    return;
  FormatProblem::Value entry;
  auto type = cast<RankedTensorType>(value.getType());
  auto add = [&](const Place *place) {
    unsigned port = place ? place->port : kLinearPort;
    for (const FormatProblem::Choice &choice : problem.ports[port].choices) {
      if (choice.format == kLinearFormat ||
          llvm::any_of(entry.conversions, [&](const auto &conversion) {
            return conversion.format == choice.format;
          }))
        continue;
      // Legal, or the choice would not be there.
      entry.conversions.push_back(
          {choice.format,
           addBytes(*bytes,
                    getStored(type, choice.format, place->naming).bytes)});
    }
    return port;
  };
  unsigned index = 0;
  if (auto result = dyn_cast<OpResult>(value))
    index = result.getResultNumber();
  entry.producer =
      add(value.getDefiningOp()
              ? findPlace(value.getDefiningOp(), /*isResult=*/true, index)
              : nullptr);
  for (OpOperand &use : value.getUses())
    entry.consumers.push_back(add(
        findPlace(use.getOwner(), /*isResult=*/false, use.getOperandNumber())));
  if (!entry.conversions.empty())
    problem.values.push_back(std::move(entry));
}

GraphFormats::GraphFormats(func::FuncOp function, const Target &target)
    : function(function), target(target) {
  AxisNames names(function.front());
  problem.ports.push_back({{{kLinearFormat, 0}}});
  for (Operation &op : function.front())
    addPorts(&op, names);
  for (Value argument : function.getArguments())
    addValue(argument);
  for (Operation &op : function.front())
    for (Value result : op.getResults())
      addValue(result);
}

//===----------------------------------------------------------------------===//
// The answer
//===----------------------------------------------------------------------===//

void GraphFormats::apply(ArrayRef<FormatId> formats) {
  ConversionBuilder builder(function);
  // What is put in while the walk goes on is not to be visited.
  SmallVector<Operation *> operations;
  for (Operation &op : function.front())
    operations.push_back(&op);
  // Linear types of the values that are stored in another way now.
  llvm::DenseMap<Value, RankedTensorType> linear;
  auto getLinear = [&](Value value) {
    RankedTensorType type = linear.lookup(value);
    return type ? type : dyn_cast<RankedTensorType>(value.getType());
  };
  auto getWanted = [&](Value value, const Place *place) {
    RankedTensorType type = getLinear(value);
    FormatId id = place ? formats[place->port] : kLinearFormat;
    return id == kLinearFormat ? type : getStored(type, id, place->naming).type;
  };
  auto convert = [&](OpOperand &use, RankedTensorType wanted) {
    Value value = use.get();
    if (value.getType() == wanted)
      return;
    // Two fractal formats convert by way of the linear one.
    if (value.getType() != getLinear(value) && wanted != getLinear(value))
      value = builder.get(value, getLinear(value));
    use.set(builder.get(value, wanted));
  };
  for (Operation *op : operations) {
    for (OpOperand &use : op->getOpOperands())
      if (isa<RankedTensorType>(use.get().getType()))
        convert(use, getWanted(use.get(), findPlace(op, /*isResult=*/false,
                                                    use.getOperandNumber())));
    for (Region &region : op->getRegions())
      region.walk([&](Operation *inner) {
        for (OpOperand &use : inner->getOpOperands())
          if (RankedTensorType type = linear.lookup(use.get()))
            convert(use, type);
      });
    for (OpResult result : op->getResults()) {
      const Place *place =
          findPlace(op, /*isResult=*/true, result.getResultNumber());
      if (!place || formats[place->port] == kLinearFormat)
        continue;
      RankedTensorType wanted = getWanted(result, place);
      linear[result] = cast<RankedTensorType>(result.getType());
      result.setType(wanted);
    }
  }
  builder.finish();
}
