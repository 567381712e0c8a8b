// SPDX-License-Identifier: Apache-2.0
//
// Header texts, partitions that are missing or unknown, sizes that are said
// twice.
#include "Context.h"

#include "../HeaderIO.h"

#include "llvm/Support/ConvertUTF.h"

using namespace gemlir;
using namespace gemlir::om;

/// Bytes of the two text fields of a header; one is for the NUL.
static constexpr size_t kNameField = 32;
static constexpr size_t kPlatformField = 20;

static void checkText(const std::string &text, size_t fieldSize,
                      llvm::StringRef what, uint64_t offset, Reporter &report) {
  Place place{"header", offset};
  if (text.size() >= fieldSize)
    report.warning("header-text-unterminated", place,
                   what + " with a final NUL",
                   llvm::Twine(fieldSize) + " bytes without one");
  const llvm::UTF8 *begin = reinterpret_cast<const llvm::UTF8 *>(text.data());
  if (!text.empty() && !llvm::isLegalUTF8String(&begin, begin + text.size()))
    report.warning("header-text-encoding", place, what + " in UTF-8",
                   "other bytes");
}

static void checkHeader(const FileHeader &header, uint64_t offset,
                        Reporter &report) {
  checkText(header.name, kNameField, "a name", offset + header_field::kName,
            report);
  checkText(header.platformVersion, kPlatformField, "a platform version",
            offset + header_field::kPlatformVersionField -
                (hasModelNum(header) ? 0 : sizeof(uint32_t)),
            report);
}

static void checkPartitionTypes(llvm::ArrayRef<Partition> partitions,
                                Reporter &report) {
  for (const Partition &partition : partitions)
    if (!isKnown(partition.type))
      report.warning("partition-unknown", {"partition", partition.fileOffset},
                     "a known partition type",
                     "type " + llvm::Twine(uint32_t(partition.type)) +
                         " with " + llvm::Twine(partition.bytes.size()) +
                         " bytes");
}

void om::checkContainer(const File &file, std::vector<Finding> &findings) {
  if (file.isBundle) {
    Reporter report(findings, -1);
    checkHeader(file.header, 0, report);
    checkPartitionTypes(file.partitions, report);
    if (!file.hasVariableSize)
      report.warning("variable-record-missing", {"header", 0},
                     "a record of the bytes of variables",
                     "none, which means 0");
  }
  for (size_t i = 0; i < file.models.size(); ++i) {
    const Model &model = file.models[i];
    Reporter report(findings, static_cast<int>(i));
    checkHeader(model.header, model.fileOffset, report);
    checkPartitionTypes(model.partitions, report);
    for (const Model &part : model.parts)
      checkPartitionTypes(part.partitions, report);
  }
}

void om::checkModelContainer(const ModelContext &context, Reporter &report) {
  const Model &model = context.model;
  if (model.partitions.size() == 1)
    report.error("graph-only", context.headerPlace(),
                 "a model that can be executed",
                 "a graph alone, without weights and tasks");
  else if (model.taskDef.task_size() == 0)
    report.error("tasks-missing",
                 context.partitionPlace(PartitionType::TaskInfo),
                 "at least one task", "none: the model would do nothing");

  // The loader bounds constants by the attribute and copies the partition.
  uint64_t weights = model.weights.size();
  Place weightsPlace = context.partitionPlace(PartitionType::WeightsData);
  if (weights < context.weightSize)
    report.error("weight-size-mismatch", weightsPlace,
                 llvm::Twine(context.weightSize) +
                     " bytes of weights, as attribute 'weight_size' says",
                 llvm::Twine(weights));
  else if (weights > context.weightSize)
    report.warning("weight-size-mismatch", weightsPlace,
                   llvm::Twine(context.weightSize) +
                       " bytes of weights, as attribute 'weight_size' says",
                   llvm::Twine(weights));

  uint64_t workSize = model.taskDef.memory_size();
  if (model.taskDef.task_size() != 0 && workSize != context.memorySize)
    report.warning("work-size-mismatch",
                   context.partitionPlace(PartitionType::TaskInfo),
                   "the memory size " + llvm::Twine(context.memorySize) +
                       " of the model, which size queries answer",
                   llvm::Twine(workSize));
}
