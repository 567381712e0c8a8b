// SPDX-License-Identifier: Apache-2.0
//
// Variables: one store for all sub-models. GE registers what the first loaded
// sub-model says and ignores what the others say, so only this sees two
// sub-models that mean different variables by one name.
#include "Context.h"

#include "GeDialect/Layout/MemoryModel.h"

#include "llvm/Support/CheckedArithmetic.h"

using namespace gemlir;
using namespace gemlir::om;
using ge::proto::OpDef;
using ge::proto::TensorDescriptor;

/// Attributes of a tensor that override its type and its format.
static constexpr llvm::StringLiteral kPrivateType = "__tensor_desc_data_type__";
static constexpr llvm::StringLiteral kFormatNumber = "format_for_int";

static std::string spell(std::optional<int64_t> number) {
  return number ? std::to_string(*number) : "none";
}

/// Compares a variable with the first one of its name.
static void compareVariable(const OpRef &ref, const VariableSlot &first,
                            Reporter &report) {
  const TensorDescriptor &desc = ref.op->output_desc(0);
  const TensorDescriptor &firstDesc = first.op->output_desc(0);
  auto differs = [&](llvm::StringRef what, const llvm::Twine &expected,
                     const llvm::Twine &found) {
    report.error("variable-differs", ref.place(),
                 what + " " + expected + " as in sub-model " +
                     llvm::Twine(first.model),
                 found);
  };
  if (ref.op->output_i(0) != first.address)
    differs("address", llvm::Twine(first.address),
            llvm::Twine(ref.op->output_i(0)));
  if (desc.size() != first.size)
    differs("size", llvm::Twine(first.size), llvm::Twine(desc.size()));
  // What GE keeps a variable under, besides its name: the type number of an
  // attribute wins over the field, and so does that of the format.
  if (getInt(desc.attr(), kPrivateType) !=
      getInt(firstDesc.attr(), kPrivateType))
    differs("type number", spell(getInt(firstDesc.attr(), kPrivateType)),
            spell(getInt(desc.attr(), kPrivateType)));
  if (getInt(desc.attr(), kFormatNumber) !=
      getInt(firstDesc.attr(), kFormatNumber))
    differs("format number", spell(getInt(firstDesc.attr(), kFormatNumber)),
            spell(getInt(desc.attr(), kFormatNumber)));
  if (desc.dtype() != firstDesc.dtype() ||
      desc.layout() != firstDesc.layout() ||
      !std::equal(desc.shape().dim().begin(), desc.shape().dim().end(),
                  firstDesc.shape().dim().begin(),
                  firstDesc.shape().dim().end()))
    differs("type", describe(firstDesc), describe(desc));
}

/// Checks that a slot lies in the memory of variables.
static void checkPlace(const ModelContext &context, const OpRef &ref,
                       Reporter &report) {
  const TensorDescriptor &desc = ref.op->output_desc(0);
  int64_t address = ref.op->output_i(0);
  uint64_t base = context.variableBase;
  if (address < 0 || static_cast<uint64_t>(address) < base) {
    report.error("variable-outside-memory", ref.place(),
                 "an address from " + llvm::Twine(base) + " on",
                 llvm::Twine(address));
    return;
  }
  uint64_t offset = static_cast<uint64_t>(address) - base;
  uint64_t size = desc.size() < 0 ? 0 : static_cast<uint64_t>(desc.size());
  uint64_t end = llvm::checkedAddUnsigned(offset, size).value_or(UINT64_MAX);
  if (end > context.variableBound)
    report.error("variable-outside-memory", ref.place(),
                 "a slot that ends within attribute 'variable_size', " +
                     llvm::Twine(context.variableBound),
                 "the end at " + llvm::Twine(end));
  // The record sizes a block that the caller supplies.
  if (context.file.hasVariableSize && end > context.file.variableSize)
    report.error("variable-outside-record", ref.place(),
                 "a slot within the " + llvm::Twine(context.file.variableSize) +
                     " bytes of variables that the bundle records",
                 "the end at " + llvm::Twine(end));
}

