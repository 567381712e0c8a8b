// SPDX-License-Identifier: Apache-2.0
//
// Who finds what in feature memory: replays the tasks over it and asks of each
// tensor that is read whether its bytes are still those that its producer
// wrote. Pieces of memory are kept in a map by address; what is read in one
// piece becomes one piece, so that the work per task stays the same however
// small the pieces were written. Where the file leaves open what a piece holds
// (a branch wrote it, several ops did), nothing is said about it.
#include "TaskOrder.h"

#include "../TaskOperands.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

#include <map>
#include <set>
#include <tuple>

using namespace gemlir;
using namespace gemlir::om;
using ge::proto::OpDef;

/// Who wrote a piece when nobody in particular did.
static constexpr int kMixed = -1;
/// Readers of a piece that are kept.
static constexpr int kMaxReaders = 64;

static bool isControl(const domi::TaskDef &task) {
  TaskType type = static_cast<TaskType>(task.type());
  return getEngine(task) == Engine::RTS && type != TaskType::MemcpyAsync &&
         type != TaskType::MemcpyAddrAsync;
}

/// Ops that clear the memory of others: their workspaces are not their own.
static bool isClearing(const OpDef &op) {
  return op.type() == "AtomicAddrClean" || op.type() == "MemSet";
}

//===----------------------------------------------------------------------===//
// One task by itself
//===----------------------------------------------------------------------===//

/// What a task writes must lie apart from what it reads and from what else it
/// writes. An output may take the place of an input as a whole.
static void checkOverlaps(const ModelContext &context, int task,
                          const OpDef *op, const std::vector<Operand> &operands,
                          Reporter &report) {
  std::vector<const Operand *> sorted;
  for (const Operand &operand : operands)
    if (operand.segment == Segment::Feature && operand.bytes != 0)
      sorted.push_back(&operand);
  llvm::sort(sorted, [](const Operand *a, const Operand *b) {
    return std::tie(a->offset, a->kind, a->index) <
           std::tie(b->offset, b->kind, b->index);
  });
  const Operand *lastRead = nullptr, *lastWritten = nullptr;
  auto overlaps = [](const Operand *before, const Operand *operand) {
    if (!before || operand->offset - before->offset >= before->bytes)
      return false;
    bool isInPlace = operand->offset == before->offset &&
                     operand->isWritten() != before->isWritten() &&
                     operand->kind != SlotKind::Workspace &&
                     before->kind != SlotKind::Workspace;
    return !isInPlace;
  };
  for (const Operand *operand : sorted) {
    const Operand *other = nullptr;
    if (overlaps(lastWritten, operand))
      other = lastWritten;
    else if (operand->isWritten() && overlaps(lastRead, operand))
      other = lastRead;
    if (other && !(op && isClearing(*op)))
      report.error("task-overlap", context.taskPlace(task),
                   llvm::Twine(getName(operand->kind)) + " " +
                       llvm::Twine(operand->index) + " apart from " +
                       getName(other->kind) + " " + llvm::Twine(other->index) +
                       ", which has " + llvm::Twine(other->bytes) +
                       " bytes at offset " + llvm::Twine(other->offset),
                   "offset " + llvm::Twine(operand->offset));
    const Operand *&last = operand->isWritten() ? lastWritten : lastRead;
    if (!last || operand->offset + operand->bytes > last->offset + last->bytes)
      last = operand;
  }
}

//===----------------------------------------------------------------------===//
// Contents of feature memory
//===----------------------------------------------------------------------===//

namespace {
/// What one write put somewhere.
struct Content {
  /// Null for a task without op.
  const OpDef *op;
  /// -1 for an input of the model.
  int task;
};

class LifetimeChecker {
public:
  LifetimeChecker(const ModelContext &context, const VariableTable &variables,
                  const TaskOrder &order, Reporter &report)
      : context(context), order(order), report(report),
        lister(context, variables), keepsReaders(order.hasSeveralStreams()) {}

