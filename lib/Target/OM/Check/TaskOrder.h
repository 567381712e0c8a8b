// SPDX-License-Identifier: Apache-2.0
//
// In which order tasks run: lists give it within a stream, events between
// streams, and labels say what a run may skip.
#ifndef GEDIALECT_LIB_TARGET_OM_CHECK_TASKORDER_H
#define GEDIALECT_LIB_TARGET_OM_CHECK_TASKORDER_H

#include "Context.h"

namespace gemlir::om {

/// The order of the tasks of one static model. Takes time and memory linear in
/// the task list, and in the product of waits and streams up to a bound.
class TaskOrder {
public:
  explicit TaskOrder(const ModelContext &context);

  /// False when the order does not follow from the file alone, or not from what
  /// is known here: jumps back, streams that tasks start, notifies,
  /// collectives, events that are recorded more than once, tasks of unknown
  /// kind. The functions below must not be asked then.
  bool isKnown() const { return known; }

  /// The tasks in an order in which they may run: that of the list where the
  /// events permit. Incomplete when some tasks wait for each other.
  llvm::ArrayRef<int> sequence() const { return sorted; }
  /// The first wait that never ends because what it waits for comes behind it;
  /// -1 when there is none.
  int findDeadlock() const;

  bool hasSeveralStreams() const { return streamCount > 1; }
  /// True when task `a` ends before `b` starts in every run that has both.
  bool isBefore(int a, int b) const;
  /// True when a run may pass the task over.
  bool isConditional(int task) const { return infos[task].isConditional; }
  /// Tasks that run together or not at all have one number.
  int getBlock(int task) const { return infos[task].block; }

private:
  struct TaskInfo {
    int stream = 0;
    /// Number of the task in its stream.
    int position = 0;
    int block = 0;
    bool isConditional = false;
    /// Record that a wait waits for, or -1.
    int record = -1;
    /// Row of `clocks` that holds for the task; -1 before the first wait of its
    /// stream.
    int clock = -1;
  };

  void listStreams(const ModelContext &context);
  void findJumps(const ModelContext &context);
  void findEvents(const ModelContext &context);
  void sort();
  void computeClocks();

  bool known = true;
  int streamCount = 0;
  std::vector<TaskInfo> infos;
  /// Tasks by stream, in list order.
  std::vector<std::vector<int>> streams;
  std::vector<int> sorted;
  /// Per wait and stream, how many tasks of the stream are over by then.
  std::vector<std::vector<int>> clocks;
};

} // namespace gemlir::om

#endif // GEDIALECT_LIB_TARGET_OM_CHECK_TASKORDER_H
