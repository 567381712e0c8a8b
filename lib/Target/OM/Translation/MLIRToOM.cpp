// SPDX-License-Identifier: Apache-2.0
//
// Translation of stage S6 to a file. Messages start from what the short forms
// say (DefaultMessages.cpp, GraphDefBuilder.cpp); what a file that was read had
// besides is applied to them.
#include "GeDialect/Target/OM/Translation.h"

#include "../HeaderIO.h"
#include "DefaultMessages.h"
#include "ExtraFacts.h"
#include "GraphDefBuilder.h"
#include "ManifestBuilder.h"

#include "GeDialect/Dialect/Ascend/IR/AscendDialect.h"
#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Dialect/GE/Transforms/WeightData.h"
#include "GeDialect/Dialect/WeightRefresh/IR/WRDialect.h"
#include "GeDialect/Support/Error.h"
#include "GeDialect/Target/OM/FileFormat.h"
#include "GeDialect/Target/OM/KernelStore.h"
#include "GeDialect/Target/OM/Writer.h"
#include "GeDialect/Target/TranslationSupport.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <map>

using namespace mlir;
using namespace gemlir;

namespace {
/// Builds the image of one model.
class ModelImageBuilder {
public:
  ModelImageBuilder(ascend::ModelOp model, const om::FileFacts &facts,
                    geir::WeightReader &weights)
      : model(model), facts(facts), weights(weights), decoder(weights) {}

  FailureOr<om::ModelImage> run();

private:
  LogicalResult addWeights();
  LogicalResult addKernels(ascend::KernelStore store);
  LogicalResult addPartitions();
  LogicalResult addTasks();
  LogicalResult addContainerFacts();

  /// Applies `extra`'s dictionary under `key`.
  LogicalResult applyExtra(StringRef key, google::protobuf::Message &message);
  Attribute getExtra(StringRef key) {
    DictionaryAttr extra = model.getExtraAttr();
    return extra ? extra.get(key) : Attribute();
  }

  ascend::ModelOp model;
  const om::FileFacts &facts;
  geir::WeightReader &weights;
  om::MessageDecoder decoder;
  om::ModelImage image;
};
} // namespace

FailureOr<om::ModelImage> ModelImageBuilder::run() {
  if (!model.getFeatureBytes())
    return model.emitOpError("has no memory sizes");
  image.isForeign = facts.manifest.empty() || model.getExtraAttr();
  om::fillModelDef(model, facts, image.modelDef);
  if (failed(om::buildGraphs(model, decoder, image.modelDef)) ||
      failed(applyExtra("graph", *image.modelDef.mutable_graph(0))) ||
      failed(applyExtra("model", image.modelDef)) || failed(addWeights()) ||
      failed(addKernels(ascend::KernelStore::TBE)) ||
      failed(addKernels(ascend::KernelStore::CustAICPU)) ||
      failed(addPartitions()) || failed(addTasks()) ||
      failed(addContainerFacts()))
    return failure();
  return std::move(image);
}

LogicalResult
ModelImageBuilder::applyExtra(StringRef key,
                              google::protobuf::Message &message) {
  Attribute value = getExtra(key);
  if (!value)
    return success();
  auto changes = dyn_cast<DictionaryAttr>(value);
  if (!changes)
    return model.emitOpError()
           << "extra: " << key << ": expected a dictionary, found " << value;
  if (llvm::Error error = decoder.apply(changes, message))
    return model.emitOpError()
           << "extra: " << key << ": " << llvm::toString(std::move(error));
  return success();
}

//===----------------------------------------------------------------------===//
// Payloads
//===----------------------------------------------------------------------===//

/// The names of the constants of the root graph, by place in the image.
static std::map<int64_t, StringRef> nameConstants(ascend::ModelOp model) {
  std::map<int64_t, StringRef> names;
  for (auto node : model.getOps<ascend::OpOp>())
    if (node.getOpType() == "Const")
      for (auto desc : node.getOutputs().getAsRange<ascend::DescAttr>())
        if (desc.getConstant())
          names.insert({*desc.getConstant(), node.getName()});
  return names;
}

