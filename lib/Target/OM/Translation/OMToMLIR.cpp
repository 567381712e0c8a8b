// SPDX-License-Identifier: Apache-2.0
//
// Translation of a file to stage S6. Payloads stay in the file; the module
// refers to them.
#include "GeDialect/Target/OM/Translation.h"

#include "ExtraFacts.h"
#include "ManifestImporter.h"
#include "ModelImporter.h"

#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"
#include "GeDialect/Dialect/WeightRefresh/IR/WRDialect.h"
#include "GeDialect/Support/UniqueNames.h"
#include "GeDialect/Target/OM/ProtobufIO.h"
#include "GeDialect/Target/OM/Reader.h"
#include "GeDialect/Target/TranslationSupport.h"

using namespace mlir;
using namespace gemlir;

/// The symbol of the file that payloads refer to.
static constexpr llvm::StringLiteral kStoreSymbol = "om";

namespace {
class FileImporter {
public:
  FileImporter(const om::File &file, StringRef path, MLIRContext *context)
      : file(file), path(path), context(context),
        loc(FileLineColLoc::get(context, path, 0, 0)),
        store(FlatSymbolRefAttr::get(context, kStoreSymbol)) {}

  OwningOpRef<ModuleOp> run();

private:
  LogicalResult importModels(OpBuilder &builder);
  LogicalResult importModel(OpBuilder &builder, const om::Model &model,
                            StringRef name);
  void reportDropped(const om::Model &model);
  void createFileOp();
  om::FileFacts getFacts() const;

  ArrayRef<uint8_t> getBytes(uint64_t offset, uint64_t size) const {
    return file.mapping->bytes().slice(offset, size);
  }
  DictionaryAttr getBundleHeader() const {
    return om::encodeHeader(
        context, getBytes(0, om::kHeaderSize),
        om::makeBundleHeader(file.models.size(), file.mapping->size()),
        /*isBundle=*/true);
  }
  /// True when the container is what the writer makes of a wr.bundle.
  bool isPlainBundle() const {
    return file.isBundle && file.hasVariableSize && !getBundleHeader() &&
           file.partitions.size() == file.models.size() + 1;
  }

  const om::File &file;
  StringRef path;
  MLIRContext *context;
  Location loc;
  FlatSymbolRefAttr store;
  OwningOpRef<ModuleOp> module;
  om::Manifest manifest;
  /// The text of the manifest while it describes the module.
  StringRef manifestText;
  UniqueNames symbols;
  std::vector<std::unique_ptr<om::ModelImporter>> importers;
  /// The models of the file, and all of them with the parts behind each.
  SmallVector<ascend::ModelOp> models;
  SmallVector<std::pair<ascend::ModelOp, const om::Model *>> all;
};
} // namespace

/// Warns about the first thing of a message that the module cannot hold.
void FileImporter::reportDropped(const om::Model &model) {
  for (const om::Partition &partition : model.partitions) {
    const google::protobuf::Descriptor *type = nullptr;
    if (partition.type == om::PartitionType::ModelDef)
      type = ge::proto::ModelDef::descriptor();
    else if (partition.type == om::PartitionType::TaskInfo)
      type = domi::ModelTaskDef::descriptor();
    std::optional<uint64_t> at;
    if (type)
      at = om::locateDropped(*type, partition.bytes, partition.fileOffset);
    if (at)
      emitWarning(loc) << getName(partition.type)
                       << ": protobuf passes over what stands at byte " << *at
                       << ": a field that stands twice, or an unknown one in a "
                          "map; it will be lost";
  }
}

/// Length of the first name of an attribute, or of another map entry, that is
/// too long for the text of a module; 0 when there is none. The nesting is
/// bounded by that of the parser.
static size_t findLongKey(const google::protobuf::Message &message) {
  using google::protobuf::FieldDescriptor;
  std::vector<const FieldDescriptor *> fields;
  const google::protobuf::Reflection &reflection = *message.GetReflection();
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor *field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE)
      continue;
    const FieldDescriptor *key =
        field->is_map() ? field->message_type()->map_key() : nullptr;
    if (key && key->cpp_type() != FieldDescriptor::CPPTYPE_STRING)
      key = nullptr;
    int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const google::protobuf::Message &element =
          field->is_repeated()
              ? reflection.GetRepeatedMessage(message, field, i)
              : reflection.GetMessage(message, field);
      size_t length =
          key ? element.GetReflection()->GetString(element, key).size() : 0;
      if (length <= om::kMaxInlineBytes)
        length = findLongKey(element);
      if (length != 0)
        return length;
    }
  }
  return 0;
}

LogicalResult FileImporter::importModel(OpBuilder &builder,
                                        const om::Model &model,
                                        StringRef name) {
  // Names of attributes are keys of the text, which cannot stay in the file.
  for (const google::protobuf::Message *message :
       {static_cast<const google::protobuf::Message *>(&model.modelDef),
        static_cast<const google::protobuf::Message *>(&model.taskDef)})
    if (size_t length = findLongKey(*message))
      return emitError(loc)
             << "model at byte " << model.fileOffset
             << ": expected names of attributes of at most "
             << om::kMaxInlineBytes << " bytes, found one of " << length;
  if (name.empty() || name.size() > om::kMaxInlineBytes)
    name = "model";
  reportDropped(model);
  importers.push_back(std::make_unique<om::ModelImporter>(model, store, loc));
  FailureOr<ascend::ModelOp> op =
      importers.back()->createModel(builder, symbols.make(name));
  if (failed(op))
    return failure();
  all.push_back({*op, &model});
  return success();
}

