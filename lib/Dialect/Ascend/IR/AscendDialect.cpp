// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/Ascend/IR/AscendDialect.h"

#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Layout/Targets.h"
#include "GeDialect/Support/DialectVersion.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectImplementation.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace gemlir::ascend;

#include "GeDialect/Dialect/Ascend/IR/AscendDialect.cpp.inc"
#include "GeDialect/Dialect/Ascend/IR/AscendEnums.cpp.inc"
#include "GeDialect/Dialect/Ascend/IR/AscendInterfaces.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "GeDialect/Dialect/Ascend/IR/AscendAttributes.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "GeDialect/Dialect/Ascend/IR/AscendTypes.cpp.inc"

void AscendDialect::initialize() {
  registerAttributes();
  registerTypes();
  registerProgramOps();
  registerTaskOps();
  addInterfaces<gemlir::DialectVersionInterface>();
}

void AscendDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "GeDialect/Dialect/Ascend/IR/AscendAttributes.cpp.inc"
      >();
}

void AscendDialect::registerTypes() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "GeDialect/Dialect/Ascend/IR/AscendTypes.cpp.inc"
      >();
}

LogicalResult
AscendDialect::verifyOperationAttribute(Operation *op,
                                        NamedAttribute attribute) {
  if (attribute.getName() == kCompilerAttr) {
    if (isa<ModuleOp>(op) && isa<StringAttr>(attribute.getValue()))
      return success();
    return op->emitError("'ascend.compiler' must be a string on the module, "
                         "found ")
           << attribute.getValue();
  }
  if (attribute.getName() == kFormatsAttr) {
    auto mode = dyn_cast<StringAttr>(attribute.getValue());
    if (isa<ModuleOp>(op) && mode &&
        (mode.getValue() == kFractalFormats ||
         mode.getValue() == kLinearFormats))
      return success();
    return op->emitError("'ascend.formats' must be \"fractal\" or \"linear\" "
                         "on the module, found ")
           << attribute.getValue();
  }
  if (attribute.getName() != kTargetAttr)
    return op->emitError("'ascend' has no attribute ") << attribute.getName();
  if (!isa<ModuleOp>(op))
    return op->emitError("'ascend.target' belongs on the module");
  if (!isa<TargetAttr>(attribute.getValue()))
    return op->emitError("'ascend.target' must be an #ascend.target, found ")
           << attribute.getValue();
  return success();
}

LogicalResult gemlir::ascend::verifyExtraKeys(Operation *op,
                                              DictionaryAttr extra,
                                              ArrayRef<StringRef> keys) {
  if (!extra)
    return success();
  for (NamedAttribute entry : extra)
    if (!llvm::is_contained(keys, entry.getName().getValue()))
      return op->emitOpError("extra has no key ")
             << entry.getName() << "; known are " << llvm::join(keys, ", ");
  return success();
}

//===----------------------------------------------------------------------===//
// Targets
//===----------------------------------------------------------------------===//

LogicalResult TargetAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 StringAttr soc) {
  if (findTarget(soc.getValue()))
    return success();
  return emitError() << "unknown target " << soc << "; known are "
                     << getTargetNames();
}

static Attribute getModuleAttribute(Operation *op, StringRef name) {
  auto module = dyn_cast<ModuleOp>(op);
  if (!module)
    module = op->getParentOfType<ModuleOp>();
  return module ? module->getAttr(name) : Attribute();
}

bool gemlir::ascend::hasLinearFormats(Operation *op) {
  auto formats = dyn_cast_or_null<StringAttr>(
      getModuleAttribute(op, AscendDialect::kFormatsAttr));
  return formats && formats.getValue() == kLinearFormats;
}

const gemlir::Target &gemlir::ascend::getTarget(Operation *op) {
  auto attr = dyn_cast_or_null<TargetAttr>(
      getModuleAttribute(op, AscendDialect::kTargetAttr));
  return *findTarget(attr ? attr.getSoc().getValue()
                          : StringRef(kDefaultTarget));
}

//===----------------------------------------------------------------------===//
// desc
//===----------------------------------------------------------------------===//

LogicalResult DescAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                               Type type, int64_t size,
                               std::optional<int64_t> offset,
                               std::optional<int64_t> constant,
                               DictionaryAttr extra) {
  if (!isa<NoneType>(type) && !geir::getTensorBytes(type))
    return emitError() << "needs a static tensor type of known size or none, "
                       << "found " << type;
  if (size < 0 || offset.value_or(0) < 0 || constant.value_or(0) < 0)
    return emitError() << "size and offsets must not be negative";
  if (isa<NoneType>(type) && !extra && (size != 0 || offset || constant))
    return emitError() << "an absent input has no size and no place";
  return success();
}