static void warnAboutOverflow(ascend::WeightOp op, StringRef name,
                              const RoundingOverflow &overflow) {
  auto type = cast<RankedTensorType>(op.getType());
  op.emitWarning("constant '")
      << name << "': " << overflow.count << " of " << type.getNumElements()
      << " values are too large for " << type.getElementType()
      << " and become infinite, the largest is "
      << llvm::formatv("{0:e}", overflow.furthest).str()
      << "; --keep-precision keeps the nodes that use them in f32";
}

LogicalResult ModelImageBuilder::addWeights() {
  std::map<int64_t, StringRef> names = nameConstants(model);
  image.weightBytes = *model.getWeightBytes();
  for (ascend::WeightOp op : model.getOps<ascend::WeightOp>()) {
    om::WeightChunk chunk;
    chunk.offset = op.getAt();
    std::optional<int64_t> bytes = geir::getTensorBytes(op.getType());
    if (!bytes)
      return op.emitOpError("needs a static type of known size, found ")
             << op.getType();
    chunk.bytes = *bytes;
    if (chunk.offset > image.weightBytes ||
        chunk.bytes > image.weightBytes - chunk.offset)
      return op.emitOpError("leaves the weight image of ")
             << image.weightBytes << " bytes";
    // Opening the file now, before the first byte of output, finds a missing
    // one early; the bytes move when the writer asks for them.
    llvm::Expected<geir::WeightReader::Writer> writer = weights.openWriter(
        op.getValue(), op.getType(),
        [op, name = names[op.getAt()]](const RoundingOverflow &overflow) {
          warnAboutOverflow(op, name, overflow);
        });
    if (!writer)
      return op.emitError() << llvm::toString(writer.takeError());
    chunk.write = std::move(*writer);
    image.weights.push_back(std::move(chunk));
  }
  llvm::sort(image.weights,
             [](const om::WeightChunk &a, const om::WeightChunk &b) {
               return a.offset < b.offset;
             });
  return success();
}

/// The bytes of a `#ge.weight` or a string. A string lives as long as the
/// context.
static llvm::Expected<geir::WeightBytes>
readValue(Attribute value, geir::WeightReader &weights) {
  if (auto text = dyn_cast<StringAttr>(value))
    return geir::WeightBytes{llvm::arrayRefFromStringRef(text.getValue()),
                             nullptr};
  return weights.readBytes(cast<geir::WeightAttr>(value));
}

static void writeBytes(const geir::WeightBytes &data, llvm::raw_ostream &out) {
  out.write(reinterpret_cast<const char *>(data.bytes.data()),
            data.bytes.size());
}

LogicalResult ModelImageBuilder::addKernels(ascend::KernelStore store) {
  struct Item {
    std::string head;
    geir::WeightBytes binary;
  };
  std::vector<Item> items;
  om::StreamedPartition partition;
  partition.type = store == ascend::KernelStore::TBE
                       ? om::PartitionType::TBEKernels
                       : om::PartitionType::CustAICPUKernels;
  for (auto op : model.getOps<ascend::KernelBinaryOp>()) {
    if (op.getStore() != store)
      continue;
    llvm::Expected<geir::WeightBytes> binary =
        readValue(op.getValue(), weights);
    if (!binary)
      return op.emitError() << llvm::toString(binary.takeError());
    llvm::Expected<std::string> head =
        om::makeKernelHead(op.getName(), binary->bytes.size());
    if (!head)
      return op.emitError() << llvm::toString(head.takeError());
    partition.bytes += head->size() + binary->bytes.size();
    items.push_back({std::move(*head), std::move(*binary)});
  }
  if (items.empty())
    return success();
  partition.write = [items = std::move(items)](llvm::raw_ostream &out) {
    for (const Item &item : items) {
      out << item.head;
      writeBytes(item.binary, out);
    }
    return llvm::Error::success();
  };
  image.others.push_back(std::move(partition));
  return success();
}

LogicalResult ModelImageBuilder::addPartitions() {
  for (auto op : model.getOps<ascend::PartitionOp>()) {
    std::optional<om::PartitionType> type =
        om::partitionTypeFromName(op.getPartition());
    if (!type)
      return op.emitOpError("expected the name or number of a partition, found "
                            "'")
             << op.getPartition() << "'";
    llvm::Expected<geir::WeightBytes> data = readValue(op.getValue(), weights);
    if (!data)
      return op.emitError() << llvm::toString(data.takeError());
    image.others.push_back(
        {*type, data->bytes.size(), [data = *data](llvm::raw_ostream &out) {
           writeBytes(data, out);
           return llvm::Error::success();
         }});
  }
  return success();
}

