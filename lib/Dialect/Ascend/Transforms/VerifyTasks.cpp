// SPDX-License-Identifier: Apache-2.0
//
// ascend-verify-tasks: verifies stage S6.
#include "GeDialect/Dialect/Ascend/IR/AscendDialect.h"
#include "GeDialect/Dialect/Ascend/Transforms/Passes.h"
#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Dialect/WeightRefresh/IR/WRDialect.h"
#include "GeDialect/Layout/MemoryModel.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MathExtras.h"

#include <map>

namespace gemlir::ascend {
#define GEN_PASS_DEF_VERIFYTASKS
#include "GeDialect/Dialect/Ascend/Transforms/Passes.h.inc"
} // namespace gemlir::ascend

using namespace mlir;
using namespace gemlir;
using namespace gemlir::ascend;

namespace {
struct VerifyTasks : gemlir::ascend::impl::VerifyTasksBase<VerifyTasks> {
  using Base::Base;

  void runOnOperation() override {
    for (wr::VariableOp variable : getOperation().getOps<wr::VariableOp>())
      if (variable.getAddress())
        slots.push_back({static_cast<int64_t>(*variable.getAddress()),
                         static_cast<int64_t>(*variable.getSlot())});
    for (ModelOp model : getOperation().getOps<ModelOp>())
      verifyModel(model);
    if (hasFailed)
      signalPassFailure();
  }

private:
  struct Segment {
    int64_t begin, bytes;
  };

  InFlightDiagnostic fail(Operation *op) {
    hasFailed = true;
    return op->emitOpError();
  }

  void verifyModel(ModelOp model) {
    if (!model.getFeatureBytes()) {
      fail(model) << "has no memory sizes";
      return;
    }
    nodes.clear();
    names.clear();
    segments.clear();
    int64_t memoryBytes = *model.getFeatureBytes() + *model.getIoBytes();
    segments.push_back({memory::kFeatureBase, memoryBytes});
    segments.push_back({memory::kFeatureBase + memoryBytes,
                        static_cast<int64_t>(*model.getWeightBytes())});
    llvm::append_range(segments, slots);

    for (OpOp node : model.getOps<OpOp>()) {
      if (!nodes.insert({node.getId(), node}).second)
        fail(node) << "repeats id " << node.getId();
      if (!names.insert({node.getName(), node}).second)
        fail(node) << "repeats the name of another node";
    }
    for (OpOp node : model.getOps<OpOp>())
      verifyEdges(node);
    bool hasEnded = false;
    for (Operation &op : model.getBody().front()) {
      if (hasEnded)
        fail(&op) << "lies behind the end of the list";
      if (auto task = dyn_cast<KernelTaskOp>(op)) {
        verifyTask(&op, task.getOp(), task.getStream());
        for (int64_t address : task.getAddresses())
          verifyAddress(&op, address, 0);
      } else if (auto task = dyn_cast<MemcpyTaskOp>(op)) {
        verifyTask(&op, task.getOp(), task.getStream());
        verifyAddress(&op, task.getSrc(), task.getBytes());
        verifyAddress(&op, task.getDst(), task.getBytes());
      } else if (auto task = dyn_cast<LabelSetTaskOp>(op)) {
        verifyTask(&op, task.getOp(), task.getStream());
      } else if (auto task = dyn_cast<GotoTaskOp>(op)) {
        verifyTask(&op, task.getOp(), task.getStream());
      } else if (auto task = dyn_cast<SwitchTaskOp>(op)) {
        verifyTask(&op, task.getOp(), task.getStream());
      } else if (auto task = dyn_cast<EndGraphTaskOp>(op)) {
        verifyStream(&op, task.getStream());
        hasEnded = true;
      } else if (auto weight = dyn_cast<WeightOp>(op)) {
        verifyWeight(weight, *model.getWeightBytes());
      } else if (!isa<OpOp>(op)) {
        fail(&op) << "does not belong into a task list";
      }
    }
    if (!hasEnded)
      fail(model) << "must end with ascend.task.end_graph";
  }

  void verifyEdges(OpOp node) {
    for (StringAttr edge : node.getEdges().getAsRange<StringAttr>()) {
      if (edge.empty())
        continue;
      auto [source, output] = edge.getValue().rsplit(':');
      auto producer = names.find(source);
      int64_t index = -1;
      if (producer == names.end())
        fail(node) << "edge " << edge << " leads to no node";
      else if (!output.getAsInteger(10, index) && index != -1 &&
               index >=
                   static_cast<int64_t>(producer->second.getOutputs().size()))
        fail(node) << "edge " << edge << " leads to an output that '" << source
                   << "' does not have";
    }
  }

  void verifyTask(Operation *task, int64_t node, int64_t stream) {
    if (!nodes.count(node))
      fail(task) << "belongs to node " << node << ", which does not exist";
    verifyStream(task, stream);
  }

  void verifyStream(Operation *task, int64_t stream) {
    if (stream != 0)
      fail(task) << "is on stream " << stream << ", the model has one";
  }

  void verifyWeight(WeightOp weight, int64_t imageBytes) {
    std::optional<int64_t> bytes = geir::getTensorBytes(weight.getType());
    int64_t at = weight.getAt();
    if (!bytes)
      fail(weight) << "needs a static tensor type of known size, found "
                   << weight.getType();
    else if (at < memory::kWeightsStart || at > imageBytes ||
             *bytes > imageBytes - at)
      fail(weight) << "bytes " << at << " to " << at << " + " << *bytes
                   << " leave the image of " << memory::kWeightsStart << " to "
                   << imageBytes;
  }

  void verifyAddress(Operation *task, int64_t address, int64_t bytes) {
    for (const Segment &segment : segments)
      if (address >= segment.begin && bytes >= 0 &&
          address - segment.begin < segment.bytes &&
          bytes <= segment.bytes - (address - segment.begin))
        return;
    fail(task) << "address " << address << " with " << bytes
               << " bytes lies in no segment";
  }

  SmallVector<Segment> slots;
  SmallVector<Segment> segments;
  std::map<int64_t, OpOp> nodes;
  llvm::StringMap<OpOp> names;
  bool hasFailed = false;
};
} // namespace
