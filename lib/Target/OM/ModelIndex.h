// SPDX-License-Identifier: Apache-2.0
//
// An index of a model: its ops with their position in the file, the sizes and
// addresses it declares, and where its tensors are.
#ifndef GEDIALECT_LIB_TARGET_OM_MODELINDEX_H
#define GEDIALECT_LIB_TARGET_OM_MODELINDEX_H

#include "GeDialect/Target/OM/Attributes.h"
#include "GeDialect/Target/OM/Finding.h"
#include "GeDialect/Target/OM/OpKinds.h"
#include "GeDialect/Target/OM/TaskList.h"

#include "llvm/ADT/ArrayRef.h"

#include <map>
#include <memory>
#include <string_view>
#include <unordered_map>

namespace gemlir::om {

/// A place in the file.
struct Place {
  std::string name;
  std::optional<uint64_t> offset;
};

/// A variable slot: what the first node of that name says.
struct VariableSlot {
  std::string name;
  int model;
  Place place;
  const ge::proto::OpDef *op;
  int64_t address;
  /// Declared bytes of the tensor, padding included.
  int64_t size;
};

/// The slots of all models of a file, by address.
class VariableTable {
public:
  void add(VariableSlot slot);

  /// The slot of this name, or null.
  const VariableSlot *find(llvm::StringRef name) const;
  /// True when a slot starts at `address`.
  bool startsSlot(int64_t address) const;
  /// The slot that holds `bytes` bytes at `address`, or null.
  const VariableSlot *findRange(uint64_t address, uint64_t bytes) const;
  /// In order of address, then of appearance.
  std::vector<const VariableSlot *> byAddress() const;
  bool empty() const { return slots.empty(); }

private:
  std::map<std::string, VariableSlot, std::less<>> slots;
  std::multimap<int64_t, const VariableSlot *> addresses;
};

/// An op with its place in the model.
struct OpRef {
  const ge::proto::OpDef *op;
  int graph;
  /// Byte in the file; absent when it cannot be told.
  std::optional<uint64_t> offset;

  Place place() const;
};

/// Where an input or output of an op is.
struct TensorPlace {
  const ge::proto::TensorDescriptor *desc = nullptr;
  /// Number of the slot.
  int index = 0;
  /// False for the descriptor that stands for an absent optional input.
  bool isPresent = true;
  /// True for an input marked in `is_input_const`.
  bool isConst = false;
  /// True when the tensor lies in feature memory, weights or variables.
  bool isInDeviceMemory = true;
  /// As the loader reads it: `input_i` has an entry for inputs with a
  /// descriptor only. Empty when the list is too short.
  std::optional<int64_t> offset;
  /// Logical address that the loader computes; empty for memory other than
  /// feature memory, weights and variables.
  std::optional<uint64_t> address;
  /// Bytes of the tensor without padding; empty when type or shape do not say.
  std::optional<uint64_t> payload;
  /// Bytes that the file reserves, at least the payload.
  uint64_t reserved = 0;
};

/// Where the tensors of an op are.
struct OpPlaces {
  std::vector<TensorPlace> inputs, outputs;
  int presentInputs = 0;

  /// The inputs or outputs that have an address, by address; of those in one
  /// place, the longest comes last, and of equal ones the first.
  std::vector<const TensorPlace *> inputsByAddress, outputsByAddress;
};

/// The longest of the tensors of such a list that begin nearest before
/// `address` if it holds `bytes` bytes there, padding included; null otherwise.
const TensorPlace *findTensor(llvm::ArrayRef<const TensorPlace *> byAddress,
                              uint64_t address, uint64_t bytes);

/// One model of a file, or one part of a dynamic one.
class ModelContext {
public:
  ModelContext(const File &file, int index)
      : ModelContext(file, file.models[index], index) {}
  /// `model` is the sub-model of this number or a part of it.
  ModelContext(const File &file, const Model &model, int index);

  const File &file;
  const Model &model;
  const int index;
  /// True for parts of dynamic models, the first one included.
  const bool isDynamicPart;

  // Declared sizes and addresses; absent attributes are 0, negative ones 0.
  uint64_t memorySize, zeroCopySize, weightSize, p2pSize;
  uint64_t featureBase, weightBase, variableBase, variableBound;
  int64_t streamNum, eventNum, notifyNum, labelNum;

  /// All ops of all graphs, in file order.
  std::vector<OpRef> ops;

  /// Null when there is none; the first one of several.
  const OpRef *findOpById(int64_t id) const;
  const OpRef *findOp(int graph, std::string_view name) const;
  /// The op that feeds input `index` of `ref` with data, and which of its
  /// outputs; null when the input is not connected or the edge is broken.
  const OpRef *findProducer(const OpRef &ref, int index, int &output) const;
  /// Files from before the 24-byte table.
  bool isLegacy() const { return model.header.modelLength == 0; }

  Place headerPlace() const { return {"header", model.fileOffset}; }
  /// That of the table for a partition that is missing.
  Place partitionPlace(PartitionType type) const;
  Place taskPlace(int index) const;

  /// Where `bytes` bytes at a logical address lie completely.
  Segment findSegment(const VariableTable &variables, uint64_t address,
                      uint64_t bytes) const;

  /// Computed once per op, in time linear in its descriptors apart from a
  /// logarithm.
  const OpPlaces &getPlaces(const ge::proto::OpDef &op) const;

private:
  std::optional<uint64_t> getAddress(int64_t offset) const;
  OpPlaces computePlaces(const ge::proto::OpDef &op) const;

  mutable std::unordered_map<const ge::proto::OpDef *,
                             std::unique_ptr<const OpPlaces>>
      places;

  std::unordered_map<int64_t, size_t> opsById;
  std::vector<std::unordered_map<std::string_view, size_t>> opsByName;
  std::vector<uint64_t> taskOffsets;
};

/// Adds the variables of a static model that have a descriptor and an address.
void collectVariables(const ModelContext &context, VariableTable &variables);

/// Names under which the loader looks for the AI core kernels of an op: one, or
/// one per part of a kernel for mixed cores.
std::vector<std::string> getStoreNames(const ge::proto::OpDef &op);

/// False for the descriptor that stands for an absent optional input.
bool isPresent(const ge::proto::TensorDescriptor &desc);
/// Bytes of the tensor without padding; empty when type or shape do not say.
std::optional<int64_t> getPayloadBytes(const ge::proto::TensorDescriptor &desc);
/// Element type, dims and format, for messages.
std::string describe(const ge::proto::TensorDescriptor &desc);
/// Bytes between a variable's slot and what the tensor sees of it.
int64_t getInnerOffset(const ge::proto::TensorDescriptor &desc);
bool isInputConst(const ge::proto::OpDef &op, int index);

/// An edge "name:index" of OpDef.input.
struct Edge {
  std::string_view name;
  /// -1 for a control edge.
  int64_t index;
};
/// Empty when the text has no index.
std::optional<Edge> parseEdge(const std::string &text);

} // namespace gemlir::om

#endif // GEDIALECT_LIB_TARGET_OM_MODELINDEX_H
