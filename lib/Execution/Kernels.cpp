// SPDX-License-Identifier: Apache-2.0
//
// What all kernels share: reading descriptors and attributes, f32 views.
#include "Kernels.h"

#include "GeDialect/Layout/CastRows.h"
#include "GeDialect/Layout/LayoutConversion.h"
#include "GeDialect/Support/Error.h"
#include "GeDialect/Target/OM/Attributes.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

#include <cstring>
#include <new>

using namespace gemlir;
using namespace gemlir::exec;

//===----------------------------------------------------------------------===//
// Descriptors
//===----------------------------------------------------------------------===//

std::string exec::formatType(DataType type, llvm::ArrayRef<int64_t> dims) {
  std::string text = getShortName(type).str() + "[";
  text += llvm::join(
      llvm::map_range(dims, [](int64_t dim) { return std::to_string(dim); }),
      ",");
  return text + "]";
}

/// GE writes the format as a number and as a name; the number wins.
static llvm::Expected<FormatCode>
readFormat(const ge::proto::TensorDescriptor &desc) {
  if (std::optional<int64_t> number =
          om::getInt(desc.attr(), "format_for_int")) {
    if (std::optional<FormatCode> code = decodeFormat(*number))
      return *code;
    return makeErrorf("unknown format number {0}", *number);
  }
  if (desc.layout().empty())
    return FormatCode();
  if (std::optional<Format> format = formatFromName(desc.layout()))
    return FormatCode{*format};
  return makeErrorf("unknown format '{0}'", desc.layout());
}

/// What is stored in `dims` elements of a fractal format; empty when the file
/// does not say.
static std::optional<TensorLayout>
readStorage(const ge::proto::TensorDescriptor &desc, DataType type,
            const FormatCode &code, llvm::ArrayRef<int64_t> dims) {
  std::optional<std::vector<int64_t>> originDims =
      om::getInts(desc.attr(), "origin_shape");
  std::optional<Format> origin =
      formatFromName(om::getString(desc.attr(), "origin_format").value_or(""));
  if (isLinear(code.format) || !originDims || !origin)
    return std::nullopt;
  TensorLayout layout;
  layout.type = type;
  layout.dims = *originDims;
  layout.origin = *origin;
  layout.storage = code.format;
  layout.c0 = code.c0;
  layout.groups = std::max<int64_t>(code.groups, 1);
  if (!getTensorBytes(layout.dims, type))
    return std::nullopt;
  return identifyExpansion(layout, dims);
}

llvm::Expected<std::optional<TensorDesc>>
exec::readTensorDesc(const ge::proto::TensorDescriptor &proto) {
  TensorDesc desc;
  llvm::Expected<FormatCode> code = readFormat(proto);
  if (!code)
    return code.takeError();
  desc.format = code->format;
  if (proto.dtype() == ge::proto::DT_UNDEFINED &&
      code->format == Format::RESERVED)
    return std::optional<TensorDesc>();
  std::optional<DataType> type =
      dataTypeFromProtoNumber(static_cast<int>(proto.dtype()));
  if (!type)
    return makeErrorf("unknown element type number {0}",
                      static_cast<int>(proto.dtype()));
  desc.type = *type;
  desc.dims.assign(proto.shape().dim().begin(), proto.shape().dim().end());
  std::optional<int64_t> elements = getElementCount(desc.dims);
  std::optional<int64_t> bytes = getTensorBytes(desc.dims, desc.type);
  if (!elements || !bytes)
    return makeErrorf("the size of {0} is not known",
                      formatType(desc.type, desc.dims));
  desc.elements = *elements;
  desc.bytes = *bytes;
  desc.storage = readStorage(proto, *type, *code, desc.dims);
  if (desc.storage) {
    desc.format = desc.storage->origin;
    desc.dims.assign(desc.storage->dims.begin(), desc.storage->dims.end());
    desc.elements = *getElementCount(desc.dims);
  }
  return std::optional<TensorDesc>(std::move(desc));
}

TensorDesc TensorDesc::getLinear() const {
  TensorDesc linear = *this;
  if (storage)
    linear.bytes = *getTensorBytes(dims, type);
  linear.storage = std::nullopt;
  return linear;
}

