// SPDX-License-Identifier: Apache-2.0
//
// The commands of gemc. Each lives in a file of its own together with its
// command line options, which belong to its `cl::SubCommand`.
#ifndef GEMC_COMMANDS_H
#define GEMC_COMMANDS_H

#include "llvm/ADT/Twine.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Error.h"

namespace gemlir::gemc {

/// Exit codes (docs/gemc.md).
enum ExitCode {
  kSuccess = 0,
  kInputError = 1,    // the input is at fault
  kUsageError = 2,    // the command line is
  kInternalError = 3, // we are
};

// Inline, so that a command exists before the options that belong to it.
inline llvm::cl::SubCommand compileCommand(
    "compile", "compile a model into an OM bundle with refreshable weights");
inline llvm::cl::SubCommand
    listWeightsCommand("list-weights",
                       "list the constants of a model and which may be "
                       "refreshed");
inline llvm::cl::SubCommand inspectCommand("inspect",
                                           "describe or check an OM file");
inline llvm::cl::SubCommand diffCommand("diff",
                                        "compare what two OM files say");
inline llvm::cl::SubCommand
    extractCommand("extract",
                   "write a sub-model, a kernel or weights of an OM file");
inline llvm::cl::SubCommand
    runCommand("run", "run a bundle on the host and refresh its weights");

inline llvm::cl::SubCommand
    compareCommand("compare", "compare the tensors of two runs, node by node");
inline llvm::cl::SubCommand
    convertLayoutCommand("convert-layout",
                         "write a tensor in another storage format");
inline llvm::cl::SubCommand
    targetsCommand("targets", "list the chips that can be compiled for");

/// Bodies of the commands; the result is the exit code.
int compileMain();
int listWeightsMain();
int inspectMain();
int diffMain();
int extractMain();
int runMain();
int compareMain();
int convertLayoutMain();
int targetsMain();

/// Prints "gemc: error: <message>" to standard error.
int reportInputError(const llvm::Twine &message);
int reportInputError(llvm::Error error);
int reportUsageError(const llvm::Twine &message);

} // namespace gemlir::gemc

#endif // GEMC_COMMANDS_H
