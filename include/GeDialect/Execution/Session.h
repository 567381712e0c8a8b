// SPDX-License-Identifier: Apache-2.0
//
// Host executor: loads an OM or an OM bundle file, lays out emulated device
// memory as the file says, and runs the task lists.
//
// It takes the operator type and attributes of a kernel from the op that the
// task names, and every address from the task's own argument table, never from
// op offsets, edges or the manifest: a wrong address in the file is a wrong
// number here. What it emulates and checks: docs/executor.md.
#ifndef GEDIALECT_EXECUTION_SESSION_H
#define GEDIALECT_EXECUTION_SESSION_H

#include "GeDialect/Layout/Format.h"
#include "GeDialect/Target/OM/Manifest.h"
#include "GeDialect/Target/OM/Reader.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gemlir::exec {

/// A host tensor handed to or returned by a model.
struct HostTensor {
  std::string name;
  DataType type = DataType::Float;
  std::vector<int64_t> dims;
  std::vector<uint8_t> bytes;
};

/// What a model takes or gives.
struct TensorPort {
  std::string name;
  DataType type = DataType::Float;
  std::vector<int64_t> dims;
};

/// What a task of a running model has just written. Everything is valid during
/// the call only: other nodes will use the same memory.
struct NodeOutput {
  llvm::StringRef node, type; // name and operator type
  unsigned output = 0;
  DataType dtype = DataType::Float;
  /// Logical dims, and the elements in row-major order of these, without
  /// padding. Of a fractal format of which the file does not say what is
  /// stored, the dims and elements of the storage.
  llvm::ArrayRef<int64_t> dims;
  llvm::ArrayRef<uint8_t> bytes;
  /// How it is stored.
  Format format = Format::ND;
  /// Position of the task and number of tasks.
  uint64_t task = 0, tasks = 0;
};

/// An error ends the run.
using NodeObserver = llvm::function_ref<llvm::Error(const NodeOutput &)>;

struct SessionOptions {
  /// Threads for the operators; results do not depend on it, to the bit.
  unsigned threads = 1;
  /// Report what a device would not: reads of bytes that nobody wrote and of
  /// variables that were never assigned, accesses between variables or between
  /// constants, writes to buffers of the caller, overlapping operands, and
  /// argument tables that differ from the op.
  bool check = true;
};

/// A loaded file: one per bundle. Variables live as long as the session and
/// are shared by all sub-models. Not thread-safe.
class Session {
public:
  /// `file` is kept by the session. Checks that every task can be executed
  /// (operator known, addresses inside memory) before anything runs.
  static llvm::Expected<std::unique_ptr<Session>>
  create(om::File file, const SessionOptions &options);
  ~Session();

  const om::File &getFile() const;
  const std::optional<om::Manifest> &getManifest() const;

  /// Index of the sub-model with this role ("infer", "init", "update") by the
  /// manifest; -1 when the bundle has none.
  int findModel(llvm::StringRef role) const;

  /// Inputs of sub-model `index` in model input order, and its outputs. Empty
  /// when there is no such sub-model.
  std::vector<TensorPort> getInputs(unsigned index) const;
  std::vector<TensorPort> getOutputs(unsigned index) const;

  /// Runs sub-model `index`. `inputs` are in model input order; dtype, dims
  /// and byte size are checked against the model. Returns its outputs.
  /// `observer` gets each output of each node right after the node ran, in the
  /// order of execution; operators without a task of their own have none.
  llvm::Expected<std::vector<HostTensor>> run(unsigned index,
                                              llvm::ArrayRef<HostTensor> inputs,
                                              NodeObserver observer = nullptr);

  /// Runs the init model; an error when the bundle has none.
  llvm::Error initialize();

  /// One new value for a weight, by manifest index.
  struct WeightValue {
    int64_t index;
    llvm::ArrayRef<uint8_t> bytes; // origin dtype and shape
  };

  /// Refreshes the given weights and leaves the others alone. Everything is
  /// checked before the first write, and when a task fails nevertheless, all
  /// variables are put back. With the update form "all", weights that
  /// are not given keep their present value (read back through the inverse of
  /// their road); an error when one of those was never written.
  llvm::Error update(llvm::ArrayRef<WeightValue> values);

  /// Whether the variable of a weight has been written.
  bool isInitialized(int64_t weightIndex) const;

private:
  class Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl;
};

} // namespace gemlir::exec

#endif // GEDIALECT_EXECUTION_SESSION_H
