// SPDX-License-Identifier: Apache-2.0
//
// Copy tasks against the op that owns them: a copy takes an input of the op to
// its output, in one piece or in several.
#include "Context.h"

#include <map>
#include <tuple>

using namespace gemlir;
using namespace gemlir::om;
using ge::proto::OpDef;

namespace {
class CopyChecker {
public:
  CopyChecker(const ModelContext &context, const VariableTable &variables,
              Reporter &report)
      : context(context), variables(variables), report(report) {}

  void check(int index, const domi::TaskDef &task, const OpDef &op) {
    const domi::MemcpyAsyncDef &copy = task.memcpy_async();
    if (!checkSegments(index, copy, /*mayBeEmpty=*/false))
      return;
    const OpPlaces &places = context.getPlaces(op);
    const TensorPlace *input =
        findSide(index, op, places.inputs, places.inputsByAddress, copy.src(),
                 copy.count(), "source", "input");
    const TensorPlace *output =
        findSide(index, op, places.outputs, places.outputsByAddress, copy.dst(),
                 copy.count(), "destination", "output");
    if (!input || !output)
      return;
    uint64_t from = copy.src() - *input->address;
    uint64_t to = copy.dst() - *output->address;
    // A smaller output is a part of the input, from any byte on.
    bool isPart =
        input->payload && output->payload && *output->payload < *input->payload;
    if (from != to && !isPart) {
      report.error("copy-shifted", context.taskPlace(index),
                   "the same position in input " + llvm::Twine(input->index) +
                       " and output " + llvm::Twine(output->index) +
                       " of op '" + op.name() + "'",
                   "bytes " + llvm::Twine(from) + " and " + llvm::Twine(to));
      return;
    }
    auto [it, isNew] =
        numbers.try_emplace({&op, output->index}, outputs.size());
    if (isNew)
      outputs.push_back({&op, output->index, {}});
    Written &written = std::get<Written>(outputs[it->second]);
    if (isNew) {
      written.task = index;
      if (input->payload && output->payload)
        written.bytes = std::min(*input->payload, *output->payload);
    }
    written.pieces.emplace_back(to, to + copy.count());
  }

  /// The loader makes the addresses of such a copy from the op; those of the
  /// task must mean something all the same.
  void checkIndirect(int index, const domi::TaskDef &task) {
    checkSegments(index, task.memcpy_async(), /*mayBeEmpty=*/true);
  }

  /// Pieces must make up the whole.
  void finish() {
    for (auto &[op, output, written] : outputs) {
      uint64_t end = 0;
      llvm::sort(written.pieces);
      for (auto [start, stop] : written.pieces)
        if (start <= end)
          end = std::max(end, stop);
      if (end < written.bytes)
        report.error("copy-incomplete", context.taskPlace(written.task),
                     "copies of the " + llvm::Twine(written.bytes) +
                         " bytes of output " + llvm::Twine(output) +
                         " of op '" + op->name() + "'",
                     "of the first " + llvm::Twine(end));
    }
  }

private:
  /// True when both sides lie in memory of the model.
  bool checkSegments(int index, const domi::MemcpyAsyncDef &copy,
                     bool mayBeEmpty) {
    Place place = context.taskPlace(index);
    bool isSound = true;
    auto isBad = [&](llvm::StringRef id, const llvm::Twine &expected,
                     const llvm::Twine &found) {
      report.error(id, place, expected, found);
      isSound = false;
    };
    if (copy.count() > copy.dst_max())
      isBad("copy-size",
            "at most the " + llvm::Twine(copy.dst_max()) +
                " bytes of the destination",
            llvm::Twine(copy.count()));
    if (!(mayBeEmpty && copy.src() == 0) &&
        context.findSegment(variables, copy.src(), copy.count()) ==
            Segment::None)
      isBad("copy-outside-memory",
            "a source inside feature memory, weights or a variable",
            llvm::Twine(copy.count()) + " bytes at " + llvm::Twine(copy.src()));
    if (mayBeEmpty && copy.dst() == 0)
      return isSound;
    switch (context.findSegment(variables, copy.dst(), copy.count())) {
    case Segment::None:
      isBad("copy-outside-memory",
            "a destination inside feature memory or a variable",
            llvm::Twine(copy.count()) + " bytes at " + llvm::Twine(copy.dst()));
      break;
    case Segment::Weights:
      isBad("copy-to-weights",
            "a destination inside feature memory or a variable",
            "weights at " + llvm::Twine(copy.dst()));
      break;
    default:
      break;
    }
    return isSound;
  }

  /// The tensor of the op that one side of the copy lies in.
  const TensorPlace *findSide(int index, const OpDef &op,
                              const std::vector<TensorPlace> &tensors,
                              llvm::ArrayRef<const TensorPlace *> byAddress,
                              uint64_t address, uint64_t bytes,
                              llvm::StringRef side, llvm::StringRef kind) {
    // Without addresses there is nothing to compare with: tensors in other
    // memory.
    if (!tensors.empty() && byAddress.empty() && !isVariable(op))
      return nullptr;
    if (const TensorPlace *tensor = findTensor(byAddress, address, bytes))
      return tensor;
    report.error("copy-not-of-op", context.taskPlace(index),
                 "a " + side + " inside an " + kind + " of op '" + op.name() +
                     "'",
                 llvm::Twine(bytes) + " bytes at " + llvm::Twine(address));
    return nullptr;
  }

  /// What copies of an op write of one output.
  struct Written {
    int task = 0;
    uint64_t bytes = 0;
    std::vector<std::pair<uint64_t, uint64_t>> pieces;
  };

  const ModelContext &context;
  const VariableTable &variables;
  Reporter &report;
  /// In the order of the first copies; and where to find each.
  std::vector<std::tuple<const OpDef *, int, Written>> outputs;
  std::map<std::pair<const OpDef *, int>, size_t> numbers;
};
} // namespace

void om::checkCopies(const ModelContext &context,
                     const VariableTable &variables, Reporter &report) {
  CopyChecker checker(context, variables, report);
  const auto &tasks = context.model.taskDef.task();
  for (int i = 0; i < tasks.size(); ++i) {
    TaskType type = static_cast<TaskType>(tasks[i].type());
    if (type == TaskType::MemcpyAddrAsync)
      checker.checkIndirect(i, tasks[i]);
    if (type != TaskType::MemcpyAsync)
      continue;
    if (const OpRef *ref =
            context.findOpById(tasks[i].memcpy_async().op_index()))
      checker.check(i, tasks[i], *ref->op);
  }
  checker.finish();
}
