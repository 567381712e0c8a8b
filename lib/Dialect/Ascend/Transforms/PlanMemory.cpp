// SPDX-License-Identifier: Apache-2.0
//
// ascend-plan-memory: places buffers in feature memory and constants in the
// weight image.
#include "GeDialect/Dialect/Ascend/IR/AscendDialect.h"
#include "GeDialect/Dialect/Ascend/Transforms/OffsetAllocation.h"
#include "GeDialect/Dialect/Ascend/Transforms/Passes.h"
#include "GeDialect/Layout/MemoryModel.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Remarks.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

namespace gemlir::ascend {
#define GEN_PASS_DEF_PLANMEMORY
#include "GeDialect/Dialect/Ascend/Transforms/Passes.h.inc"
} // namespace gemlir::ascend

using namespace mlir;
using namespace gemlir;
using namespace gemlir::ascend;

namespace {

/// Hands out consecutive places on block boundaries.
class Region {
public:
  explicit Region(int64_t start) : used(start) {}

  /// Place for `bytes` payload bytes; empty when the region overflows.
  std::optional<int64_t> place(int64_t bytes) {
    int64_t at = used;
    if (llvm::AddOverflow(
            used, memory::alignToBlock(memory::paddedTensorBytes(bytes)), used))
      return std::nullopt;
    return at;
  }
  int64_t size() const { return used; }

private:
  int64_t used;
};

struct PlanMemory : gemlir::ascend::impl::PlanMemoryBase<PlanMemory> {
  using Base::Base;

  void runOnOperation() override {
    for (ModelOp model : getOperation().getOps<ModelOp>())
      if (failed(plan(model)))
        return signalPassFailure();
  }

private:
  LogicalResult plan(ModelOp model) {
    FailureOr<int64_t> feature = planFeatureMemory(model);
    if (failed(feature))
      return failure();
    FailureOr<int64_t> io = planIO(model, *feature);
    FailureOr<int64_t> weights = planWeights(model);
    if (failed(io) || failed(weights))
      return failure();
    Builder builder(&getContext());
    model.setFeatureBytesAttr(builder.getI64IntegerAttr(*feature));
    model.setIoBytesAttr(builder.getI64IntegerAttr(*io));
    model.setWeightBytesAttr(builder.getI64IntegerAttr(*weights));
    return success();
  }

  static LogicalResult tooLarge(Operation *op) {
    return op->emitOpError("does not fit into the address space together with "
                           "what lies before it");
  }

  /// Buffers that share bytes over time; the size of the region.
  FailureOr<int64_t> planFeatureMemory(ModelOp model) {
    // A buffer lives from the first task that writes it to the last one that
    // touches it. Jumps only lead forward, so positions in the list are a
    // valid order on every path.
    struct Lifetime {
      int64_t begin, end;
    };
    llvm::MapVector<Operation *, Lifetime> lifetimes;
    int64_t position = 0;
    for (Operation &op : model.getBody().front()) {
      auto work = dyn_cast<WorkOpInterface>(op);
      if (!work)
        continue;
      auto touch = [&](Value buffer) {
        auto alloc = buffer.getDefiningOp<AllocOp>();
        if (!alloc || alloc.getSpace() != Space::Feature)
          return;
        auto [entry, isNew] =
            lifetimes.insert({alloc, {position, position + 1}});
        if (!isNew)
          entry->second.end = position + 1;
      };
      llvm::for_each(work.getReads(), touch);
      llvm::for_each(work.getWrites(), touch);
      ++position;
    }
    std::vector<AllocationRequest> requests;
    for (auto &[op, lifetime] : lifetimes) {
      AllocationRequest request;
      request.bytes = memory::alignToBlock(
          memory::paddedTensorBytes(cast<AllocOp>(op).getBytes()));
      request.begin = lifetime.begin;
      request.end = lifetime.end;
      requests.push_back(request);
    }
    AllocationOptions options;
    options.alignment = memory::kBlockAlignment;
    llvm::Expected<AllocationResult> result =
        allocateOffsets(requests, options);
    if (!result)
      return model.emitOpError("cannot place the intermediate results: ")
             << llvm::toString(result.takeError());

    Builder builder(&getContext());
    for (auto [entry, offset] : llvm::zip_equal(lifetimes, result->offsets))
      cast<AllocOp>(entry.first).setAtAttr(builder.getI64IntegerAttr(offset));
    // What no task touches still needs a place; any will do.
    int64_t unused = 0;
    for (AllocOp alloc : model.getOps<AllocOp>()) {
      if (alloc.getSpace() != Space::Feature || lifetimes.contains(alloc))
        continue;
      alloc.setAtAttr(builder.getI64IntegerAttr(0));
      unused = std::max(unused, memory::alignToBlock(memory::paddedTensorBytes(
                                    alloc.getBytes())));
    }
    remark::analysis(
        model.getLoc(),
        remark::RemarkOpts::name("ascend-plan-memory").category("memory"))
        << llvm::formatv("model '{0}': {1} bytes of feature memory for {2} "
                         "buffers, lower bound {3}",
                         model.getSymName(), result->peak, requests.size(),
                         result->lowerBound)
               .str();
    return std::max(result->peak, unused);
  }

  /// Outputs, then inputs, each with a place of its own; the size of the tail.
  FailureOr<int64_t> planIO(ModelOp model, int64_t feature) {
    Builder builder(&getContext());
    Region region(feature);
    for (AllocOp alloc : model.getOps<AllocOp>()) {
      if (alloc.getSpace() != Space::IO)
        continue;
      std::optional<int64_t> at = region.place(alloc.getBytes());
      if (!at)
        return tooLarge(alloc);
      alloc.setAtAttr(builder.getI64IntegerAttr(*at));
    }
    for (InputOp input : model.getOps<InputOp>()) {
      std::optional<int64_t> at = region.place(input.getBufferBytes());
      if (!at)
        return tooLarge(input);
      input.setAtAttr(builder.getI64IntegerAttr(*at));
    }
    return region.size() - feature;
  }

  /// Constants in their order, equal ones once; the size of the image.
  FailureOr<int64_t> planWeights(ModelOp model) {
    Builder builder(&getContext());
    Region region(memory::kWeightsStart);
    llvm::DenseMap<Attribute, int64_t> places;
    int64_t end = memory::kWeightsStart;
    for (ConstantOp constant : model.getOps<ConstantOp>()) {
      auto [entry, isNew] = places.insert({constant.getValue(), 0});
      if (isNew) {
        std::optional<int64_t> at = region.place(constant.getBufferBytes());
        if (!at)
          return tooLarge(constant);
        entry->second = *at;
        end = *at + constant.getBufferBytes();
      }
      constant.setAtAttr(builder.getI64IntegerAttr(entry->second));
    }
    return memory::weightImageBytes(end);
  }
};
} // namespace