LogicalResult FileImporter::importModels(OpBuilder &builder) {
  for (auto [i, model] : llvm::enumerate(file.models)) {
    StringRef name = model.modelDef.name();
    if (!manifestText.empty())
      name = manifest.models[i].role;
    if (failed(importModel(builder, model, name)))
      return failure();
    ascend::ModelOp whole = all.back().first;
    models.push_back(whole);
    for (const om::Model &part : model.parts) {
      if (failed(importModel(builder, part, part.modelDef.name())))
        return failure();
      all.back().first.setPartOfAttr(
          FlatSymbolRefAttr::get(whole.getSymNameAttr()));
    }
  }
  return success();
}

void FileImporter::createFileOp() {
  Builder attrs(context);
  SmallVector<Attribute> names;
  for (ascend::ModelOp model : models)
    names.push_back(FlatSymbolRefAttr::get(model.getSymNameAttr()));
  SmallVector<NamedAttribute> extra;
  IntegerAttr variables;
  if (file.isBundle) {
    if (DictionaryAttr header = getBundleHeader())
      extra.push_back(attrs.getNamedAttr("header", header));
    if (file.hasVariableSize)
      variables = attrs.getI64IntegerAttr(file.variableSize);
    SmallVector<Attribute> others;
    for (auto [i, partition] : llvm::enumerate(file.partitions))
      if (partition.type != om::PartitionType::BundleModelInfo &&
          partition.type != om::PartitionType::BundleModelVarInfo)
        others.push_back(attrs.getArrayAttr(
            {attrs.getI64IntegerAttr(i),
             attrs.getStringAttr(om::spellName(partition.type)),
             geir::WeightAttr::get(context, store, partition.fileOffset,
                                   partition.bytes.size())}));
    if (!others.empty())
      extra.push_back(
          attrs.getNamedAttr("partitions", attrs.getArrayAttr(others)));
  }
  OpBuilder builder(models.front());
  ascend::FileOp::create(
      builder, loc,
      ascend::FileKindAttr::get(context, file.isBundle
                                             ? ascend::FileKind::Bundle
                                             : ascend::FileKind::OM),
      attrs.getArrayAttr(names), variables,
      extra.empty() ? DictionaryAttr() : attrs.getDictionaryAttr(extra));
}

om::FileFacts FileImporter::getFacts() const {
  om::FileFacts facts;
  facts.variableSize = file.variableSize;
  if (manifestText.empty())
    return facts;
  facts.variableSize = manifest.variableSize;
  facts.manifest = manifestText.str();
  facts.target = manifest.target;
  return facts;
}

OwningOpRef<ModuleOp> FileImporter::run() {
  module = ModuleOp::create(loc);
  OpBuilder builder = OpBuilder::atBlockEnd(module->getBody());
  geir::StoreOp::create(builder, loc, builder.getStringAttr(kStoreSymbol),
                        builder.getStringAttr(path),
                        builder.getI64IntegerAttr(file.mapping->size()),
                        StringAttr());
  symbols.insert(kStoreSymbol);
  if (isPlainBundle())
    manifestText = om::findManifest(file, manifest);
  if (!manifestText.empty() &&
      (manifest.variableSize != static_cast<int64_t>(file.variableSize) ||
       failed(om::importVariables(*module, manifest, file, store)))) {
    om::dropManifest(*module);
    manifestText = "";
  }
  if (!manifestText.empty())
    for (const om::ManifestWeight &weight : manifest.weights)
      symbols.insert(weight.variable);
  if (failed(importModels(builder)))
    return nullptr;
  // The manifest counts when the writer would make it again.
  if (!manifestText.empty() &&
      failed(om::importBundle(*module, symbols.make("main"), manifest, models,
                              manifestText))) {
    om::dropManifest(*module);
    manifestText = "";
  }
  if (manifestText.empty())
    createFileOp();
  om::FileFacts facts = getFacts();
  for (auto [importer, entry] : llvm::zip_equal(importers, all)) {
    const om::Model &model = *entry.second;
    importer->keepDifferences(
        facts, entry.first.getPartOfAttr()
                   ? ArrayRef<uint8_t>()
                   : getBytes(model.fileOffset, om::kHeaderSize));
  }
  return std::move(module);
}

OwningOpRef<ModuleOp> gemlir::importOM(StringRef path, MLIRContext *context) {
  context->loadDialect<ascend::AscendDialect, geir::GEDialect, wr::WRDialect>();
  // The location says which file it is.
  Location loc = FileLineColLoc::get(context, path, 0, 0);
  llvm::Expected<std::shared_ptr<const MappedFile>> mapping =
      MappedFile::open(path);
  if (!mapping) {
    emitError(loc) << llvm::toString(mapping.takeError());
    return nullptr;
  }
  llvm::Expected<om::File> file = om::readFile(*mapping);
  if (!file) {
    emitError(loc) << llvm::toString(file.takeError());
    return nullptr;
  }
  return FileImporter(*file, path, context).run();
}

void gemlir::registerFromOMTranslation() {
  registerFileToMLIR(
      "om-to-mlir",
      "import an OM or bundle (stage S6); weights and kernels stay in the file",
      "an OM", importOM);
}
