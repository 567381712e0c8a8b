// SPDX-License-Identifier: Apache-2.0
//
// gemc: the compiler's driver for people with a model file and a terminal.
#include "Commands.h"

#include "GeDialect/Support/Version.h"

#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/WithColor.h"
#include "llvm/Support/raw_ostream.h"

using namespace gemlir::gemc;
namespace cl = llvm::cl;

int gemlir::gemc::reportInputError(const llvm::Twine &message) {
  llvm::errs() << "gemc: error: " << message << "\n";
  return kInputError;
}

int gemlir::gemc::reportInputError(llvm::Error error) {
  return reportInputError(llvm::toString(std::move(error)));
}

int gemlir::gemc::reportUsageError(const llvm::Twine &message) {
  llvm::errs() << "gemc: error: " << message
               << "\ngemc: see 'gemc --help' and 'gemc COMMAND --help'\n";
  return kUsageError;
}

/// The commands, in the order of a typical session.
static constexpr struct {
  cl::SubCommand *command;
  int (*main)();
} kCommands[] = {
    {&listWeightsCommand, listWeightsMain},
    {&compileCommand, compileMain},
    {&inspectCommand, inspectMain},
    {&runCommand, runMain},
};

/// Tells what is wrong with the command line in the words of the parser, whose
/// lines begin with the name of the program as it was called.
static int reportParseErrors(llvm::StringRef errors) {
  llvm::StringRef first = errors.split('\n').first;
  llvm::StringRef message = first.split(": ").second;
  return reportUsageError(message.split("  Try: ").first.rtrim("."));
}

int main(int argc, char **argv) {
  llvm::InitLLVM initLLVM(argc, argv);
  cl::SetVersionPrinter([](llvm::raw_ostream &out) {
    out << "gemc " << gemlir::getCompilerVersion() << "\n"
        << "dialect version " << gemlir::kDialectVersion << "\n"
        << "manifest version " << gemlir::kManifestVersion << "\n";
  });
  // LLVM's libraries register options of their own, which are none of ours.
  cl::OptionCategory category("gemc");
  cl::HideUnrelatedOptions(category);
  std::string errors;
  llvm::raw_string_ostream errorStream(errors);
  if (!cl::ParseCommandLineOptions(
          argc, argv,
          "gemc: models in, weight-refreshable Ascend OM bundles out\n",
          &errorStream))
    return reportParseErrors(errors);
  for (const auto &entry : kCommands)
    if (*entry.command)
      return entry.main();
  return reportUsageError("expected a command: list-weights, compile, inspect "
                          "or run");
}
