// SPDX-License-Identifier: Apache-2.0
//
// ascend-verify-tasks: verifies stage S6. The loader takes places from the
// descriptors of the nodes and patches the tasks' addresses by them, labels
// from the attributes of the nodes: what tasks and nodes both say must agree.
#include "GeDialect/Dialect/Ascend/IR/AscendDialect.h"
#include "GeDialect/Dialect/Ascend/Transforms/Passes.h"
#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Dialect/WeightRefresh/IR/WRDialect.h"
#include "GeDialect/Layout/MemoryModel.h"
#include "GeDialect/Support/TaskConventions.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

#include <map>

namespace gemlir::ascend {
#define GEN_PASS_DEF_VERIFYTASKS
#include "GeDialect/Dialect/Ascend/Transforms/Passes.h.inc"
} // namespace gemlir::ascend

using namespace mlir;
using namespace gemlir;
using namespace gemlir::ascend;

/// By first address.
using Variables = std::map<int64_t, wr::VariableOp>;

namespace {

/// Verifies one model.
class ModelVerifier {
public:
  ModelVerifier(ModelOp model, Variables &variables)
      : model(model), variables(variables) {}

  LogicalResult run();

private:
  struct Node {
    OpOp op;
    /// What the tasks seen so far have done for the node.
    bool hasTask = false;
    int64_t copiedFrom = 0, copiedBytes = 0;
  };
  /// A task that leads to a label.
  struct Jump {
    Operation *task;
    int64_t label;
    unsigned position;
  };

  InFlightDiagnostic fail(Operation *op) {
    hasFailed = true;
    return op->emitOpError();
  }

  bool verifyMemory();
  void collect();

  // Nodes.
  void verifyNode(OpOp node);
  void verifyData(OpOp node);
  void verifyConst(OpOp node);
  void verifyVariable(OpOp node);
  void verifyNetOutput(OpOp node);
  void verifyEdges(OpOp node);
  /// A tensor in feature memory, among the inputs and outputs, in a variable or
  /// in the weight image.
  void verifyPlace(OpOp node, StringAttr slot, DescAttr desc);
  /// Tensors that callers' buffers may replace lie behind all others.
  void verifyInTail(OpOp node, DescAttr desc);

  // Tasks.
  Node *verifyTask(Operation *task, int64_t node, int64_t stream,
                   StringRef wantedType = "");
  void verifyStream(Operation *task, int64_t stream);
  void verifyKernel(KernelTaskOp task);
  void verifyMemcpy(MemcpyTaskOp task);
  void verifyLabel(Operation *task, OpOp node, int64_t label);
  void verifySwitch(SwitchTaskOp task, unsigned position);
  void verifyJumps();
  void verifyCompleteness(const Node &node);

  /// Logical address of a tensor; empty when it has none.
  std::optional<int64_t> getAddress(DescAttr desc) const;
  static int64_t getBytes(DescAttr desc) {
    return geir::getTensorBytes(desc.getType()).value_or(0);
  }
  static DescAttr getInput(OpOp node, unsigned i) {
    return cast<DescAttr>(node.getInputs()[i]);
  }
  static DescAttr getOutput(OpOp node, unsigned i) {
    return cast<DescAttr>(node.getOutputs()[i]);
  }

  ModelOp model;
  Variables &variables;
  int64_t feature = 0, memoryBytes = 0, weightBytes = 0;
  std::map<int64_t, Node> nodes;
  llvm::StringMap<OpOp> names;
  std::map<int64_t, WeightOp> weights;
  std::map<int64_t, OpOp> dataByIndex;
  std::map<int64_t, unsigned> labels;
  SmallVector<Jump> jumps;
  bool hasFailed = false;
};

struct VerifyTasks : gemlir::ascend::impl::VerifyTasksBase<VerifyTasks> {
  using Base::Base;

  void runOnOperation() override {
    Variables variables;
    bool hasFailed = false;
    for (wr::VariableOp variable : getOperation().getOps<wr::VariableOp>()) {
      if (!variable.getAddress()) {
        variable.emitOpError("has no address");
        hasFailed = true;
      } else if (!variables.insert({*variable.getAddress(), variable}).second) {
        variable.emitOpError("shares its address with another variable");
        hasFailed = true;
      }
    }
    for (ModelOp model : getOperation().getOps<ModelOp>())
      hasFailed |= failed(ModelVerifier(model, variables).run());
    if (hasFailed)
      signalPassFailure();
  }
};

/// Nodes that stand for memory, not for work.
bool isMemoryNode(OpOp node) {
  return llvm::is_contained({"Data", "Const", "Variable", "NetOutput"},
                            node.getOpType());
}

} // namespace

