// SPDX-License-Identifier: Apache-2.0
//
// Guesses the short form of each thing, asks the writer's functions what they
// would make of it, and keeps the difference. A wrong guess costs brevity,
// never a fact.
#include "ModelImporter.h"

#include "ExtraFacts.h"
#include "GraphDefBuilder.h"

#include "GeDialect/Layout/DataType.h"
#include "GeDialect/Layout/Format.h"
#include "GeDialect/Layout/MemoryModel.h"
#include "GeDialect/Target/OM/Attributes.h"
#include "GeDialect/Target/OM/KernelStore.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"

#include <tuple>

using namespace mlir;
using namespace gemlir;
using namespace gemlir::om;
using ge::proto::OpDef;
using ge::proto::TensorDescriptor;

ModelImporter::ModelImporter(const Model &model, FlatSymbolRefAttr store,
                             Location loc)
    : model(model), context(loc.getContext()), store(store), loc(loc),
      attrs(context), encoder(context, store) {
  for (const Partition &partition : model.partitions) {
    if (partition.type == PartitionType::ModelDef)
      encoder.addSource(*ge::proto::ModelDef::descriptor(), partition.bytes,
                        partition.fileOffset);
    else if (partition.type == PartitionType::TaskInfo)
      encoder.addSource(*domi::ModelTaskDef::descriptor(), partition.bytes,
                        partition.fileOffset);
  }
}

geir::WeightAttr ModelImporter::getReference(ArrayRef<uint8_t> bytes,
                                             uint64_t position) {
  return geir::WeightAttr::get(context, store, position, bytes.size());
}

/// Longer texts must not be in the module.
static bool isLong(StringRef text) { return text.size() > kMaxInlineBytes; }

/// The operations want names. When the file has none, or an endless one, that
/// becomes an extra.
StringAttr ModelImporter::getName(const std::string &name) {
  return attrs.getStringAttr(name.empty() || isLong(name) ? "?" : name);
}

/// A size of memory that the operation can hold; another one stays an
/// attribute of the model.
static int64_t getMemorySize(std::optional<int64_t> size) {
  return size && *size >= 0 &&
                 *size <= static_cast<int64_t>(memory::kFeatureLimit)
             ? *size
             : 0;
}

