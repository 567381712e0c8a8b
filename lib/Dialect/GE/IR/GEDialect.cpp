// SPDX-License-Identifier: Apache-2.0
//
// The ge dialect itself: registration, bytecode version, verification of the
// attributes that graphs carry.
#include "GeDialect/Dialect/GE/IR/GEDialect.h"

#include "GeDialect/Layout/TensorLayout.h"
#include "GeDialect/Support/DialectVersion.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

#include "llvm/ADT/SmallSet.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace gemlir;
using namespace gemlir::geir;

#include "GeDialect/Dialect/GE/IR/GEDialect.cpp.inc"

#include "GeDialect/Dialect/GE/IR/GEInterfaces.cpp.inc"

void GEDialect::initialize() {
  registerAttributes();
  registerFolds();
  registerActivationOps();
  registerAttentionOps();
  registerComparisonOps();
  registerConvolutionOps();
  registerCreationOps();
  registerDataMovementOps();
  registerElementwiseOps();
  registerIndexingOps();
  registerMathOps();
  registerMatrixOps();
  registerNormalizationOps();
  registerPoolingOps();
  registerQuantizationOps();
  registerRecurrentOps();
  registerReductionOps();
  registerResizeOps();
  registerShapeOps();
  registerSliceOps();
  registerStructureOps();
  addInterfaces<DialectVersionInterface>();
}

//===----------------------------------------------------------------------===//
// Attributes of functions
//===----------------------------------------------------------------------===//

/// Whether type and argument attributes of `function` can be asked for: dialect
/// attributes are verified before the function itself, which may be malformed.
static bool hasReadableArguments(FunctionOpInterface function) {
  auto typeAttr = function->getAttrOfType<TypeAttr>("function_type");
  if (!typeAttr || !isa<FunctionType>(typeAttr.getValue()))
    return false;
  ArrayAttr attrs = function.getArgAttrsAttr();
  return !attrs || (attrs.size() == function.getNumArguments() &&
                    llvm::all_of(attrs, llvm::IsaPred<DictionaryAttr>));
}

/// The attributes that graph files leave.
static LogicalResult verifyFileAttribute(Operation *op,
                                         NamedAttribute attribute) {
  Attribute value = attribute.getValue();
  if (attribute.getName() == GEDialect::kAirAttr) {
    if (isa<DictionaryAttr>(value) ||
        (isa<UnitAttr>(value) && op->hasTrait<OpTrait::IsTerminator>()))
      return success();
    return op->emitError("'ge.air' must be a dictionary, or a unit on the "
                         "return, found ")
           << value;
  }
  if (attribute.getName() == GEDialect::kSubgraphsAttr) {
    auto symbols = dyn_cast<ArrayAttr>(value);
    if (symbols && llvm::all_of(symbols, llvm::IsaPred<FlatSymbolRefAttr>))
      return success();
    return op->emitError("'ge.subgraphs' must be a list of symbols, found ")
           << value;
  }
  auto order = dyn_cast<DenseI64ArrayAttr>(value);
  if (!order)
    return op->emitError("'ge.order' must be an array<i64>, found ") << value;
  int64_t size = order.size();
  SmallVector<bool> seen(size);
  for (int64_t position : order.asArrayRef()) {
    if (position < 0 || position >= size || seen[position])
      return op->emitError("'ge.order' must hold each number below ")
             << size << " once, found " << position;
    seen[position] = true;
  }
  return success();
}

LogicalResult GEDialect::verifyOperationAttribute(Operation *op,
                                                  NamedAttribute attribute) {
  if (attribute.getName() == kOriginAttr) {
    if (!isa<OriginAttr>(attribute.getValue()))
      return op->emitError("'ge.origin' must be a #ge.origin, found ")
             << attribute.getValue();
    if (!isa<GEOpInterface>(op))
      return op->emitError("'ge.origin' belongs on a node");
    return success();
  }
  if (attribute.getName() == kAirAttr || attribute.getName() == kOrderAttr ||
      attribute.getName() == kSubgraphsAttr)
    return verifyFileAttribute(op, attribute);
  if (attribute.getName() != kGraphAttr)
    return op->emitError("'ge' has no attribute ") << attribute.getName();
  if (!isa<GraphAttr>(attribute.getValue()))
    return op->emitError("'ge.graph' must be a #ge.graph, found ")
           << attribute.getValue();
  auto function = dyn_cast<FunctionOpInterface>(op);
  if (!function)
    return op->emitError("'ge.graph' belongs on a function");
  if (!hasReadableArguments(function))
    return success(); // the verifier of the function tells why
  // The arguments of a graph are its Data nodes: names and indices are unique.
  llvm::SmallSet<StringRef, 8> names;
  llvm::SmallSet<int64_t, 8> indices;
  for (unsigned i = 0, e = function.getNumArguments(); i != e; ++i) {
    auto arg = function.getArgAttrOfType<ArgAttr>(i, kArgAttr);
    if (!arg)
      return op->emitError("argument ")
             << i << " of a graph needs the attribute 'ge.arg'";
    if (!names.insert(arg.getName().getValue()).second)
      return op->emitError("two arguments of the graph are called ")
             << arg.getName();
    if (!indices.insert(arg.getIndex()).second)
      return op->emitError("two arguments of the graph have index ")
             << arg.getIndex();
  }
  names.clear();
  ArrayAttr results = function.getResAttrsAttr();
  if (!results || !llvm::all_of(results, llvm::IsaPred<DictionaryAttr>))
    return success();
  for (DictionaryAttr attrs : results.getAsRange<DictionaryAttr>())
    if (auto res = attrs.getAs<ResAttr>(kResAttr);
        res && !names.insert(res.getName().getValue()).second)
      return op->emitError("two results of the graph are called ")
             << res.getName();
  return success();
}

