// SPDX-License-Identifier: Apache-2.0
//
// What differences are made of, and those of headers, manifests and task
// lists.
#include "DiffParts.h"

#include "MessageDiff.h"

#include "GeDialect/Target/OM/Tasks.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

#include <google/protobuf/descriptor.h>

#include <map>
#include <set>

using namespace gemlir;
using namespace gemlir::om;
using google::protobuf::FieldDescriptor;
namespace json = llvm::json;

void DiffReporter::add(llvm::StringRef id, const DiffPlace &place,
                       llvm::StringRef field, llvm::StringRef foundA,
                       llvm::StringRef foundB) {
  differences.push_back({id.str(), modelA, modelB, prefix + place.name,
                         field.str(), place.offsetA, place.offsetB,
                         foundA.str(), foundB.str()});
}

void DiffReporter::addEncoding(DiffPlace place, llvm::ArrayRef<uint8_t> bytesA,
                               llvm::ArrayRef<uint8_t> bytesB,
                               llvm::StringRef what) {
  size_t common = std::min(bytesA.size(), bytesB.size());
  size_t first =
      std::mismatch(bytesA.begin(), bytesA.begin() + common, bytesB.begin())
          .first -
      bytesA.begin();
  if (place.offsetA)
    *place.offsetA += first;
  if (place.offsetB)
    *place.offsetB += first;
  add("encoding-changed", place, "",
      llvm::formatv("{0} bytes", bytesA.size()).str(),
      llvm::formatv("{0} in {1} bytes, {2} of them different", what,
                    bytesB.size(), countDifferentBytes(bytesA, bytesB))
          .str());
}

//===----------------------------------------------------------------------===//
// Pairing
//===----------------------------------------------------------------------===//

std::vector<std::pair<int, int>> om::pairByKey(llvm::ArrayRef<std::string> a,
                                               llvm::ArrayRef<std::string> b) {
  std::map<std::string_view, std::vector<int>> waiting;
  for (int i = static_cast<int>(b.size()) - 1; i >= 0; --i)
    waiting[b[i]].push_back(i);
  std::vector<std::pair<int, int>> pairs;
  std::vector<bool> isPaired(b.size());
  for (int i = 0; i < static_cast<int>(a.size()); ++i) {
    auto it = waiting.find(a[i]);
    if (it == waiting.end() || it->second.empty()) {
      pairs.emplace_back(i, -1);
      continue;
    }
    pairs.emplace_back(i, it->second.back());
    isPaired[it->second.back()] = true;
    it->second.pop_back();
  }
  for (int i = 0; i < static_cast<int>(b.size()); ++i)
    if (!isPaired[i])
      pairs.emplace_back(-1, i);
  return pairs;
}

std::vector<Move> om::findMoves(llvm::ArrayRef<std::pair<int, int>> pairs) {
  std::vector<std::pair<int, int>> both;
  for (std::pair<int, int> pair : pairs)
    if (pair.first >= 0 && pair.second >= 0)
      both.push_back(pair);
  // The longest run in ascending order of B: what is not in it is the least
  // that must have been moved. `ends` holds, for each length, the run that ends
  // lowest.
  std::vector<size_t> ends;
  std::vector<std::optional<size_t>> before(both.size());
  for (size_t i = 0; i < both.size(); ++i) {
    auto at = llvm::lower_bound(ends, both[i].second, [&](size_t end, int inB) {
      return both[end].second < inB;
    });
    if (at != ends.begin())
      before[i] = at[-1];
    if (at == ends.end())
      ends.push_back(i);
    else
      *at = i;
  }
  std::vector<bool> stays(both.size());
  if (!ends.empty())
    for (std::optional<size_t> i = ends.back(); i; i = before[*i])
      stays[*i] = true;
  std::vector<std::pair<int, int>> rest;
  for (size_t i = 0; i < both.size(); ++i)
    if (stays[i])
      rest.push_back(both[i]);
  std::vector<Move> moves;
  for (size_t i = 0; i < both.size(); ++i) {
    if (stays[i])
      continue;
    // Both numbers of `rest` ascend.
    auto inA = llvm::lower_bound(
        rest, both[i].first, [](auto pair, int at) { return pair.first < at; });
    auto inB = llvm::lower_bound(rest, both[i].second, [](auto pair, int at) {
      return pair.second < at;
    });
    moves.push_back({both[i].first, inA == rest.begin() ? -1 : inA[-1].first,
                     inB == rest.begin() ? -1 : inB[-1].first});
  }
  return moves;
}

