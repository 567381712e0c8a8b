// SPDX-License-Identifier: Apache-2.0
//
// convert-ge-to-ascend: lowers the functions of a bundle to device programs.
//
// This is a walk and not a dialect conversion: a program is a list of tasks on
// buffers, so one value of the graph becomes a buffer and a place in that
// list, which rewriting patterns cannot express.
#include "GeDialect/Conversion/Passes.h"
#include "GeDialect/Dialect/Ascend/IR/AscendDialect.h"
#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"
#include "GeDialect/Dialect/WeightRefresh/IR/WRDialect.h"
#include "GeDialect/Layout/MemoryModel.h"
#include "GeDialect/Support/TaskConventions.h"
#include "GeDialect/Support/UniqueNames.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/TypeSwitch.h"

namespace gemlir {
#define GEN_PASS_DEF_CONVERTGETOASCEND
#include "GeDialect/Conversion/Passes.h.inc"
#include "GeDialect/Layout/Targets.h"
} // namespace gemlir

using namespace mlir;
using namespace gemlir;

namespace {

//===----------------------------------------------------------------------===//
// One model
//===----------------------------------------------------------------------===//

/// Lowers one function into an empty `ascend.model`.
class ModelBuilder {
public:
  ModelBuilder(func::FuncOp function, ascend::ModelOp model,
               SymbolTable &symbols)
      : function(function), model(model), symbols(symbols),
        builder(OpBuilder::atBlockEnd(&model.getBody().front())),
        bufferType(builder.getType<ascend::BufferType>()) {}

  LogicalResult run();

private:
  /// Reports an operation that has no lowering, or a result without a size.
  LogicalResult checkLowering(Operation *op);
  LogicalResult lower(Operation *op);
  LogicalResult lowerOperator(geir::GEOpInterface op);
  void lowerAssign(Location loc, StringRef variable, Value value);
  LogicalResult lowerAssignIf(wr::AssignIfOp op);
  LogicalResult lowerReturn(func::ReturnOp op);

  /// The buffer of a variable, defined once per model.
  Value getSlot(Location loc, StringRef variable);
  /// The buffer of the initial value of a variable.
  Value getInitial(wr::InitialOp op);
  FlatSymbolRefAttr getKernel(StringRef type);
  /// A node name: the operator's, or one made from `base`; unique in the model.
  std::string makeName(StringAttr wanted, StringRef base);
  std::string makeName(const std::string &base) {
    return makeName(StringAttr(), base);
  }

  wr::VariableOp getVariable(StringRef name) {
    return symbols.lookup<wr::VariableOp>(name);
  }

  func::FuncOp function;
  ascend::ModelOp model;
  SymbolTable &symbols;
  OpBuilder builder;
  ascend::BufferType bufferType;
  /// Value of the graph -> buffer of the program.
  IRMapping buffers;
  llvm::StringMap<Value> slots;
  UniqueNames names;
  int64_t nextLabel = 0;
};

/// Labels of one conditional assignment: write, keep, leave.
constexpr int64_t kLabelsPerAssign = 3;

} // namespace

/// Every value becomes device memory: its size must be known and not exceed
/// what there can be.
static LogicalResult checkSize(Location loc, Type type) {
  std::optional<int64_t> bytes = geir::getTensorBytes(type);
  if (!bytes)
    return emitError(loc) << "needs a static tensor type of known size, found "
                          << type;
  if (*bytes > memory::kFeatureLimit)
    return emitError(loc) << type << " has " << *bytes
                          << " bytes, the address space ends at "
                          << memory::kFeatureLimit;
  return success();
}

LogicalResult ModelBuilder::run() {
  bool failed = false;
  for (BlockArgument argument : function.getArguments()) {
    auto arg = function.getArgAttrOfType<geir::ArgAttr>(
        argument.getArgNumber(), geir::GEDialect::kArgAttr);
    if (!arg)
      return function.emitError("argument ")
             << argument.getArgNumber() << " needs the attribute 'ge.arg'";
    failed |= mlir::failed(checkSize(argument.getLoc(), argument.getType()));
    names.insert(arg.getName().getValue());
    buffers.map(argument,
                ascend::InputOp::create(
                    builder, argument.getLoc(), bufferType, arg.getName(),
                    builder.getI64IntegerAttr(arg.getIndex()),
                    TypeAttr::get(argument.getType()), IntegerAttr())
                    .getBuffer());
  }
  // All operations without a lowering at once, before the first user looks for
  // the buffer of a result.
  for (Operation &op : function.front())
    failed |= mlir::failed(checkLowering(&op));
  if (failed)
    return failure();
  for (Operation &op : function.front())
    if (mlir::failed(lower(&op)))
      return failure();
  return success();
}

