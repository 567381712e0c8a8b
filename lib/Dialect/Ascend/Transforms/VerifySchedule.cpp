// SPDX-License-Identifier: Apache-2.0
//
// ascend-verify-schedule: verifies stage S5. Follows who owns each byte of
// feature memory while the program runs, which is another question than the
// planner's (whose lifetimes overlap?) with the same answer for good plans.
#include "GeDialect/Dialect/Ascend/IR/AscendDialect.h"
#include "GeDialect/Dialect/Ascend/Transforms/Passes.h"
#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Dialect/WeightRefresh/IR/WRDialect.h"
#include "GeDialect/Layout/MemoryModel.h"

#include "llvm/Support/MathExtras.h"

#include <map>

namespace gemlir::ascend {
#define GEN_PASS_DEF_VERIFYSCHEDULE
#include "GeDialect/Dialect/Ascend/Transforms/Passes.h.inc"
} // namespace gemlir::ascend

using namespace mlir;
using namespace gemlir;
using namespace gemlir::ascend;

namespace {

/// Bytes [begin, end).
struct Range {
  int64_t begin = 0, end = 0;
  bool overlaps(const Range &other) const {
    return begin < other.end && other.begin < end;
  }
};

/// Who wrote each byte last.
class OwnerMap {
public:
  void claim(Range range, Operation *owner) {
    if (range.begin == range.end)
      return;
    auto it = pieces.upper_bound(range.begin);
    if (it != pieces.begin())
      --it;
    while (it != pieces.end() && it->first < range.end) {
      auto [begin, piece] = *it;
      if (piece.end <= range.begin) {
        ++it;
        continue;
      }
      it = pieces.erase(it);
      if (begin < range.begin)
        pieces[begin] = {range.begin, piece.owner};
      if (piece.end > range.end)
        it = pieces.emplace(range.end, Piece{piece.end, piece.owner}).first;
    }
    pieces[range.begin] = {range.end, owner};
  }

