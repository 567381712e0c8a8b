// SPDX-License-Identifier: Apache-2.0
//
// gemc: the compiler's driver for people with a model file and a terminal.
#include "Commands.h"

#include "GeDialect/Support/Printable.h"
#include "GeDialect/Support/Version.h"

#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/WithColor.h"
#include "llvm/Support/raw_ostream.h"

using namespace gemlir::gemc;
namespace cl = llvm::cl;

int gemlir::gemc::reportInputError(const llvm::Twine &message) {
  llvm::errs() << "gemc: error: " << gemlir::printable(message.str()) << "\n";
  return kInputError;
}

int gemlir::gemc::reportInputError(llvm::Error error) {
  return reportInputError(llvm::toString(std::move(error)));
}

int gemlir::gemc::reportUsageError(const llvm::Twine &message) {
  llvm::errs() << "gemc: error: " << gemlir::printable(message.str())
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
    {&diffCommand, diffMain},
    {&extractCommand, extractMain},
    {&runCommand, runMain},
    {&compareCommand, compareMain},
    {&convertLayoutCommand, convertLayoutMain},
    {&targetsCommand, targetsMain},
};

/// Whether the command line asks for a text that names the program.
static bool asksForText(llvm::ArrayRef<char *> args) {
  return llvm::any_of(args, [](llvm::StringRef arg) {
    arg = arg.ltrim('-');
    return arg.starts_with("help") || arg == "h" || arg == "version";
  });
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
  // The parser begins its messages with the name of the program; this makes
  // them look like all other errors.
  std::vector<const char *> args(argv, argv + argc);
  args[0] = asksForText({argv, argv + argc}) ? "gemc" : "gemc: error";
  std::string errors;
  llvm::raw_string_ostream errorStream(errors);
  if (!cl::ParseCommandLineOptions(
          argc, args.data(),
          "gemc: models in, weight-refreshable Ascend OM bundles out\n",
          &errorStream)) {
    llvm::errs() << llvm::StringRef(errors).split("  Try: ").first.rtrim()
                 << (errors.empty() ? "" : "\n")
                 << "gemc: see 'gemc --help' and 'gemc COMMAND --help'\n";
    return kUsageError;
  }
  for (const auto &entry : kCommands)
    if (*entry.command)
      return entry.main();
  return reportUsageError("expected a command: list-weights, compile, inspect, "
                          "diff, extract, run, compare, convert-layout or "
                          "targets");
}