  void run() {
    findOwnTasks();
    placeInputs();
    for (int index : order.sequence()) {
      const OpDef *op = owners[index];
      const domi::TaskDef &task = context.model.taskDef.task(index);
      // The tasks of an op work on the same tensors: the first one finds the
      // inputs, and by the last one the outputs are there.
      bool isWhole = OperandLister::areOperandsOfOp(task);
      const auto it = op ? tasksOf.find(op) : tasksOf.end();
      if (isWhole && it != tasksOf.end() && index != it->second.first &&
          index != it->second.second)
        continue;
      bool isFirst =
          !isWhole || (it == tasksOf.end() ? controls.insert(op).second
                                           : index == it->second.first);
      if (isControl(task) && !isFirst)
        continue;
      std::vector<Operand> operands = lister.list(task, op);
      if (isFirst && (getEngine(task) != Engine::Other))
        checkOverlaps(context, index, op, operands, report);
      if (isFirst)
        for (const Operand &operand : operands)
          if (!operand.isWritten() && operand.segment == Segment::Feature)
            read(index, op, operand);
      if (isControl(task))
        continue;
      for (const Operand &operand : operands)
        if (operand.isWritten() && operand.segment == Segment::Feature)
          write(index, op, operand);
    }
    readOutputs();
  }

private:
  struct Piece {
    uint64_t end;
    int content;
    /// Tasks that read it since, none of them behind another one.
    llvm::SmallVector<int, 1> readers;
  };
  using Pieces = std::map<uint64_t, Piece>;

  void findOwnTasks() {
    for (const domi::TaskDef &task : context.model.taskDef.task()) {
      const OpRef *ref = nullptr;
      if (std::optional<uint32_t> id = getOpIndex(task))
        ref = context.findOpById(*id);
      owners.push_back(ref ? ref->op : nullptr);
    }
    for (int index : order.sequence()) {
      const OpDef *op = owners[index];
      if (!op || isControl(context.model.taskDef.task(index)))
        continue;
      auto [it, isNew] =
          tasksOf.try_emplace(op, std::pair<int, int>(index, index));
      if (!isNew)
        it->second.second = index;
    }
  }

  /// The inputs of the model are there before the first task.
  void placeInputs() {
    for (const OpRef &ref : context.ops) {
      if (ref.graph != 0 || !isData(*ref.op))
        continue;
      const OpPlaces &places = context.getPlaces(*ref.op);
      if (places.outputs.size() != 1 || !places.outputs[0].address)
        continue;
      const TensorPlace &tensor = places.outputs[0];
      uint64_t start = *tensor.address - context.featureBase;
      if (start >= context.memorySize)
        continue;
      uint64_t bytes = tensor.payload.value_or(tensor.reserved);
      auto [first, last] = cut(start, start + bytes);
      // The padding of another input may go.
      while (first != last && first->second.content == kMixed)
        ++first;
      if (first != last)
        report.error("input-overlap", ref.place(),
                     "bytes of its own in feature memory",
                     "offset " + llvm::Twine(start) + " inside input " +
                         describeWriter(first->second.content));
      replace(start, start + bytes, addContent(ref.op, -1), {});
      fill(start + bytes, start + std::max(bytes, tensor.reserved));
    }
  }

  int addContent(const OpDef *op, int task) {
    contents.push_back({op, task});
    return static_cast<int>(contents.size()) - 1;
  }

  std::string describeWriter(int content) const {
    if (content == kMixed)
      return "several ops";
    const Content &writer = contents[content];
    std::string text = writer.op ? "'" + writer.op->name() + "'" : "no op";
    return text;
  }

  //===--------------------------------------------------------------------===//
  // Pieces
  //===--------------------------------------------------------------------===//

  /// Makes `at` a border of pieces.
  void split(uint64_t at) {
    auto it = pieces.upper_bound(at);
    if (it == pieces.begin())
      return;
    --it;
    if (it->first == at || it->second.end <= at)
      return;
    Piece second = it->second;
    it->second.end = at;
    pieces.try_emplace(at, std::move(second));
  }

  /// The pieces in a range, with borders at its ends.
  std::pair<Pieces::iterator, Pieces::iterator> cut(uint64_t start,
                                                    uint64_t end) {
    split(start);
    split(end);
    return {pieces.lower_bound(start), pieces.lower_bound(end)};
  }

  void replace(uint64_t start, uint64_t end, int content,
               llvm::SmallVector<int, 1> readers) {
    if (start >= end)
      return;
    auto [first, last] = cut(start, end);
    pieces.erase(first, last);
    pieces.try_emplace(start, Piece{end, content, std::move(readers)});
  }

