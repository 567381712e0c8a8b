// SPDX-License-Identifier: Apache-2.0
#include "ManifestBuilder.h"

#include "GeDialect/Dialect/Ascend/IR/AscendDialect.h"
#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Dialect/WeightRefresh/IR/WRDialect.h"
#include "GeDialect/Layout/DataType.h"
#include "GeDialect/Layout/Format.h"
#include "GeDialect/Layout/MemoryModel.h"
#include "GeDialect/Support/TaskConventions.h"
#include "GeDialect/Support/Version.h"

#include <map>

using namespace mlir;
using namespace gemlir;
using namespace gemlir::om;

static ManifestTensor convertType(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  ManifestTensor result;
  result.dtype =
      getShortName(*geir::getDataType(tensor.getElementType())).str();
  result.dims.assign(tensor.getShape().begin(), tensor.getShape().end());
  Format format = Format::ND;
  if (auto layout = dyn_cast_or_null<geir::LayoutAttr>(tensor.getEncoding()))
    format = static_cast<Format>(layout.getStorage());
  result.format = getName(format).str();
  return result;
}

/// Offset of each variable's initial value in the weight image of `init`, by
/// the address of the variable. A file may have any address, so those that
/// llvm::DenseMap keeps for itself count, too.
static std::map<int64_t, int64_t> findInitials(ascend::ModelOp init) {
  std::map<int64_t, int64_t> offsets;
  for (ascend::OpOp op : init.getOps<ascend::OpOp>()) {
    if (op.getOpType() != "Assign" || op.getInputs().size() != 2)
      continue;
    auto variable = cast<ascend::DescAttr>(op.getInputs()[0]);
    auto value = cast<ascend::DescAttr>(op.getInputs()[1]);
    if (variable.getOffset() && value.getConstant())
      offsets[*variable.getOffset()] = *value.getConstant();
  }
  return offsets;
}

static ManifestModel describeModel(ascend::ModelOp model, wr::Role role,
                                   wr::BundleOp bundle) {
  ManifestModel result;
  result.role = wr::stringifyRole(role).str();
  result.name = model.getGraph().str();
  if (role == wr::Role::Update && bundle.getUpdate())
    result.updateForm = wr::stringifyUpdateForm(*bundle.getUpdate()).str();
  std::map<std::string, int64_t> counts;
  for (auto task : model.getOps<ascend::KernelTaskOp>())
    if (task.getLibrary() == kReferenceLibrary)
      ++counts[task.getKernel().str()];
  result.referenceOps.assign(counts.begin(), counts.end());
  return result;
}

FailureOr<Manifest> om::buildManifest(ModuleOp module) {
  auto bundles = llvm::to_vector(module.getOps<wr::BundleOp>());
  if (bundles.size() != 1)
    return module.emitError("expected one wr.bundle, found ") << bundles.size();
  auto target = module->getAttrOfType<ascend::TargetAttr>(
      ascend::AscendDialect::kTargetAttr);
  if (!target)
    return module.emitError("needs the attribute '")
           << ascend::AscendDialect::kTargetAttr << "'";

  Manifest manifest;
  manifest.version = kManifestVersion;
  manifest.compiler = getCompilerVersion().str();
  if (auto compiler = module->getAttrOfType<StringAttr>(
          ascend::AscendDialect::kCompilerAttr))
    manifest.compiler = compiler.str();
  manifest.target = target.getSoc().str();
  std::map<int64_t, int64_t> initials;
  for (wr::MemberAttr member :
       bundles.front().getMembers().getAsRange<wr::MemberAttr>()) {
    auto model = module.lookupSymbol<ascend::ModelOp>(member.getFunction());
    if (!model)
      return bundles.front().emitOpError("member ")
             << member.getFunction() << " is not an ascend.model";
    manifest.models.push_back(
        describeModel(model, member.getRole(), bundles.front()));
    if (member.getRole() == wr::Role::Init)
      initials = findInitials(model);
  }
  for (wr::VariableOp variable : module.getOps<wr::VariableOp>()) {
    if (!variable.getAddress())
      return variable.emitOpError("has no address");
    ManifestWeight weight;
    weight.name = variable.getConstant().str();
    weight.source = variable.getSource().value_or("").str();
    weight.variable = variable.getSymName().str();
    weight.index = variable.getIndex();
    weight.origin = convertType(variable.getType());
    weight.storage = convertType(variable.getStorage());
    for (Attribute step : variable.getRoad().getSteps()) {
      std::string text;
      llvm::raw_string_ostream(text) << step;
      weight.road.push_back(text);
    }
    weight.address = *variable.getAddress();
    weight.bytes = *geir::getTensorBytes(variable.getStorage());
    weight.slotBytes = *variable.getSlot();
    if (auto initial = initials.find(weight.address); initial != initials.end())
      weight.initialOffset = initial->second;
    manifest.variableSize =
        std::max(manifest.variableSize,
                 weight.address - memory::kVariableBase + weight.slotBytes);
    manifest.weights.push_back(std::move(weight));
  }
  llvm::sort(manifest.weights,
             [](const ManifestWeight &a, const ManifestWeight &b) {
               return a.index < b.index;
             });
  return manifest;
}