void om::reportMoves(llvm::ArrayRef<std::pair<int, int>> pairs,
                     llvm::StringRef id,
                     llvm::function_ref<std::string(int)> getName,
                     DiffReporter &report) {
  auto describe = [&](int other) {
    return other < 0 ? "first" : "behind " + getName(other);
  };
  for (const Move &move : findMoves(pairs))
    report.add(id, {getName(move.inA), {}, {}}, "position",
               describe(move.behindInA), describe(move.behindInB));
}

//===----------------------------------------------------------------------===//
// Headers
//===----------------------------------------------------------------------===//

void om::diffHeaders(const FileHeader &a, const FileHeader &b,
                     const DiffPlace &place, DiffReporter &report) {
  auto describe = [](const HeaderFact &fact) -> std::string {
    if (fact.name == "magic" || fact.name == "version")
      return llvm::formatv("{0:x}", *fact.number).str();
    if (fact.number)
      return std::to_string(*fact.number);
    return fact.isText ? quoteShort(fact.text) : llvm::toHex(fact.text);
  };
  std::vector<HeaderFact> factsA = describeHeader(a),
                          factsB = describeHeader(b);
  for (auto [inA, inB] : llvm::zip_equal(factsA, factsB)) {
    // Lengths follow from the rest, but a length of 0 means an old table.
    if (inA.name == "length")
      continue;
    if (inA.name == "model_length") {
      auto describeTable = [](const HeaderFact &fact) {
        return *fact.number == 0 ? "12-byte entries" : "24-byte entries";
      };
      if ((*inA.number == 0) != (*inB.number == 0))
        report.add("header-changed", place, "table", describeTable(inA),
                   describeTable(inB));
      continue;
    }
    std::string textA = describe(inA), textB = describe(inB);
    if (textA != textB)
      report.add("header-changed", place, inA.name, textA, textB);
  }
}

//===----------------------------------------------------------------------===//
// Manifests
//===----------------------------------------------------------------------===//

namespace {
/// Compares two manifests key by key. They are as deep as a manifest is.
class ManifestDiffer {
public:
  explicit ManifestDiffer(DiffReporter &report) : report(report) {}

  void compare(const json::Value &a, const json::Value &b,
               const std::string &path) {
    if (a == b)
      return;
    const json::Object *objectA = a.getAsObject(), *objectB = b.getAsObject();
    if (objectA && objectB) {
      compareObjects(*objectA, *objectB, path);
      return;
    }
    const json::Array *arrayA = a.getAsArray(), *arrayB = b.getAsArray();
    if (arrayA && arrayB && isNamed(*arrayA) && isNamed(*arrayB)) {
      compareNamed(*arrayA, *arrayB, path);
      return;
    }
    add(path, &a, &b);
  }

private:
  static std::string getName(const json::Value &value) {
    return value.getAsObject()->getString("name").value_or("").str();
  }
  static bool isNamed(const json::Array &array) {
    return llvm::all_of(array, [](const json::Value &value) {
      const json::Object *object = value.getAsObject();
      return object && object->getString("name");
    });
  }