  /// Marks what nobody wrote in a range as written: the padding of a tensor.
  void fill(uint64_t start, uint64_t end) {
    if (start >= end)
      return;
    for (auto [from, to] : findGaps(start, end))
      pieces.try_emplace(from, Piece{to, kMixed, {}});
  }

  std::vector<std::pair<uint64_t, uint64_t>> findGaps(uint64_t start,
                                                      uint64_t end) {
    std::vector<std::pair<uint64_t, uint64_t>> gaps;
    auto [first, last] = cut(start, end);
    uint64_t at = start;
    for (; first != last; ++first) {
      if (first->first > at)
        gaps.emplace_back(at, first->first);
      at = first->second.end;
    }
    if (at < end)
      gaps.emplace_back(at, end);
    return gaps;
  }

  //===--------------------------------------------------------------------===//
  // Who should have written what
  //===--------------------------------------------------------------------===//

  /// The tensor of another op that an input is, where a task or the caller
  /// writes it; empty where that is not known.
  struct Source {
    const OpDef *op;
    const TensorPlace *output;
  };

  /// False for an op without task that needs one: no input lies where its
  /// outputs lie.
  bool mayPassOn(const OpDef &op) {
    auto [it, isNew] = passingOn.try_emplace(&op, true);
    if (!isNew)
      return it->second;
    const OpPlaces &places = context.getPlaces(op);
    // Control flow has its results from subgraphs; others are known no better.
    if (places.presentInputs == 0 || op.subgraph_name_size() != 0 ||
        isVariable(op) || isConst(op) ||
        places.inputsByAddress.size() !=
            static_cast<size_t>(places.presentInputs))
      return true;
    std::vector<std::pair<uint64_t, uint64_t>> inputs;
    for (const TensorPlace *input : places.inputsByAddress)
      inputs.emplace_back(*input->address, *input->address + input->reserved);
    // Ends of what begins up to there.
    for (size_t i = 1; i < inputs.size(); ++i)
      inputs[i].second = std::max(inputs[i].second, inputs[i - 1].second);
    for (const TensorPlace *output : places.outputsByAddress) {
      uint64_t start = *output->address, end = start + output->reserved;
      auto next = llvm::lower_bound(
          inputs, std::pair<uint64_t, uint64_t>(end, uint64_t(0)));
      if (next != inputs.begin() && std::prev(next)->second > start)
        return true;
    }
    return passingOn[&op] = false;
  }

  std::optional<Source> resolve(const OpRef &consumer, int input,
                                const TensorPlace &tensor) {
    // Ops without tasks make chains; each is walked once.
    llvm::SmallVector<const OpDef *> chain;
    const OpRef *at = &consumer;
    int slot = input;
    std::optional<Source> result;
    while (true) {
      int output = 0;
      const OpRef *producer = context.findProducer(*at, slot, output);
      if (!producer)
        break;
      const OpDef &op = *producer->op;
      const TensorPlace &place = context.getPlaces(op).outputs[output];
      if (isData(op)) {
        if (producer->graph == 0)
          result = Source{&op, &place};
        break;
      }
      if (tasksOf.count(&op)) {
        result = Source{&op, &place};
        break;
      }
      if (!mayPassOn(op)) {
        result = Source{&op, &place};
        break;
      }
      const std::vector<TensorPlace> &inputs = context.getPlaces(op).inputs;
      if (output != 0 || op.subgraph_name_size() != 0 || inputs.size() != 1 ||
          inputs[0].isConst || inputs[0].address != place.address ||
          place.address != tensor.address)
        break;
      auto [it, isNew] = sources.try_emplace(&op, std::nullopt);
      if (!isNew) {
        result = it->second;
        break;
      }
      chain.push_back(&op);
      at = producer;
      slot = 0;
    }
    for (const OpDef *op : chain)
      sources[op] = result;
    return result;
  }

  const OpRef *findRef(const OpDef &op) const {
    const OpRef *ref = context.findOpById(op.id());
    return ref && ref->op == &op ? ref : nullptr;
  }

