// SPDX-License-Identifier: Apache-2.0
//
// ge-assign-formats: states the choice of storage formats as a problem on
// numbers (FormatAssignment.h) and puts the answer into the types.
#include "GeDialect/Dialect/GE/Transforms/FormatAssignment.h"
#include "GeDialect/Dialect/GE/Transforms/Passes.h"

#include "ConversionBuilder.h"
#include "TargetOption.h"

#include "GeDialect/Layout/TensorLayout.h"

#include "mlir/IR/Remarks.h"

#include "llvm/ADT/IntEqClasses.h"
#include "llvm/ADT/MapVector.h"

namespace gemlir::geir {
#define GEN_PASS_DEF_ASSIGNFORMATS
#include "GeDialect/Dialect/GE/Transforms/Passes.h.inc"
} // namespace gemlir::geir

using namespace mlir;
using namespace gemlir;
using namespace gemlir::geir;

static bool isConvertible(Value value) {
  auto constant = value.getDefiningOp<ConstOp>();
  return constant && !constant.getRefresh();
}

namespace {

//===----------------------------------------------------------------------===//
// Names of dims
//===----------------------------------------------------------------------===//

/// Which axes the dims of each rank-4 value are: what its type says, else what
/// an operator says that names them, passed on through operators that do not
/// change them; NCHW where nobody says anything, as GE takes ND.
class AxisNames {
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

//===----------------------------------------------------------------------===//
// One graph
//===----------------------------------------------------------------------===//

class GraphAssigner {
public:
  GraphAssigner(func::FuncOp function, const Target &target)
      : function(function), target(target), names(function.front()) {}

  LogicalResult run();

private:
  /// An operand or result with a choice.
  struct Place {
    unsigned port;
    /// Origin and expansion of its layouts.
    Format origin = Format::ND;
    std::string expand = "";
  };
  /// Number of a result, or ~number of an operand.
  using Key = std::pair<Operation *, int>;
  static Key getKey(Operation *op, bool isResult, unsigned index) {
    return {op, isResult ? static_cast<int>(index) : ~static_cast<int>(index)};
  }

  void addPorts(Operation *op);
  void addPort(Operation *op, FormatPort port);
  void addValue(Value value);
  const Place *findPlace(Operation *op, bool isResult, unsigned index) const {
    auto it = places.find(getKey(op, isResult, index));
    return it == places.end() ? nullptr : &it->second;
  }
  FormatId getId(const FormatChoice &choice);
  /// A linear type in another format; null when there is no such layout.
  RankedTensorType getType(RankedTensorType type, const FormatChoice &choice,
                           const Place &place) const;
  void rewrite(ArrayRef<FormatId> formats);

  /// Operands and results that are always linear are all one port.
  static constexpr unsigned kLinearPort = 0;