  void add(const std::string &path, const json::Value *a,
           const json::Value *b) {
    auto describe = [](const json::Value *value) -> std::string {
      if (!value)
        return "none";
      return quoteShort(llvm::formatv("{0}", *value).str());
    };
    report.add("manifest-changed", {"manifest", {}, {}}, path, describe(a),
               describe(b));
  }

  void compareObjects(const json::Object &a, const json::Object &b,
                      const std::string &path) {
    std::set<std::string> keys;
    for (const json::Object *object : {&a, &b})
      for (const auto &entry : *object)
        keys.insert(entry.first.str());
    for (const std::string &key : keys)
      compareOptional(a.get(key), b.get(key),
                      path.empty() ? key : path + "." + key);
  }

  void compareNamed(const json::Array &a, const json::Array &b,
                    const std::string &path) {
    auto listNames = [](const json::Array &array) {
      std::vector<std::string> names;
      for (const json::Value &value : array)
        names.push_back(getName(value));
      return names;
    };
    std::vector<std::string> namesA = listNames(a), namesB = listNames(b);
    for (auto [inA, inB] : pairByKey(namesA, namesB))
      compareOptional(
          inA < 0 ? nullptr : &a[inA], inB < 0 ? nullptr : &b[inB],
          path + "[" + quoteShort(inA < 0 ? namesB[inB] : namesA[inA]) + "]");
  }

  void compareOptional(const json::Value *a, const json::Value *b,
                       const std::string &path) {
    if (a && b)
      compare(*a, *b, path);
    else
      add(path, a, b);
  }

  DiffReporter &report;
};
} // namespace

void om::diffManifests(const Manifest &a, const Manifest &b,
                       DiffReporter &report) {
  llvm::Expected<json::Value> jsonA = json::parse(toJSON(a)),
                              jsonB = json::parse(toJSON(b));
  // Our own text is valid JSON.
  ManifestDiffer(report).compare(llvm::cantFail(std::move(jsonA)),
                                 llvm::cantFail(std::move(jsonB)), "");
}

//===----------------------------------------------------------------------===//
// Tasks
//===----------------------------------------------------------------------===//

namespace {
class TaskDiffer {
public:
  TaskDiffer(const Model &a, const Model &b, const ModelContext *contextA,
             const ModelContext *contextB, DiffReporter &report)
      : a(a), b(b), contextA(contextA), contextB(contextB), report(report) {}

  bool run(const DiffPlace &list) {
    for (FieldDifference &field :
         diffMessages(a.taskDef, b.taskDef, [](const FieldDescriptor &field) {
           return field.full_name() == "domi.ModelTaskDef.task";
         }))
      report.add("task-list-changed", list, field.field, field.a, field.b);
    std::vector<std::string> keysA = listKeys(a), keysB = listKeys(b);
    std::vector<std::pair<int, int>> pairs = pairByKey(keysA, keysB);
    for (auto [inA, inB] : pairs) {
      DiffPlace place;
      place.name = "task " + std::to_string(inA < 0 ? inB : inA);
      if (inA >= 0 && inB >= 0 && inA != inB)
        place.name += " (in B " + std::to_string(inB) + ")";
      if (inA >= 0 && contextA)
        place.offsetA = contextA->taskPlace(inA).offset;
      if (inB >= 0 && contextB)
        place.offsetB = contextB->taskPlace(inB).offset;
      if (inA < 0)
        report.add("task-added", place, "", "none", keysB[inB]);
      else if (inB < 0)
        report.add("task-removed", place, "", keysA[inA], "none");
      else
        compareTask(a.taskDef.task(inA), b.taskDef.task(inB),
                    llvm::StringRef(keysA[inA]).contains(kOwner), place);
    }
    reportMoves(
        pairs, "task-order",
        [](int inA) { return "task " + std::to_string(inA); }, report);
    return isRenumbered;
  }

private:
  static constexpr llvm::StringLiteral kOwner = " of op '";

