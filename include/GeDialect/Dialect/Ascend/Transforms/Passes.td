// SPDX-License-Identifier: Apache-2.0
//
// Passes of the ascend dialect.
#ifndef GEDIALECT_DIALECT_ASCEND_TRANSFORMS_PASSES_TD
#define GEDIALECT_DIALECT_ASCEND_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def VerifyAbstract : Pass<"ascend-verify-abstract", "::mlir::ModuleOp"> {
  let summary = "verify stage S4: programs without addresses";
  let description = [{
    No operator of the graph dialect is left; inputs and outputs are numbered
    0, 1, 2, ...; every buffer is written before it is read on every path;
    labels are set once and jumps lead forward to labels that exist.
  }];
}

def SetTarget : Pass<"ascend-set-target", "::mlir::ModuleOp"> {
  let summary = "record what a module is compiled for";
  let description = [{
    Sets `ascend.target`, under the name of the chip where `soc` is that of a
    family, and with `formats` (`fractal` or `linear`) `ascend.formats`. All
    passes ask the module for these. What is recorded already stays, and it is
    an error to ask for something else: layouts are those of the chip that they
    were assigned for. A target that is not given is what is recorded, or the
    default chip. Formats that are not given are left open, but with `lay-out`,
    which says that layouts are assigned next, they are fractal.

    Before, with `ascend-set-target{soc=Ascend910B lay-out}`:
    ```mlir
    module {
    ```
    After:
    ```mlir
    module attributes {ascend.formats = "fractal",
                       ascend.target = #ascend.target<soc = "Ascend910B1">} {
    ```
  }];
  let options = [
    Option<"soc", "soc", "std::string", /*default=*/"\"\"",
           "CANN's name of the chip or its family">,
    Option<"formats", "formats", "std::string", /*default=*/"\"\"",
           "fractal or linear">,
    Option<"layOut", "lay-out", "bool", /*default=*/"false",
           "record formats in any case">
  ];
  let dependentDialects = ["::gemlir::ascend::AscendDialect"];
}

def AssignStreams : Pass<"ascend-assign-streams", "::mlir::ModuleOp"> {
  let summary = "give each task its stream";
  let description = [{ Puts every task of a model on stream 0. }];
}

def PlanMemory : Pass<"ascend-plan-memory", "::mlir::ModuleOp"> {
  let summary = "place buffers in feature memory and constants in the weight "
                "image";
  let description = [{
    Buffers of space `feature` share bytes when their lifetimes do not overlap;
    inputs and outputs get places of their own in the tail behind them, because
    callers may replace that memory. Constants with equal values share one
    place. A remark reports the peak and the lower bound that proves how good
    it is.

    Precondition: streams are assigned. Postcondition: stage S5, see
    `ascend-verify-schedule`.
  }];
}

def VerifySchedule : Pass<"ascend-verify-schedule", "::mlir::ModuleOp"> {
  let summary = "verify stage S5: addresses and streams";
  let description = [{
    Every buffer has a place inside its space on a 512-byte boundary, every
    task a stream; two buffers that are alive at the same time do not overlap;
    variable slots do not overlap; memory stays below the limits of the logical
    address map. Shares no code with the planner.
  }];
}

def EmitTasks : Pass<"ascend-emit-tasks", "::mlir::ModuleOp"> {
  let summary = "turn programs into the nodes and tasks of the file";
  let description = [{
    Replaces the body of each model by one `ascend.op` per node, one
    `ascend.weight` per constant and one `ascend.task.*` per task, with resolved
    addresses. Copies of more than 1 GiB become several tasks.

    Precondition: stage S5. Postcondition: stage S6, see `ascend-verify-tasks`.
  }];
}

def VerifyTasks : Pass<"ascend-verify-tasks", "::mlir::ModuleOp"> {
  let summary = "verify stage S6: the task list";
  let description = [{
    What holds for every task list of this compiler: ids and names of nodes are
    unique; every tensor lies in feature memory, among the inputs and outputs,
    in an `ascend.weight` or in a variable; edges lead to nodes that exist and
    lie where the reader looks; the inputs are numbered without a gap; every
    node of work has tasks, whose addresses, sizes and labels are those of the
    node; jumps lead forward to labels that are set; the list ends with
    END_GRAPH.
  }];
}

#endif // GEDIALECT_DIALECT_ASCEND_TRANSFORMS_PASSES_TD