LogicalResult ModelBuilder::checkLowering(Operation *op) {
  if (isa<geir::ConstOp, wr::ReadOp, wr::InitialOp, wr::AssignOp,
          wr::AssignIfOp, wr::FedOp, func::ReturnOp, geir::LoweringOpInterface>(
          op)) {
    for (Value result : op->getResults())
      if (isa<TensorType>(result.getType()) &&
          failed(checkSize(op->getLoc(), result.getType())))
        return failure();
    return success();
  }
  auto node = dyn_cast<geir::GEOpInterface>(op);
  if (!node)
    return op->emitOpError("has no lowering");
  InFlightDiagnostic diag = op->emitError("operator '")
                            << node.getGEType() << "' has no lowering";
  if (StringAttr name = node.getNodeName())
    diag << " (node " << name << ")";
  return diag;
}

LogicalResult ModelBuilder::lower(Operation *op) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](geir::ConstOp constant) {
        // Constants that only decide the shape of a view have done their work.
        if (llvm::all_of(constant->getUses(), [](OpOperand &use) {
              auto user = dyn_cast<geir::LoweringOpInterface>(use.getOwner());
              std::optional<unsigned> viewed;
              if (user)
                viewed = user.getViewedOperand();
              return viewed && *viewed != use.getOperandNumber();
            }))
          return success();
        auto buffer = ascend::ConstantOp::create(
            builder, op->getLoc(), bufferType,
            builder.getStringAttr(makeName(constant.getNameAttr(), "const")),
            constant.getValue(), TypeAttr::get(constant.getType()),
            IntegerAttr());
        buffers.map(constant.getY(), buffer.getBuffer());
        return success();
      })
      .Case([&](wr::ReadOp read) {
        buffers.map(read.getValue(), getSlot(op->getLoc(), read.getVariable()));
        return success();
      })
      .Case([&](wr::InitialOp initial) {
        buffers.map(initial.getValue(), getInitial(initial));
        return success();
      })
      .Case([&](wr::AssignOp assign) {
        lowerAssign(op->getLoc(), assign.getVariable(), assign.getValue());
        return success();
      })
      .Case([&](wr::AssignIfOp assign) { return lowerAssignIf(assign); })
      .Case([](wr::FedOp) { return success(); }) // part of its assign_if
      .Case([&](func::ReturnOp ret) { return lowerReturn(ret); })
      .Default([&](Operation *node) {
        return lowerOperator(cast<geir::GEOpInterface>(node));
      });
}

LogicalResult ModelBuilder::lowerOperator(geir::GEOpInterface op) {
  auto lowering = cast<geir::LoweringOpInterface>(*op);
  if (std::optional<unsigned> viewed = lowering.getViewedOperand()) {
    buffers.map(op->getResult(0), buffers.lookup(op->getOperand(*viewed)));
    return success();
  }

  SmallVector<Value> inputs, outputs;
  SmallVector<Attribute> inputSlots, inputTypes, outputSlots, outputTypes;
  for (const geir::InputSlot &slot : op.getInputSlots()) {
    inputSlots.push_back(builder.getStringAttr(slot.name));
    if (!slot.value) {
      inputTypes.push_back(TypeAttr::get(builder.getNoneType()));
      continue;
    }
    inputTypes.push_back(
        TypeAttr::get(geir::getNamedOperandType(op, inputs.size())));
    inputs.push_back(buffers.lookup(slot.value));
  }
  for (auto [result, slot] :
       llvm::zip_equal(op->getResults(), op.getOutputSlotNames())) {
    auto buffer = ascend::AllocOp::create(
        builder, op->getLoc(), bufferType, ascend::Space::Feature,
        *geir::getTensorBytes(result.getType()), IntegerAttr());
    buffers.map(result, buffer.getBuffer());
    outputs.push_back(buffer);
    outputSlots.push_back(builder.getStringAttr(slot));
    outputTypes.push_back(TypeAttr::get(result.getType()));
  }
  SmallVector<NamedAttribute> attributes = op.getGEAttributes();
  ascend::LaunchOp::create(
      builder, op->getLoc(), getKernel(op.getGEType()),
      builder.getStringAttr(makeName(op.getNodeName(), op.getGEType())), inputs,
      builder.getArrayAttr(inputSlots), builder.getArrayAttr(inputTypes),
      outputs, builder.getArrayAttr(outputSlots),
      builder.getArrayAttr(outputTypes),
      attributes.empty() ? DictionaryAttr()
                         : builder.getDictionaryAttr(attributes),
      IntegerAttr());
  return success();
}