  func::FuncOp function;
  const Target &target;
  AxisNames names;
  FormatProblem problem;
  /// By format id.
  std::vector<FormatChoice> formatsById = {{}};
  llvm::DenseMap<Key, Place> places;
};

} // namespace

AxisNames::AxisNames(Block &block) {
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
  for (auto [origin, disputed] : llvm::zip_equal(origins, isDisputed))
    origin = disputed ? std::nullopt
                      : std::optional<Format>(origin.value_or(Format::NCHW));
}

//===----------------------------------------------------------------------===//
// The problem
//===----------------------------------------------------------------------===//

FormatId GraphAssigner::getId(const FormatChoice &choice) {
  if (choice.isLinear())
    return kLinearFormat;
  auto it = llvm::find(formatsById, choice);
  if (it == formatsById.end())
    it = formatsById.insert(it, choice);
  return it - formatsById.begin();
}

RankedTensorType GraphAssigner::getType(RankedTensorType type,
                                        const FormatChoice &choice,
                                        const Place &place) const {
  // Axes play no part in a format of matrices.
  bool isMatrix = choice.storage == Format::FRACTAL_NZ;
  auto layout = LayoutAttr::getIfLegal(
      type.getContext(), place.origin, choice.storage, choice.c0, choice.groups,
      isMatrix ? StringRef() : StringRef(place.expand));
  if (!layout)
    return nullptr;
  auto stored =
      RankedTensorType::get(type.getShape(), type.getElementType(), layout);
  return getTensorBytes(stored) ? stored : RankedTensorType();
}

void GraphAssigner::addPort(Operation *op, FormatPort port) {
  // Operands of lower rank have the axes of the last member, the result.
  Format origin = Format::ND;
  SmallVector<Place> found;
  for (const FormatMember &member : llvm::reverse(port.members)) {
    Value value = getMember(op, member);
    Place place{static_cast<unsigned>(problem.ports.size())};
    if (std::optional<Format> named = names.get(value))
      origin = place.origin = *named;
    else if (!member.expand.empty())
      place.origin = origin;
    else if (LayoutAttr layout = getLayout(value.getType()))
      place.origin = static_cast<Format>(layout.getOrigin());
    place.expand = member.expand;
    found.push_back(std::move(place));
  }
  std::reverse(found.begin(), found.end());
  auto isLegal = [&](const FormatChoice &choice) {
    return choice.isLinear() ||
           llvm::all_of(llvm::zip_equal(port.members, found), [&](auto pair) {
             auto &[member, place] = pair;
             return getType(getMemberType(op, member), choice, place) !=
                    nullptr;
           });
  };
  llvm::erase_if(port.choices,
                 [&](const FormatChoice &choice) { return !isLegal(choice); });
  if (llvm::all_of(port.choices, [](const FormatChoice &choice) {
        return choice.isLinear();
      }))
    return;
  FormatProblem::Port &choices = problem.ports.emplace_back();
  for (const FormatChoice &choice : port.choices)
    choices.choices.push_back({getId(choice), choice.cost});
  for (auto [member, place] : llvm::zip_equal(port.members, found))
    places[getKey(op, member.isResult, member.index)] = std::move(place);
}

void GraphAssigner::addPorts(Operation *op) {
  auto getOrigin = [&](Value value) { return names.get(value); };
  for (FormatPort &port : getFormatPorts(op, {target, getOrigin}))
    addPort(op, std::move(port));
}

void GraphAssigner::addValue(Value value) {
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
      RankedTensorType stored =
          getType(type, formatsById[choice.format], *place);
      entry.conversions.push_back(
          {choice.format, *bytes + *getTensorBytes(stored)});
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

//===----------------------------------------------------------------------===//
// The answer
//===----------------------------------------------------------------------===//

void GraphAssigner::rewrite(ArrayRef<FormatId> formats) {
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
  auto getStored = [&](Value value, const Place *place) {
    RankedTensorType type = getLinear(value);
    FormatId id = place ? formats[place->port] : kLinearFormat;
    return id == kLinearFormat ? type : getType(type, formatsById[id], *place);
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
        convert(use, getStored(use.get(), findPlace(op, /*isResult=*/false,
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
      RankedTensorType stored = getStored(result, place);
      linear[result] = cast<RankedTensorType>(result.getType());
      result.setType(stored);
    }
  }
  builder.finish();
}

LogicalResult GraphAssigner::run() {
  for (Operation &op : function.front())
    if (auto node = dyn_cast<GEOpInterface>(op); node && op.getNumRegions())
      remark::missed(
          op.getLoc(),
          remark::RemarkOpts::name("ge-assign-formats").category("formats"))
          << ("the branches of '" +
              (node.getNodeName() ? node.getNodeName().getValue() : "?") +
              "' stay linear")
                 .str();
  problem.ports.push_back({{{kLinearFormat, 0}}});
  for (Operation &op : function.front())
    addPorts(&op);
  if (problem.ports.size() == 1)
    return success();
  for (Value argument : function.getArguments())
    addValue(argument);
  for (Operation &op : function.front())
    for (Value result : op.getResults())
      addValue(result);
  llvm::Expected<FormatAssignment> assignment =
      geir::assignFormats(problem, {});
  if (!assignment)
    return function.emitError("cannot assign formats: ")
           << llvm::toString(assignment.takeError());
  rewrite(assignment->formats);
  remark::analysis(
      function.getLoc(),
      remark::RemarkOpts::name("ge-assign-formats").category("formats"))
      << llvm::formatv("graph '{0}': conversions move {1} bytes, lower bound "
                       "{2}",
                       function.getSymName(), assignment->cost,
                       assignment->lowerBound)
             .str();
  return success();
}

namespace {
struct AssignFormats : gemlir::geir::impl::AssignFormatsBase<AssignFormats> {
  using Base::Base;

  LogicalResult initialize(MLIRContext *context) override {
    known = requireTarget(context, target);
    return success(known != nullptr);
  }

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (!function.getBody().hasOneBlock())
      return;
    auto isFractal = [](Type type) { return !!getFractalLayout(type); };
    WalkResult walk = function.walk([&](Operation *op) {
      return llvm::any_of(op->getResultTypes(), isFractal) ||
                     llvm::any_of(op->getOperandTypes(), isFractal)
                 ? WalkResult::interrupt()
                 : WalkResult::advance();
    });
    if (walk.wasInterrupted())
      return;
    if (failed(GraphAssigner(function, *known).run()))
      signalPassFailure();
  }

  const Target *known = nullptr;
};
} // namespace
