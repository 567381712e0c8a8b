// SPDX-License-Identifier: Apache-2.0
//
// Reads a model the way GE's loader does: which entry of which list belongs to
// which tensor, and which address that makes.
#include "ModelIndex.h"

#include "GeDialect/Target/OM/ProtobufIO.h"

#include "GeDialect/Layout/DataType.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <tuple>

using namespace gemlir;
using namespace gemlir::om;
using ge::proto::OpDef;
using ge::proto::TensorDescriptor;

/// Memory types of tensors that are not in a segment of their own.
static constexpr int64_t kDefaultMemory = 0;
static constexpr int64_t kHbmMemory = 2;

Place OpRef::place() const { return {"op '" + op->name() + "'", offset}; }

//===----------------------------------------------------------------------===//
// Variables
//===----------------------------------------------------------------------===//

void VariableTable::add(VariableSlot slot) {
  auto [it, isNew] = slots.try_emplace(slot.name, slot);
  if (isNew)
    addresses.emplace(it->second.address, &it->second);
}

const VariableSlot *VariableTable::find(llvm::StringRef name) const {
  auto it = slots.find(std::string_view(name));
  return it == slots.end() ? nullptr : &it->second;
}

bool VariableTable::startsSlot(int64_t address) const {
  return addresses.count(address) != 0;
}

const VariableSlot *VariableTable::findRange(uint64_t address,
                                             uint64_t bytes) const {
  if (address > static_cast<uint64_t>(INT64_MAX))
    return nullptr;
  auto it = addresses.upper_bound(static_cast<int64_t>(address));
  if (it == addresses.begin())
    return nullptr;
  const VariableSlot *slot = std::prev(it)->second;
  uint64_t offset = address - static_cast<uint64_t>(slot->address);
  uint64_t size = slot->size < 0 ? 0 : static_cast<uint64_t>(slot->size);
  return offset <= size && bytes <= size - offset ? slot : nullptr;
}

std::vector<const VariableSlot *> VariableTable::byAddress() const {
  std::vector<const VariableSlot *> sorted;
  for (const auto &[address, slot] : addresses)
    sorted.push_back(slot);
  return sorted;
}

//===----------------------------------------------------------------------===//
// Ops and tensors
//===----------------------------------------------------------------------===//

bool om::isPresent(const TensorDescriptor &desc) {
  return desc.dtype() != ge::proto::DT_UNDEFINED ||
         (desc.layout() != "RESERVED" && desc.layout() != "FORMAT_RESERVED");
}

std::optional<int64_t> om::getPayloadBytes(const TensorDescriptor &desc) {
  // A private numbering overrides the type where this is set.
  if (findAttr(desc.attr(), "__tensor_desc_data_type__"))
    return std::nullopt;
  std::optional<DataType> type = dataTypeFromProtoNumber(desc.dtype());
  if (!type || *type == DataType::Undefined)
    return std::nullopt;
  std::vector<int64_t> dims(desc.shape().dim().begin(),
                            desc.shape().dim().end());
  return getTensorBytes(dims, *type);
}

std::string om::describe(const TensorDescriptor &desc) {
  std::optional<DataType> type = dataTypeFromProtoNumber(desc.dtype());
  return llvm::formatv("{0}[{1}] {2}",
                       getShortName(type.value_or(DataType::Undefined)),
                       llvm::join(llvm::map_range(desc.shape().dim(),
                                                  [](int64_t dim) {
                                                    return std::to_string(dim);
                                                  }),
                                  ","),
                       desc.layout())
      .str();
}

int64_t om::getInnerOffset(const TensorDescriptor &desc) {
  return getInt(desc.attr(), "_inner_offset").value_or(0);
}

bool om::isInputConst(const OpDef &op, int index) {
  return index < op.is_input_const_size() && op.is_input_const(index);
}

std::optional<Edge> om::parseEdge(const std::string &text) {
  size_t colon = text.rfind(':');
  if (colon == std::string::npos)
    return std::nullopt;
  Edge edge;
  edge.name = std::string_view(text).substr(0, colon);
  if (llvm::StringRef(text).substr(colon + 1).getAsInteger(10, edge.index))
    return std::nullopt;
  return edge;
}

//===----------------------------------------------------------------------===//
// Models
//===----------------------------------------------------------------------===//