LogicalResult ModelVerifier::run() {
  if (!verifyMemory())
    return failure();
  collect();
  // Everything else looks nodes up.
  if (hasFailed)
    return failure();
  for (OpOp node : model.getOps<OpOp>())
    verifyNode(node);
  for (auto [position, entry] : llvm::enumerate(dataByIndex))
    if (entry.first != static_cast<int64_t>(position)) {
      fail(entry.second) << "has index " << entry.first
                         << ", the inputs before it are numbered up to "
                         << static_cast<int64_t>(position) - 1;
      break;
    }
  bool hasEnded = false;
  unsigned position = 0;
  for (Operation &operation : model.getBody().front()) {
    if (hasEnded)
      fail(&operation) << "lies behind the end of the list";
    ++position;
    llvm::TypeSwitch<Operation *>(&operation)
        .Case([&](KernelTaskOp task) { verifyKernel(task); })
        .Case([&](MemcpyTaskOp task) { verifyMemcpy(task); })
        .Case([&](LabelSetTaskOp task) {
          Node *node =
              verifyTask(task, task.getOp(), task.getStream(), "LabelSet");
          if (!node)
            return;
          verifyLabel(task, node->op, task.getLabel());
          if (!labels.insert({task.getLabel(), position}).second)
            fail(task) << "sets label " << task.getLabel() << " again";
        })
        .Case([&](GotoTaskOp task) {
          Node *node =
              verifyTask(task, task.getOp(), task.getStream(), "LabelGotoEx");
          if (!node)
            return;
          verifyLabel(task, node->op, task.getLabel());
          jumps.push_back(
              {task, static_cast<int64_t>(task.getLabel()), position});
        })
        .Case([&](SwitchTaskOp task) { verifySwitch(task, position); })
        .Case([&](EndGraphTaskOp task) {
          verifyStream(task, task.getStream());
          hasEnded = true;
        })
        .Case<OpOp, WeightOp>([](Operation *) {}) // collected above
        .Default([&](Operation *op) {
          fail(op) << "does not belong into a task list";
        });
  }
  if (!hasEnded)
    fail(model) << "must end with ascend.task.end_graph";
  verifyJumps();
  for (auto &[id, node] : nodes)
    verifyCompleteness(node);
  return failure(hasFailed);
}

bool ModelVerifier::verifyMemory() {
  if (!model.getFeatureBytes()) {
    fail(model) << "has no memory sizes";
    return false;
  }
  // Each lies in the address space (MO-1), so the sums do not overflow.
  feature = *model.getFeatureBytes();
  memoryBytes = feature + static_cast<int64_t>(*model.getIoBytes());
  weightBytes = *model.getWeightBytes();
  int64_t limit = memory::kFeatureLimit - memory::kFeatureBase;
  if (memoryBytes + weightBytes <= limit)
    return true;
  fail(model) << "needs " << memoryBytes + weightBytes
              << " bytes, the address space has " << limit;
  return false;
}