LogicalResult GEDialect::verifyRegionArgAttribute(Operation *op, unsigned,
                                                  unsigned argIndex,
                                                  NamedAttribute attribute) {
  if (attribute.getName() == kAirAttr)
    return verifyFileAttribute(op, attribute);
  if (attribute.getName() != kArgAttr)
    return op->emitError("'ge' has no argument attribute ")
           << attribute.getName();
  auto arg = dyn_cast<ArgAttr>(attribute.getValue());
  if (!arg)
    return op->emitError("'ge.arg' must be a #ge.arg, found ")
           << attribute.getValue();
  if (arg.getName().empty())
    return op->emitError("argument ") << argIndex << " has an empty name";
  if (arg.getIndex() < 0)
    return op->emitError("argument ")
           << arg.getName() << " has negative index " << arg.getIndex();
  return success();
}

LogicalResult GEDialect::verifyRegionResultAttribute(Operation *op, unsigned,
                                                     unsigned resultIndex,
                                                     NamedAttribute attribute) {
  if (attribute.getName() != kResAttr)
    return op->emitError("'ge' has no result attribute ")
           << attribute.getName();
  auto res = dyn_cast<ResAttr>(attribute.getValue());
  if (!res)
    return op->emitError("'ge.res' must be a #ge.res, found ")
           << attribute.getValue();
  if (res.getName().empty())
    return op->emitError("result ") << resultIndex << " has an empty name";
  return success();
}

//===----------------------------------------------------------------------===//
// Element types
//===----------------------------------------------------------------------===//

/// GE's signed integers are our signless ones.
static std::optional<DataType> getIntegerDataType(IntegerType type) {
  if (type.isSigned())
    return std::nullopt;
  bool isUnsigned = type.isUnsigned();
  switch (type.getWidth()) {
  case 1:
    return isUnsigned ? std::nullopt : std::optional(DataType::Bool);
  case 4:
    return isUnsigned ? std::nullopt : std::optional(DataType::Int4);
  case 8:
    return isUnsigned ? DataType::UInt8 : DataType::Int8;
  case 16:
    return isUnsigned ? DataType::UInt16 : DataType::Int16;
  case 32:
    return isUnsigned ? DataType::UInt32 : DataType::Int32;
  case 64:
    return isUnsigned ? DataType::UInt64 : DataType::Int64;
  default:
    return std::nullopt;
  }
}

std::optional<DataType> gemlir::geir::getDataType(Type elementType) {
  return llvm::TypeSwitch<Type, std::optional<DataType>>(elementType)
      .Case(getIntegerDataType)
      .Case([](Float32Type) { return DataType::Float; })
      .Case([](Float16Type) { return DataType::Float16; })
      .Case([](BFloat16Type) { return DataType::BFloat16; })
      .Case([](Float64Type) { return DataType::Double; })
      .Case([](Float8E5M2Type) { return DataType::Float8E5M2; })
      .Case([](Float8E4M3FNType) { return DataType::Float8E4M3FN; })
      .Default([](Type) { return std::nullopt; });
}

Type gemlir::geir::getElementType(MLIRContext *context, DataType type) {
  Builder builder(context);
  switch (type) {
  case DataType::Float:
    return builder.getF32Type();
  case DataType::Float16:
    return builder.getF16Type();
  case DataType::BFloat16:
    return builder.getBF16Type();
  case DataType::Double:
    return builder.getF64Type();
  case DataType::Float8E5M2:
    return Float8E5M2Type::get(context);
  case DataType::Float8E4M3FN:
    return Float8E4M3FNType::get(context);
  case DataType::Int4:
    return builder.getIntegerType(4);
  case DataType::Int8:
    return builder.getI8Type();
  case DataType::Int16:
    return builder.getI16Type();
  case DataType::Int32:
    return builder.getI32Type();
  case DataType::Int64:
    return builder.getI64Type();
  case DataType::UInt8:
    return builder.getIntegerType(8, /*isSigned=*/false);
  case DataType::UInt16:
    return builder.getIntegerType(16, /*isSigned=*/false);
  case DataType::UInt32:
    return builder.getIntegerType(32, /*isSigned=*/false);
  case DataType::UInt64:
    return builder.getIntegerType(64, /*isSigned=*/false);
  case DataType::Bool:
    return builder.getI1Type();
  default:
    return nullptr;
  }
}