KernelOp KernelOp::getLinear() const {
  KernelOp linear = *this;
  for (std::optional<TensorDesc> &input : linear.inputs)
    if (input)
      input = input->getLinear();
  for (TensorDesc &output : linear.outputs)
    output = output.getLinear();
  return linear;
}

llvm::Expected<KernelOp> KernelOp::create(const ge::proto::OpDef &def) {
  KernelOp op;
  op.def = &def;
  for (const auto &[slot, proto] : llvm::enumerate(def.input_desc())) {
    llvm::Expected<std::optional<TensorDesc>> desc = readTensorDesc(proto);
    if (!desc)
      return addContext(desc.takeError(), "input " + llvm::Twine(slot));
    op.inputs.push_back(std::move(*desc));
  }
  for (const auto &[slot, proto] : llvm::enumerate(def.output_desc())) {
    llvm::Expected<std::optional<TensorDesc>> desc = readTensorDesc(proto);
    if (!desc)
      return addContext(desc.takeError(), "output " + llvm::Twine(slot));
    if (!*desc)
      return makeErrorf("output {0} has no type", slot);
    op.outputs.push_back(std::move(**desc));
  }
  return op;
}

llvm::Error KernelOp::checkArity(unsigned required, unsigned optional,
                                 unsigned numOutputs) const {
  if (inputs.size() < required || inputs.size() > required + optional)
    return makeErrorf(
        "expected {0} inputs, found {1}",
        optional == 0
            ? std::to_string(required)
            : llvm::formatv("{0} to {1}", required, required + optional).str(),
        inputs.size());
  for (unsigned slot = 0; slot < required; ++slot)
    if (!inputs[slot])
      return makeErrorf("input {0} is absent", slot);
  if (outputs.size() != numOutputs)
    return makeErrorf("expected {0} outputs, found {1}", numOutputs,
                      outputs.size());
  return llvm::Error::success();
}

llvm::Error KernelOp::checkLinear() const {
  for (const auto &[slot, desc] : llvm::enumerate(inputs))
    if (desc && !isLinear(desc->format))
      return makeErrorf("input {0} has format {1}; only linear formats are "
                        "known here",
                        slot, getName(desc->format));
  for (const auto &[slot, desc] : llvm::enumerate(outputs))
    if (!isLinear(desc.format))
      return makeErrorf("output {0} has format {1}; only linear formats are "
                        "known here",
                        slot, getName(desc.format));
  return llvm::Error::success();
}