  /// True for an op that changes an input in place by design: both have one
  /// name in its prototype.
  bool mayUpdate(const OpDef &op) {
    auto [it, isNew] = updating.try_emplace(&op, false);
    if (!isNew)
      return it->second;
    auto inputs = getStrings(op.attr(), "_input_name_key");
    auto outputs = getStrings(op.attr(), "_output_name_key");
    if (!inputs || !outputs)
      return false;
    std::set<std::string> names(inputs->begin(), inputs->end());
    return it->second = llvm::any_of(*outputs, [&](const std::string &name) {
             return names.count(name) != 0;
           });
  }

  //===--------------------------------------------------------------------===//
  // Reads and writes
  //===--------------------------------------------------------------------===//

  bool maySkip(int writer, int reader) const {
    return writer >= 0 && order.isConditional(writer) &&
           (reader < 0 || order.getBlock(writer) != order.getBlock(reader));
  }

  /// False when another stream may be at it at the same time. `task` -1 stands
  /// for the end of the run.
  bool isOver(int earlier, int task) const {
    return earlier < 0 || task < 0 || earlier == task ||
           order.isConditional(earlier) || order.isConditional(task) ||
           order.isBefore(earlier, task);
  }

  void read(int task, const OpDef *op, const Operand &operand) {
    const OpRef *ref = op ? findRef(*op) : nullptr;
    if (!ref)
      return;
    const OpPlaces &places = context.getPlaces(*op);
    if (static_cast<size_t>(operand.index) >= places.inputs.size())
      return;
    const TensorPlace &tensor = places.inputs[operand.index];
    if (!tensor.payload)
      return;
    readTensor(task, context.taskPlace(task), *ref, tensor, operand.offset,
               operand.bytes);
  }

  void readOutputs() {
    for (const OpRef &ref : context.ops) {
      if (ref.graph != 0 || !isNetOutput(*ref.op) || tasksOf.count(ref.op))
        continue;
      for (const TensorPlace &tensor : context.getPlaces(*ref.op).inputs) {
        if (!tensor.isPresent || tensor.isConst || !tensor.address ||
            !tensor.payload || *tensor.address < context.featureBase ||
            *tensor.address - context.featureBase >= context.memorySize)
          continue;
        readTensor(-1, ref.place(), ref, tensor,
                   *tensor.address - context.featureBase, *tensor.payload);
      }
    }
  }

  /// `task` is -1 for what is read when all tasks are over.
  void readTensor(int task, const Place &place, const OpRef &reader,
                  const TensorPlace &tensor, uint64_t start, uint64_t bytes) {
    std::optional<Source> source = resolve(reader, tensor.index, tensor);
    // What is behind the tensor that the producer wrote is padding.
    if (source && source->output->payload &&
        source->output->address == tensor.address) {
      uint64_t into = start + context.featureBase - *tensor.address;
      uint64_t rest =
          *source->output->payload - std::min(*source->output->payload, into);
      bytes = std::min(bytes, rest);
    }
    if (bytes == 0)
      return;
    uint64_t end = start + bytes;
    std::string what = ("input " + llvm::Twine(tensor.index) + " of op '" +
                        reader.op->name() + "'")
                           .str();
    if (!findGaps(start, end).empty()) {
      reportUnwritten(place, what, source);
      fill(start, end);
    }
    auto [first, last] = cut(start, end);
    for (auto it = first; it != last; ++it) {
      int content = it->second.content;
      if (content == kMixed)
        continue;
      const Content &writer = contents[content];
      if (!isOver(writer.task, task)) {
        report.error("memory-race", place,
                     what + " behind task " + llvm::Twine(writer.task) +
                         ", which writes it on another stream",
                     "no event between them");
        break;
      }
      if (!source || writer.op == source->op || writer.op == reader.op ||
          maySkip(writer.task, task) || (writer.op && mayUpdate(*writer.op)))
        continue;
      reportLost(place, what, *source, it->first, content);
      break;
    }
    // One piece from now on. Who wrote it matters no longer where several did:
    // whoever writes next must wait for this reader, which has waited for them.
    int content = first->second.content;
    llvm::SmallVector<int, 1> readers;
    for (auto it = first; it != last; ++it) {
      if (it->second.content != content)
        content = kMixed;
      if (keepsReaders)
        for (int reader : it->second.readers)
          addReader(readers, reader);
    }
    if (keepsReaders && task >= 0)
      addReader(readers, task);
    if (keepsReaders || std::next(first) != last)
      replace(start, end, content, std::move(readers));
  }

