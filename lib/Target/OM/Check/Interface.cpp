// SPDX-License-Identifier: Apache-2.0
//
// Inputs and outputs of a model: Data and NetOutput, and what MODEL_INOUT_INFO
// says about them.
#include "Context.h"

#include "../ByteReader.h"

#include "GeDialect/Layout/MemoryModel.h"

#include <algorithm>
#include <map>

using namespace gemlir;
using namespace gemlir::om;
using ge::proto::OpDef;
using ge::proto::TensorDescriptor;

static std::vector<const OpRef *> findRootOps(const ModelContext &context,
                                              bool (*matches)(const OpDef &)) {
  std::vector<const OpRef *> found;
  for (const OpRef &ref : context.ops)
    if (ref.graph == 0 && matches(*ref.op))
      found.push_back(&ref);
  return found;
}

/// Number of data inputs by the edges.
static int countDataInputs(const OpDef &op) {
  return std::count_if(op.input().begin(), op.input().end(),
                       [](const std::string &text) {
                         std::optional<Edge> edge = parseEdge(text);
                         return edge && edge->index >= 0;
                       });
}

static void checkData(const OpRef &ref, Reporter &report) {
  const OpDef &op = *ref.op;
  if (op.input_desc_size() != 1 || op.output_desc_size() != 1 ||
      op.output_i_size() != 1) {
    report.error("data-lists", ref.place(),
                 "one input descriptor, one output descriptor and one output "
                 "offset",
                 llvm::Twine(op.input_desc_size()) + ", " +
                     llvm::Twine(op.output_desc_size()) + " and " +
                     llvm::Twine(op.output_i_size()));
    return;
  }
  // The user must supply the bytes of the input descriptor; the output
  // descriptor is the extent that zero copy replaces.
  std::optional<int64_t> bytes = getPayloadBytes(op.input_desc(0));
  if (bytes && op.input_desc(0).size() != memory::suppliedBytes(*bytes))
    report.warning("io-size-mismatch", ref.place(),
                   "the " + llvm::Twine(memory::suppliedBytes(*bytes)) +
                       " bytes of " + describe(op.input_desc(0)) +
                       " as input size",
                   llvm::Twine(op.input_desc(0).size()));
  if (op.output_desc(0).size() == 0)
    report.warning("io-size-missing", ref.place(),
                   "a size of the output descriptor, which zero copy needs",
                   "0");
}

/// Data ops in the order of their `index`.
static std::vector<const OpRef *> checkInputs(const ModelContext &context,
                                              Reporter &report) {
  std::vector<const OpRef *> inputs = findRootOps(context, isData);
  std::map<int64_t, const OpRef *> byIndex;
  int64_t position = 0;
  for (const OpRef *ref : inputs) {
    checkData(*ref, report);
    // GE falls back to the order of appearance.
    int64_t index = getInt(ref->op->attr(), "index").value_or(position);
    ++position;
    auto [it, isNew] = byIndex.try_emplace(index, ref);
    if (!isNew)
      report.error("data-index-duplicate", ref->place(),
                   "an input index of its own",
                   llvm::Twine(index) + ", which " + it->second->place().name +
                       " has too");
  }
  inputs.clear();
  for (const auto &[index, ref] : byIndex) {
    if (index != static_cast<int64_t>(inputs.size()))
      report.error("data-index-gap", ref->place(),
                   "input index " + llvm::Twine(inputs.size()),
                   llvm::Twine(index));
    inputs.push_back(ref);
  }
  return inputs;
}

/// The NetOutput of the root graph, or null.
static const OpRef *checkOutputs(const ModelContext &context,
                                 Reporter &report) {
  std::vector<const OpRef *> outputs = findRootOps(context, isNetOutput);
  if (outputs.empty())
    return nullptr;
  for (size_t i = 1; i < outputs.size(); ++i)
    report.error("net-output-duplicate", outputs[i]->place(),
                 "one NetOutput in the root graph", "another one");
  const OpDef &op = *outputs.front()->op;
  int count = countDataInputs(op);
  auto expectCount = [&](int found, bool isEnough, llvm::StringRef what) {
    if (!isEnough)
      report.error("net-output-lists", outputs.front()->place(),
                   llvm::Twine(count) + " " + what + ", one per output",
                   llvm::Twine(found));
  };
  expectCount(op.input_desc_size(), op.input_desc_size() == count,
              "input descriptors");
  expectCount(op.input_i_size(), op.input_i_size() == count, "input offsets");
  // Names of control edges follow those of the outputs.
  expectCount(op.src_name_size(), op.src_name_size() >= count, "source names");
  expectCount(op.src_index_size(), op.src_index_size() >= count,
              "source indices");
  return outputs.front();
}