  /// Somebody else who owns a byte of the range, or null.
  Operation *findIntruder(Range range, Operation *owner) const {
    auto it = pieces.upper_bound(range.begin);
    if (it != pieces.begin())
      --it;
    for (; it != pieces.end() && it->first < range.end; ++it)
      if (it->second.end > range.begin && it->second.owner != owner)
        return it->second.owner;
    return nullptr;
  }

private:
  struct Piece {
    int64_t end;
    Operation *owner;
  };
  std::map<int64_t, Piece> pieces;
};

struct VerifySchedule
    : gemlir::ascend::impl::VerifyScheduleBase<VerifySchedule> {
  using Base::Base;

  void runOnOperation() override {
    SymbolTable table(getOperation());
    symbols = &table;
    verifyVariables();
    for (ModelOp model : getOperation().getOps<ModelOp>())
      verifyModel(model);
    if (hasFailed)
      signalPassFailure();
  }

private:
  InFlightDiagnostic fail(Operation *op) {
    hasFailed = true;
    return op->emitOpError();
  }

  static Range getRange(int64_t at, int64_t bytes) { return {at, at + bytes}; }

  //===--------------------------------------------------------------------===//
  // Variables
  //===--------------------------------------------------------------------===//

  void verifyVariables() {
    std::map<int64_t, wr::VariableOp> byAddress;
    for (wr::VariableOp variable : getOperation().getOps<wr::VariableOp>()) {
      if (!variable.getAddress()) {
        fail(variable) << "has no address";
        continue;
      }
      int64_t address = *variable.getAddress(), slot = *variable.getSlot(), end;
      if (address < memory::kVariableBase ||
          address % memory::kBlockAlignment != 0)
        fail(variable) << "address " << address << " is not a multiple of "
                       << memory::kBlockAlignment << " at or behind "
                       << memory::kVariableBase;
      int64_t bytes = geir::getTensorBytes(variable.getStorage()).value_or(0);
      if (slot < memory::variableStride(bytes) ||
          llvm::AddOverflow(address, slot, end)) {
        fail(variable) << "slot of " << slot << " bytes cannot hold " << bytes
                       << " bytes and the room around them";
        continue;
      }
      if (!byAddress.insert({address, variable}).second)
        fail(variable) << "shares its address with another variable";
    }
    wr::VariableOp previous;
    for (auto [address, variable] : byAddress) {
      if (previous && static_cast<int64_t>(*previous.getAddress()) +
                              static_cast<int64_t>(*previous.getSlot()) >
                          address)
        fail(variable)
                .append("overlaps @", previous.getSymName())
                .attachNote(previous.getLoc())
            << "the other variable";
      previous = variable;
    }
  }

  //===--------------------------------------------------------------------===//
  // Models
  //===--------------------------------------------------------------------===//

  void verifyModel(ModelOp model) {
    if (!model.getFeatureBytes()) {
      fail(model) << "has no memory sizes";
      return;
    }
    int64_t feature = *model.getFeatureBytes(), io = *model.getIoBytes(),
            weights = *model.getWeightBytes(), total;
    if (llvm::AddOverflow(feature, io, total) ||
        llvm::AddOverflow(total, weights, total) ||
        total > memory::kFeatureLimit - memory::kFeatureBase) {
      fail(model) << "needs " << feature << " + " << io << " + " << weights
                  << " bytes, more than the "
                  << memory::kFeatureLimit - memory::kFeatureBase
                  << " bytes of the logical address space";
      return;
    }
    verifyPlaces(model, feature, feature + io, weights);
    if (!hasFailed)
      verifyOwners(model);
  }

  /// Everything has a place on a boundary and inside its space; the places of
  /// inputs, outputs and constants do not overlap at all.
  void verifyPlaces(ModelOp model, int64_t feature, int64_t memoryEnd,
                    int64_t weights) {
    std::map<int64_t, std::pair<int64_t, Operation *>> io, image;
    auto check = [&](Operation *op, std::optional<uint64_t> at, int64_t bytes,
                     Range space) {
      if (!at) {
        fail(op) << "has no place";
        return false;
      }
      int64_t begin = *at, end;
      if (begin % memory::kBlockAlignment != 0) {
        fail(op) << "offset " << begin << " is not a multiple of "
                 << memory::kBlockAlignment;
        return false;
      }
      if (llvm::AddOverflow(begin, bytes, end) || begin < space.begin ||
          end > space.end) {
        fail(op) << "bytes " << begin << " to " << begin << " + " << bytes
                 << " leave their space of " << space.begin << " to "
                 << space.end;
        return false;
      }
      return true;
    };
    auto record = [&](auto &places, Operation *op, int64_t at, int64_t bytes) {
      if (bytes == 0)
        return;
      auto next = places.lower_bound(at);
      Operation *other = nullptr;
      if (next != places.end() && next->first < at + bytes)
        other = next->second.second;
      else if (next != places.begin() && std::prev(next)->second.first > at)
        other = std::prev(next)->second.second;
      if (other) {
        fail(op).append("overlaps another place").attachNote(other->getLoc())
            << "the other one";
        return;
      }
      places[at] = {at + bytes, op};
    };
    for (Operation &op : model.getBody().front()) {
      if (auto alloc = dyn_cast<AllocOp>(op)) {
        int64_t bytes = memory::paddedTensorBytes(alloc.getBytes());
        bool isIO = alloc.getSpace() == Space::IO;
        Range space = isIO ? Range{feature, memoryEnd} : Range{0, feature};
        if (check(&op, alloc.getAt(), bytes, space) && isIO)
          record(io, &op, *alloc.getAt(), bytes);
      } else if (auto input = dyn_cast<InputOp>(op)) {
        int64_t bytes = memory::paddedTensorBytes(input.getBufferBytes());
        if (check(&op, input.getAt(), bytes, {feature, memoryEnd}))
          record(io, &op, *input.getAt(), bytes);
      } else if (auto constant = dyn_cast<ConstantOp>(op)) {
        int64_t bytes = constant.getBufferBytes();
        if (!check(&op, constant.getAt(), bytes,
                   {memory::kWeightsStart, weights}))
          continue;
        // Equal constants may share a place.
        auto same = image.find(*constant.getAt());
        if (same == image.end() ||
            cast<ConstantOp>(same->second.second).getValue() !=
                constant.getValue())
          record(image, &op, *constant.getAt(), bytes);
      } else if (auto slot = dyn_cast<SlotOp>(op)) {
        auto variable = symbols->lookup<wr::VariableOp>(slot.getVariable());
        if (!variable)
          fail(&op) << "@" << slot.getVariable() << " is not a wr.variable";
        else if (variable.getStorage() != slot.getType())
          fail(&op) << "holds " << slot.getType() << ", @" << slot.getVariable()
                    << " is stored as " << variable.getStorage();
      } else if (auto work = dyn_cast<WorkOpInterface>(op)) {
        if (!work.getStreamNumber())
          fail(&op) << "has no stream";
        else if (work.getStreamNumber().getInt() != 0)
          fail(&op) << "is on stream " << work.getStreamNumber().getInt()
                    << " of a model without events between streams";
      }
    }
  }

  /// Runs the program in its order and follows the owners of the bytes.
  void verifyOwners(ModelOp model) {
    OwnerMap owners;
    auto getAllocRange = [](Value buffer) -> std::optional<Range> {
      if (auto alloc = buffer.getDefiningOp<AllocOp>())
        return getRange(*alloc.getAt(),
                        memory::paddedTensorBytes(alloc.getBytes()));
      if (auto input = buffer.getDefiningOp<InputOp>())
        return getRange(*input.getAt(),
                        memory::paddedTensorBytes(input.getBufferBytes()));
      return std::nullopt;
    };
    auto read = [&](Operation *op, Value buffer) {
      std::optional<Range> range = getAllocRange(buffer);
      if (!range)
        return;
      Operation *intruder = owners.findIntruder(*range, buffer.getDefiningOp());
      if (!intruder)
        return;
      InFlightDiagnostic diag =
          fail(op) << "reads a buffer whose bytes another one has taken";
      diag.attachNote(buffer.getLoc()) << "the buffer that is read";
      diag.attachNote(intruder->getLoc()) << "the buffer that took its bytes";
    };
    for (Operation &op : model.getBody().front()) {
      if (auto input = dyn_cast<InputOp>(op))
        owners.claim(*getAllocRange(input.getBuffer()), input);
      if (auto output = dyn_cast<OutputOp>(op)) {
        auto alloc = output.getBuffer().getDefiningOp<AllocOp>();
        if (!alloc || alloc.getSpace() != Space::IO)
          fail(&op) << "is not in the space of inputs and outputs";
        read(&op, output.getBuffer());
      }
      auto work = dyn_cast<WorkOpInterface>(op);
      if (!work)
        continue;
      for (Value buffer : work.getReads())
        read(&op, buffer);
      SmallVector<Value> touched(work.getReads());
      for (Value buffer : work.getWrites()) {
        std::optional<Range> range = getAllocRange(buffer);
        if (range)
          for (Value other : touched)
            if (std::optional<Range> otherRange = getAllocRange(other);
                otherRange && other != buffer && otherRange->overlaps(*range))
              fail(&op) << "writes over a buffer that it reads or writes too";
        touched.push_back(buffer);
        if (range)
          owners.claim(*range, buffer.getDefiningOp());
      }
    }
  }

  SymbolTable *symbols = nullptr;
  bool hasFailed = false;
};
} // namespace
