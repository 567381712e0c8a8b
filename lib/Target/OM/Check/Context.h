// SPDX-License-Identifier: Apache-2.0
//
// What all checks need: the sizes and addresses a model declares, its ops with
// their position in the file, and a place to put findings.
#ifndef GEDIALECT_LIB_TARGET_OM_CHECK_CONTEXT_H
#define GEDIALECT_LIB_TARGET_OM_CHECK_CONTEXT_H

#include "GeDialect/Target/OM/Attributes.h"
#include "GeDialect/Target/OM/Check.h"
#include "GeDialect/Target/OM/TaskList.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/Twine.h"

#include <map>
#include <string_view>
#include <unordered_map>

namespace gemlir::om {

/// A place in the file.
struct Place {
  std::string name;
  std::optional<uint64_t> offset;
};

/// Collects findings about one model, or about the file (model -1).
class Reporter {
public:
  Reporter(std::vector<Finding> &findings, int model)
      : findings(findings), model(model) {}

  /// Adds a finding "expected `expected`, found `found`".
  void error(llvm::StringRef id, const Place &place,
             const llvm::Twine &expected, const llvm::Twine &found) {
    add(Severity::Error, id, place, expected, found);
  }
  void warning(llvm::StringRef id, const Place &place,
               const llvm::Twine &expected, const llvm::Twine &found) {
    add(Severity::Warning, id, place, expected, found);
  }

  /// Adds what a reader of a part of the file says, which must be a
  /// `ReadError`; nothing for success.
  void add(llvm::Error error);

private:
  void add(Severity severity, llvm::StringRef id, const Place &place,
           const llvm::Twine &expected, const llvm::Twine &found);

  std::vector<Finding> &findings;
  int model;
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

/// One static model of a file.
class ModelContext {
public:
  ModelContext(const File &file, int index);

  const File &file;
  const Model &model;
  const int index;

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
  Place partitionPlace(PartitionType type) const;
  Place taskPlace(int index) const;

  /// Where `bytes` bytes at a logical address lie completely.
  Segment findSegment(const VariableTable &variables, uint64_t address,
                      uint64_t bytes) const;

  /// Offset of input `index` as the loader reads it: `input_i` has an entry for
  /// inputs with a descriptor only. Empty when the list is too short.
  std::optional<int64_t> getInputOffset(const ge::proto::OpDef &op,
                                        int index) const;
  /// Logical address that the loader computes for an input or output; empty for
  /// memory other than feature memory, weights and variables.
  std::optional<uint64_t> getInputAddress(const ge::proto::OpDef &op,
                                          int index) const;
  std::optional<uint64_t> getOutputAddress(const ge::proto::OpDef &op,
                                           int index) const;

private:
  std::optional<uint64_t> getAddress(int64_t offset) const;

  std::unordered_map<int64_t, size_t> opsById;
  std::vector<std::unordered_map<std::string_view, size_t>> opsByName;
  std::vector<uint64_t> taskOffsets;
};

/// Types of ops that have no input of their own in a root graph.
bool isData(const ge::proto::OpDef &op);
/// Ops whose output is a variable slot: Variable, Constant, FileConstant.
bool isVariable(const ge::proto::OpDef &op);
bool isConst(const ge::proto::OpDef &op);
bool isNetOutput(const ge::proto::OpDef &op);

/// Name under which the loader looks for the AI core kernel of an op.
std::string getStoreName(const ge::proto::OpDef &op);

/// False for the descriptor that stands for an absent optional input.
bool isPresent(const ge::proto::TensorDescriptor &desc);
/// Bytes of the tensor without padding; empty when type or shape do not say.
std::optional<int64_t> getPayloadBytes(const ge::proto::TensorDescriptor &desc);
/// Element type, dims and format, for messages.
std::string describe(const ge::proto::TensorDescriptor &desc);
/// True when the tensor lies in feature memory, weights or variables.
bool isInDeviceMemory(const ge::proto::OpDef &op, bool isInput, int index);
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

/// The checks, by subject. Those that take a `ModelContext` see static models
/// only.
void checkContainer(const File &file, std::vector<Finding> &findings);
void checkModelContainer(const ModelContext &context, Reporter &report);
void checkBinaries(const ModelContext &context, Reporter &report);
void checkGraph(const ModelContext &context, Reporter &report);
void checkInterface(const ModelContext &context, Reporter &report);
void checkMemory(const ModelContext &context, const VariableTable &variables,
                 Reporter &report);
void checkConstants(const ModelContext &context, Reporter &report);
void collectVariables(const ModelContext &context, VariableTable &variables,
                      Reporter &report);
void checkVariables(llvm::ArrayRef<ModelContext> contexts,
                    const VariableTable &variables,
                    std::vector<Finding> &findings);
void checkTasks(const ModelContext &context, const VariableTable &variables,
                Reporter &report);
void checkKernelTask(const ModelContext &context,
                     const VariableTable &variables, int task,
                     Reporter &report);
/// Extended information of a CPU kernel: records of (i32 type, u32 length,
/// bytes) that fill it.
void checkExtInfo(const std::string &info, const Place &place,
                  Reporter &report);
void checkManifest(const File &file, llvm::ArrayRef<ModelContext> contexts,
                   const VariableTable &variables,
                   std::vector<Finding> &findings);

} // namespace gemlir::om

#endif // GEDIALECT_LIB_TARGET_OM_CHECK_CONTEXT_H
