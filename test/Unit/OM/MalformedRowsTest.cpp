// SPDX-License-Identifier: Apache-2.0
//
// The 89 ways in which an OM can be wrong, as rows of a table. For each row the
// test bundle is damaged in that way, and reading or checking it must say so:
// with the right id, and at the right place. A row without a case does not
// compile.
#include "MalformedFile.h"

#include "../TempDir.h"

#include "GeDialect/Layout/MemoryModel.h"

#include "llvm/Support/FormatVariadic.h"

#include <gtest/gtest.h>

using namespace gemlir;
using namespace gemlir::om;
using namespace gemlir::om::test;
using ge::proto::OpDef;

namespace {
/// Where a finding has to be.
struct At {
  enum Kind {
    /// Byte `number` of the file, or so far behind its undamaged end.
    File,
    End,
    /// Byte `number` of the sub-model.
    Model,
    /// Behind the first model of a dynamic one.
    FirstModel,
    /// Byte `number` of a payload, or any byte of it.
    Payload,
    InPayload,
    /// The op that `where` names begins there.
    Op,
    /// Task `number` begins there.
    Task,
  };
  Kind kind;
  uint64_t number = 0;
  PartitionType type = PartitionType::ModelDef;
};

struct Case {
  int row;
  Severity severity;
  const char *id;
  int model;
  const char *where;
  At at;
  /// Damages the pieces, or the packed file.
  void (*edit)(RawBundle &bundle);
  void (*patch)(PackedFile &file);
};
} // namespace

// Short forms for the table.
static constexpr Severity kError = Severity::Error;
static constexpr Severity kWarning = Severity::Warning;
static constexpr int kFile = -1;
static constexpr At byte(uint64_t number) { return {At::File, number}; }
static constexpr At behindEnd(uint64_t number) { return {At::End, number}; }
static constexpr At inModel(uint64_t number) { return {At::Model, number}; }
static constexpr At payload(PartitionType type, uint64_t number) {
  return {At::Payload, number, type};
}
static constexpr At anywhere(PartitionType type) {
  return {At::InPayload, 0, type};
}
static constexpr At atOp() { return {At::Op}; }
static constexpr At atTask(uint64_t number) { return {At::Task, number}; }

static constexpr At behindFirstModel() { return {At::FirstModel}; }

/// A case that damages the pieces, and one that damages the packed file.
static constexpr Case edited(int row, Severity severity, const char *id,
                             int model, const char *where, At at,
                             void (*edit)(RawBundle &)) {
  return {row, severity, id, model, where, at, edit, nullptr};
}
static constexpr Case patched(int row, Severity severity, const char *id,
                              int model, const char *where, At at,
                              void (*patch)(PackedFile &)) {
  return {row, severity, id, model, where, at, nullptr, patch};
}

using P = PartitionType;

// Positions in a header, in a table, and in the entries of a table.
enum : uint64_t {
  kMagicAt = 0,
  kHeadSizeAt = 4,
  kVersionAt = 8,
  kOldLengthAt = 76,
  kEncryptAt = 80,
  kModelTypeAt = 82,
  kNameAt = 84,
  kModelNumAt = 156,
  kPlatformAt = 160,
  kLengthAt = 184,
  kTableAt = 256,
  kType0 = 264,
  kOffset0 = 272,
  kSize0 = 280,
  kOffset1 = 296,
  kSize1 = 304,
  kType2 = 312,
  kOffset2 = 320,
};

//===----------------------------------------------------------------------===//
// Damage that several cases do
//===----------------------------------------------------------------------===//

static void setRows(RawModel &model,
                    const std::vector<std::vector<int64_t>> &rows) {
  auto &list = *model.attrs()["sub_memory_info"].mutable_list_list_int();
  for (const std::vector<int64_t> &row : rows)
    list.add_list_list_i()->mutable_list_i()->Add(row.begin(), row.end());
}

static domi::KernelDef &kernelOf(RawBundle &bundle, int model, int task) {
  return *bundle.models[model].tasks.mutable_task(task)->mutable_kernel();
}

