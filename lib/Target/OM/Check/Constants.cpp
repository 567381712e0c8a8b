// SPDX-License-Identifier: Apache-2.0
//
// Constants. The loader takes the place of a constant from its consumer, never
// from the Const, so a disagreement reads other bytes without an error.
#include "Context.h"

#include "GeDialect/Layout/MemoryModel.h"

#include <map>

using namespace gemlir;
using namespace gemlir::om;
using ge::proto::OpDef;
using ge::proto::TensorDescriptor;

/// Descriptor of the `value` of a Const, or null.
static const TensorDescriptor *findValue(const OpDef &op) {
  const ge::proto::AttrDef *attr = findAttr(op.attr(), "value");
  return attr && attr->value_case() == ge::proto::AttrDef::kT
             ? &attr->t().desc()
             : nullptr;
}

/// Checks that `bytes` bytes at `offset` are weights.
static bool checkRange(const ModelContext &context, const OpRef &ref,
                       const llvm::Twine &name, int64_t offset, int64_t bytes,
                       Reporter &report) {
  uint64_t size =
      std::min<uint64_t>(context.weightSize, context.model.weights.size());
  uint64_t start = static_cast<uint64_t>(offset);
  if (offset >= 0 && bytes >= 0 && start <= size &&
      static_cast<uint64_t>(bytes) <= size - start)
    return true;
  report.error("const-outside-weights", ref.place(),
               name + " inside the " + llvm::Twine(size) + " bytes of weights",
               llvm::Twine(bytes) + " bytes at offset " + llvm::Twine(offset));
  return false;
}

namespace {
/// Bytes of the weight image that a constant takes.
struct Range {
  int64_t end;
  const OpRef *ref;
};
} // namespace

static void checkConst(const ModelContext &context, const OpRef &ref,
                       std::map<int64_t, Range> &ranges, Reporter &report) {
  const TensorDescriptor *value = findValue(*ref.op);
  if (!value) {
    report.error("const-value-missing", ref.place(),
                 "attribute 'value' with a tensor", "none");
    return;
  }
  std::optional<int64_t> payload = getPayloadBytes(*value);
  int64_t bytes =
      value->weight_size() != 0 ? value->weight_size() : payload.value_or(0);
  if (payload && *payload != bytes)
    report.error("const-size-mismatch", ref.place(),
                 "the " + llvm::Twine(*payload) + " bytes of " +
                     describe(*value),
                 llvm::Twine(bytes));
  // Small constants of a subgraph may carry their bytes; those have no place.
  int64_t offset = value->data_offset();
  if (bytes == 0 ||
      (offset == 0 && !ref.op->attr().at("value").t().data().empty()))
    return;
  if (!checkRange(context, ref, "the constant", offset, bytes, report))
    return;
  if (offset < memory::kWeightsStart)
    report.warning("const-in-weights-head", ref.place(),
                   "the constant behind the " +
                       llvm::Twine(memory::kWeightsStart) +
                       " bytes that start the weights",
                   "offset " + llvm::Twine(offset));
  // Constants with the same content share a place. Parts of a place do not.
  auto [it, isNew] = ranges.try_emplace(offset, Range{offset + bytes, &ref});
  if (!isNew)
    it->second.end = std::max(it->second.end, offset + bytes);
}

static void checkOverlaps(const std::map<int64_t, Range> &ranges,
                          Reporter &report) {
  const Range *last = nullptr;
  for (const auto &[offset, range] : ranges) {
    if (last && offset < last->end)
      report.error("const-overlap", range.ref->place(),
                   "bytes of its own in the weights",
                   "offset " + llvm::Twine(offset) + " inside " +
                       last->ref->place().name);
    if (!last || range.end > last->end)
      last = &range;
  }
}

/// Checks what one op says about an input.
static void checkConsumer(const ModelContext &context, const OpRef &ref,
                          int index, Reporter &report) {
  const OpDef &op = *ref.op;
  const TensorDescriptor &desc = op.input_desc(index);
  int output = 0;
  const OpRef *producer = context.findProducer(ref, index, output);
  bool isFlagged = isInputConst(op, index);
  std::string name = ("input " + llvm::Twine(index)).str();
  bool isFedByConst = producer && isConst(*producer->op);
  if (isFedByConst && !isFlagged) {
    report.error("const-flag-missing", ref.place(),
                 "'is_input_const' for " + name + ", which " +
                     producer->place().name + " feeds",
                 "false: the loader would read feature memory");
    return;
  }
  if (!isFlagged)
    return;
  // Data of a subgraph may stand for a constant outside it.
  bool mayBeConst = producer && ref.graph != 0 && isData(*producer->op);
  if (producer && !isFedByConst && !mayBeConst) {
    report.error("const-flag-wrong", ref.place(),
                 "'is_input_const' for inputs from constants only",
                 "it for " + name + ", which " + producer->place().name +
                     " of type '" + producer->op->type() + "' feeds");
    return;
  }
  if (!checkRange(context, ref, name, desc.data_offset(),
                  getPayloadBytes(desc).value_or(0), report) ||
      !isFedByConst)
    return;
  const TensorDescriptor *value = findValue(*producer->op);
  if (value && value->data_offset() != desc.data_offset())
    report.error("const-offset-mismatch", ref.place(),
                 "data offset " + llvm::Twine(value->data_offset()) + " for " +
                     name + ", where " + producer->place().name + " lies",
                 llvm::Twine(desc.data_offset()));
}

/// Data that stay outside the file are named relative to it.
static void checkFileConstant(const OpRef &ref, Reporter &report) {
  for (llvm::StringRef name : {"location", "file_path"}) {
    std::optional<llvm::StringRef> path = getString(ref.op->attr(), name);
    if (path && (leavesDirectory(*path)))
      report.error("file-constant-path", ref.place(),
                   "attribute '" + name + "' to name a file beside the model",
                   "'" + *path + "'");
  }
}

void om::checkConstants(const ModelContext &context, Reporter &report) {
  std::map<int64_t, Range> ranges;
  for (const OpRef &ref : context.ops) {
    if (isConst(*ref.op))
      checkConst(context, ref, ranges, report);
    if (ref.op->type() == "FileConstant")
      checkFileConstant(ref, report);
    for (int i = 0; i < ref.op->input_desc_size(); ++i)
      checkConsumer(context, ref, i, report);
  }
  checkOverlaps(ranges, report);
}
