// SPDX-License-Identifier: Apache-2.0
#include "Frontend.h"

#include "Commands.h"

#include "GeDialect/InitAllDialects.h"
#include "GeDialect/Support/Error.h"
#include "GeDialect/Support/Nesting.h"
#include "GeDialect/Support/Printable.h"
#include "GeDialect/Target/GraphFile/AirImport.h"
#include "GeDialect/Target/GraphFile/AirModel.h"
#include "GeDialect/Target/GraphFile/OnnxImport.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Remarks.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"

#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Support/raw_ostream.h"

using namespace gemlir;
using namespace gemlir::gemc;

/// "FILE: node 'NAME': ", as far as the location knows.
static void printLocation(mlir::Location loc, llvm::raw_ostream &out) {
  if (auto name = mlir::dyn_cast<mlir::NameLoc>(loc)) {
    printLocation(name.getChildLoc(), out);
    out << "node '" << printable(name.getName()) << "': ";
  } else if (auto file = mlir::dyn_cast<mlir::FileLineColLoc>(loc)) {
    out << printable(file.getFilename());
    if (file.getLine() != 0)
      out << ":" << file.getLine() << ":" << file.getColumn();
    out << ": ";
  } else if (auto fused = mlir::dyn_cast<mlir::FusedLoc>(loc);
             fused && !fused.getLocations().empty()) {
    printLocation(fused.getLocations().front(), out);
  }
}

static void printDiagnostic(mlir::Diagnostic &diag) {
  switch (diag.getSeverity()) {
  case mlir::DiagnosticSeverity::Error:
    llvm::errs() << "gemc: error: ";
    break;
  case mlir::DiagnosticSeverity::Warning:
    llvm::errs() << "gemc: warning: ";
    break;
  case mlir::DiagnosticSeverity::Note:
  case mlir::DiagnosticSeverity::Remark:
    llvm::errs() << "gemc: note: ";
    break;
  }
  printLocation(diag.getLocation(), llvm::errs());
  llvm::errs() << printable(diag.str()) << "\n";
  for (mlir::Diagnostic &note : diag.getNotes())
    printDiagnostic(note);
}

namespace {
/// Prints remarks as notes.
class NoteStreamer : public mlir::remark::detail::MLIRRemarkStreamerBase {
public:
  void streamOptimizationRemark(
      const mlir::remark::detail::Remark &remark) override {
    llvm::errs() << "gemc: note: ";
    printLocation(remark.getLocation(), llvm::errs());
    llvm::interleave(
        remark.getArgs(), llvm::errs(),
        [](const mlir::remark::detail::Remark::Arg &arg) {
          llvm::errs() << printable(arg.val);
        },
        "; ");
    llvm::errs() << "\n";
  }
};
} // namespace

Frontend::Frontend(unsigned threads)
    : context(mlir::MLIRContext::Threading::DISABLED) {
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  context.appendDialectRegistry(registry);
  if (threads > 1) {
    threadPool = std::make_unique<llvm::DefaultThreadPool>(
        llvm::hardware_concurrency(threads));
    context.setThreadPool(*threadPool);
  }
  // The message names the node; the operation itself would be noise.
  context.printOpOnDiagnostic(false);
  // What globs passed over is for the user; the other remarks are for people
  // who read ge-opt's.
  mlir::remark::RemarkCategories categories;
  categories.missed = "weight-refresh";
  if (failed(mlir::remark::enableOptimizationRemarks(
          context, std::make_unique<NoteStreamer>(),
          std::make_unique<mlir::remark::RemarkEmittingPolicyAll>(),
          categories)))
    llvm::errs() << "gemc: note: constants that are passed over are not "
                    "listed\n";
  context.getDiagEngine().registerHandler([this](mlir::Diagnostic &diag) {
    internalError |=
        llvm::StringRef(diag.str()).starts_with(kInternalErrorPrefix);
    printDiagnostic(diag);
    return mlir::success();
  });
}

Frontend::~Frontend() = default;

mlir::OwningOpRef<mlir::ModuleOp>
Frontend::read(llvm::StringRef path, std::vector<InputShape> inputShapes,
               bool dropUnrepresentable) {
  llvm::StringRef suffix = llvm::sys::path::extension(path);
  if (isAirPath(path)) {
    if (inputShapes.empty())
      return importAir(path, &context);
    reportInputError("--input-shape needs an ONNX model, '" + path +
                     "' is a graph of GE");
    return nullptr;
  }
  if (suffix != ".mlir" && suffix != ".mlirbc") {
    OnnxImportOptions options;
    options.inputShapes = std::move(inputShapes);
    options.dropUnrepresentable = dropUnrepresentable;
    return importOnnx(path, &context, options);
  }
  if (!inputShapes.empty()) {
    reportInputError("--input-shape needs a model, '" + path +
                     "' is the module of a stage");
    return nullptr;
  }
  directory = llvm::sys::path::parent_path(path).str();
  llvm::SourceMgr sources;
  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> file =
      mlir::openInputFile(path, &message);
  if (!file) {
    reportInputError(message);
    return nullptr;
  }
  if (std::optional<int64_t> line = findDeepNesting(file->getBuffer())) {
    reportInputError("'" + path + "' line " + llvm::Twine(*line) +
                     " has brackets nested deeper than " +
                     llvm::Twine(kMaxNesting));
    return nullptr;
  }
  sources.AddNewSourceBuffer(std::move(file), llvm::SMLoc());
  return mlir::parseSourceFile<mlir::ModuleOp>(sources, &context);
}

mlir::LogicalResult Frontend::verify(mlir::ModuleOp module) {
  return mlir::verify(module);
}
