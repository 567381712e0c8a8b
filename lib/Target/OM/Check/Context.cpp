// SPDX-License-Identifier: Apache-2.0
//
// Reads a model the way GE's loader does: which entry of which list belongs to
// which tensor, and which address that makes.
#include "Context.h"

#include "GeDialect/Target/OM/ProtobufIO.h"

#include "GeDialect/Layout/DataType.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace gemlir;
using namespace gemlir::om;
using ge::proto::OpDef;
using ge::proto::TensorDescriptor;

/// Memory types of tensors that are not in a segment of their own.
static constexpr int64_t kDefaultMemory = 0;
static constexpr int64_t kHbmMemory = 2;

//===----------------------------------------------------------------------===//
// Findings
//===----------------------------------------------------------------------===//

void Reporter::add(Severity severity, llvm::StringRef id, const Place &place,
                   const llvm::Twine &expected, const llvm::Twine &found) {
  Finding finding = makeFinding(id, place.name, place.offset, expected, found);
  finding.severity = severity;
  finding.model = model;
  findings.push_back(std::move(finding));
}

void Reporter::add(llvm::Error error) {
  llvm::handleAllErrors(std::move(error), [&](const ReadError &fault) {
    findings.push_back(fault.getFinding());
    findings.back().model = model;
  });
}

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

bool om::isData(const OpDef &op) {
  return llvm::is_contained({"Data", "RefData", "AippData", "AnnData"},
                            op.type());
}

bool om::isVariable(const OpDef &op) {
  return llvm::is_contained({"Variable", "Constant", "FileConstant"},
                            op.type());
}

bool om::isConst(const OpDef &op) { return op.type() == "Const"; }

bool om::isNetOutput(const OpDef &op) { return op.type() == "NetOutput"; }

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

bool om::isInDeviceMemory(const OpDef &op, bool isInput, int index) {
  const auto &descs = isInput ? op.input_desc() : op.output_desc();
  int64_t type = kDefaultMemory;
  std::optional<std::vector<int64_t>> list = getInts(
      op.attr(), isInput ? "_input_memory_type" : "_output_memory_type");
  if (list && index < static_cast<int>(list->size()))
    type = (*list)[index];
  if (index < descs.size())
    type = getInt(descs[index].attr(), "_tensor_memory_type").value_or(type);
  return type == kDefaultMemory || type == kHbmMemory;
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

ModelContext::ModelContext(const File &file, int index)
    : file(file), model(file.models[index]), index(index) {
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
  const Partition *partition = model.findPartition(type);
  return {getName(type).str(),
          partition ? std::optional<uint64_t>(partition->fileOffset)
                    : std::nullopt};
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

std::optional<int64_t> ModelContext::getInputOffset(const OpDef &op,
                                                    int index) const {
  int entry = 0;
  for (int i = 0; i < index && i < op.input_desc_size(); ++i)
    entry += isPresent(op.input_desc(i));
  if (entry >= op.input_i_size())
    return std::nullopt;
  return op.input_i(entry);
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

std::optional<uint64_t> ModelContext::getInputAddress(const OpDef &op,
                                                      int index) const {
  if (isInputConst(op, index)) {
    int64_t offset = op.input_desc(index).data_offset();
    if (offset < 0)
      return std::nullopt;
    return weightBase + static_cast<uint64_t>(offset);
  }
  std::optional<int64_t> offset = getInputOffset(op, index);
  if (!offset || !isInDeviceMemory(op, /*isInput=*/true, index))
    return std::nullopt;
  return getAddress(*offset);
}

std::optional<uint64_t> ModelContext::getOutputAddress(const OpDef &op,
                                                       int index) const {
  if (index >= op.output_i_size() ||
      !isInDeviceMemory(op, /*isInput=*/false, index))
    return std::nullopt;
  return getAddress(op.output_i(index));
}
