// SPDX-License-Identifier: Apache-2.0
#include "MalformedFile.h"

#include <gtest/gtest.h>

using namespace gemlir;
using namespace gemlir::om;
using namespace gemlir::om::test;
using ge::proto::OpDef;

// Layout of the container, written out once more: a header, u32 number of
// entries, padding, then (u32 type, padding, u64 offset, u64 size) each.
static constexpr size_t kHeader = 256, kHead = 8, kEntry = 24;
static constexpr size_t kCountField = 156, kLengthField = 184;

/// Splits header, table and payloads.
static std::vector<RawPart> split(llvm::ArrayRef<uint8_t> bytes) {
  uint32_t count = get32(bytes, kHeader);
  size_t position = kHeader + kHead + kEntry * count;
  std::vector<RawPart> parts;
  for (uint32_t i = 0; i < count; ++i) {
    size_t entry = kHeader + kHead + kEntry * i;
    uint64_t size = get64(bytes, entry + 16);
    parts.push_back({static_cast<PartitionType>(get32(bytes, entry)),
                     bytes.slice(position, size).vec()});
    position += size;
  }
  return parts;
}

/// Appends table and payloads; `starts` are those of the payloads.
static void join(Bytes &bytes, llvm::ArrayRef<RawPart> parts, uint64_t offset,
                 std::vector<uint64_t> &starts) {
  size_t table = bytes.size();
  bytes.resize(table + kHead + kEntry * parts.size());
  put32(bytes, table, parts.size());
  for (size_t i = 0; i < parts.size(); ++i) {
    size_t entry = table + kHead + kEntry * i;
    put32(bytes, entry, static_cast<uint32_t>(parts[i].type));
    put64(bytes, entry + 8, offset);
    put64(bytes, entry + 16, parts[i].bytes.size());
    offset += parts[i].bytes.size();
    starts.push_back(bytes.size());
    bytes.insert(bytes.end(), parts[i].bytes.begin(), parts[i].bytes.end());
  }
}

static Bytes serialize(const google::protobuf::Message &message) {
  std::string text = message.SerializeAsString();
  return Bytes(text.begin(), text.end());
}

OpDef &RawModel::op(llvm::StringRef name) {
  for (auto &graph : *def.mutable_graph())
    for (OpDef &op : *graph.mutable_op())
      if (op.name() == name)
        return op;
  ADD_FAILURE() << "no op " << name.str();
  return *def.mutable_graph(0)->add_op();
}

OpDef &RawModel::addCopy(llvm::StringRef name, llvm::StringRef newName) {
  OpDef copy = op(name);
  copy.set_name(newName.str());
  copy.set_id(50);
  OpDef &added = *def.mutable_graph(0)->add_op();
  added = std::move(copy);
  return added;
}

OpDef &RawModel::addGraph(llvm::StringRef name) {
  auto &graph = *def.add_graph();
  graph.set_name(name.str());
  OpDef &op = *graph.add_op();
  op.set_name(name.str() + "_op");
  op.set_type("NoOp");
  op.set_id(100 + def.graph_size());
  return op;
}

domi::TaskDef &RawModel::addTask(TaskType type) {
  // In front of END_GRAPH.
  auto &list = *tasks.mutable_task();
  list.Add()->set_type(static_cast<uint32_t>(type));
  list.SwapElements(list.size() - 2, list.size() - 1);
  return list[list.size() - 2];
}

Bytes &RawModel::part(PartitionType type) {
  for (RawPart &part : parts)
    if (part.type == type)
      return part.bytes;
  addPart(type, {});
  return parts.back().bytes;
}

domi::KernelDef &RawModel::useKernel() {
  // Magic, lengths of name and binary, "k", an ELF head.
  addPart(PartitionType::TBEKernels, {0xFD, 0x6E, 0x77, 0x5D, 1, 0, 0, 0, 5, 0,
                                      0, 0, 'k', 0x7F, 'E', 'L', 'F', 2});
  AttrMap &opAttrs = *op("mm").mutable_attr();
  setString(opAttrs, "tvm_magic", "RT_DEV_BINARY_MAGIC_ELF");
  setString(opAttrs, "_kernelname", "k");
  domi::KernelDef &kernel = *tasks.mutable_task(0)->mutable_kernel();
  kernel.mutable_context()->set_kernel_type(
      static_cast<uint32_t>(KernelType::TE));
  kernel.mutable_context()->set_args_offset(std::string(2, '\0'));
  kernel.clear_so_name();
  kernel.set_args(std::string(24, '\0'));
  kernel.set_args_size(24);
  return kernel;
}

