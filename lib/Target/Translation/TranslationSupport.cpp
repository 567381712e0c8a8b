// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Target/TranslationSupport.h"

#include "GeDialect/Dialect/GE/Transforms/WeightData.h"
#include "GeDialect/InitAllDialects.h"
#include "GeDialect/Support/Nesting.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Tools/mlir-translate/Translation.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace gemlir;
namespace cl = llvm::cl;

/// The directory that the module of translation `name` goes to; empty for the
/// working directory. mlir-translate keeps its options to itself, but not that
/// they are there.
static StringRef getOutputDirectory(StringRef name) {
  auto &options = cl::getRegisteredOptions();
  auto output = options.find("o");
  auto translation = options.find(name);
  if (output == options.end() || translation == options.end())
    return "";
  // In a chain of translations the module goes to the next one, and only what
  // that makes of it to the output.
  if (translation->second->getNumOccurrences() > 1)
    return "";
  return llvm::sys::path::parent_path(
      static_cast<cl::opt<std::string> *>(output->second)->getValue());
}

void gemlir::registerFileToMLIR(
    StringRef name, StringRef description, StringRef what,
    std::function<OwningOpRef<ModuleOp>(StringRef path, MLIRContext *context)>
        import) {
  TranslateToMLIRRegistration registration(
      name, description,
      [=](llvm::SourceMgr &sources,
          MLIRContext *context) -> OwningOpRef<Operation *> {
        // Of the buffer only the name counts.
        StringRef path = sources.getMemoryBuffer(sources.getMainFileID())
                             ->getBufferIdentifier();
        if (path == "<stdin>") {
          emitError(UnknownLoc::get(context))
              << what
              << " is read from a file, not from stdin: its weights stay there";
          return nullptr;
        }
        OwningOpRef<ModuleOp> module = import(path, context);
        if (module)
          geir::relocateStores(*module, "", getOutputDirectory(name));
        return module;
      },
      [](DialectRegistry &registry) { registerAllDialects(registry); });
}

void gemlir::registerMLIRToFile(
    StringRef name, StringRef description,
    std::function<LogicalResult(ModuleOp module, StringRef directory,
                                llvm::raw_ostream &out)>
        write) {
  TranslateRegistration registration(
      name, description,
      [=](const std::shared_ptr<llvm::SourceMgr> &sources,
          llvm::raw_ostream &out, MLIRContext *context) -> LogicalResult {
        DialectRegistry registry;
        registerAllDialects(registry);
        context->appendDialectRegistry(registry);
        context->printOpOnDiagnostic(false);
        const llvm::MemoryBuffer *buffer =
            sources->getMemoryBuffer(sources->getMainFileID());
        StringRef path = buffer->getBufferIdentifier();
        if (std::optional<int64_t> line = findDeepNesting(buffer->getBuffer()))
          return emitError(FileLineColLoc::get(context, path, *line, 0))
                 << "brackets are nested deeper than " << kMaxNesting;
        OwningOpRef<ModuleOp> module =
            parseSourceFile<ModuleOp>(sources, context);
        if (!module)
          return failure();
        return write(*module, llvm::sys::path::parent_path(path), out);
      });
}