LayoutAttr gemlir::geir::getLayout(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor ? dyn_cast_or_null<LayoutAttr>(tensor.getEncoding())
                : LayoutAttr();
}

LayoutAttr gemlir::geir::getFractalLayout(Type type) {
  LayoutAttr layout = getLayout(type);
  return layout && !layout.isLinear() ? layout : LayoutAttr();
}

std::optional<TensorLayout>
gemlir::geir::makeTensorLayout(ArrayRef<int64_t> shape, Type elementType,
                               LayoutAttr layout) {
  std::optional<DataType> dataType = getDataType(elementType);
  if (!dataType)
    return std::nullopt;
  TensorLayout tensor;
  tensor.type = *dataType;
  for (int64_t dim : shape)
    tensor.dims.push_back(ShapedType::isDynamic(dim) ? kUnknownDim : dim);
  if (layout) {
    tensor.origin = static_cast<Format>(layout.getOrigin());
    tensor.storage = static_cast<Format>(layout.getStorage());
    tensor.c0 = layout.getC0();
    tensor.groups = std::max<int64_t>(layout.getSub(), 1);
    tensor.expand = layout.getExpand().str();
  }
  return tensor;
}

std::optional<TensorLayout> gemlir::geir::getTensorLayout(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return std::nullopt;
  return makeTensorLayout(tensor.getShape(), tensor.getElementType(),
                          getLayout(type));
}

SmallVector<int64_t> gemlir::geir::getStorageDims(RankedTensorType type) {
  std::optional<TensorLayout> layout = getTensorLayout(type);
  if (!layout || gemlir::isLinear(layout->storage))
    return SmallVector<int64_t>(type.getShape());
  llvm::Expected<std::vector<int64_t>> dims = getStorageShape(*layout);
  if (!dims) { // files have such types: then their shape is that of the storage
    llvm::consumeError(dims.takeError());
    return SmallVector<int64_t>(type.getShape());
  }
  return llvm::map_to_vector(*dims, [](int64_t dim) {
    return dim == kUnknownDim ? ShapedType::kDynamic : dim;
  });
}

RankedTensorType gemlir::geir::getStoredType(Type elementType,
                                             ArrayRef<int64_t> originDims,
                                             Format origin,
                                             ArrayRef<int64_t> storageDims,
                                             const FormatCode &storage) {
  TensorLayout tensor;
  std::optional<DataType> dataType = getDataType(elementType);
  if (!dataType ||
      llvm::any_of(originDims, [](int64_t dim) { return dim < 0; }))
    return nullptr;
  tensor.type = *dataType;
  tensor.dims.assign(originDims.begin(), originDims.end());
  tensor.origin = origin;
  tensor.storage = storage.format;
  tensor.c0 = storage.c0;
  tensor.groups = std::max<int64_t>(storage.groups, 1);
  std::optional<TensorLayout> found = identifyExpansion(tensor, storageDims);
  if (!found)
    return nullptr;
  auto layout =
      LayoutAttr::getIfLegal(elementType.getContext(), origin, storage.format,
                             storage.c0, storage.groups, found->expand);
  return layout ? RankedTensorType::get(originDims, elementType, layout)
                : RankedTensorType();
}

std::optional<int64_t> gemlir::geir::getTensorBytes(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape())
    return std::nullopt;
  std::optional<DataType> dataType = getDataType(tensor.getElementType());
  if (!dataType)
    return std::nullopt;
  if (getFractalLayout(type)) {
    llvm::Expected<int64_t> bytes = getStorageBytes(*getTensorLayout(type));
    if (bytes)
      return *bytes;
    llvm::consumeError(bytes.takeError());
    return std::nullopt;
  }
  // A tensor without elements has no bytes, but strides and sizes of its parts
  // are products of the other dims.
  SmallVector<int64_t> dims = llvm::to_vector(llvm::make_filter_range(
      tensor.getShape(), [](int64_t dim) { return dim != 0; }));
  std::optional<int64_t> bytes = gemlir::getTensorBytes(dims, *dataType);
  if (bytes && static_cast<int64_t>(dims.size()) != tensor.getRank())
    return 0;
  return bytes;
}

llvm::StringRef gemlir::geir::whyNoTensorBytes(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape())
    return "has no static shape";
  if (!getDataType(tensor.getElementType()))
    return "has elements of a type that GE does not have";
  return "is too large, its size does not fit into 64 bits";
}

Value gemlir::geir::getViewRoot(Value value) {
  for (unsigned i = 0; i < kMaxViews; ++i) {
    auto view = value.getDefiningOp<LoweringOpInterface>();
    std::optional<unsigned> viewed =
        view ? view.getViewedOperand() : std::nullopt;
    if (!viewed)
      break;
    value = view->getOperand(*viewed);
  }
  return value;
}
