// SPDX-License-Identifier: Apache-2.0
//
// ascend-emit-tasks: turns programs into the nodes and tasks of the file.
#include "GeDialect/Dialect/Ascend/IR/AscendDialect.h"
#include "GeDialect/Dialect/Ascend/Transforms/Passes.h"
#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Dialect/WeightRefresh/IR/WRDialect.h"
#include "GeDialect/Layout/MemoryModel.h"
#include "GeDialect/Support/TaskConventions.h"
#include "GeDialect/Support/UniqueNames.h"

#include "mlir/IR/Builders.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallSet.h"
#include "llvm/ADT/TypeSwitch.h"

#include <functional>

namespace gemlir::ascend {
#define GEN_PASS_DEF_EMITTASKS
#include "GeDialect/Dialect/Ascend/Transforms/Passes.h.inc"
} // namespace gemlir::ascend

using namespace mlir;
using namespace gemlir;
using namespace gemlir::ascend;

/// GE's name of the node that collects the outputs.
static constexpr llvm::StringLiteral kNetOutputName = "Node_Output";

namespace {

/// Emits the nodes and tasks of one model behind its program.
class TaskEmitter {
public:
  TaskEmitter(ModelOp model, SymbolTable &symbols)
      : model(model), symbols(symbols),
        builder(OpBuilder::atBlockEnd(&model.getBody().front())) {
    int64_t memoryBytes = *model.getFeatureBytes() + *model.getIoBytes();
    weightBase = memory::kFeatureBase + memoryBytes;
  }

  void run();

private:
  /// One side of a node under construction.
  struct Side {
    SmallVector<Attribute> names, descs;
  };
  struct Node {
    std::string name, type;
    Side inputs, outputs;
    SmallVector<Attribute> edges;
    SmallVector<NamedAttribute> attrs;
  };

  // Nodes.
  void emitInput(InputOp op);
  void emitConstant(ConstantOp op);
  void emitSlot(SlotOp op);
  void emitLaunch(LaunchOp op);
  void emitMemcpy(MemcpyOp op);
  void emitSwitch(SwitchOp op);
  void emitLabel(Operation *op, StringRef name, StringRef type, int64_t label);
  void emitNetOutput(ArrayRef<OutputOp> outputs);
  int64_t emitNode(Location loc, const Node &node);

  /// Adds an input that reads `type` from `buffer`.
  void addInput(Node &node, StringRef slot, Value buffer, Type type);
  void addOutput(Node &node, StringRef slot, Value buffer, Type type);
  /// Orders the node behind the work before it; programs with labels have no
  /// other order.
  void addControlEdge(Node &node);

  /// Logical address of the first byte of a buffer.
  int64_t getAddress(Value buffer);
  /// Op offset of a buffer: relative to feature memory, or the full address of
  /// a variable; empty for constants.
  std::optional<int64_t> getOffset(Value buffer);

  DescAttr getDesc(Type type, std::optional<int64_t> offset,
                   std::optional<int64_t> constant) {
    int64_t bytes = *geir::getTensorBytes(type);
    return DescAttr::get(builder.getContext(), type,
                         memory::paddedTensorBytes(bytes), offset, constant);
  }
  IntegerAttr number(int64_t value) { return builder.getI64IntegerAttr(value); }

  ModelOp model;
  SymbolTable &symbols;
  OpBuilder builder;
  int64_t weightBase;
  int64_t nextId = 0;
  UniqueNames names;
  /// Name of the node whose output a buffer holds, as an edge.
  llvm::DenseMap<Value, std::string> producers;
  llvm::SmallSet<int64_t, 16> emittedWeights;
  std::string previousWork;
  bool hasLabels = false;
  /// Tasks are emitted behind all nodes.
  SmallVector<std::function<void()>> tasks;
};

} // namespace