ModelContext::ModelContext(const File &file, const Model &model, int index)
    : file(file), model(model), index(index),
      isDynamicPart(file.models[index].isDynamic()) {
  const AttrMap &attrs = model.modelDef.attr();
  auto get = [&](llvm::StringRef name) {
    return std::max<int64_t>(getInt(attrs, name).value_or(0), 0);
  };
  memorySize = get("memory_size");
  zeroCopySize = get("zero_copy_memory_size");
  weightSize = get("weight_size");
  p2pSize = get("p2p_memory_size");
  featureBase = get("task_gen_base_addr");
  weightBase = get("task_gen_weight_addr");
  variableBase = get("task_gen_variable_addr");
  variableBound = get("variable_size");
  streamNum = get("stream_num");
  eventNum = get("event_num");
  notifyNum = get("notify_num");
  labelNum = get("label_num");

  std::vector<Extent> graphs;
  if (const Partition *partition = model.findPartition(PartitionType::ModelDef))
    graphs = locateField(partition->bytes, partition->fileOffset, kGraphField);
  opsByName.resize(model.modelDef.graph_size());
  for (int g = 0; g < model.modelDef.graph_size(); ++g) {
    std::vector<Extent> opExtents;
    if (g < static_cast<int>(graphs.size()))
      opExtents = locateField(graphs[g].bytes, graphs[g].position, kOpField);
    const ge::proto::GraphDef &graph = model.modelDef.graph(g);
    for (int o = 0; o < graph.op_size(); ++o) {
      OpRef ref{&graph.op(o), g, std::nullopt};
      if (o < static_cast<int>(opExtents.size()))
        ref.offset = opExtents[o].position;
      opsById.try_emplace(ref.op->id(), ops.size());
      opsByName[g].try_emplace(ref.op->name(), ops.size());
      ops.push_back(ref);
    }
  }
  if (const Partition *partition = model.findPartition(PartitionType::TaskInfo))
    for (const Extent &extent :
         locateField(partition->bytes, partition->fileOffset, kTaskField))
      taskOffsets.push_back(extent.position);
}

const OpRef *ModelContext::findOpById(int64_t id) const {
  auto it = opsById.find(id);
  return it == opsById.end() ? nullptr : &ops[it->second];
}

const OpRef *ModelContext::findOp(int graph, std::string_view name) const {
  auto it = opsByName[graph].find(name);
  return it == opsByName[graph].end() ? nullptr : &ops[it->second];
}

const OpRef *ModelContext::findProducer(const OpRef &ref, int index,
                                        int &output) const {
  if (index >= ref.op->input_size())
    return nullptr;
  std::optional<Edge> edge = parseEdge(ref.op->input(index));
  if (!edge || edge->index < 0)
    return nullptr;
  const OpRef *producer = findOp(ref.graph, edge->name);
  if (!producer || edge->index >= producer->op->output_desc_size())
    return nullptr;
  output = static_cast<int>(edge->index);
  return producer;
}

Place ModelContext::partitionPlace(PartitionType type) const {
  if (const Partition *partition = model.findPartition(type))
    return {getName(type).str(), partition->fileOffset};
  // The parts of a dynamic model begin with their table.
  bool hasHeader = &model == &file.models[index];
  return {getName(type).str(),
          model.fileOffset + (hasHeader ? kHeaderSize : 0)};
}

Place ModelContext::taskPlace(int index) const {
  return {"task " + std::to_string(index),
          index < static_cast<int>(taskOffsets.size())
              ? std::optional<uint64_t>(taskOffsets[index])
              : std::nullopt};
}

/// True when `bytes` bytes at `address` lie in the `size` bytes at `base`.
static bool contains(uint64_t base, uint64_t size, uint64_t address,
                     uint64_t bytes) {
  return address >= base && address - base <= size &&
         bytes <= size - (address - base);
}

Segment ModelContext::findSegment(const VariableTable &variables,
                                  uint64_t address, uint64_t bytes) const {
  if (contains(featureBase, memorySize, address, bytes))
    return Segment::Feature;
  if (contains(weightBase, weightSize, address, bytes))
    return Segment::Weights;
  if (variables.findRange(address, bytes))
    return Segment::Variables;
  return Segment::None;
}

std::optional<uint64_t> ModelContext::getAddress(int64_t offset) const {
  if (offset < 0)
    return std::nullopt;
  uint64_t value = static_cast<uint64_t>(offset);
  // Variables are given by their full address.
  if (variableBase != 0 && value >= variableBase && value >= memorySize)
    return value;
  uint64_t address = featureBase + value;
  if (address < value)
    return std::nullopt;
  return address;
}

/// Says which tensors lie in feature memory, weights or variables: their memory
/// type is given by the op, or by the tensor.
static void setMemory(const OpDef &op, llvm::StringRef listName,
                      std::vector<TensorPlace> &places) {
  std::optional<std::vector<int64_t>> list = getInts(op.attr(), listName);
  for (TensorPlace &place : places) {
    int64_t type = kDefaultMemory;
    if (list && place.index < static_cast<int>(list->size()))
      type = (*list)[place.index];
    type = getInt(place.desc->attr(), "_tensor_memory_type").value_or(type);
    place.isInDeviceMemory = type == kDefaultMemory || type == kHbmMemory;
  }
}