  /// "KERNEL of op 'conv1'": tasks with the same text belong together in order.
  static std::vector<std::string> listKeys(const Model &model) {
    std::map<int64_t, const std::string *> names;
    for (const auto &graph : model.modelDef.graph())
      for (const ge::proto::OpDef &op : graph.op())
        names.try_emplace(op.id(), &op.name());
    std::vector<std::string> keys;
    for (const domi::TaskDef &task : model.taskDef.task()) {
      TaskType type = static_cast<TaskType>(task.type());
      std::string key = isKnown(type) ? getName(type).str()
                                      : "type " + std::to_string(task.type());
      std::optional<uint32_t> id = getOpIndex(task);
      auto op = id ? names.find(*id) : names.end();
      if (op != names.end())
        key += (kOwner + *op->second + "'").str();
      keys.push_back(std::move(key));
    }
    return keys;
  }

  static bool isAICPU(const domi::TaskDef &task) {
    return task.has_kernel() &&
           llvm::is_contained({Engine::AICPU, Engine::Reference},
                              getEngine(task)) &&
           task.kernel().args().size() >= kAICPUArgsHeadSize;
  }

  void compareTask(const domi::TaskDef &taskA, const domi::TaskDef &taskB,
                   bool hasSameOp, const DiffPlace &place) {
    isRenumbered |= getOpIndex(taskA) != getOpIndex(taskB);
    bool hasArguments =
        isAICPU(taskA) && isAICPU(taskB) &&
        compareArguments(taskA.kernel().args(), taskB.kernel().args(), place);
    for (FieldDifference &field :
         diffMessages(taskA, taskB, [&](const FieldDescriptor &field) {
           return (hasSameOp && field.name() == "op_index") ||
                  (hasArguments && field.full_name() == "domi.KernelDef.args");
         }))
      report.add("task-changed", place, field.field, field.a, field.b);
  }

  /// Compares two argument blocks address by address; false when they do not
  /// have the same number of addresses.
  bool compareArguments(const std::string &argsA, const std::string &argsB,
                        const DiffPlace &place) {
    auto getCount = [](const std::string &args) {
      return std::min<uint64_t>(
          llvm::support::endian::read32le(args.data() + 4),
          (args.size() - kAICPUArgsHeadSize) / sizeof(uint64_t));
    };
    uint64_t count = getCount(argsA);
    if (count != getCount(argsB))
      return false;
    for (uint64_t i = 0; i < count; ++i) {
      uint64_t at = kAICPUArgsHeadSize + i * sizeof(uint64_t);
      uint64_t inA = llvm::support::endian::read64le(argsA.data() + at);
      uint64_t inB = llvm::support::endian::read64le(argsB.data() + at);
      if (inA != inB)
        report.add("task-changed", place,
                   "kernel.args address " + std::to_string(i),
                   llvm::formatv("{0:x}", inA).str(),
                   llvm::formatv("{0:x}", inB).str());
    }
    auto getRest = [&](const std::string &args) {
      std::string rest = args;
      rest.erase(kAICPUArgsHeadSize, count * sizeof(uint64_t));
      return rest;
    };
    std::string restA = getRest(argsA), restB = getRest(argsB);
    if (restA != restB)
      report.add(
          "task-changed", place, "kernel.args besides the addresses",
          llvm::formatv("{0} bytes", restA.size()).str(),
          llvm::formatv("{0} bytes, {1} of them different", restB.size(),
                        countDifferentBytes(llvm::arrayRefFromStringRef(restA),
                                            llvm::arrayRefFromStringRef(restB)))
              .str());
    return true;
  }

  const Model &a, &b;
  const ModelContext *contextA, *contextB;
  DiffReporter &report;
  bool isRenumbered = false;
};
} // namespace

bool om::diffTasks(const Model &a, const Model &b, const ModelContext *contextA,
                   const ModelContext *contextB, const DiffPlace &place,
                   DiffReporter &report) {
  return TaskDiffer(a, b, contextA, contextB, report).run(place);
}