//===----------------------------------------------------------------------===//
// Variables
//===----------------------------------------------------------------------===//

Value ModelBuilder::getSlot(Location loc, StringRef variable) {
  Value &slot = slots[variable];
  if (!slot) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(&model.getBody().front());
    slot = ascend::SlotOp::create(builder, loc, bufferType, variable,
                                  getVariable(variable).getStorage());
    names.insert(variable);
  }
  return slot;
}

Value ModelBuilder::getInitial(wr::InitialOp op) {
  wr::VariableOp variable = getVariable(op.getVariable());
  return ascend::ConstantOp::create(
      builder, op.getLoc(), bufferType,
      builder.getStringAttr(makeName(variable.getConstantAttr(), "const")),
      variable.getInitialAttr(), variable.getTypeAttr(), IntegerAttr());
}

void ModelBuilder::lowerAssign(Location loc, StringRef variable, Value value) {
  Value slot = getSlot(loc, variable);
  wr::VariableOp declaration = getVariable(variable);
  std::string name = makeName(declaration.getConstant().str() + "_assign");
  ascend::MemcpyOp::create(builder, loc, builder.getStringAttr(name),
                           builder.getStringAttr("Assign"),
                           buffers.lookup(value), builder.getI64IntegerAttr(0),
                           slot,
                           builder.getI64IntegerAttr(
                               *geir::getTensorBytes(declaration.getStorage())),
                           declaration.getStorageAttr(), IntegerAttr());
}

LogicalResult ModelBuilder::lowerAssignIf(wr::AssignIfOp op) {
  auto fed = op.getPresent().getDefiningOp<wr::FedOp>();
  if (!fed)
    return op.emitOpError("presence must come from a wr.fed");
  if (nextLabel + kLabelsPerAssign > kMaxLabels)
    return op.emitOpError("the masked update of more than ")
           << kMaxLabels / kLabelsPerAssign
           << " weights needs more labels than a model may have; compile with "
              "--update all";
  Location loc = op.getLoc();
  std::string base = op.getVariable().str();
  // The flag is copied first, because the loader refuses a switch whose index
  // lies in a caller's buffer.
  int64_t flagBytes = 4;
  Value flag =
      ascend::AllocOp::create(builder, loc, bufferType, ascend::Space::Feature,
                              flagBytes, IntegerAttr());
  auto flagType =
      TypeAttr::get(RankedTensorType::get({}, builder.getI32Type()));
  ascend::MemcpyOp::create(
      builder, loc, builder.getStringAttr(makeName(base + "_flag")),
      builder.getStringAttr("MemcpyAsync"), buffers.lookup(fed.getMask()),
      builder.getI64IntegerAttr(flagBytes * fed.getIndex()), flag,
      builder.getI64IntegerAttr(flagBytes), flagType, IntegerAttr());
  int64_t write = nextLabel, keep = nextLabel + 1, leave = nextLabel + 2;
  nextLabel += kLabelsPerAssign;
  // Value 0 leads to entry 0, which keeps the weight.
  ascend::SwitchOp::create(
      builder, loc, builder.getStringAttr(makeName(base + "_switch")), flag,
      builder.getDenseI64ArrayAttr({keep, write}), IntegerAttr());
  auto setLabel = [&](StringRef suffix, int64_t label) {
    ascend::LabelSetOp::create(
        builder, loc, builder.getStringAttr(makeName(base + suffix.str())),
        builder.getI64IntegerAttr(label), IntegerAttr());
  };
  setLabel("_write", write);
  lowerAssign(loc, op.getVariable(), op.getValue());
  ascend::GotoOp::create(builder, loc,
                         builder.getStringAttr(makeName(base + "_goto")),
                         builder.getI64IntegerAttr(leave), IntegerAttr());
  setLabel("_keep", keep);
  setLabel("_leave", leave);
  return success();
}

//===----------------------------------------------------------------------===//
// Outputs
//===----------------------------------------------------------------------===//