static TensorPlace makePlace(const TensorDescriptor &desc, int index) {
  TensorPlace place;
  place.desc = &desc;
  place.index = index;
  if (std::optional<int64_t> payload = getPayloadBytes(desc);
      payload && *payload >= 0)
    place.payload = static_cast<uint64_t>(*payload);
  place.reserved = std::max<uint64_t>(
      desc.size() < 0 ? 0 : static_cast<uint64_t>(desc.size()),
      place.payload.value_or(0));
  return place;
}

static std::vector<const TensorPlace *>
sortByAddress(const std::vector<TensorPlace> &places) {
  std::vector<const TensorPlace *> sorted;
  for (const TensorPlace &place : places)
    if (place.address)
      sorted.push_back(&place);
  llvm::sort(sorted, [](const TensorPlace *a, const TensorPlace *b) {
    return std::tie(*a->address, a->reserved, b->index) <
           std::tie(*b->address, b->reserved, a->index);
  });
  return sorted;
}

OpPlaces ModelContext::computePlaces(const OpDef &op) const {
  OpPlaces places;
  for (int i = 0; i < op.input_desc_size(); ++i) {
    TensorPlace place = makePlace(op.input_desc(i), i);
    place.isPresent = isPresent(op.input_desc(i));
    place.isConst = isInputConst(op, i);
    if (place.isPresent && places.presentInputs < op.input_i_size())
      place.offset = op.input_i(places.presentInputs);
    places.presentInputs += place.isPresent;
    places.inputs.push_back(place);
  }
  for (int i = 0; i < op.output_desc_size(); ++i) {
    TensorPlace place = makePlace(op.output_desc(i), i);
    if (i < op.output_i_size())
      place.offset = op.output_i(i);
    places.outputs.push_back(place);
  }
  setMemory(op, "_input_memory_type", places.inputs);
  setMemory(op, "_output_memory_type", places.outputs);
  for (TensorPlace &place : places.inputs) {
    if (!place.isPresent)
      continue;
    int64_t dataOffset = place.desc->data_offset();
    if (place.isConst) {
      if (dataOffset >= 0)
        place.address = weightBase + static_cast<uint64_t>(dataOffset);
    } else if (place.offset && place.isInDeviceMemory) {
      place.address = getAddress(*place.offset);
    }
  }
  for (TensorPlace &place : places.outputs)
    if (place.offset && place.isInDeviceMemory)
      place.address = getAddress(*place.offset);
  places.inputsByAddress = sortByAddress(places.inputs);
  places.outputsByAddress = sortByAddress(places.outputs);
  return places;
}

const OpPlaces &ModelContext::getPlaces(const OpDef &op) const {
  std::unique_ptr<const OpPlaces> &entry = places[&op];
  // The lists by address point into the others: moving a vector keeps them.
  if (!entry)
    entry = std::make_unique<const OpPlaces>(computePlaces(op));
  return *entry;
}

const TensorPlace *om::findTensor(llvm::ArrayRef<const TensorPlace *> byAddress,
                                  uint64_t address, uint64_t bytes) {
  auto it = llvm::upper_bound(byAddress, address,
                              [](uint64_t value, const TensorPlace *place) {
                                return value < *place->address;
                              });
  if (it == byAddress.begin())
    return nullptr;
  const TensorPlace *tensor = *std::prev(it);
  uint64_t into = address - *tensor->address;
  bool isInside = into <= tensor->reserved && bytes <= tensor->reserved - into;
  return isInside ? tensor : nullptr;
}

void om::collectVariables(const ModelContext &context,
                          VariableTable &variables) {
  for (const OpRef &ref : context.ops) {
    const OpDef &op = *ref.op;
    if (isVariable(op) && op.output_i_size() == 1 && op.output_desc_size() == 1)
      variables.add({op.name(), context.index, ref.place(), &op, op.output_i(0),
                     op.output_desc(0).size()});
  }
}

std::vector<std::string> om::getStoreNames(const OpDef &op) {
  std::vector<std::string> names;
  if (auto prefixes = getStrings(op.attr(), "_kernel_names_prefix")) {
    for (const std::string &prefix : *prefixes)
      if (std::optional<llvm::StringRef> name =
              getString(op.attr(), prefix + "_tbe_kernel_name"))
        names.push_back(name->str());
    if (!names.empty())
      return names;
  }
  for (llvm::StringRef name : {"_tbe_kernel_name_for_load", "_kernelname"})
    if (std::optional<llvm::StringRef> value = getString(op.attr(), name);
        value && !value->empty())
      return {value->str()};
  return {op.name()};
}