FailureOr<ascend::ModelOp> ModelImporter::createModel(OpBuilder &builder,
                                                      StringRef symbol) {
  const ge::proto::ModelDef &def = model.modelDef;
  if (model.weights.size() > static_cast<uint64_t>(memory::kFeatureLimit))
    return emitError(loc) << "model '" << def.name() << "' has "
                          << model.weights.size()
                          << " bytes of weights, the address space ends at "
                          << memory::kFeatureLimit;
  int64_t memoryBytes = getMemorySize(om::getInt(def.attr(), "memory_size"));
  int64_t ioBytes =
      std::min(memoryBytes,
               getMemorySize(om::getInt(def.attr(), "zero_copy_memory_size")));
  ArrayAttr outputs;
  if (auto names = om::getStrings(def.attr(), "attr_model_out_nodes_name");
      names && !names->empty() && llvm::none_of(*names, isLong))
    outputs = attrs.getStrArrayAttr(
        SmallVector<StringRef>(names->begin(), names->end()));
  op = ascend::ModelOp::create(builder, loc, attrs.getStringAttr(symbol),
                               getName(def.graph(0).name()),
                               attrs.getI64IntegerAttr(memoryBytes - ioBytes),
                               attrs.getI64IntegerAttr(ioBytes),
                               attrs.getI64IntegerAttr(model.weights.size()),
                               outputs, FlatSymbolRefAttr(), DictionaryAttr());
  OpBuilder body = OpBuilder::atBlockBegin(&op.getBody().emplaceBlock());
  importNodes(body, def.graph(0));
  for (int i = 1; i < def.graph_size(); ++i) {
    const ge::proto::GraphDef &graph = def.graph(i);
    auto subgraph = ascend::SubgraphOp::create(body, loc, getName(graph.name()),
                                               DictionaryAttr());
    OpBuilder inner =
        OpBuilder::atBlockBegin(&subgraph.getBody().emplaceBlock());
    importNodes(inner, graph);
    ge::proto::GraphDef predicted;
    fillGraphDef(subgraph.getName(), subgraph.getBody().front(), predicted);
    if (DictionaryAttr extra = encoder.diff(graph, predicted, {"op"}))
      subgraph.setExtraAttr(extra);
  }
  importWeights(body);
  importPartitions(body);
  for (const domi::TaskDef &task : model.taskDef.task())
    importTask(body, task);
  return op;
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

void ModelImporter::importNodes(OpBuilder &builder,
                                const ge::proto::GraphDef &graph) {
  for (const OpDef &def : graph.op())
    importNode(builder, def);
}

/// The spelling of "this optional input is not fed".
static bool isAbsent(const TensorDescriptor &desc) {
  return desc.dtype() == ge::proto::DT_UNDEFINED &&
         desc.layout() == "FORMAT_RESERVED";
}

static std::optional<Format> findFormat(const std::string &name) {
  std::optional<Format> format = formatFromName(name);
  return format && isLinear(*format) ? format : std::nullopt;
}

/// The type of a tensor in a fractal format; null when it is in none, or its
/// shape is not the one that the format gives.
static RankedTensorType getFractalType(const TensorDescriptor &desc,
                                       Type element, ArrayRef<int64_t> dims) {
  std::optional<FormatCode> storage =
      decodeFormat(om::getInt(desc.attr(), "format_for_int").value_or(-1));
  std::optional<Format> origin = findFormat(
      om::getString(desc.attr(), "origin_format").value_or("").str());
  std::optional<std::vector<int64_t>> originDims =
      om::getInts(desc.attr(), "origin_shape");
  if (!storage || isLinear(storage->format) || !origin || !originDims ||
      llvm::any_of(*originDims, [](int64_t dim) { return dim < 0; }))
    return nullptr;
  RankedTensorType type =
      geir::getStoredType(element, *originDims, *origin, dims, *storage);
  return type && geir::getTensorBytes(type) ? type : RankedTensorType();
}

Type ModelImporter::getType(const TensorDescriptor &desc) {
  Type none = attrs.getNoneType();
  std::optional<DataType> type = dataTypeFromProtoNumber(desc.dtype());
  Type element = type ? geir::getElementType(context, *type) : Type();
  if (!element || geir::getDataType(element) != type ||
      llvm::any_of(desc.shape().dim(), [](int64_t dim) { return dim < 0; }))
    return none;
  SmallVector<int64_t> dims(desc.shape().dim().begin(),
                            desc.shape().dim().end());
  if (RankedTensorType type = getFractalType(desc, element, dims))
    return type;
  // Where the shape that a tensor is stored in does not follow from a logical
  // one, the type describes the bytes, and the format is an extra.
  Attribute encoding;
  std::optional<Format> storage = findFormat(desc.layout());
  std::optional<Format> origin = findFormat(
      om::getString(desc.attr(), "origin_format").value_or("").str());
  if (storage && origin && (*storage != Format::ND || *origin != Format::ND))
    encoding = geir::LayoutAttr::get(
        context, static_cast<geir::FormatKind>(*origin),
        static_cast<geir::FormatKind>(*storage), /*c0=*/0, /*sub=*/0,
        /*expand=*/"");
  auto tensor = RankedTensorType::get(dims, element, encoding);
  return geir::getTensorBytes(tensor) ? Type(tensor) : none;
}

ascend::DescAttr ModelImporter::getDesc(const TensorDescriptor &desc,
                                        std::optional<int64_t> offset,
                                        std::optional<int64_t> constant,
                                        bool isOutput) {
  Type type = getType(desc);
  int64_t size = 0;
  DictionaryAttr extra;
  if (!isa<NoneType>(type))
    size = std::max<int64_t>(desc.size(), 0);
  else if (isOutput || offset || constant)
    // Even an empty one makes it a tensor that no type describes.
    extra = attrs.getDictionaryAttr({});
  return ascend::DescAttr::get(context, type, size, offset, constant, extra);
}

ArrayAttr ModelImporter::getNames(const OpDef &def, StringRef prefix,
                                  int count) {
  ArrayAttr none = attrs.getArrayAttr({});
  const ge::proto::AttrDef *keys =
      om::findAttr(def.attr(), (prefix + "_key").str());
  const ge::proto::AttrDef *values =
      om::findAttr(def.attr(), (prefix + "_value").str());
  if (!keys || !values || keys->list().s_size() != count ||
      values->list().i_size() != count)
    return none;
  SmallVector<Attribute> names(count);
  for (int i = 0; i < count; ++i) {
    int64_t slot = values->list().i(i);
    if (slot < 0 || slot >= count || names[slot] || isLong(keys->list().s(i)))
      return none;
    names[slot] = attrs.getStringAttr(keys->list().s(i));
  }
  return attrs.getArrayAttr(names);
}

ArrayAttr ModelImporter::getEdges(const OpDef &def) {
  SmallVector<StringRef> edges(def.input().begin(), def.input().end());
  size_t numInputs = def.input_desc_size();
  if (edges.size() < numInputs)
    edges.resize(numInputs, "");
  for (auto [i, edge] : llvm::enumerate(edges)) {
    bool isControl = i >= numInputs;
    if (edge.empty() && !isControl)
      continue;
    auto [source, text] = edge.rsplit(':');
    int64_t output;
    if (isLong(edge) || source.empty() || text.getAsInteger(10, output) ||
        output < -1 || isControl != (output == -1)) {
      // Not the form of the operation; the list becomes an extra.
      edges.assign(numInputs, "");
      break;
    }
  }
  return attrs.getStrArrayAttr(edges);
}

ArrayAttr ModelImporter::keepDescDifferences(
    ArrayAttr descs,
    const google::protobuf::RepeatedPtrField<TensorDescriptor> &actual,
    const google::protobuf::RepeatedPtrField<TensorDescriptor> &predicted) {
  SmallVector<Attribute> result;
  for (auto [i, desc] : llvm::enumerate(descs.getAsRange<ascend::DescAttr>())) {
    int index = static_cast<int>(i);
    DictionaryAttr extra = encoder.diff(actual[index], predicted[index]);
    result.push_back(extra ? ascend::DescAttr::get(
                                 context, desc.getType(), desc.getSize(),
                                 desc.getOffset(), desc.getConstant(), extra)
                           : desc);
  }
  return attrs.getArrayAttr(result);
}

void ModelImporter::importNode(OpBuilder &builder, const OpDef &def) {
  auto notNegative = [](int64_t value) -> std::optional<int64_t> {
    return value < 0 ? std::nullopt : std::optional(value);
  };
  int numInputs = def.input_desc_size(), numOutputs = def.output_desc_size();
  int numPresent =
      llvm::count_if(def.input_desc(), [](const TensorDescriptor &desc) {
        return !isAbsent(desc);
      });
  bool hasOffsets = def.input_i_size() == numPresent;
  bool hasFlags = def.is_input_const_size() == numInputs;
  SmallVector<Attribute> inputs, outputs;
  int next = 0;
  for (int i = 0; i < numInputs; ++i) {
    const TensorDescriptor &desc = def.input_desc(i);
    std::optional<int64_t> offset, constant;
    if (hasOffsets && !isAbsent(desc))
      offset = notNegative(def.input_i(next++));
    if (hasFlags && def.is_input_const(i))
      constant = notNegative(desc.data_offset());
    inputs.push_back(getDesc(desc, constant ? std::nullopt : offset, constant,
                             /*isOutput=*/false));
  }
  const ge::proto::AttrDef *value =
      def.type() == "Const" ? om::findAttr(def.attr(), "value") : nullptr;
  for (int i = 0; i < numOutputs; ++i) {
    std::optional<int64_t> offset, constant;
    if (def.output_i_size() == numOutputs)
      offset = notNegative(def.output_i(i));
    if (value && value->has_t() &&
        !isa<NoneType>(getType(def.output_desc(i)))) {
      constant = notNegative(value->t().desc().data_offset());
      if (offset == 0)
        offset.reset();
    }
    outputs.push_back(getDesc(def.output_desc(i), offset, constant,
                              /*isOutput=*/true));
  }
  auto node = ascend::OpOp::create(
      builder, loc, attrs.getI64IntegerAttr(def.id()), getName(def.name()),
      getName(def.type()), getNames(def, "_input_name", numInputs),
      attrs.getArrayAttr(inputs), getNames(def, "_output_name", numOutputs),
      attrs.getArrayAttr(outputs), getEdges(def), DictionaryAttr(),
      DictionaryAttr());

  OpDef predicted;
  // Types that come from a file have formats that came from numbers.
  llvm::cantFail(fillOpDef(node, predicted));
  node.setInputsAttr(keepDescDifferences(node.getInputsAttr(), def.input_desc(),
                                         predicted.input_desc()));
  node.setOutputsAttr(keepDescDifferences(
      node.getOutputsAttr(), def.output_desc(), predicted.output_desc()));
  if (DictionaryAttr changes = encoder.diff(def.attr(), predicted.attr()))
    node.setAttrsAttr(changes);
  if (DictionaryAttr extra =
          encoder.diff(def, predicted, {"attr", "input_desc", "output_desc"}))
    node.setExtraAttr(extra);
}

//===----------------------------------------------------------------------===//
// Weights and partitions
//===----------------------------------------------------------------------===//

void ModelImporter::createWeight(OpBuilder &builder, uint64_t offset,
                                 uint64_t bytes, Type type) {
  const Partition *partition = model.findPartition(PartitionType::WeightsData);
  ascend::WeightOp::create(builder, loc, attrs.getI64IntegerAttr(offset),
                           getReference(model.weights.slice(offset, bytes),
                                        partition->fileOffset + offset),
                           TypeAttr::get(type));
}

/// Gaps between constants are a few hundred bytes.
static constexpr size_t kMaxReadGap = 1 << 20;

void ModelImporter::importWeights(OpBuilder &builder) {
  struct Piece {
    uint64_t offset, bytes;
    size_t number;
    ascend::OpOp node;
    Type type;
  };
  // The image as its constants see it.
  SmallVector<Piece> pieces;
  op.walk([&](ascend::OpOp node) {
    for (auto desc : node.getOutputs().getAsRange<ascend::DescAttr>()) {
      if (node.getOpType() != "Const" || !desc.getConstant())
        continue;
      uint64_t offset = *desc.getConstant();
      uint64_t bytes = *geir::getTensorBytes(desc.getType());
      if (bytes != 0 && offset <= model.weights.size() &&
          bytes <= model.weights.size() - offset)
        pieces.push_back({offset, bytes, pieces.size(), node, desc.getType()});
    }
  });
  // Of equal constants the first one in the file has the weight.
  llvm::sort(pieces, [](const Piece &a, const Piece &b) {
    return std::tie(a.offset, a.number) < std::tie(b.offset, b.number);
  });
  // What lies between them is zero in general; if not, it is kept as bytes.
  uint64_t end = 0;
  auto keepGap = [&](uint64_t next) {
    ArrayRef<uint8_t> gap = model.weights.slice(end, next - end);
    // Weights that no node describes are not read to find that out.
    if (gap.size() > kMaxReadGap) {
      createWeight(builder, end, gap.size(),
                   RankedTensorType::get({static_cast<int64_t>(gap.size())},
                                         attrs.getIntegerType(8, false)));
      return;
    }
    auto isSet = [](uint8_t byte) { return byte != 0; };
    const uint8_t *first = llvm::find_if(gap, isSet);
    if (first == gap.end())
      return;
    const uint8_t *last = gap.end();
    while (last[-1] == 0)
      --last;
    createWeight(
        builder, end + (first - gap.begin()), last - first,
        RankedTensorType::get({last - first}, attrs.getIntegerType(8, false)));
  };
  for (const Piece &piece : pieces) {
    // Equal or overlapping constants share what is there already.
    if (piece.offset < end)
      continue;
    keepGap(piece.offset);
    OpBuilder::InsertionGuard guard(builder);
    if (piece.node->getParentOp() == op)
      builder.setInsertionPointAfter(piece.node);
    createWeight(builder, piece.offset, piece.bytes, piece.type);
    end = piece.offset + piece.bytes;
  }
  keepGap(model.weights.size());
}

void ModelImporter::importPartitions(OpBuilder &builder) {
  auto keepBytes = [&](const Partition &partition) {
    otherPartitions.push_back(partition.type);
    ascend::PartitionOp::create(
        builder, loc, attrs.getStringAttr(spellName(partition.type)),
        getReference(partition.bytes, partition.fileOffset));
  };
  // Stores come first in the writer's order.
  llvm::DenseSet<const Partition *> stores;
  for (auto [type, store] :
       {std::pair(PartitionType::TBEKernels, ascend::KernelStore::TBE),
        std::pair(PartitionType::CustAICPUKernels,
                  ascend::KernelStore::CustAICPU)}) {
    const Partition *partition = model.findPartition(type);
    if (!partition)
      continue;
    llvm::Expected<std::vector<StoredKernel>> kernels =
        parseKernelStore(partition->bytes);
    if (!kernels) {
      // A broken store is kept as it is.
      llvm::consumeError(kernels.takeError());
      continue;
    }
    if (llvm::any_of(*kernels, [](const StoredKernel &kernel) {
          return isLong(kernel.name);
        }))
      continue;
    stores.insert(partition);
    otherPartitions.push_back(type);
    for (const StoredKernel &kernel : *kernels)
      ascend::KernelBinaryOp::create(
          builder, loc, ascend::KernelStoreAttr::get(context, store),
          attrs.getStringAttr(kernel.name),
          getReference(kernel.binary,
                       partition->fileOffset +
                           (kernel.binary.data() - partition->bytes.data())));
  }
  for (const Partition &partition : model.partitions) {
    switch (partition.type) {
    case PartitionType::ModelDef:
    case PartitionType::WeightsData:
      break;
    case PartitionType::TaskInfo:
      // A list of nothing that takes bytes nevertheless.
      if (model.taskDef.ByteSizeLong() == 0)
        keepBytes(partition);
      break;
    case PartitionType::FlowModel:
    case PartitionType::ModelInOutInfo: {
      auto hasLongName = [](const TensorInfo &tensor) {
        return isLong(tensor.name);
      };
      auto isLongRecord = [](const auto &record) {
        return isLong(record.second);
      };
      bool hasLong = llvm::any_of(model.inOutInfo.inputs, hasLongName) ||
                     llvm::any_of(model.inOutInfo.outputs, hasLongName) ||
                     llvm::any_of(model.inOutInfo.otherRecords, isLongRecord);
      hasInOutInfo = !hasLong && serializeInOutInfo(model.inOutInfo) ==
                                     llvm::toStringRef(partition.bytes);
      if (!hasInOutInfo)
        keepBytes(partition);
      break;
    }
    default:
      if (!stores.contains(&partition))
        keepBytes(partition);
      break;
    }
  }
}

//===----------------------------------------------------------------------===//
// Tasks
//===----------------------------------------------------------------------===//

/// The addresses of an argument block of the device CPU.
static SmallVector<int64_t> readAddresses(const std::string &args) {
  SmallVector<int64_t> addresses;
  if (args.size() < kAICPUArgsHeadSize)
    return addresses;
  using namespace llvm::support::endian;
  uint64_t count = read32le(args.data() + sizeof(uint32_t));
  if (count > (args.size() - kAICPUArgsHeadSize) / sizeof(uint64_t))
    return addresses;
  for (uint64_t i = 0; i < count; ++i)
    addresses.push_back(
        read64le(args.data() + kAICPUArgsHeadSize + i * sizeof(uint64_t)));
  return addresses;
}

Operation *ModelImporter::createShortTask(OpBuilder &builder,
                                          const domi::TaskDef &task) {
  auto number = [&](uint64_t value) { return attrs.getI64IntegerAttr(value); };
  IntegerAttr stream = number(task.stream_id());
  switch (static_cast<TaskType>(task.type())) {
  case TaskType::Kernel: {
    const domi::KernelDef &kernel = task.kernel();
    if (isLong(kernel.so_name()) || isLong(kernel.kernel_name()))
      return nullptr;
    return ascend::KernelTaskOp::create(
        builder, loc, number(kernel.context().op_index()), stream,
        attrs.getStringAttr(kernel.so_name()),
        attrs.getStringAttr(kernel.kernel_name()),
        attrs.getDenseI64ArrayAttr(readAddresses(kernel.args())));
  }
  case TaskType::MemcpyAsync: {
    const domi::MemcpyAsyncDef &copy = task.memcpy_async();
    return ascend::MemcpyTaskOp::create(
        builder, loc, number(copy.op_index()), stream, number(copy.src()),
        number(copy.dst()), number(copy.count()));
  }
  case TaskType::LabelSet:
    return ascend::LabelSetTaskOp::create(
        builder, loc, number(task.label_set().op_index()), stream,
        number(task.label_set().label_id()));
  case TaskType::StreamLabelGoto:
    return ascend::GotoTaskOp::create(
        builder, loc, number(task.label_goto_ex().op_index()), stream,
        number(task.label_goto_ex().label_id()));
  case TaskType::StreamLabelSwitchByIndex:
    return ascend::SwitchTaskOp::create(
        builder, loc, number(task.label_switch_by_index().op_index()), stream,
        number(task.label_switch_by_index().label_max()));
  case TaskType::EndGraph:
    return ascend::EndGraphTaskOp::create(builder, loc, stream);
  default:
    return nullptr;
  }
}

void ModelImporter::importTask(OpBuilder &builder, const domi::TaskDef &task) {
  if (Operation *shortForm = createShortTask(builder, task)) {
    domi::TaskDef predicted;
    fillTask(shortForm, predicted);
    if (!encoder.diff(task, predicted))
      return;
    shortForm->erase();
  }
  auto generic = ascend::GenericTaskOp::create(
      builder, loc,
      attrs.getStringAttr(spellName(static_cast<TaskType>(task.type()))),
      attrs.getI64IntegerAttr(task.stream_id()), attrs.getDictionaryAttr({}));
  domi::TaskDef predicted;
  fillTask(generic, predicted);
  if (DictionaryAttr fields = encoder.diff(task, predicted))
    generic.setFieldsAttr(fields);
}

//===----------------------------------------------------------------------===//
// Facts of the model
//===----------------------------------------------------------------------===//

DictionaryAttr ModelImporter::getInOutDifference(bool &differs) {
  InOutInfo actual = hasInOutInfo ? model.inOutInfo : InOutInfo();
  FailureOr<InOutInfo> predicted = describeInOut(op, /*report=*/false);
  differs = failed(predicted) ||
            serializeInOutInfo(*predicted) != serializeInOutInfo(actual);
  return differs ? encodeInOutInfo(context, actual) : DictionaryAttr();
}

void ModelImporter::keepDifferences(const FileFacts &facts,
                                    ArrayRef<uint8_t> header) {
  SmallVector<NamedAttribute> extra;
  auto keep = [&](StringRef key, Attribute value) {
    if (value)
      extra.push_back(attrs.getNamedAttr(key, value));
  };
  ge::proto::ModelDef predicted;
  fillModelDef(op, facts, predicted);
  keep("model", encoder.diff(model.modelDef, predicted, {"graph"}));
  ge::proto::GraphDef graph;
  fillGraphDef(op.getGraph(), op.getBody().front(), graph);
  keep("graph", encoder.diff(model.modelDef.graph(0), graph, {"op"}));
  domi::ModelTaskDef tasks;
  fillTaskList(op, tasks);
  keep("tasks", encoder.diff(model.taskDef, tasks, {"task"}));
  bool differs;
  DictionaryAttr inOut = getInOutDifference(differs);
  if (differs)
    keep("inout", inOut);

  bool isNarrow = false;
  if (!header.empty()) {
    isNarrow = model.header.modelLength == 0;
    uint64_t length = model.fileSize - kHeaderSize;
    keep("header",
         encodeHeader(context, header,
                      makeModelHeader(model.modelDef, 1 + model.parts.size(),
                                      length, isNarrow),
                      /*isBundle=*/false));
    if (isNarrow)
      keep("table", attrs.getStringAttr("narrow"));
  }
  std::vector<PartitionType> order;
  for (const Partition &partition : model.partitions)
    order.push_back(partition.type);
  if (order != getDefaultOrder(hasInOutInfo, !model.weights.empty(),
                               model.taskDef.ByteSizeLong() != 0,
                               otherPartitions))
    keep("partitions", encodeOrder(context, order));
  if (!extra.empty())
    op.setExtraAttr(attrs.getDictionaryAttr(extra));
}