LogicalResult ModelImageBuilder::addTasks() {
  om::fillTaskList(model, image.taskDef);
  for (Operation &op : model.getBody().front()) {
    domi::TaskDef task;
    if (!om::fillTask(&op, task))
      continue;
    if (auto generic = dyn_cast<ascend::GenericTaskOp>(op)) {
      if (!om::taskTypeFromName(generic.getKind()))
        return generic.emitOpError("expected the name or number of a task "
                                   "type, found '")
               << generic.getKind() << "'";
      if (llvm::Error error = decoder.apply(generic.getFields(), task))
        return generic.emitOpError() << llvm::toString(std::move(error));
    }
    *image.taskDef.add_task() = std::move(task);
  }
  return applyExtra("tasks", image.taskDef);
}

LogicalResult ModelImageBuilder::addContainerFacts() {
  auto fail = [&](StringRef key, llvm::Error error) -> LogicalResult {
    return model.emitOpError()
           << "extra: " << key << ": " << llvm::toString(std::move(error));
  };
  if (Attribute inOut = getExtra("inout")) {
    llvm::Expected<om::InOutInfo> info = om::decodeInOutInfo(inOut, decoder);
    if (!info)
      return fail("inout", info.takeError());
    image.inOutInfo = std::move(*info);
  } else {
    FailureOr<om::InOutInfo> info = om::describeInOut(model, /*report=*/true);
    if (failed(info))
      return failure();
    image.inOutInfo = std::move(*info);
  }
  if (Attribute table = getExtra("table")) {
    if (table != StringAttr::get(model.getContext(), "narrow"))
      return model.emitOpError("extra: table: expected \"narrow\", found ")
             << table;
    image.isNarrow = true;
  }
  if (Attribute header = getExtra("header")) {
    llvm::Expected<om::HeaderChanges> changes =
        om::decodeHeader(header, /*isBundle=*/false, image.isNarrow);
    if (!changes)
      return fail("header", changes.takeError());
    image.header = std::move(*changes);
  }
  if (Attribute order = getExtra("partitions")) {
    llvm::Expected<std::vector<om::PartitionType>> types =
        om::decodeOrder(order);
    if (!types)
      return fail("partitions", types.takeError());
    image.order = std::move(*types);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

/// The images of the models under these names, with the parts that belong to
/// each.
static LogicalResult buildModels(ModuleOp module,
                                 ArrayRef<FlatSymbolRefAttr> names,
                                 const om::FileFacts &facts,
                                 geir::WeightReader &weights,
                                 std::vector<om::ModelImage> &images) {
  SymbolTable symbols(module);
  llvm::DenseSet<Attribute> listed(names.begin(), names.end());
  llvm::DenseMap<Attribute, SmallVector<ascend::ModelOp>> parts;
  for (auto model : module.getOps<ascend::ModelOp>()) {
    FlatSymbolRefAttr whole = model.getPartOfAttr();
    if (!whole)
      continue;
    if (!listed.contains(whole))
      return model.emitOpError("is part of ")
             << whole << ", which is not a model of the file";
    parts[whole].push_back(model);
  }
  for (FlatSymbolRefAttr name : names) {
    auto model = symbols.lookup<ascend::ModelOp>(name.getValue());
    if (model.getPartOfAttr())
      return model.emitOpError("is listed as a model of the file, but is part "
                               "of ")
             << model.getPartOfAttr();
    FailureOr<om::ModelImage> image =
        ModelImageBuilder(model, facts, weights).run();
    if (failed(image))
      return failure();
    for (ascend::ModelOp part : parts.lookup(name)) {
      FailureOr<om::ModelImage> partImage =
          ModelImageBuilder(part, facts, weights).run();
      if (failed(partImage))
        return failure();
      image->parts.push_back(std::move(*partImage));
    }
    images.push_back(std::move(*image));
  }
  return success();
}

/// Entries of a bundle's table that are neither models nor variables.
static LogicalResult addOtherEntries(ascend::FileOp file, ArrayAttr rows,
                                     geir::WeightReader &weights,
                                     om::BundleImage &bundle) {
  for (Attribute row : rows) {
    auto fields = dyn_cast<ArrayAttr>(row);
    auto at = fields && fields.size() == 3 ? dyn_cast<IntegerAttr>(fields[0])
                                           : IntegerAttr();
    auto type = at ? dyn_cast<StringAttr>(fields[1]) : StringAttr();
    std::optional<om::PartitionType> number =
        type ? om::partitionTypeFromName(type) : std::nullopt;
    if (!number || !isa<StringAttr, geir::WeightAttr>(fields[2]))
      return file.emitOpError("extra: partitions: expected position, type and "
                              "bytes, found ")
             << row;
    llvm::Expected<geir::WeightBytes> data = readValue(fields[2], weights);
    if (!data)
      return file.emitError() << llvm::toString(data.takeError());
    bundle.others.push_back(
        {static_cast<uint64_t>(at.getInt()),
         {*number, data->bytes.size(), [data = *data](llvm::raw_ostream &out) {
            writeBytes(data, out);
            return llvm::Error::success();
          }}});
  }
  return success();
}

/// Writes a file that does not say what its models are for.
static LogicalResult writeFile(ModuleOp module, ascend::FileOp file,
                               geir::WeightReader &weights,
                               llvm::raw_ostream &out) {
  om::FileFacts facts;
  facts.variableSize = file.getVariables().value_or(0);
  if (auto target = module->getAttrOfType<ascend::TargetAttr>(
          ascend::AscendDialect::kTargetAttr))
    facts.target = target.getSoc().str();
  om::BundleImage bundle;
  bundle.variableSize = facts.variableSize;
  bundle.hasVariableSize = file.getVariables().has_value();
  SmallVector<FlatSymbolRefAttr> names(
      file.getModels().getAsRange<FlatSymbolRefAttr>());
  if (failed(buildModels(module, names, facts, weights, bundle.models)))
    return failure();
  if (DictionaryAttr extra = file.getExtraAttr()) {
    if (Attribute header = extra.get("header")) {
      llvm::Expected<om::HeaderChanges> changes = om::decodeHeader(
          header, /*isBundle=*/file.getKind() == ascend::FileKind::Bundle,
          /*isNarrow=*/false);
      if (!changes)
        return file.emitOpError()
               << "extra: header: " << llvm::toString(changes.takeError());
      bundle.header = std::move(*changes);
    }
    if (Attribute entries = extra.get("partitions")) {
      auto rows = dyn_cast<ArrayAttr>(entries);
      if (!rows)
        return file.emitOpError("extra: partitions: expected a list, found ")
               << entries;
      if (failed(addOtherEntries(file, rows, weights, bundle)))
        return failure();
    }
  }
  llvm::Error error = file.getKind() == ascend::FileKind::Bundle
                          ? om::writeBundle(bundle, out)
                          : om::writeModel(bundle.models.front(), out);
  if (error)
    return file.emitError() << llvm::toString(std::move(error));
  return success();
}

LogicalResult gemlir::translateToOM(ModuleOp module, StringRef directory,
                                    llvm::raw_ostream &out) {
  geir::WeightReader weights(module, directory);
  auto files = llvm::to_vector(module.getOps<ascend::FileOp>());
  if (!files.empty()) {
    if (files.size() > 1 || !module.getOps<wr::BundleOp>().empty())
      return files.back().emitOpError("must be the only ascend.file or "
                                      "wr.bundle of the module");
    return writeFile(module, files.front(), weights, out);
  }
  FailureOr<om::Manifest> manifest = om::buildManifest(module);
  if (failed(manifest))
    return failure();
  om::FileFacts facts{manifest->variableSize, om::toJSON(*manifest),
                      manifest->target};
  om::BundleImage bundle;
  bundle.variableSize = manifest->variableSize;
  SmallVector<FlatSymbolRefAttr> names;
  auto members = (*module.getOps<wr::BundleOp>().begin()).getMembers();
  for (auto member : members.getAsRange<wr::MemberAttr>())
    names.push_back(member.getFunction());
  if (failed(buildModels(module, names, facts, weights, bundle.models)))
    return failure();
  if (llvm::Error error = om::writeBundle(bundle, out))
    return module.emitError() << llvm::toString(std::move(error));
  return success();
}

void gemlir::registerToOMTranslation() {
  registerMLIRToFile("mlir-to-om",
                     "write an OM or bundle from a task list (stage S6)",
                     translateToOM);
}