/// Compares one tensor of the graph with what MODEL_INOUT_INFO says.
static void compareTensor(const OpRef &ref, const TensorDescriptor &desc,
                          llvm::StringRef direction, size_t index,
                          const TensorInfo &info, Reporter &report) {
  auto mismatch = [&](const llvm::Twine &expected, const llvm::Twine &found) {
    report.error("inout-info-mismatch", ref.place(),
                 expected + " for " + direction + " " + llvm::Twine(index) +
                     " in MODEL_INOUT_INFO",
                 found);
  };
  std::optional<DataType> type = dataTypeFromProtoNumber(desc.dtype());
  if (type && *type != info.type)
    mismatch(getName(*type), getName(info.type));
  // A format that permutes is described by its permuted dims.
  std::vector<int64_t> dims(desc.shape().dim().begin(),
                            desc.shape().dim().end());
  std::vector<int64_t> infoDims = info.dims;
  std::sort(dims.begin(), dims.end());
  std::sort(infoDims.begin(), infoDims.end());
  if (dims != infoDims)
    mismatch("the dims of " + describe(desc),
             llvm::Twine(info.dims.size()) + " other dims");
  std::optional<int64_t> bytes = getPayloadBytes(desc);
  // Without elements, some writers state no bytes and some a granule.
  if (bytes && info.bytes != static_cast<uint64_t>(*bytes) &&
      info.bytes != static_cast<uint64_t>(memory::suppliedBytes(*bytes)))
    mismatch(llvm::Twine(*bytes) + " bytes", llvm::Twine(info.bytes));
}

static void checkInOutInfo(const ModelContext &context,
                           llvm::ArrayRef<const OpRef *> inputs,
                           const OpRef *netOutput, Reporter &report) {
  const InOutInfo &info = context.model.inOutInfo;
  size_t outputs = netOutput ? netOutput->op->input_desc_size() : 0;
  if (info.empty()) {
    // Files from before the partition existed carry none.
    if (!context.isLegacy() && inputs.size() + outputs != 0)
      report.warning("inout-info-missing", context.headerPlace(),
                     "a description of " + llvm::Twine(inputs.size()) +
                         " inputs and " + llvm::Twine(outputs) + " outputs",
                     "none: queries answer that there are none");
    return;
  }
  const Partition *partition = context.model.findInOutInfo();
  Place place{getName(PartitionType::ModelInOutInfo).str(),
              partition ? std::optional<uint64_t>(partition->fileOffset)
                        : std::nullopt};
  if (info.inputs.size() != inputs.size())
    report.error("inout-info-mismatch", place,
                 llvm::Twine(inputs.size()) + " inputs",
                 llvm::Twine(info.inputs.size()));
  if (info.outputs.size() != outputs)
    report.error("inout-info-mismatch", place,
                 llvm::Twine(outputs) + " outputs",
                 llvm::Twine(info.outputs.size()));
  for (size_t i = 0; i < std::min(inputs.size(), info.inputs.size()); ++i) {
    const OpRef &ref = *inputs[i];
    if (ref.op->name() != info.inputs[i].name)
      report.error("inout-info-mismatch", ref.place(),
                   "its name for input " + llvm::Twine(i) +
                       " in MODEL_INOUT_INFO",
                   "'" + info.inputs[i].name + "'");
    if (ref.op->input_desc_size() == 1)
      compareTensor(ref, ref.op->input_desc(0), "input", i, info.inputs[i],
                    report);
  }
  bool hasSources =
      netOutput &&
      netOutput->op->src_name_size() == netOutput->op->input_desc_size() &&
      netOutput->op->src_index_size() == netOutput->op->input_desc_size();
  std::vector<TensorInfo> derived =
      describeGraph(context.model.modelDef).outputs;
  for (size_t i = 0; i < std::min(outputs, info.outputs.size()); ++i) {
    compareTensor(*netOutput, netOutput->op->input_desc(static_cast<int>(i)),
                  "output", i, info.outputs[i], report);
    // Without its lists of sources the names of the outputs are unknown.
    if (i < derived.size() && hasSources &&
        derived[i].name != info.outputs[i].name)
      report.error("inout-info-mismatch", netOutput->place(),
                   "'" + derived[i].name + "' as name of output " +
                       llvm::Twine(i) + " in MODEL_INOUT_INFO",
                   "'" + info.outputs[i].name + "'");
  }
}