static void checkModel(const ModelContext &context,
                       const VariableTable &variables, Reporter &report) {
  bool hasVariables = false;
  for (const OpRef &ref : context.ops) {
    const OpDef &op = *ref.op;
    if (!isVariable(op))
      continue;
    if (op.output_i_size() != 1 || op.output_desc_size() != 1) {
      report.error("variable-lists", ref.place(),
                   "one output descriptor and one address",
                   llvm::Twine(op.output_desc_size()) + " and " +
                       llvm::Twine(op.output_i_size()));
      continue;
    }
    hasVariables = true;
    if (const VariableSlot *first = variables.find(op.name());
        first && first->op != &op)
      compareVariable(ref, *first, report);
    if (context.variableBase != 0 && context.variableBound != 0)
      checkPlace(context, ref, report);
    if (getString(op.attr(), "_variable_placement") == llvm::StringRef("host"))
      report.error("variable-on-host", ref.place(),
                   "a variable in device memory", "placement 'host'");
  }
  if (!hasVariables)
    return;
  Place place = context.partitionPlace(PartitionType::ModelDef);
  for (auto [name, value] :
       {std::pair<llvm::StringRef, uint64_t>("task_gen_variable_addr",
                                             context.variableBase),
        {"variable_size", context.variableBound}})
    if (value == 0)
      report.error("variable-attr-missing", place,
                   "attribute '" + name + "' in a model with variables",
                   "none, or 0");
}

/// Slots of different variables must not share bytes. Constants with the same
/// content may have the same slot.
static void checkOverlaps(const VariableTable &variables,
                          std::vector<Finding> &findings) {
  const VariableSlot *last = nullptr;
  for (const VariableSlot *slot : variables.byAddress()) {
    // Neither is a place; both are reported as such.
    if (slot->address < 0 || slot->size < 0)
      continue;
    // Sorted, and not negative: the difference is not negative either.
    if (last && slot->size > 0 && slot->address - last->address < last->size) {
      bool isShared =
          slot->address == last->address && slot->size == last->size &&
          slot->op->type() == "Constant" && last->op->type() == "Constant";
      if (!isShared)
        Reporter(findings, slot->model)
            .error("variable-overlap", slot->place,
                   "a slot behind that of variable '" + last->name +
                       "', which has " + llvm::Twine(last->size) +
                       " bytes at " + llvm::Twine(last->address),
                   "address " + llvm::Twine(slot->address));
    }
    int64_t end, lastEnd;
    if (llvm::AddOverflow(slot->address, slot->size, end))
      end = INT64_MAX;
    if (!last || llvm::AddOverflow(last->address, last->size, lastEnd) ||
        end > lastEnd)
      last = slot;
  }
}

/// So many addresses GE reserves by itself for the variables of all sub-models;
/// for more the caller must give a block, which GE's loader takes in any size.
static void checkRecord(const ModelContext *user,
                        std::vector<Finding> &findings) {
  if (!user || !user->file.hasVariableSize ||
      user->file.variableSize <= memory::kVariableBound)
    return;
  const Partition &record = user->file.partitions.front();
  Reporter(findings, -1)
      .warning(
          "variable-size",
          {getName(PartitionType::BundleModelVarInfo).str(), record.fileOffset},
          "at most " + llvm::Twine(memory::kVariableBound) +
              " bytes of variables",
          llvm::Twine(user->file.variableSize));
}

void om::checkVariables(llvm::ArrayRef<ModelContext> contexts,
                        const VariableTable &variables,
                        std::vector<Finding> &findings) {
  const ModelContext *first = nullptr;
  for (const ModelContext &context : contexts) {
    Reporter report(findings, context.index);
    checkModel(context, variables, report);
    bool usesVariables = llvm::any_of(
        context.ops, [](const OpRef &ref) { return isVariable(*ref.op); });
    if (!usesVariables)
      continue;
    if (!first) {
      first = &context;
      continue;
    }
    // The sub-model that is loaded first decides for all.
    Place place = context.partitionPlace(PartitionType::ModelDef);
    if (context.variableBase != first->variableBase)
      report.error("variable-base-differs", place,
                   "attribute 'task_gen_variable_addr' " +
                       llvm::Twine(first->variableBase) + " as in sub-model " +
                       llvm::Twine(first->index),
                   llvm::Twine(context.variableBase));
    if (context.variableBound != first->variableBound)
      report.error("variable-base-differs", place,
                   "attribute 'variable_size' " +
                       llvm::Twine(first->variableBound) + " as in sub-model " +
                       llvm::Twine(first->index),
                   llvm::Twine(context.variableBound));
  }
  checkRecord(first, findings);
  checkOverlaps(variables, findings);
}
