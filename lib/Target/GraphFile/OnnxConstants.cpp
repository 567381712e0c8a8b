// SPDX-License-Identifier: Apache-2.0
#include "OnnxConstants.h"

#include "Constants.h"

#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"
#include "GeDialect/Layout/DataType.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace gemlir;

std::string OnnxConstants::getPath(StringRef location) const {
  if (location.empty())
    return path.str();
  llvm::SmallString<256> file(llvm::sys::path::parent_path(path));
  llvm::sys::path::append(file, location);
  return file.str().str();
}

FailureOr<FlatSymbolRefAttr> OnnxConstants::getStore(Location loc,
                                                     StringRef location) {
  FlatSymbolRefAttr &store = stores[location];
  if (store)
    return store;
  std::string file = getPath(location);
  uint64_t size = model.file->size();
  if (!location.empty())
    if (std::error_code ec = llvm::sys::fs::file_size(file, size))
      return mlir::emitError(loc)
             << "cannot open external data '" << file << "': " << ec.message();
  std::string symbol =
      location.empty() ? "model" : "external_" + std::to_string(stores.size());
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(function);
  geir::StoreOp::create(builder, function.getLoc(),
                        builder.getStringAttr(symbol),
                        builder.getStringAttr(file),
                        builder.getI64IntegerAttr(size), StringAttr());
  store = FlatSymbolRefAttr::get(builder.getContext(), symbol);
  return store;
}

llvm::Expected<std::vector<uint8_t>>
OnnxConstants::read(const TensorSource &source) {
  std::shared_ptr<const MappedFile> file = model.file;
  if (!source.location.empty()) {
    std::shared_ptr<const MappedFile> &external = files[source.location];
    if (!external) {
      llvm::Expected<std::shared_ptr<const MappedFile>> opened =
          MappedFile::open(getPath(source.location));
      if (!opened)
        return opened.takeError();
      external = std::move(*opened);
    }
    file = external;
  }
  llvm::Expected<ArrayRef<uint8_t>> bytes =
      file->slice(source.offset, source.length);
  if (!bytes)
    return bytes.takeError();
  return bytes->vec();
}

FailureOr<OnnxConstants::Constant>
OnnxConstants::get(Location loc, const onnx::TensorProto &tensor) {
  std::optional<DataType> dataType = dataTypeFromOnnx(tensor.data_type());
  Type elementType =
      dataType ? geir::getElementType(builder.getContext(), *dataType) : Type();
  if (!elementType)
    return mlir::emitError(loc)
           << "constant has element type " << tensor.data_type()
           << ", which is not supported";
  llvm::Expected<TensorSource> found = getTensorSource(model, tensor);
  if (!found)
    return mlir::emitError(loc) << llvm::toString(found.takeError());
  SmallVector<int64_t> dims(tensor.dims().begin(), tensor.dims().end());
  auto type = RankedTensorType::get(dims, elementType);
  if (!geir::getTensorBytes(type))
    return mlir::emitError(loc) << "constant of type " << type << " "
                                << geir::whyNoTensorBytes(type);
  if (found->inlineBytes)
    return Constant{type, createElements(type, *found->inlineBytes, "onnx")};
  // Among the small ones are shapes, whose value the compiler needs.
  if (found->length <= kMaxInlineBytes) {
    llvm::Expected<std::vector<uint8_t>> bytes = read(*found);
    if (!bytes)
      return mlir::emitError(loc) << llvm::toString(bytes.takeError());
    return Constant{type, createElements(type, *bytes, "onnx")};
  }
  FailureOr<FlatSymbolRefAttr> store = getStore(loc, found->location);
  if (failed(store))
    return failure();
  return Constant{type, geir::WeightAttr::get(builder.getContext(), *store,
                                              found->offset, found->length)};
}
