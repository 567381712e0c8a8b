// SPDX-License-Identifier: Apache-2.0
//
// gemc inspect --tasks: the tasks of each model, by stream for people.
#include "InspectPrint.h"
#include "Text.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <map>

using namespace gemlir;
using namespace gemlir::gemc;
namespace json = llvm::json;

/// "variable 'w_var' + 0", "weights + 512 (const 'b')".
static std::string describePlace(const om::Operand &operand) {
  switch (operand.segment) {
  case om::Segment::Feature:
    return llvm::formatv("feature + {0}", operand.offset).str();
  case om::Segment::Weights:
    return llvm::formatv("weights + {0}", operand.offset).str() +
           (operand.owner
                ? " (constant '" + printable(operand.owner->name()) + "')"
                : std::string());
  case om::Segment::Variables:
    return "variable '" + printable(operand.owner->name()) + "'" +
           (operand.offset != 0 ? " + " + std::to_string(operand.offset)
                                : std::string());
  case om::Segment::None:
    break;
  }
  return "no memory of the model";
}

static std::string joinNumbers(llvm::StringRef one, llvm::StringRef many,
                               llvm::ArrayRef<int64_t> numbers) {
  return (", " + (numbers.size() == 1 ? one : many) + " " + joinDims(numbers))
      .str();
}

static void printTask(const om::TaskEntry &entry, size_t index,
                      llvm::raw_ostream &out) {
  out << llvm::formatv("    {0,-5} {1}", index, getTaskTypeName(*entry.task));
  if (entry.op)
    out << " of '" << printable(entry.op->name()) << "' ("
        << printable(entry.op->type()) << ")";
  out << ", " << om::getName(entry.engine);
  if (!entry.kernel.empty())
    out << ", kernel '" << printable(entry.kernel) << "'";
  if (!entry.library.empty())
    out << " of " << printable(entry.library);
  if (entry.isKernelMissing)
    out << " (not in the file)";
  if (entry.event)
    out << ", event " << *entry.event;
  if (!entry.labels.empty())
    out << joinNumbers("label", "labels", entry.labels);
  if (!entry.streams.empty())
    out << joinNumbers("stream", "streams", entry.streams);
  out << "\n";
  for (const om::Operand &operand : entry.operands)
    out << llvm::formatv("          {0,-12} {1} at {2:x}, {3} bytes\n",
                         describeSlot(operand.kind, operand.index),
                         describePlace(operand), operand.address,
                         operand.bytes);
}

void gemlir::gemc::printTasks(const FileSummary &summary,
                              llvm::raw_ostream &out) {
  for (const auto &[model, tasks] : llvm::enumerate(summary.tasks)) {
    if (model != 0)
      out << "\n";
    out << describeModel(summary, model) << ", " << tasks.size() << " tasks\n";
    if (summary.file.models[model].isDynamic())
      out << "  a dynamic model: addresses are found when it runs, and the "
             "tasks of its other parts are not listed\n";
    std::map<uint32_t, std::vector<size_t>> streams;
    for (const auto &[index, entry] : llvm::enumerate(tasks))
      streams[entry.task->stream_id()].push_back(index);
    for (const auto &[stream, indices] : streams) {
      out << "  stream " << stream << ": " << indices.size() << " tasks\n";
      for (size_t index : indices)
        printTask(tasks[index], index, out);
    }
  }
}

static void addNumbers(json::OStream &out, llvm::StringRef key,
                       llvm::ArrayRef<int64_t> numbers) {
  out.attributeArray(key, [&] {
    for (int64_t number : numbers)
      out.value(number);
  });
}

static void addTask(json::OStream &out, const om::TaskEntry &entry,
                    size_t index) {
  out.attribute("index", static_cast<uint64_t>(index));
  out.attribute("type", getTaskTypeName(*entry.task));
  out.attribute("stream", entry.task->stream_id());
  if (entry.op) {
    addText(out, "op", entry.op->name());
    addText(out, "op_type", entry.op->type());
  } else {
    out.attribute("op", nullptr);
    out.attribute("op_type", nullptr);
  }
  out.attribute("engine", om::getName(entry.engine));
  addText(out, "kernel", entry.kernel);
  addText(out, "library", entry.library);
  out.attribute("kernel_missing", entry.isKernelMissing);
  out.attribute("event",
                entry.event ? json::Value(*entry.event) : json::Value(nullptr));
  addNumbers(out, "labels", entry.labels);
  addNumbers(out, "streams", entry.streams);
  out.attributeArray("operands", [&] {
    for (const om::Operand &operand : entry.operands)
      out.object([&] {
        out.attribute("slot", describeSlot(operand.kind, operand.index));
        out.attribute("address", operand.address);
        out.attribute("bytes", operand.bytes);
        out.attribute("segment", om::getName(operand.segment));
        out.attribute("offset", operand.offset);
        addText(out, "name", operand.owner ? operand.owner->name() : "");
      });
  });
}

void gemlir::gemc::addTasks(json::OStream &out, const FileSummary &summary) {
  out.attributeArray("tasks_list", [&] {
    for (const auto &[model, tasks] : llvm::enumerate(summary.tasks))
      out.object([&, model = model, &tasks = tasks] {
        out.attribute("model", static_cast<uint64_t>(model));
        out.attributeArray("tasks", [&] {
          for (size_t i = 0; i < tasks.size(); ++i)
            out.object([&] { addTask(out, tasks[i], i); });
        });
      });
  });
}