void RawModel::compress() {
  setInt(attrs(), "om_compress_version", 1);
  setStrings(attrs(), "attr_name_enum", {"plain", "engine"});
  setStrings(attrs(), "attr_value_enum", {"AIcoreEngine"});
  auto &uses = *attrs()["attrs_use_string_value"].mutable_list();
  uses.add_b(false);
  uses.add_b(true);
  uses.set_val_type(ge::proto::AttrDef::ListValue::VT_LIST_BOOL);
  setInt(*op("w_assign").mutable_attr(), std::string("\0\2", 2), 0);
}

void PackedFile::keepModel(int model) {
  uint64_t start = models[model];
  uint64_t stop = static_cast<size_t>(model) + 1 < models.size()
                      ? models[model + 1]
                      : bytes.size();
  bytes = Bytes(bytes.begin() + start, bytes.begin() + stop);
  std::map<std::pair<int, PartitionType>, uint64_t> kept;
  for (const auto &[key, position] : payloads)
    if (key.first == model)
      // The reader has no number for the only model, the checks have 0.
      kept[{0, key.second}] = kept[{-1, key.second}] = position - start;
  payloads = kept;
  models = {0};
  end = bytes.size();
}

void PackedFile::useLegacyTable() {
  bytes = makeLegacy(bytes);
  end = bytes.size();
}

void PackedFile::fixLength() {
  if (bytes[82] == static_cast<uint8_t>(ModelType::Bundle))
    put64(bytes, kLengthField, bytes.size());
  else
    put64(bytes, kLengthField, bytes.size() - kHeader);
}

RawBundle test::makeRawBundle() {
  Bytes bytes = write(makeBundleImage());
  RawBundle bundle;
  bundle.header = Bytes(bytes.begin(), bytes.begin() + kHeader);
  for (RawPart &entry : split(bytes)) {
    if (entry.type != PartitionType::BundleModelInfo) {
      bundle.records.push_back(std::move(entry));
      continue;
    }
    RawModel model;
    model.header = Bytes(entry.bytes.begin(), entry.bytes.begin() + kHeader);
    model.parts = split(entry.bytes);
    for (RawPart &part : model.parts) {
      google::protobuf::Message *message = nullptr;
      if (part.type == PartitionType::ModelDef)
        message = &model.def;
      else if (part.type == PartitionType::TaskInfo)
        message = &model.tasks;
      else
        continue;
      EXPECT_TRUE(
          message->ParseFromArray(part.bytes.data(), part.bytes.size()));
      part.bytes.clear();
    }
    bundle.models.push_back(std::move(model));
  }
  return bundle;
}

/// Packs one sub-model as a file of its own.
static PackedFile packModel(const RawModel &model) {
  PackedFile file;
  if (!model.whole.empty()) {
    file.bytes = model.whole;
    return file;
  }
  std::vector<RawPart> parts = model.parts;
  for (RawPart &part : parts) {
    if (part.type == PartitionType::ModelDef)
      part.bytes = serialize(model.def);
    if (part.type == PartitionType::TaskInfo)
      part.bytes = serialize(model.tasks);
  }
  file.bytes = model.header;
  std::vector<uint64_t> starts;
  join(file.bytes, parts, 0, starts);
  for (size_t i = 0; i < parts.size(); ++i)
    file.payloads.try_emplace({0, parts[i].type}, starts[i]);
  file.fixLength();
  return file;
}

PackedFile test::pack(const RawBundle &bundle) {
  std::vector<PackedFile> models;
  std::vector<RawPart> parts = bundle.records;
  for (const RawModel &model : bundle.models) {
    models.push_back(packModel(model));
    parts.push_back({PartitionType::BundleModelInfo, models.back().bytes});
  }
  parts.insert(parts.end(), bundle.trailers.begin(), bundle.trailers.end());
  PackedFile file;
  file.bytes = bundle.header;
  put32(file.bytes, kCountField, bundle.models.size());
  std::vector<uint64_t> starts;
  join(file.bytes, parts, kHead + kEntry * parts.size(), starts);
  for (size_t i = 0; i < parts.size(); ++i) {
    file.payloads[{-1, parts[i].type}] = starts[i];
    if (parts[i].type != PartitionType::BundleModelInfo)
      continue;
    int index = static_cast<int>(file.models.size());
    file.models.push_back(starts[i]);
    for (const auto &[key, position] : models[index].payloads)
      file.payloads[{index, key.second}] = starts[i] + position;
  }
  file.fixLength();
  file.end = file.bytes.size();
  return file;
}