  /// Of tasks of which one waits for the other, the last is enough.
  void addReader(llvm::SmallVector<int, 1> &readers, int task) const {
    for (int &reader : readers)
      if (reader == task || order.isBefore(reader, task)) {
        reader = task;
        return;
      }
    if (readers.size() < kMaxReaders)
      readers.push_back(task);
  }

  void reportUnwritten(const Place &place, const std::string &what,
                       const std::optional<Source> &source) {
    std::string writer = "a task or an input of the model";
    if (source)
      writer = (llvm::Twine("output ") + llvm::Twine(source->output->index) +
                " of op '" + source->op->name() + "'")
                   .str();
    report.error("memory-unwritten", place,
                 "the bytes of " + what + " written by " + writer,
                 "bytes that nothing has written by then");
  }

  void reportLost(const Place &place, const std::string &what,
                  const Source &source, uint64_t offset, int content) {
    const Content &writer = contents[content];
    std::string found =
        writer.task < 0
            ? "input " + describeWriter(content) + " of the model"
            : (llvm::Twine("what task ") + llvm::Twine(writer.task) +
               " of op " + describeWriter(content) + " wrote")
                  .str();
    report.error("memory-overwritten", place,
                 what + " to hold output " + llvm::Twine(source.output->index) +
                     " of op '" + source.op->name() + "'",
                 found + ", at offset " + llvm::Twine(offset));
  }

  void write(int task, const OpDef *op, const Operand &operand) {
    uint64_t start = operand.offset;
    bool isExact = operand.kind == SlotKind::Workspace || !op;
    if (!isExact) {
      const OpPlaces &places = context.getPlaces(*op);
      isExact = static_cast<size_t>(operand.index) < places.outputs.size() &&
                places.outputs[operand.index].payload.has_value();
    }
    uint64_t end = start + operand.bytes;
    if (keepsReaders)
      checkRaces(task, start, end);
    // Without a shape nothing is known but that something is there.
    if (isExact)
      replace(start, end, addContent(op, task), {});
    else
      replace(start, end, kMixed, {});
    fill(end, start + std::max(operand.bytes, operand.reserved));
  }

  /// What another stream still reads or writes must not be written.
  void checkRaces(int task, uint64_t start, uint64_t end) {
    if (start >= end)
      return;
    auto [first, last] = cut(start, end);
    for (auto it = first; it != last; ++it) {
      int other =
          it->second.content == kMixed ? -1 : contents[it->second.content].task;
      llvm::StringRef what = "writes";
      if (isOver(other, task)) {
        other = -1;
        for (int reader : it->second.readers)
          if (!isOver(reader, task)) {
            other = reader;
            what = "reads";
          }
      }
      if (other < 0)
        continue;
      report.error("memory-race", context.taskPlace(task),
                   "bytes at offset " + llvm::Twine(it->first) +
                       " behind task " + llvm::Twine(other) + ", which " +
                       what + " them on another stream",
                   "no event between them");
      return;
    }
  }

  const ModelContext &context;
  const TaskOrder &order;
  Reporter &report;
  OperandLister lister;
  /// With one stream nobody asks who reads.
  const bool keepsReaders;

  /// By task; null where none is named.
  std::vector<const OpDef *> owners;
  /// First and last task of the ops that have tasks with operands.
  llvm::DenseMap<const OpDef *, std::pair<int, int>> tasksOf;
  /// Ops of tasks without results, such as switches, that have had their turn.
  std::set<const OpDef *> controls;
  /// Of ops without tasks, whether they may pass on an input, and which.
  llvm::DenseMap<const OpDef *, bool> passingOn;
  llvm::DenseMap<const OpDef *, bool> updating;
  llvm::DenseMap<const OpDef *, std::optional<Source>> sources;
  Pieces pieces;
  std::vector<Content> contents;
};
} // namespace

void om::checkLifetimes(const ModelContext &context,
                        const VariableTable &variables, Reporter &report) {
  TaskOrder order(context);
  if (order.isKnown())
    LifetimeChecker(context, variables, order, report).run();
}
