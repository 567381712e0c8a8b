// SPDX-License-Identifier: Apache-2.0
//
// ge-cse: one operator in the place of several that compute the same.
//
// Upstream CSE cannot do this: the name of a node is an attribute, and no two
// nodes have the same one.
#include "GeDialect/Dialect/GE/Transforms/Passes.h"

#include "DescribeNode.h"
#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"

#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/ScopedHashTable.h"

namespace gemlir::geir {
#define GEN_PASS_DEF_CSE
#include "GeDialect/Dialect/GE/Transforms/Passes.h.inc"
} // namespace gemlir::geir

using namespace mlir;
using namespace gemlir::geir;

namespace {
/// An operation with the attributes that count.
struct Candidate {
  Operation *op = nullptr;
  DictionaryAttr attributes;
};
} // namespace

template <> struct llvm::DenseMapInfo<Candidate> {
  static Candidate getEmptyKey() {
    return {DenseMapInfo<Operation *>::getEmptyKey(), nullptr};
  }
  static Candidate getTombstoneKey() {
    return {DenseMapInfo<Operation *>::getTombstoneKey(), nullptr};
  }
  static unsigned getHashValue(const Candidate &candidate) {
    auto operands = candidate.op->getOperands();
    auto types = candidate.op->getResultTypes();
    return llvm::hash_combine(
        candidate.op->getName(), candidate.attributes,
        llvm::hash_combine_range(operands.begin(), operands.end()),
        llvm::hash_combine_range(types.begin(), types.end()));
  }
  static bool isEqual(const Candidate &a, const Candidate &b) {
    if (a.op == b.op)
      return true;
    for (const Candidate &key : {getEmptyKey(), getTombstoneKey()})
      if (a.op == key.op || b.op == key.op)
        return false;
    return a.op->getName() == b.op->getName() && a.attributes == b.attributes &&
           a.op->getOperands() == b.op->getOperands() &&
           a.op->getResultTypes() == b.op->getResultTypes();
  }
};

/// What two operations that do the same may differ in: names, and what a file
/// said beyond the graph.
static bool isBookkeeping(Operation *op, StringRef attribute) {
  return attribute == "name" || attribute == GEDialect::kAirAttr ||
         (isa<ConstOp>(op) && attribute == "source");
}

static DictionaryAttr getAttributesThatCount(Operation *op) {
  SmallVector<NamedAttribute> attributes;
  for (NamedAttribute attribute : op->getAttrDictionary())
    if (!isBookkeeping(op, attribute.getName()))
      attributes.push_back(attribute);
  // They come from a dictionary, which is sorted.
  return DictionaryAttr::getWithSorted(op->getContext(), attributes);
}

namespace {
struct CSE : gemlir::geir::impl::CSEBase<CSE> {
  using Base::Base;

  void runOnOperation() override {
    if (getOperation().isExternal())
      return;
    removeDead(getOperation().getBody());
    Table table;
    mergeEqual(getOperation().getBody(), table);
  }

private:
  using Table = llvm::ScopedHashTable<Candidate, Operation *>;

  static remark::RemarkOpts getOptions() {
    return remark::RemarkOpts::name("ge-cse").category("folding");
  }

  /// Users come behind what they use, so that one walk from the back is enough.
  /// Removing first leaves the same as removing last: what stays in the place
  /// of several has the operands of them all.
  static void removeDead(Region &region) {
    for (Block &block : region)
      for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block))) {
        auto node = dyn_cast<GEOpInterface>(op);
        if (node && isOpTriviallyDead(&op)) {
          // Constants follow those who used them.
          if (!isa<ConstOp>(op))
            remark::passed(op.getLoc(), getOptions())
                << describeNode(node) + " is not used";
          op.erase();
          continue;
        }
        for (Region &inner : op.getRegions())
          removeDead(inner);
      }
  }

  /// What is known from around `region` also serves inside, not the other way
  /// round.
  static void mergeEqual(Region &region, Table &table) {
    for (Block &block : region) {
      Table::ScopeTy scope(table);
      for (Operation &op : llvm::make_early_inc_range(block)) {
        for (Region &inner : op.getRegions())
          mergeEqual(inner, table);
        // The value of a refreshable constant is its own: it has an effect.
        auto node = dyn_cast<GEOpInterface>(op);
        if (!node || op.getNumRegions() != 0 || op.getNumResults() == 0 ||
            !isMemoryEffectFree(&op))
          continue;
        Candidate candidate{&op, getAttributesThatCount(&op)};
        Operation *first = table.lookup(candidate);
        if (!first) {
          table.insert(candidate, &op);
          continue;
        }
        remark::passed(op.getLoc(), getOptions())
            << describeNode(node) + " is " +
                   describeNode(cast<GEOpInterface>(first));
        op.replaceAllUsesWith(first);
        op.erase();
      }
    }
  }
};
} // namespace