static domi::MemcpyAsyncDef &copyOf(RawBundle &bundle, int model, int task) {
  return *bundle.models[model].tasks.mutable_task(task)->mutable_memcpy_async();
}

static void addStreamTask(RawBundle &bundle, TaskType type,
                          const std::vector<int64_t> &streams) {
  RawModel &model = bundle.models[kUpdate];
  OpDef &owner = model.op("w_flag");
  setInts(*owner.mutable_attr(), "active_stream_list", streams);
  domi::TaskDef &task = model.addTask(type);
  task.mutable_stream_switch()->set_op_index(owner.id());
  task.mutable_stream_active()->set_op_index(owner.id());
}

/// A host library 'a' of one byte.
static Bytes &addLibrary(RawBundle &bundle) {
  bundle.models[kInit].addPart(P::SoBins, {1, 0, 0, 0, 0xFD, 0x6E, 0x77, 0x5D,
                                           1, 0, 0, 0, 0,    0,    0,    0,
                                           1, 0, 0, 0, 'a',  'x'});
  return bundle.models[kInit].part(P::SoBins);
}

/// A run info with one workspace, and the id 5.
static Bytes &addTiling(RawBundle &bundle) {
  bundle.models[kInit].addPart(
      P::TilingData, {0xFE, 0x6E, 0x77, 0xDD, 2, 0, 0, 0, 82, 0, 0, 0});
  Bytes &tiling = bundle.models[kInit].part(P::TilingData);
  for (int value : {0, 64, 0, 0, 0})
    tiling.push_back(value);
  tiling.resize(tiling.size() + 64);
  tiling[12 + 5 + 32] = 1;
  for (int value : {2, 8, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0})
    tiling.push_back(value);
  return tiling;
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

static constexpr Case kCases[] = {
#include "MalformedContainer.def"
#include "MalformedModel.def"
#include "MalformedTasks.def"
};

static constexpr int kRows = 89;
static constexpr bool hasCase(int row) {
  for (const Case &entry : kCases)
    if (entry.row == row)
      return true;
  return false;
}
static constexpr int findRowWithoutCase() {
  for (int row = 1; row <= kRows; ++row)
    if (!hasCase(row))
      return row;
  return 0;
}
static_assert(findRowWithoutCase() == 0, "each of the 89 rows needs a case");

/// What reading and checking say about a file.
static std::vector<Finding> examine(const PackedFile &packed) {
  gemlir::test::TempDir directory;
  llvm::Expected<File> file = [&] {
    if (packed.holeBytes == 0)
      return readBuffer(packed.bytes);
    std::string path = directory.path("sparse.om");
    std::error_code ec;
    llvm::raw_fd_ostream out(path, ec);
    const char *data = reinterpret_cast<const char *>(packed.bytes.data());
    out.write(data, packed.holeAt);
    out.seek(packed.holeAt + packed.holeBytes);
    out.write(data + packed.holeAt, packed.bytes.size() - packed.holeAt);
    out.close();
    EXPECT_FALSE(ec || out.has_error());
    return readFile(path);
  }();
  if (file)
    return check(*file);
  std::vector<Finding> findings;
  llvm::handleAllErrors(file.takeError(), [&](const ReadError &error) {
    findings.push_back(error.getFinding());
  });
  return findings;
}

static bool startsWith(const PackedFile &file, uint64_t offset,
                       llvm::StringRef text) {
  return offset <= file.bytes.size() &&
         text.size() <= file.bytes.size() - offset &&
         std::equal(text.bytes_begin(), text.bytes_end(),
                    file.bytes.begin() + offset);
}

/// Where the payload that starts at `start` ends: at the next one, at the next
/// sub-model, or with the file.
static uint64_t endOfPayload(const PackedFile &file, uint64_t start) {
  uint64_t end = file.bytes.size();
  for (const auto &[key, other] : file.payloads)
    if (other > start)
      end = std::min(end, other);
  for (uint64_t other : file.models)
    if (other > start)
      end = std::min(end, other);
  return end;
}

/// Whether a finding is where the case says.
static bool isPlace(const Case &entry, const RawBundle &bundle,
                    const PackedFile &file, const Finding &finding) {
  if (finding.where != entry.where || !finding.offset)
    return false;
  uint64_t offset = *finding.offset;
  auto payloadOf = [&] {
    return file.payloads.at({entry.model, entry.at.type});
  };
  switch (entry.at.kind) {
  case At::File:
    return offset == entry.at.number;
  case At::End:
    return offset == file.end + entry.at.number;
  case At::Model:
    return offset == file.models.at(entry.model) + entry.at.number;
  case At::FirstModel:
    return offset ==
           file.models.at(entry.model) + write(makeInferImage()).size();
  case At::Payload:
    return offset == payloadOf() + entry.at.number;
  case At::InPayload:
    return offset > payloadOf() && offset < endOfPayload(file, payloadOf());
  case At::Op: {
    // An op begins with its name: tag 0x0A, length, text.
    llvm::StringRef name = llvm::StringRef(entry.where).split('\'').second;
    name = name.take_until([](char c) { return c == '\''; });
    return startsWith(file, offset,
                      "\x0A" + std::string(1, char(name.size())) + name.str());
  }
  case At::Task:
    return startsWith(file, offset,
                      bundle.models.at(entry.model)
                          .tasks.task(entry.at.number)
                          .SerializeAsString());
  }
  return false;
}

TEST(MalformedRowsTest, UndamagedPiecesAreRight) {
  RawBundle bundle = makeRawBundle();
  PackedFile packed = pack(bundle);
  EXPECT_EQ(packed.bytes.size(), write(makeBundleImage()).size());
  for (const Finding &finding : examine(packed))
    ADD_FAILURE() << finding.id << ": " << finding.text;
  packed.keepModel(kInit);
  // The manifest of an OM alone names the sub-models of the bundle.
  for (const Finding &finding : examine(packed))
    EXPECT_TRUE(llvm::StringRef(finding.id).starts_with("manifest-"))
        << finding.id << ": " << finding.text;
}

TEST(MalformedRowsTest, EachRowIsFound) {
  int last = 0, number = 0;
  for (const Case &entry : kCases) {
    number = entry.row == last ? number + 1 : 1;
    EXPECT_GE(entry.row, last) << "the rows are in order";
    last = entry.row;
    SCOPED_TRACE("row " + std::to_string(entry.row) + ", case " +
                 std::to_string(number));
    RawBundle bundle = makeRawBundle();
    if (entry.edit)
      entry.edit(bundle);
    PackedFile file = pack(bundle);
    if (entry.patch)
      entry.patch(file);
    bool isFound = false;
    std::string all;
    for (const Finding &finding : examine(file)) {
      isFound |= finding.id == entry.id && finding.severity == entry.severity &&
                 finding.model == entry.model &&
                 isPlace(entry, bundle, file, finding);
      all += llvm::formatv("  {0} ({1}), model {2}, byte {3}, {4}\n",
                           finding.id, getName(finding.severity), finding.model,
                           finding.offset ? std::to_string(*finding.offset)
                                          : "none",
                           finding.text)
                 .str();
    }
    EXPECT_TRUE(isFound) << "expected " << entry.id << " in model "
                         << entry.model << " at " << entry.where << ", found:\n"
                         << all;
  }
}

// GE bounds the lengths wrongly and refuses such a list; nothing is wrong with
// it.
TEST(MalformedRowsTest, ManyTextsAreRight) {
  RawBundle bundle = makeRawBundle();
  Bytes &info = bundle.models[kInfer].part(P::ModelInOutInfo);
  constexpr uint32_t kTexts = 1000;
  size_t at = info.size();
  info.resize(at + 12 + 4 * kTexts + kTexts, 'x');
  put32(info, at, 5);
  put32(info, at + 4, 4 + 4 * kTexts + kTexts);
  put32(info, at + 8, kTexts);
  for (uint32_t i = 0; i < kTexts; ++i)
    put32(info, at + 12 + 4 * i, 1);
  for (const Finding &finding : examine(pack(bundle)))
    ADD_FAILURE() << finding.id << ": " << finding.text;
}