void ModelVerifier::collect() {
  for (OpOp node : model.getOps<OpOp>()) {
    if (!nodes.insert({node.getId(), Node{node}}).second)
      fail(node) << "repeats id " << node.getId();
    if (!names.insert({node.getName(), node}).second)
      fail(node) << "repeats the name of another node";
  }
  int64_t end = memory::kWeightsStart;
  for (WeightOp weight : model.getOps<WeightOp>()) {
    std::optional<int64_t> bytes = geir::getTensorBytes(weight.getType());
    int64_t at = weight.getAt();
    if (!bytes)
      fail(weight) << "needs a static tensor type of known size, found "
                   << weight.getType();
    else if (at < memory::kWeightsStart || at > weightBytes ||
             *bytes > weightBytes - at)
      fail(weight) << "bytes " << at << " to " << at << " + " << *bytes
                   << " leave the image of " << memory::kWeightsStart << " to "
                   << weightBytes;
    else if (!weights.insert({at, weight}).second)
      fail(weight) << "repeats the place of another one";
  }
  for (auto [at, weight] : weights) {
    if (at < end)
      fail(weight) << "overlaps the weight before it, which ends at " << end;
    end = std::max(end, at + *geir::getTensorBytes(weight.getType()));
  }
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

std::optional<int64_t> ModelVerifier::getAddress(DescAttr desc) const {
  if (desc.getConstant())
    return memory::kFeatureBase + memoryBytes + *desc.getConstant();
  if (!desc.getOffset())
    return std::nullopt;
  return *desc.getOffset() >= memory::kVariableBase
             ? *desc.getOffset()
             : memory::kFeatureBase + *desc.getOffset();
}

void ModelVerifier::verifyNode(OpOp node) {
  verifyEdges(node);
  StringRef type = node.getOpType();
  if (type == "Data")
    return verifyData(node);
  if (type == "Const")
    return verifyConst(node);
  if (type == "Variable")
    return verifyVariable(node);
  for (auto [slot, desc] :
       llvm::zip_equal(node.getInputNames().getAsRange<StringAttr>(),
                       node.getInputs().getAsRange<DescAttr>()))
    if (!desc.isAbsent())
      verifyPlace(node, slot, desc);
  if (type == "NetOutput")
    verifyNetOutput(node);
  for (auto [slot, desc] :
       llvm::zip_equal(node.getOutputNames().getAsRange<StringAttr>(),
                       node.getOutputs().getAsRange<DescAttr>())) {
    verifyPlace(node, slot, desc);
    if (desc.getConstant())
      fail(node) << slot << " is written into the weight image";
  }
}

void ModelVerifier::verifyPlace(OpOp node, StringAttr slot, DescAttr desc) {
  std::optional<int64_t> offset = desc.getOffset(),
                         constant = desc.getConstant();
  int64_t bytes = getBytes(desc);
  if (offset.has_value() == constant.has_value()) {
    fail(node) << slot << " needs either an offset or a constant";
  } else if (desc.getSize() < bytes) {
    fail(node) << slot << " has size " << desc.getSize() << ", its type needs "
               << bytes;
  } else if (constant) {
    auto weight = weights.find(*constant);
    if (weight == weights.end())
      fail(node) << slot << " reads constant " << *constant
                 << ", where no ascend.weight lies";
    else if (int64_t have = *geir::getTensorBytes(weight->second.getType());
             bytes > have)
      fail(node) << slot << " reads " << bytes << " bytes of a constant of "
                 << have;
  } else if (*offset >= memory::kVariableBase) {
    auto variable = variables.find(*offset);
    if (variable == variables.end())
      fail(node) << slot << " has offset " << *offset
                 << ", which is the address of no variable";
    else if (int64_t have = geir::getTensorBytes(variable->second.getStorage())
                                .value_or(0);
             bytes != have)
      fail(node) << slot << " has " << bytes << " bytes, @"
                 << variable->second.getSymName() << " has " << have;
  } else if (int64_t padded = memory::paddedTensorBytes(bytes);
             *offset > memoryBytes || padded > memoryBytes - *offset) {
    fail(node) << slot << " takes bytes " << *offset << " to " << *offset
               << " + " << padded << " of " << memoryBytes;
  }
}

void ModelVerifier::verifyInTail(OpOp node, DescAttr desc) {
  if (desc.getOffset() && *desc.getOffset() < feature)
    fail(node) << "has offset " << *desc.getOffset()
               << ", inputs and outputs start at " << feature;
}

void ModelVerifier::verifyData(OpOp node) {
  auto index = node.getAttrs() ? node.getAttrsAttr().getAs<IntegerAttr>("index")
                               : IntegerAttr();
  if (!index) {
    fail(node) << "needs an integer attribute 'index'";
    return;
  }
  if (node.getInputs().size() != 1 || node.getOutputs().size() != 1 ||
      getInput(node, 0).isAbsent()) {
    fail(node) << "needs one input and one output";
    return;
  }
  if (!dataByIndex.insert({index.getInt(), node}).second)
    fail(node) << "repeats index " << index.getInt();
  int64_t bytes = getBytes(getInput(node, 0));
  if (int64_t supplied = memory::suppliedBytes(bytes);
      getInput(node, 0).getSize() != supplied)
    fail(node) << "asks callers for " << getInput(node, 0).getSize()
               << " bytes, its type needs " << supplied;
  verifyPlace(node, cast<StringAttr>(node.getOutputNames()[0]),
              getOutput(node, 0));
  verifyInTail(node, getOutput(node, 0));
}

void ModelVerifier::verifyConst(OpOp node) {
  if (!node.getInputs().empty() || node.getOutputs().size() != 1 ||
      !getOutput(node, 0).getConstant())
    fail(node) << "needs no input and one output with a constant";
  else
    verifyPlace(node, cast<StringAttr>(node.getOutputNames()[0]),
                getOutput(node, 0));
}

void ModelVerifier::verifyVariable(OpOp node) {
  if (node.getOutputs().size() != 1) {
    fail(node) << "needs one output";
    return;
  }
  DescAttr desc = getOutput(node, 0);
  auto variable = variables.find(desc.getOffset().value_or(0));
  if (variable == variables.end() ||
      variable->second.getSymName() != node.getName())
    fail(node) << "is not at the address of a variable of its name";
  else
    verifyPlace(node, cast<StringAttr>(node.getOutputNames()[0]), desc);
}

void ModelVerifier::verifyNetOutput(OpOp node) {
  ArrayAttr outputNames = model.getOutputNamesAttr();
  if (!outputNames || outputNames.size() != node.getInputs().size())
    fail(node) << "has " << node.getInputs().size() << " inputs, the model "
               << (outputNames ? outputNames.size() : 0) << " output names";
  for (auto desc : node.getInputs().getAsRange<DescAttr>())
    if (desc.isAbsent())
      fail(node) << "must not have an absent input";
    else
      verifyInTail(node, desc);
}

void ModelVerifier::verifyEdges(OpOp node) {
  for (auto [i, edge] :
       llvm::enumerate(node.getEdges().getAsRange<StringAttr>())) {
    if (edge.empty()) {
      if (!isMemoryNode(node) && !getInput(node, i).isAbsent())
        fail(node) << "input " << node.getInputNames()[i] << " needs an edge";
      continue;
    }
    // OP-2: the form is right.
    auto [source, text] = edge.getValue().rsplit(':');
    int64_t output = -1;
    (void)text.getAsInteger(10, output);
    auto producer = names.find(source);
    if (producer == names.end()) {
      fail(node) << "edge " << edge << " leads to no node";
      continue;
    }
    if (output == -1)
      continue;
    if (output >= static_cast<int64_t>(producer->second.getOutputs().size())) {
      fail(node) << "edge " << edge << " leads to an output that '" << source
                 << "' does not have";
      continue;
    }
    DescAttr written = getOutput(producer->second, output);
    if (getInput(node, i).isAbsent())
      fail(node) << "edge " << edge << " leads to an absent input";
    else if (getAddress(getInput(node, i)) != getAddress(written))
      fail(node) << "input " << node.getInputNames()[i]
                 << " does not lie where " << edge << " is";
  }
}

//===----------------------------------------------------------------------===//
// Tasks
//===----------------------------------------------------------------------===//

ModelVerifier::Node *ModelVerifier::verifyTask(Operation *task, int64_t id,
                                               int64_t stream,
                                               StringRef wantedType) {
  verifyStream(task, stream);
  auto node = nodes.find(id);
  if (node == nodes.end()) {
    fail(task) << "belongs to node " << id << ", which does not exist";
    return nullptr;
  }
  OpOp op = node->second.op;
  if (wantedType.empty() ? isMemoryNode(op) : op.getOpType() != wantedType) {
    fail(task) << "belongs to '" << op.getName() << "' of type "
               << op.getOpType();
    return nullptr;
  }
  node->second.hasTask = true;
  return &node->second;
}

void ModelVerifier::verifyStream(Operation *task, int64_t stream) {
  if (stream != 0)
    fail(task) << "is on stream " << stream << ", the model has one";
}

void ModelVerifier::verifyKernel(KernelTaskOp task) {
  Node *node = verifyTask(task, task.getOp(), task.getStream());
  if (!node)
    return;
  SmallVector<std::optional<int64_t>> wanted;
  for (auto desc : node->op.getInputs().getAsRange<DescAttr>())
    if (!desc.isAbsent())
      wanted.push_back(getAddress(desc));
  for (auto desc : node->op.getOutputs().getAsRange<DescAttr>())
    wanted.push_back(getAddress(desc));
  ArrayRef<int64_t> found = task.getAddresses();
  if (found.size() != wanted.size()) {
    fail(task) << "has " << found.size() << " addresses, '"
               << node->op.getName() << "' has " << wanted.size()
               << " inputs and outputs";
    return;
  }
  for (auto [i, address] : llvm::enumerate(found))
    if (wanted[i] && *wanted[i] != address)
      fail(task) << "address " << i << " is " << address << ", '"
                 << node->op.getName() << "' says " << *wanted[i];
}

/// Whether `address` + `bytes` lies in [begin, begin + size).
static bool isWithin(int64_t address, int64_t bytes, int64_t begin,
                     int64_t size) {
  return address >= begin && address - begin <= size &&
         bytes <= size - (address - begin);
}

void ModelVerifier::verifyMemcpy(MemcpyTaskOp task) {
  Node *node = verifyTask(task, task.getOp(), task.getStream());
  if (!node)
    return;
  int64_t src = task.getSrc(), dst = task.getDst(), bytes = task.getBytes();
  if (bytes <= 0) {
    fail(task) << "copies " << bytes << " bytes";
    return;
  }
  if (node->op.getOutputs().size() != 1) {
    fail(task) << "belongs to '" << node->op.getName() << "' with "
               << node->op.getOutputs().size() << " outputs";
    return;
  }
  // The copies of a node are consecutive pieces of one.
  DescAttr output = getOutput(node->op, 0);
  int64_t outputAddress = getAddress(output).value_or(0);
  if (dst != outputAddress + node->copiedBytes ||
      bytes > getBytes(output) - node->copiedBytes)
    fail(task) << "writes " << bytes << " bytes at " << dst << ", '"
               << node->op.getName() << "' has "
               << getBytes(output) - node->copiedBytes
               << " bytes to be written at "
               << outputAddress + node->copiedBytes;
  bool isInInput = llvm::any_of(
      node->op.getInputs().getAsRange<DescAttr>(), [&](DescAttr input) {
        std::optional<int64_t> address = getAddress(input);
        return address && isWithin(src, bytes, *address, getBytes(input));
      });
  if (!isInInput)
    fail(task) << "reads " << bytes << " bytes at " << src
               << ", which are in no input of '" << node->op.getName() << "'";
  else if (node->copiedBytes != 0 &&
           src - node->copiedBytes != node->copiedFrom)
    fail(task) << "reads at " << src << ", the copy before it ended at "
               << node->copiedFrom + node->copiedBytes;
  else if (node->copiedBytes == 0)
    node->copiedFrom = src;
  node->copiedBytes += std::min(bytes, getBytes(output) - node->copiedBytes);
}

void ModelVerifier::verifyLabel(Operation *task, OpOp node, int64_t label) {
  auto index =
      node.getAttrs()
          ? node.getAttrsAttr().getAs<IntegerAttr>("_label_switch_index")
          : IntegerAttr();
  if (!index)
    fail(task) << "belongs to '" << node.getName()
               << "', which has no integer attribute '_label_switch_index'";
  else if (index.getInt() != label)
    fail(task) << "has label " << label << ", '" << node.getName() << "' has "
               << index.getInt();
  else if (label < 0 || label >= kMaxLabels)
    fail(task) << "label must lie in 0.." << kMaxLabels - 1 << ", found "
               << label;
}

void ModelVerifier::verifySwitch(SwitchTaskOp task, unsigned position) {
  Node *node =
      verifyTask(task, task.getOp(), task.getStream(), "LabelSwitchByIndex");
  if (!node)
    return;
  OpOp op = node->op;
  auto list =
      op.getAttrs()
          ? op.getAttrsAttr().getAs<geir::ListAttr>("_label_switch_list")
          : geir::ListAttr();
  if (!list || list.getKind() != geir::ListKind::Int) {
    fail(task) << "belongs to '" << op.getName()
               << "', which has no integer list '_label_switch_list'";
    return;
  }
  if (list.getValues().size() != task.getCount())
    fail(task) << "selects from " << task.getCount() << " labels, '"
               << op.getName() << "' lists " << list.getValues().size();
  for (auto label : list.getValues().getAsRange<IntegerAttr>())
    jumps.push_back({task, label.getInt(), position});
  // The loader refuses an index that lies in a caller's buffer.
  if (op.getInputs().size() != 1 || !getInput(op, 0).getOffset() ||
      *getInput(op, 0).getOffset() >= feature)
    fail(task) << "needs an index in the " << feature
               << " bytes of feature memory";
}

void ModelVerifier::verifyJumps() {
  for (const Jump &jump : jumps) {
    auto label = labels.find(jump.label);
    if (label == labels.end())
      fail(jump.task) << "leads to label " << jump.label
                      << ", which nothing sets";
    else if (label->second < jump.position)
      // Lifetimes of buffers rely on it.
      fail(jump.task) << "leads back to label " << jump.label;
  }
}

void ModelVerifier::verifyCompleteness(const Node &node) {
  OpOp op = node.op;
  if (isMemoryNode(op))
    return;
  bool writesNothing =
      !op.getOutputs().empty() &&
      llvm::all_of(op.getOutputs().getAsRange<DescAttr>(),
                   [](DescAttr desc) { return getBytes(desc) == 0; });
  if (!node.hasTask && !writesNothing)
    fail(op) << "has no task";
  if (node.copiedBytes != 0 && node.copiedBytes != getBytes(getOutput(op, 0)))
    fail(op) << "has copies of " << node.copiedBytes
             << " bytes, its output has " << getBytes(getOutput(op, 0));
}
