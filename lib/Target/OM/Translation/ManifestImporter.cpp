// SPDX-License-Identifier: Apache-2.0
#include "ManifestImporter.h"

#include "ManifestBuilder.h"

#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Dialect/WeightRefresh/IR/WRDialect.h"
#include "GeDialect/Layout/DataType.h"
#include "GeDialect/Layout/Format.h"
#include "GeDialect/Support/Version.h"
#include "GeDialect/Target/OM/Attributes.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Verifier.h"

#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace gemlir;
using namespace gemlir::om;

StringRef om::findManifest(const File &file, Manifest &manifest) {
  std::optional<StringRef> text;
  for (const Model &model : file.models) {
    std::optional<StringRef> own =
        om::getString(model.modelDef.attr(), kManifestAttr);
    if (!own || (text && *own != *text))
      return "";
    text = own;
  }
  if (!text)
    return "";
  llvm::Expected<Manifest> parsed = parseManifest(*text);
  if (!parsed) {
    llvm::consumeError(parsed.takeError());
    return "";
  }
  manifest = std::move(*parsed);
  return *text;
}

/// The tensor type of a manifest's entry; null when there is none.
static RankedTensorType getType(MLIRContext *context,
                                const ManifestTensor &tensor) {
  std::optional<DataType> type = dataTypeFromShortName(tensor.dtype);
  std::optional<Format> format = formatFromName(tensor.format);
  Type element = type ? geir::getElementType(context, *type) : Type();
  if (!element || !format || !isLinear(*format) ||
      llvm::any_of(tensor.dims, [](int64_t dim) { return dim < 0; }))
    return nullptr;
  Attribute encoding;
  if (*format != Format::ND) {
    auto kind = static_cast<geir::FormatKind>(*format);
    encoding = geir::LayoutAttr::get(context, kind, kind, /*c0=*/0, /*sub=*/0,
                                     /*expand=*/"");
  }
  return RankedTensorType::get(tensor.dims, element, encoding);
}

/// Where the initial value of a weight lies in the file, or null.
static Attribute getInitial(const ManifestWeight &weight,
                            const Manifest &manifest, const File &file,
                            FlatSymbolRefAttr store) {
  // The file has it as it is stored, the operation as it is handed over.
  if (!weight.initialOffset || !weight.road.empty())
    return nullptr;
  for (auto [description, model] : llvm::zip(manifest.models, file.models)) {
    if (description.role != "init")
      continue;
    const Partition *weights = model.findPartition(PartitionType::WeightsData);
    uint64_t offset = *weight.initialOffset, bytes = weight.bytes;
    if (!weights || offset > weights->bytes.size() ||
        bytes > weights->bytes.size() - offset)
      return nullptr;
    return geir::WeightAttr::get(store.getContext(), store,
                                 weights->fileOffset + offset, bytes);
  }
  return nullptr;
}

/// A conversion of a road; null when the text is none. MLIR's parser recurses
/// as deep as a text nests, without a limit of its own; no conversion is long
/// enough for that to matter.
static Attribute parseStep(StringRef text, MLIRContext *context) {
  constexpr size_t kMaxLength = 256;
  return text.size() > kMaxLength ? Attribute() : parseAttribute(text, context);
}

LogicalResult om::importVariables(ModuleOp module, const Manifest &manifest,
                                  const File &file, FlatSymbolRefAttr store) {
  MLIRContext *context = module.getContext();
  ScopedDiagnosticHandler silence(context, [](Diagnostic &) {});
  if (manifest.models.size() != file.models.size())
    return failure();
  auto target = ascend::TargetAttr::getChecked(
      [&] { return module.emitError(); }, context,
      StringAttr::get(context, manifest.target));
  if (!target)
    return failure();
  module->setAttr(ascend::AscendDialect::kTargetAttr, target);
  if (manifest.compiler != getCompilerVersion())
    module->setAttr(ascend::AscendDialect::kCompilerAttr,
                    StringAttr::get(context, manifest.compiler));
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  llvm::StringSet<> names;
  names.insert(store.getValue());
  for (const ManifestWeight &weight : manifest.weights) {
    RankedTensorType origin = getType(context, weight.origin);
    RankedTensorType storage = getType(context, weight.storage);
    if (!origin || !storage || weight.variable.empty() ||
        !names.insert(weight.variable).second)
      return failure();
    SmallVector<Attribute> steps;
    for (const std::string &text : weight.road) {
      Attribute step = parseStep(text, context);
      if (!step)
        return failure();
      steps.push_back(step);
    }
    auto variable = wr::VariableOp::create(
        builder, module.getLoc(), builder.getStringAttr(weight.variable),
        TypeAttr::get(origin), TypeAttr::get(storage),
        wr::RoadAttr::get(context, builder.getArrayAttr(steps)),
        builder.getStringAttr(weight.name),
        weight.source.empty() ? StringAttr()
                              : builder.getStringAttr(weight.source),
        builder.getI64IntegerAttr(weight.index),
        getInitial(weight, manifest, file, store),
        builder.getI64IntegerAttr(weight.address),
        builder.getI64IntegerAttr(weight.slotBytes));
    if (failed(verify(variable)))
      return failure();
  }
  return success();
}

LogicalResult om::importBundle(ModuleOp module, StringRef symbol,
                               const Manifest &manifest,
                               ArrayRef<ascend::ModelOp> models,
                               StringRef text) {
  MLIRContext *context = module.getContext();
  ScopedDiagnosticHandler silence(context, [](Diagnostic &) {});
  SmallVector<Attribute> members;
  wr::UpdateFormAttr form;
  for (auto [description, listed] : llvm::zip_equal(manifest.models, models)) {
    ascend::ModelOp model = listed;
    std::optional<wr::Role> role = wr::symbolizeRole(description.role);
    if (!role)
      return failure();
    members.push_back(wr::MemberAttr::get(
        context, *role, FlatSymbolRefAttr::get(model.getSymNameAttr())));
    if (description.updateForm.empty())
      continue;
    std::optional<wr::UpdateForm> known =
        wr::symbolizeUpdateForm(description.updateForm);
    if (!known)
      return failure();
    form = wr::UpdateFormAttr::get(context, *known);
  }
  // In front of the models, where the compiler has it.
  OpBuilder builder(module.getContext());
  builder.setInsertionPoint(ascend::ModelOp(models.front()));
  auto bundle = wr::BundleOp::create(builder, module.getLoc(),
                                     builder.getStringAttr(symbol),
                                     builder.getArrayAttr(members), form);
  if (failed(verify(bundle)))
    return failure();
  FailureOr<Manifest> again = buildManifest(module);
  return success(succeeded(again) && toJSON(*again) == text);
}

void om::dropManifest(ModuleOp module) {
  module->removeAttr(ascend::AscendDialect::kTargetAttr);
  module->removeAttr(ascend::AscendDialect::kCompilerAttr);
  for (Operation &op : llvm::make_early_inc_range(*module.getBody()))
    if (isa<wr::VariableOp, wr::BundleOp>(op))
      op.erase();
}