void TaskEmitter::run() {
  SmallVector<Operation *> program;
  for (Operation &op : model.getBody().front())
    program.push_back(&op);
  hasLabels = llvm::any_of(program, llvm::IsaPred<LabelSetOp>);
  SmallVector<OutputOp> outputs;
  for (Operation *op : program)
    llvm::TypeSwitch<Operation *>(op)
        .Case([&](InputOp input) { emitInput(input); })
        .Case([&](ConstantOp constant) { emitConstant(constant); })
        .Case([&](SlotOp slot) { emitSlot(slot); })
        .Case([&](LaunchOp launch) { emitLaunch(launch); })
        .Case([&](MemcpyOp copy) { emitMemcpy(copy); })
        .Case([&](SwitchOp branch) { emitSwitch(branch); })
        .Case([&](LabelSetOp label) {
          emitLabel(op, label.getName(), "LabelSet", label.getLabel());
        })
        .Case([&](GotoOp branch) {
          emitLabel(op, branch.getName(), "LabelGotoEx", branch.getLabel());
        })
        .Case([&](OutputOp output) { outputs.push_back(output); });
  if (!outputs.empty())
    emitNetOutput(outputs);
  for (const std::function<void()> &task : tasks)
    task();
  EndGraphTaskOp::create(builder, model.getLoc(), number(0));
  for (Operation *op : llvm::reverse(program))
    op->erase();
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

int64_t TaskEmitter::emitNode(Location loc, const Node &node) {
  int64_t id = nextId++;
  names.insert(node.name);
  OpOp::create(builder, loc, number(id), builder.getStringAttr(node.name),
               builder.getStringAttr(node.type),
               builder.getArrayAttr(node.inputs.names),
               builder.getArrayAttr(node.inputs.descs),
               builder.getArrayAttr(node.outputs.names),
               builder.getArrayAttr(node.outputs.descs),
               builder.getArrayAttr(node.edges),
               node.attrs.empty() ? DictionaryAttr()
                                  : builder.getDictionaryAttr(node.attrs),
               /*extra=*/DictionaryAttr());
  return id;
}

void TaskEmitter::addInput(Node &node, StringRef slot, Value buffer,
                           Type type) {
  std::optional<int64_t> constant;
  if (auto definition = buffer.getDefiningOp<ConstantOp>())
    constant = *definition.getAt();
  node.inputs.names.push_back(builder.getStringAttr(slot));
  node.inputs.descs.push_back(getDesc(type, getOffset(buffer), constant));
  node.edges.push_back(builder.getStringAttr(producers.lookup(buffer)));
}

void TaskEmitter::addOutput(Node &node, StringRef slot, Value buffer,
                            Type type) {
  // The n-th output of a node is the n-th edge source.
  producers[buffer] =
      node.name + ":" + std::to_string(node.outputs.names.size());
  node.outputs.names.push_back(builder.getStringAttr(slot));
  node.outputs.descs.push_back(getDesc(type, getOffset(buffer), std::nullopt));
}

void TaskEmitter::addControlEdge(Node &node) {
  if (hasLabels && !previousWork.empty())
    node.edges.push_back(builder.getStringAttr(previousWork + ":-1"));
  previousWork = node.name;
}

void TaskEmitter::emitInput(InputOp op) {
  Node node{op.getName().str(), "Data", {}, {}, {}, {}};
  // The input descriptor states the exact bytes that a caller must supply.
  node.inputs.names.push_back(builder.getStringAttr("x"));
  node.inputs.descs.push_back(DescAttr::get(
      builder.getContext(), op.getType(),
      memory::suppliedBytes(op.getBufferBytes()), std::nullopt, std::nullopt));
  node.edges.push_back(builder.getStringAttr(""));
  addOutput(node, "y", op.getBuffer(), op.getType());
  node.attrs.push_back(builder.getNamedAttr("index", op.getIndexAttr()));
  emitNode(op.getLoc(), node);
}

void TaskEmitter::emitConstant(ConstantOp op) {
  Node node{op.getName().str(), "Const", {}, {}, {}, {}};
  producers[op.getBuffer()] = node.name + ":0";
  node.outputs.names.push_back(builder.getStringAttr("y"));
  node.outputs.descs.push_back(
      getDesc(op.getType(), std::nullopt, *op.getAt()));
  emitNode(op.getLoc(), node);
  if (emittedWeights.insert(*op.getAt()).second)
    WeightOp::create(builder, op.getLoc(), op.getAtAttr(), op.getValueAttr(),
                     op.getTypeAttr());
}

void TaskEmitter::emitSlot(SlotOp op) {
  Node node{op.getVariable().str(), "Variable", {}, {}, {}, {}};
  node.inputs.names.push_back(builder.getStringAttr("x"));
  node.inputs.descs.push_back(DescAttr::get(builder.getContext(), op.getType(),
                                            /*size=*/0, std::nullopt,
                                            std::nullopt));
  node.edges.push_back(builder.getStringAttr(""));
  addOutput(node, "y", op.getBuffer(), op.getType());
  emitNode(op.getLoc(), node);
}

void TaskEmitter::emitLaunch(LaunchOp op) {
  auto kernel = symbols.lookup<KernelOp>(op.getKernel());
  Node node{op.getName().str(), kernel.getOpType().str(), {}, {}, {}, {}};
  SmallVector<int64_t> addresses;
  unsigned next = 0;
  for (auto [slot, type] :
       llvm::zip_equal(op.getInputSlots(), op.getInputTypes())) {
    StringRef name = cast<StringAttr>(slot).getValue();
    Type held = cast<TypeAttr>(type).getValue();
    if (isa<NoneType>(held)) {
      node.inputs.names.push_back(builder.getStringAttr(name));
      node.inputs.descs.push_back(DescAttr::get(builder.getContext(), held, 0,
                                                std::nullopt, std::nullopt));
      node.edges.push_back(builder.getStringAttr(""));
      continue;
    }
    Value buffer = op.getInputs()[next++];
    addInput(node, name, buffer, held);
    addresses.push_back(getAddress(buffer));
  }
  for (auto [slot, type, buffer] : llvm::zip_equal(
           op.getOutputSlots(), op.getOutputTypes(), op.getOutputs())) {
    addOutput(node, cast<StringAttr>(slot).getValue(), buffer,
              cast<TypeAttr>(type).getValue());
    addresses.push_back(getAddress(buffer));
  }
  if (DictionaryAttr attrs = op.getAttrsAttr())
    llvm::append_range(node.attrs, attrs);
  addControlEdge(node);
  int64_t id = emitNode(op.getLoc(), node);
  tasks.push_back([this, id, addresses, kernel, stream = op.getStreamAttr(),
                   loc = op.getLoc()]() mutable {
    KernelTaskOp::create(builder, loc, number(id), stream,
                         builder.getStringAttr(kReferenceLibrary),
                         kernel.getOpTypeAttr(),
                         builder.getDenseI64ArrayAttr(addresses));
  });
}

/// What a node reads is the whole source; which bytes of it the copy takes is a
/// fact of the task.
static Type getSourceType(MemcpyOp op) {
  auto source = op.getSrc().getDefiningOp<BufferOpInterface>();
  int64_t bytes = source.getBufferBytes();
  if (bytes == static_cast<int64_t>(op.getBytes()))
    return op.getType();
  return llvm::TypeSwitch<Operation *, Type>(source)
      .Case<InputOp, ConstantOp, SlotOp>(
          [](auto definition) { return definition.getType(); })
      .Default([&](Operation *) { // an allocation has no type of its own
        return RankedTensorType::get({bytes},
                                     IntegerType::get(op.getContext(), 8));
      });
}

void TaskEmitter::emitMemcpy(MemcpyOp op) {
  Node node{op.getName().str(), op.getOpType().str(), {}, {}, {}, {}};
  Type sourceType = getSourceType(op);
  bool isAssign = op.getDst().getDefiningOp<SlotOp>() != nullptr;
  if (isAssign) {
    addInput(node, "ref", op.getDst(), op.getType());
    addInput(node, "value", op.getSrc(), op.getType());
    addOutput(node, "ref", op.getDst(), op.getType());
  } else {
    addInput(node, "x", op.getSrc(), sourceType);
    addOutput(node, "y", op.getDst(), op.getType());
  }
  addControlEdge(node);
  int64_t id = emitNode(op.getLoc(), node);
  int64_t src = getAddress(op.getSrc()) + static_cast<int64_t>(op.getFrom());
  int64_t dst = getAddress(op.getDst());
  tasks.push_back([this, id, src, dst,
                   bytes = static_cast<int64_t>(op.getBytes()),
                   stream = op.getStreamAttr(), loc = op.getLoc()] {
    int64_t step = kMaxCopyBytes;
    for (int64_t done = 0; done < bytes; done += step)
      MemcpyTaskOp::create(builder, loc, number(id), stream, number(src + done),
                           number(dst + done),
                           number(std::min(step, bytes - done)));
  });
}

void TaskEmitter::emitSwitch(SwitchOp op) {
  Node node{op.getName().str(), "LabelSwitchByIndex", {}, {}, {}, {}};
  addInput(node, "index", op.getIndex(),
           RankedTensorType::get({}, builder.getI32Type()));
  addControlEdge(node);
  SmallVector<Attribute> labels;
  for (int64_t label : op.getLabels())
    labels.push_back(number(label));
  node.attrs.push_back(builder.getNamedAttr(
      "_label_switch_list",
      geir::ListAttr::get(builder.getContext(), geir::ListKind::Int,
                          builder.getArrayAttr(labels))));
  int64_t id = emitNode(op.getLoc(), node);
  tasks.push_back([this, id, count = op.getLabels().size(),
                   stream = op.getStreamAttr(), loc = op.getLoc()] {
    SwitchTaskOp::create(builder, loc, number(id), stream, number(count));
  });
}

void TaskEmitter::emitLabel(Operation *op, StringRef name, StringRef type,
                            int64_t label) {
  Node node{name.str(), type.str(), {}, {}, {}, {}};
  addControlEdge(node);
  node.attrs.push_back(
      builder.getNamedAttr("_label_switch_index", number(label)));
  int64_t id = emitNode(op->getLoc(), node);
  tasks.push_back([this, id, label, isSet = isa<LabelSetOp>(op),
                   stream = cast<WorkOpInterface>(op).getStreamNumber(),
                   loc = op->getLoc()] {
    if (isSet)
      LabelSetTaskOp::create(builder, loc, number(id), stream, number(label));
    else
      GotoTaskOp::create(builder, loc, number(id), stream, number(label));
  });
}

void TaskEmitter::emitNetOutput(ArrayRef<OutputOp> outputs) {
  SmallVector<OutputOp> sorted(outputs);
  llvm::sort(sorted, [](OutputOp a, OutputOp b) {
    return a.getIndex() < b.getIndex();
  });
  // A node of the model may have the name.
  Node node{names.make(kNetOutputName), "NetOutput", {}, {}, {}, {}};
  SmallVector<Attribute> outputNames;
  for (OutputOp output : sorted) {
    addInput(node, "__input" + std::to_string(output.getIndex()),
             output.getBuffer(), output.getType());
    outputNames.push_back(output.getNameAttr());
  }
  model.setOutputNamesAttr(builder.getArrayAttr(outputNames));
  emitNode(sorted.front().getLoc(), node);
}

//===----------------------------------------------------------------------===//
// Addresses
//===----------------------------------------------------------------------===//

std::optional<int64_t> TaskEmitter::getOffset(Value buffer) {
  return llvm::TypeSwitch<Operation *, std::optional<int64_t>>(
             buffer.getDefiningOp())
      .Case([](InputOp op) { return *op.getAt(); })
      .Case([](AllocOp op) { return *op.getAt(); })
      .Case([&](SlotOp op) {
        return *symbols.lookup<wr::VariableOp>(op.getVariable()).getAddress();
      })
      .Default([](Operation *) { return std::nullopt; });
}

int64_t TaskEmitter::getAddress(Value buffer) {
  if (auto constant = buffer.getDefiningOp<ConstantOp>())
    return weightBase + static_cast<int64_t>(*constant.getAt());
  int64_t offset = *getOffset(buffer);
  return buffer.getDefiningOp<SlotOp>() ? offset
                                        : memory::kFeatureBase + offset;
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

namespace {
struct EmitTasks : gemlir::ascend::impl::EmitTasksBase<EmitTasks> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    SymbolTable symbols(module);
    for (ModelOp model : module.getOps<ModelOp>()) {
      if (failed(checkPlaces(model, symbols)))
        return signalPassFailure();
      TaskEmitter(model, symbols).run();
    }
  }

  /// The pass may be run on anything: whatever it reads must be there.
  static LogicalResult checkPlaces(ModelOp model, SymbolTable &symbols) {
    if (!model.getFeatureBytes())
      return model.emitOpError("has no memory sizes; run ascend-plan-memory "
                               "first");
    for (Operation &op : model.getBody().front()) {
      bool hasPlace = true;
      if (auto input = dyn_cast<InputOp>(op))
        hasPlace = input.getAt().has_value();
      else if (auto alloc = dyn_cast<AllocOp>(op))
        hasPlace = alloc.getAt().has_value();
      else if (auto constant = dyn_cast<ConstantOp>(op))
        hasPlace = constant.getAt().has_value();
      else if (auto slot = dyn_cast<SlotOp>(op)) {
        auto variable = symbols.lookup<wr::VariableOp>(slot.getVariable());
        hasPlace = variable && variable.getAddress();
      } else if (auto work = dyn_cast<WorkOpInterface>(op)) {
        hasPlace = static_cast<bool>(work.getStreamNumber());
        if (auto launch = dyn_cast<LaunchOp>(op);
            launch && failed(checkEngine(launch, symbols)))
          return failure();
      } else if (!isa<OutputOp>(op))
        return op.emitOpError("is not part of a program of stage S5");
      if (!hasPlace)
        return op.emitOpError("has no place or stream yet");
    }
    return success();
  }

  /// Only the form of tasks without a device kernel is known. A kernel of
  /// another engine must not become one of them silently.
  static LogicalResult checkEngine(LaunchOp launch, SymbolTable &symbols) {
    auto kernel = symbols.lookup<KernelOp>(launch.getKernel());
    if (kernel && kernel.getEngine() == Engine::Reference)
      return success();
    return launch.emitOpError("runs ")
           << launch.getKernelAttr()
           << ", which is not a kernel of engine reference";
  }
};
} // namespace