namespace {
/// Records of MODEL_INOUT_INFO besides the two tensor lists.
enum InOutRecord : uint32_t {
  kDynamicBatch = 2,
  kDynamicOutputShape = 5,
  kDesignatedOrder = 6,
};
} // namespace

/// A count and that many numbers.
static llvm::Error walkNumbers(ByteReader reader) {
  uint32_t count = 0;
  llvm::ArrayRef<uint8_t> numbers;
  if (llvm::Error error = reader.read(count, "a number of values"))
    return error;
  if (llvm::Error error =
          reader.take(uint64_t(count) * sizeof(int64_t), numbers, "values"))
    return error;
  if (reader.remaining() != 0)
    return reader.fail(reader.position(), "the end of the record",
                       llvm::Twine(reader.remaining()) + " more bytes");
  return llvm::Error::success();
}

/// A count, that many lengths, and the texts. GE's own bound on the lengths is
/// no bound, and refuses some lists that are right.
static llvm::Error walkTexts(ByteReader reader) {
  uint32_t count = 0;
  llvm::ArrayRef<uint8_t> raw;
  if (llvm::Error error = reader.read(count, "a number of texts"))
    return error;
  uint64_t lengthsAt = reader.position();
  if (llvm::Error error =
          reader.take(uint64_t(count) * sizeof(uint32_t), raw, "text lengths"))
    return error;
  ByteReader lengths = reader.inside(raw, lengthsAt);
  while (lengths.remaining() != 0) {
    uint64_t lengthAt = lengths.position();
    uint32_t length = 0;
    if (llvm::Error error = lengths.read(length, "a text length"))
      return error;
    if (length > reader.remaining())
      return reader.fail(lengthAt,
                         "a text within the " +
                             llvm::Twine(reader.remaining()) +
                             " bytes that are left",
                         llvm::Twine(length) + " bytes");
    if (llvm::Error error = reader.take(length, raw, "a text"))
      return error;
  }
  if (reader.remaining() != 0)
    return reader.fail(reader.position(), "the end of the record",
                       llvm::Twine(reader.remaining()) + " more bytes");
  return llvm::Error::success();
}

/// The reader keeps these records as they are.
void om::checkInOutRecords(const ModelContext &context, Reporter &report) {
  const Partition *partition = context.model.findInOutInfo();
  if (!partition)
    return;
  ByteReader reader(partition->bytes, partition->fileOffset,
                    "inout-info-record",
                    getName(PartitionType::ModelInOutInfo));
  while (reader.remaining() != 0) {
    uint32_t type = 0, length = 0;
    llvm::ArrayRef<uint8_t> value;
    llvm::Error error = reader.read(type, "a record type");
    if (!error)
      error = reader.read(length, "a record length");
    uint64_t valueAt = reader.position();
    if (!error)
      error = reader.take(length, value, "a record");
    if (!error && type == kDynamicBatch)
      error = walkNumbers(reader.inside(value, valueAt));
    if (!error && (type == kDynamicOutputShape || type == kDesignatedOrder))
      error = walkTexts(reader.inside(value, valueAt));
    if (error)
      return report.add(std::move(error));
  }
}

void om::checkInterface(const ModelContext &context, Reporter &report) {
  std::vector<const OpRef *> inputs = checkInputs(context, report);
  const OpRef *netOutput = checkOutputs(context, report);
  checkInOutInfo(context, inputs, netOutput, report);
  checkInOutRecords(context, report);
}
