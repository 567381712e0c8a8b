// SPDX-License-Identifier: Apache-2.0
//
// The task list of one model, checked and bound to memory, and its execution.
#ifndef GEDIALECT_LIB_EXECUTION_TASKS_H
#define GEDIALECT_LIB_EXECUTION_TASKS_H

#include "DeviceMemory.h"
#include "Kernels.h"

#include "GeDialect/Execution/Session.h"
#include "GeDialect/Target/OM/Reader.h"

#include <memory>
#include <vector>

namespace gemlir::exec {

/// A model input or output.
struct Port {
  std::string name;
  TensorDesc desc;
  MemoryRange range;
};

/// The memory sizes and logical addresses that a model states.
struct ModelLayout {
  uint64_t featureBase = 0, featureSize = 0;
  /// Model inputs and outputs lie in the last bytes of feature memory.
  uint64_t zeroCopySize = 0;
  uint64_t weightsBase = 0, weightsSize = 0;
  uint64_t variablesBase = 0;

  static llvm::Expected<ModelLayout> create(const om::Model &model);
};

/// What was in the variables before a run that must leave nothing half done.
class UndoLog {
public:
  explicit UndoLog(RangeSet &written) : written(written), before(written) {}

  /// Keeps the bytes that a task is about to overwrite.
  void save(const MemoryRange &range);
  /// Puts everything back.
  void restore();

private:
  RangeSet &written;
  RangeSet before;
  RangeSet covered; // by `saved`
  std::vector<std::pair<MemoryRange, std::vector<uint8_t>>> saved;
};

/// A model made ready to run: every task resolved, every address translated.
class Program {
public:
  /// What all programs of a session share.
  struct Environment {
    const VariableTable &variables;
    bool check = true;
  };

  /// Adds the variables that the model declares.
  static llvm::Error collectVariables(const om::Model &model,
                                      VariableTable &variables);

  /// Operators of the model's kernel tasks that have no reference semantics,
  /// with the number of their tasks.
  static void collectUnknownOps(const om::Model &model,
                                std::map<std::string, int64_t> &counts);

  /// Binds the tasks of `model` to `space`. `model` must outlive the program.
  /// The error names the task.
  static llvm::Expected<std::unique_ptr<Program>>
  create(const om::Model &model, const ModelLayout &layout, AddressSpace space,
         const Environment &environment);
  ~Program();

  llvm::ArrayRef<Port> getInputs() const { return inputs; }
  llvm::ArrayRef<Port> getOutputs() const { return outputs; }

  /// What a run may be asked to record.
  struct Records {
    UndoLog *undo = nullptr;
    RangeSet *reads = nullptr;  // bytes that tasks have read
    RangeSet *writes = nullptr; // and written
    NodeObserver observer = nullptr;
  };

  /// Runs the tasks on what is in memory. Feature memory must hold the inputs
  /// and be recorded as unwritten elsewhere.
  llvm::Error run(Parallel &parallel, Records records);

  /// An error naming the first output of which a byte was never written.
  llvm::Error checkOutputs() const;

private:
  struct Operand {
    MemoryRange range;
    bool present = true;
    bool accessed = true; // the contents are read (input)
  };
  struct Step {
    enum Kind { Nothing, Kernel, Copy, Switch, Jump } kind = Nothing;
    size_t task = 0;
    const ge::proto::OpDef *op = nullptr;
    KernelBody body;
    llvm::SmallVector<Operand, 3> inputs, outputs;
    llvm::SmallVector<int64_t, 2> labels; // until `targets` are known
    llvm::SmallVector<size_t, 2> targets; // steps
  };
  class Builder;

  Program(const om::Model &model, AddressSpace space,
          const Environment &environment)
      : model(model), space(std::move(space)), environment(environment) {}

  std::string describe(const Step &step) const;
  llvm::Error runStep(const Step &step, Parallel &parallel, Records records,
                      size_t &next);
  llvm::Error observe(const Step &step, NodeObserver observer) const;

  const om::Model &model;
  AddressSpace space;
  Environment environment;
  std::vector<Port> inputs, outputs;
  std::vector<Step> steps;
};

} // namespace gemlir::exec

#endif // GEDIALECT_LIB_EXECUTION_TASKS_H