llvm::Error KernelOp::checkFloatTensors(unsigned firstInput) const {
  auto check = [](const TensorDesc &desc, const char *kind,
                  size_t slot) -> llvm::Error {
    if (desc.type != DataType::Float && desc.type != DataType::Float16 &&
        desc.type != DataType::BFloat16)
      return makeErrorf("{0} {1} has element type {2}; expected f32, f16 or "
                        "bf16",
                        kind, slot, getShortName(desc.type));
    for (int64_t dim : desc.dims)
      if (dim > INT32_MAX)
        return makeErrorf("{0} {1} is {2}; dims are limited to {3}", kind, slot,
                          formatType(desc.type, desc.dims), INT32_MAX);
    return llvm::Error::success();
  };
  for (const auto &[slot, desc] : llvm::enumerate(inputs))
    if (desc && slot >= firstInput)
      if (llvm::Error error = check(*desc, "input", slot))
        return error;
  for (const auto &[slot, desc] : llvm::enumerate(outputs))
    if (llvm::Error error = check(desc, "output", slot))
      return error;
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

const ge::proto::AttrDef *KernelOp::findAttr(llvm::StringRef name) const {
  auto it = def->attr().find(name.str());
  // GE itself skips an attribute without a value.
  if (it == def->attr().end() ||
      it->second.value_case() == ge::proto::AttrDef::VALUE_NOT_SET)
    return nullptr;
  return &it->second;
}

bool KernelOp::hasAttr(llvm::StringRef name) const { return findAttr(name); }

static llvm::Error makeKindError(llvm::StringRef name, const char *expected) {
  return makeErrorf("attribute '{0}' is not {1}", name, expected);
}

llvm::Expected<int64_t> KernelOp::getInt(llvm::StringRef name,
                                         int64_t dflt) const {
  const ge::proto::AttrDef *attr = findAttr(name);
  if (!attr)
    return dflt;
  // Element types have an attribute kind of their own.
  if (attr->has_dt())
    return attr->dt();
  if (!attr->has_i())
    return makeKindError(name, "an int");
  return attr->i();
}

llvm::Expected<float> KernelOp::getFloat(llvm::StringRef name,
                                         float dflt) const {
  const ge::proto::AttrDef *attr = findAttr(name);
  if (!attr)
    return dflt;
  if (!attr->has_f())
    return makeKindError(name, "a float");
  return attr->f();
}

llvm::Expected<bool> KernelOp::getBool(llvm::StringRef name, bool dflt) const {
  const ge::proto::AttrDef *attr = findAttr(name);
  if (!attr)
    return dflt;
  if (!attr->has_b())
    return makeKindError(name, "a bool");
  return attr->b();
}

llvm::Expected<std::string> KernelOp::getString(llvm::StringRef name,
                                                llvm::StringRef dflt) const {
  const ge::proto::AttrDef *attr = findAttr(name);
  if (!attr)
    return dflt.str();
  if (!attr->has_s())
    return makeKindError(name, "a string");
  return attr->s();
}

llvm::Expected<llvm::SmallVector<int64_t, 4>>
KernelOp::getInts(llvm::StringRef name, llvm::ArrayRef<int64_t> dflt) const {
  const ge::proto::AttrDef *attr = findAttr(name);
  if (!attr)
    return llvm::SmallVector<int64_t, 4>(dflt);
  if (!attr->has_list() ||
      (attr->list().i().empty() &&
       attr->list().val_type() != ge::proto::AttrDef::ListValue::VT_LIST_INT))
    return makeKindError(name, "a list of ints");
  return llvm::SmallVector<int64_t, 4>(attr->list().i().begin(),
                                       attr->list().i().end());
}

llvm::Expected<llvm::SmallVector<float, 4>>
KernelOp::getFloats(llvm::StringRef name) const {
  const ge::proto::AttrDef *attr = findAttr(name);
  if (!attr)
    return llvm::SmallVector<float, 4>();
  if (!attr->has_list() || attr->list().i_size() || attr->list().s_size())
    return makeKindError(name, "a list of floats");
  return llvm::SmallVector<float, 4>(attr->list().f().begin(),
                                     attr->list().f().end());
}

llvm::Expected<llvm::SmallVector<std::string, 4>>
KernelOp::getStrings(llvm::StringRef name) const {
  const ge::proto::AttrDef *attr = findAttr(name);
  if (!attr)
    return llvm::SmallVector<std::string, 4>();
  if (!attr->has_list() || attr->list().i_size() || attr->list().f_size())
    return makeKindError(name, "a list of strings");
  return llvm::SmallVector<std::string, 4>(attr->list().s().begin(),
                                           attr->list().s().end());
}

//===----------------------------------------------------------------------===//
// Registry
//===----------------------------------------------------------------------===//

const Kernel *exec::findKernel(llvm::StringRef type) {
  static const llvm::StringMap<const Kernel *> byType = [] {
    llvm::StringMap<const Kernel *> map;
    for (llvm::ArrayRef<Kernel> table :
         {getAttentionKernels(), getComparisonKernels(),
          getConvolutionKernels(), getCreationKernels(),
          getDataMovementKernels(), getEinsumKernels(), getElementwiseKernels(),
          getIndexingKernels(), getMatMulKernels(), getNormKernels(),
          getPoolKernels(), getQuantizationKernels(), getRecurrentKernels(),
          getReductionKernels(), getResizeKernels(), getSliceKernels(),
          getSoftmaxKernels(), getSortKernels(), getUnaryKernels()})
      for (const Kernel &kernel : table)
        map[kernel.type] = &kernel;
    return map;
  }();
  return byType.lookup(type);
}

//===----------------------------------------------------------------------===//
// Storage formats
//===----------------------------------------------------------------------===//

/// The conversion between a tensor as it is stored and in row-major order;
/// empty when it is stored like that.
static llvm::Expected<std::optional<LayoutConversion>>
makeConversion(const TensorDesc &desc, bool toStorage) {
  if (!desc.storage)
    return std::optional<LayoutConversion>();
  TensorLayout linear = *desc.storage;
  linear.storage = linear.origin;
  linear.c0 = 0;
  linear.groups = 1;
  linear.expand.clear();
  llvm::Expected<LayoutConversion> conversion =
      toStorage ? LayoutConversion::create(linear, *desc.storage)
                : LayoutConversion::create(*desc.storage, linear);
  if (!conversion)
    return conversion.takeError();
  return std::optional<LayoutConversion>(std::move(*conversion));
}

llvm::Expected<llvm::ArrayRef<uint8_t>>
exec::readLinear(const TensorDesc &desc, const uint8_t *bytes,
                 std::vector<uint8_t> &copy) {
  llvm::ArrayRef<uint8_t> stored(bytes, desc.bytes);
  llvm::Expected<std::optional<LayoutConversion>> load =
      makeConversion(desc, /*toStorage=*/false);
  if (!load)
    return load.takeError();
  if (!*load)
    return stored;
  copy.resize((*load)->getTargetBytes());
  if (llvm::Error error = (*load)->convert(stored, copy))
    return std::move(error);
  return llvm::ArrayRef<uint8_t>(copy);
}

llvm::Expected<KernelBody> exec::prepareKernel(const Kernel &kernel,
                                               const KernelOp &op) {
  auto isFractal = [](const std::optional<TensorDesc> &desc) {
    return desc && desc->storage;
  };
  if (llvm::none_of(op.getInputs(), isFractal) &&
      llvm::none_of(op.getOutputs(), isFractal))
    return kernel.prepare(op);
  llvm::Expected<KernelBody> body = kernel.prepare(op.getLinear());
  if (!body)
    return body.takeError();
  using Conversions = std::vector<std::optional<LayoutConversion>>;
  Conversions loads, stores;
  for (const std::optional<TensorDesc> &input : op.getInputs()) {
    auto load = makeConversion(input.value_or(TensorDesc()), false);
    if (!load)
      return load.takeError();
    loads.push_back(std::move(*load));
  }
  for (const TensorDesc &output : op.getOutputs()) {
    auto store = makeConversion(output, true);
    if (!store)
      return store.takeError();
    stores.push_back(std::move(*store));
  }
  // Copies of operands that rarely change are kept, unless they are large.
  struct Kept {
    std::vector<uint8_t> bytes;
    uint64_t version = 0;
  };
  auto kept = std::make_shared<std::vector<Kept>>(loads.size());
  return KernelBody([body = std::move(*body), loads = std::move(loads),
                     stores = std::move(stores),
                     kept](const KernelArgs &args) -> llvm::Error {
    std::vector<std::vector<uint8_t>> copies;
    llvm::SmallVector<const uint8_t *> inputs(args.inputs);
    llvm::SmallVector<uint8_t *> outputs(args.outputs);
    for (auto [slot, input] : llvm::enumerate(inputs)) {
      const std::optional<LayoutConversion> &load = loads[slot];
      if (!load || !input)
        continue;
      Kept &old = (*kept)[slot];
      uint64_t version = args.getVersion(slot);
      if (version != 0 && version == old.version) {
        input = old.bytes.data();
        continue;
      }
      std::vector<uint8_t> copy(load->getTargetBytes());
      llvm::ArrayRef<uint8_t> stored(input, load->getSourceBytes());
      if (llvm::Error error = load->convert(stored, copy))
        return error;
      input = copy.data();
      if (version != 0 &&
          load->getTargetBytes() <= kMaxKeptElements * int64_t(sizeof(float)))
        old = {std::move(copy), version};
      else
        copies.push_back(std::move(copy));
    }
    for (auto [output, store] : llvm::zip_equal(outputs, stores))
      if (store) {
        copies.emplace_back(store->getSourceBytes());
        output = copies.back().data();
      }
    if (llvm::Error error =
            body({inputs, outputs, args.parallel, args.versions}))
      return error;
    for (auto [output, target, store] :
         llvm::zip_equal(outputs, args.outputs, stores)) {
      if (!store)
        continue;
      llvm::ArrayRef<uint8_t> linear(output, store->getSourceBytes());
      llvm::MutableArrayRef<uint8_t> stored(target, store->getTargetBytes());
      if (llvm::Error error = store->convert(linear, stored))
        return error;
    }
    return llvm::Error::success();
  });
}

//===----------------------------------------------------------------------===//
// f32 views
//===----------------------------------------------------------------------===//

llvm::Expected<std::unique_ptr<float[]>> exec::allocateFloats(int64_t count) {
  std::unique_ptr<float[]> values(
      new (std::nothrow) float[std::max<int64_t>(count, 1)]);
  if (!values)
    return makeErrorf("cannot allocate {0} floats", count);
  return std::move(values);
}

llvm::Expected<FloatInput> FloatInput::create(const TensorDesc &desc,
                                              const uint8_t *bytes,
                                              Parallel &parallel) {
  FloatInput input;
  if (desc.type == DataType::Float &&
      reinterpret_cast<uintptr_t>(bytes) % alignof(float) == 0) {
    input.values = reinterpret_cast<const float *>(bytes);
    return std::move(input);
  }
  llvm::Expected<std::unique_ptr<float[]>> copy = allocateFloats(desc.elements);
  if (!copy)
    return copy.takeError();
  input.copy = std::move(*copy);
  input.values = input.copy.get();
  float *values = input.copy.get();
  llvm::Error error = parallel.forBlocks(
      desc.elements, kElementBlock, [&](int64_t begin, int64_t end) {
        if (desc.type == DataType::Float) {
          std::memcpy(values + begin, bytes + begin * sizeof(float),
                      (end - begin) * sizeof(float));
          return llvm::Error::success();
        }
        castRow(desc.type == DataType::Float16 ? ElementCast::HalfToFloat
                                               : ElementCast::BFloatToFloat,
                bytes + begin * sizeof(uint16_t), values + begin, end - begin);
        return llvm::Error::success();
      });
  if (error)
    return std::move(error);
  return std::move(input);
}

llvm::Expected<std::shared_ptr<const FloatInput>>
KeptFloats::load(const TensorDesc &desc, const KernelArgs &args,
                 unsigned slot) {
  uint64_t current = args.getVersion(slot);
  if (kept && current != 0 && current == version)
    return kept;
  kept = nullptr;
  ++loads;
  auto loaded = FloatInput::create(desc, args.inputs[slot], args.parallel);
  if (!loaded)
    return loaded.takeError();
  auto shared = std::make_shared<const FloatInput>(std::move(*loaded));
  version = current;
  if (desc.elements <= kMaxKeptElements || !shared->isCopy())
    kept = shared;
  return shared;
}

llvm::Expected<FloatOutput> FloatOutput::create(const TensorDesc &desc,
                                                uint8_t *bytes) {
  FloatOutput output;
  output.type = desc.type;
  output.elements = desc.elements;
  output.bytes = bytes;
  if (desc.type == DataType::Float &&
      reinterpret_cast<uintptr_t>(bytes) % alignof(float) == 0) {
    output.values = reinterpret_cast<float *>(bytes);
    return std::move(output);
  }
  llvm::Expected<std::unique_ptr<float[]>> copy = allocateFloats(desc.elements);
  if (!copy)
    return copy.takeError();
  output.copy = std::move(*copy);
  output.values = output.copy.get();
  return std::move(output);
}

llvm::Error FloatOutput::store(Parallel &parallel) {
  if (!copy)
    return llvm::Error::success();
  return parallel.forBlocks(
      elements, kElementBlock, [&](int64_t begin, int64_t end) {
        if (type == DataType::Float) {
          std::memcpy(bytes + begin * sizeof(float), values + begin,
                      (end - begin) * sizeof(float));
          return llvm::Error::success();
        }
        castRow(type == DataType::Float16 ? ElementCast::FloatToHalf
                                          : ElementCast::FloatToBFloat,
                reinterpret_cast<const uint8_t *>(values + begin),
                bytes + begin * sizeof(uint16_t), end - begin);
        return llvm::Error::success();
      });
}

//===----------------------------------------------------------------------===//
// Images
//===----------------------------------------------------------------------===//

llvm::SmallVector<unsigned, 5> ImageLayout::getAxes() const {
  llvm::SmallVector<unsigned, 5> axes = {n, c};
  llvm::append_range(axes, spatial);
  return axes;
}

llvm::SmallVector<int64_t, 5>
ImageLayout::getStrides(llvm::ArrayRef<int64_t> dims) const {
  llvm::SmallVector<int64_t, 5> strides(dims.size(), 1);
  for (size_t i = dims.size() - 1; i-- > 0;)
    strides[i] = strides[i + 1] * dims[i + 1];
  return llvm::map_to_vector<5>(getAxes(),
                                [&](unsigned axis) { return strides[axis]; });
}

Spatial ImageLayout::getSpatial(llvm::ArrayRef<int64_t> dims) const {
  return llvm::map_to_vector<3>(spatial,
                                [&](unsigned axis) { return dims[axis]; });
}

llvm::Expected<ImageLayout>
exec::getImageLayout(const KernelOp &op, const TensorDesc &desc,
                     llvm::StringRef name, llvm::StringRef defaultDataFormat,
                     unsigned spatialRank) {
  bool isFlat = spatialRank == 2;
  if (desc.dims.size() != spatialRank + 2)
    return makeErrorf("{0} is {1}; expected {2} dims", name,
                      formatType(desc.type, desc.dims), spatialRank + 2);
  llvm::Expected<std::string> attr =
      op.getString("data_format", defaultDataFormat);
  if (!attr)
    return attr.takeError();
  std::string dataFormat = *attr;
  Format first = isFlat ? Format::NCHW : Format::NCDHW,
         last = isFlat ? Format::NHWC : Format::NDHWC;
  if (desc.format == first || desc.format == last) {
    if (op.hasAttr("data_format") && dataFormat != getName(desc.format))
      return makeErrorf("{0} has format {1} but attribute 'data_format' is "
                        "'{2}'",
                        name, getName(desc.format), dataFormat);
    dataFormat = getName(desc.format).str();
  }
  if (dataFormat != getName(first) && dataFormat != getName(last))
    return makeErrorf("attribute 'data_format' is '{0}'; expected {1} or {2}",
                      dataFormat, getName(first), getName(last));
  bool isChannelLast = dataFormat == getName(last);
  ImageLayout layout;
  layout.c = isChannelLast ? spatialRank + 1 : 1;
  layout.spatial.clear();
  for (unsigned i = 0; i < spatialRank; ++i) {
    unsigned axis = i + (isChannelLast ? 1 : 2);
    layout.spatial.push_back(axis);
    if (desc.dims[axis] > kSpatialLimit)
      return makeErrorf("{0} is {1}; {2}height and width are limited to {3}",
                        name, formatType(desc.type, desc.dims),
                        isFlat ? "" : "depth, ", kSpatialLimit);
  }
  return layout;
}

llvm::Expected<Spatial> exec::getSpatialAttr(const KernelOp &op,
                                             llvm::StringRef name,
                                             const ImageLayout &layout,
                                             std::optional<Spatial> dflt) {
  if (!op.hasAttr(name) && dflt)
    return *dflt;
  llvm::Expected<llvm::SmallVector<int64_t, 4>> values = op.getInts(name, {});
  if (!values)
    return values.takeError();
  size_t rank = layout.spatial.size() + 2;
  if (values->size() != rank)
    return makeErrorf("attribute '{0}' has {1} entries; expected {2}", name,
                      values->size(), rank);
  if ((*values)[layout.n] != 1 || (*values)[layout.c] != 1)
    return makeErrorf("attribute '{0}' is not 1 for batch and channels", name);
  for (int64_t value : *values)
    if (value < 1 || value > kSpatialLimit)
      return makeErrorf("attribute '{0}' contains {1}; expected 1 to {2}", name,
                        value, kSpatialLimit);
  return layout.getSpatial(*values);
}

llvm::Expected<llvm::SmallVector<int64_t, 6>>
exec::getPads(const KernelOp &op, unsigned spatialRank) {
  llvm::SmallVector<int64_t, 6> none(2 * spatialRank, 0);
  llvm::Expected<llvm::SmallVector<int64_t, 4>> values =
      op.getInts("pads", none);
  if (!values)
    return values.takeError();
  if (values->size() != none.size())
    return makeErrorf("attribute 'pads' has {0} entries; expected {1}",
                      values->size(), none.size());
  for (int64_t value : *values)
    if (value < 0 || value > kSpatialLimit)
      return makeErrorf("attribute 'pads' contains {0}; expected 0 to {1}",
                        value, kSpatialLimit);
  return llvm::SmallVector<int64_t, 6>(values->begin(), values->end());
}