LogicalResult ModelBuilder::lowerReturn(func::ReturnOp op) {
  // Every output has bytes of its own, which callers may replace by theirs.
  // A result of a launch is written there directly; everything else (an
  // input, a constant, a variable, a value returned twice) is copied.
  for (auto [i, operand] : llvm::enumerate(op.getOperands())) {
    auto res = function.getResultAttrOfType<geir::ResAttr>(
        i, geir::GEDialect::kResAttr);
    if (!res)
      return function.emitError("result ")
             << i << " needs the attribute 'ge.res'";
    std::optional<int64_t> bytes = geir::getTensorBytes(operand.getType());
    if (!bytes)
      return op.emitOpError("operand ")
             << i << " has no static type of known size";
    Value buffer = buffers.lookup(operand);
    auto alloc = buffer.getDefiningOp<ascend::AllocOp>();
    if (alloc && alloc.getSpace() == ascend::Space::Feature) {
      alloc.setSpace(ascend::Space::IO);
    } else {
      Value copy =
          ascend::AllocOp::create(builder, op.getLoc(), bufferType,
                                  ascend::Space::IO, *bytes, IntegerAttr());
      ascend::MemcpyOp::create(
          builder, op.getLoc(),
          builder.getStringAttr(makeName(res.getName().str() + "_copy")),
          builder.getStringAttr("MemcpyAsync"), buffer,
          builder.getI64IntegerAttr(0), copy, builder.getI64IntegerAttr(*bytes),
          TypeAttr::get(operand.getType()), IntegerAttr());
      buffer = copy;
    }
    ascend::OutputOp::create(builder, op.getLoc(), res.getName(),
                             builder.getI64IntegerAttr(i), buffer,
                             TypeAttr::get(operand.getType()));
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Names and kernels
//===----------------------------------------------------------------------===//

std::string ModelBuilder::makeName(StringAttr wanted, StringRef base) {
  return names.make(wanted ? wanted.getValue() : base);
}

FlatSymbolRefAttr ModelBuilder::getKernel(StringRef type) {
  // Functions, variables and files may be called like an operator.
  std::string symbol = type.str();
  for (unsigned i = 1; Operation *existing = symbols.lookup(symbol); ++i) {
    if (auto kernel = dyn_cast<ascend::KernelOp>(existing);
        kernel && kernel.getOpType() == type &&
        kernel.getEngine() == ascend::Engine::Reference)
      return FlatSymbolRefAttr::get(kernel.getSymNameAttr());
    symbol = type.str() + "_" + std::to_string(i);
  }
  OpBuilder outside(model);
  auto kernel = ascend::KernelOp::create(outside, model.getLoc(), symbol,
                                         ascend::Engine::Reference, type);
  symbols.insert(kernel);
  return FlatSymbolRefAttr::get(kernel.getSymNameAttr());
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

namespace {
struct ConvertGEToAscend
    : gemlir::impl::ConvertGEToAscendBase<ConvertGEToAscend> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    module->setAttr(
        ascend::AscendDialect::kTargetAttr,
        ascend::TargetAttr::get(
            &getContext(),
            StringAttr::get(&getContext(), ascend::getTarget(module).soc)));

    auto bundles = llvm::to_vector(module.getOps<wr::BundleOp>());
    if (bundles.size() != 1) {
      module.emitError("expected one wr.bundle, found ") << bundles.size();
      return signalPassFailure();
    }
    SymbolTable symbols(module);
    bool failed = false;
    for (wr::MemberAttr member :
         bundles.front().getMembers().getAsRange<wr::MemberAttr>()) {
      auto function =
          symbols.lookup<func::FuncOp>(member.getFunction().getValue());
      auto graph = function ? function->getAttrOfType<geir::GraphAttr>(
                                  geir::GEDialect::kGraphAttr)
                            : geir::GraphAttr();
      if (!graph || function.isExternal()) {
        bundles.front().emitOpError("member ")
            << member.getFunction() << " is not a graph with a body";
        return signalPassFailure();
      }
      failed |= mlir::failed(convert(function, graph, symbols));
    }
    if (failed)
      signalPassFailure();
  }

  static LogicalResult convert(func::FuncOp function, geir::GraphAttr graph,
                               SymbolTable &symbols) {
    OpBuilder builder(function);
    auto model = ascend::ModelOp::create(
        builder, function.getLoc(), function.getSymName(), graph.getName(),
        IntegerAttr(), IntegerAttr(), IntegerAttr(), ArrayAttr(),
        FlatSymbolRefAttr(), DictionaryAttr());
    model.getBody().emplaceBlock();
    LogicalResult result = ModelBuilder(function, model, symbols).run();
    // The model takes the function's place under its name.
    std::string name = function.getSymName().str();
    symbols.erase(function);
    model.setSymName(name);
    symbols.insert(model);
    return result;
  }
};
} // namespace
