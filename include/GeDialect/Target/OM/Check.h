// SPDX-License-Identifier: Apache-2.0
//
// Judges what a well-formed OM or bundle says. GE's loader ignores many fields
// and loads many files that then compute something else; this is what catches
// them before a device does.
#ifndef GEDIALECT_TARGET_OM_CHECK_H
#define GEDIALECT_TARGET_OM_CHECK_H

#include "GeDialect/Target/OM/Reader.h"

#include <optional>
#include <string>
#include <vector>

namespace gemlir::om {

enum class Severity {
  /// The model cannot run, or would compute something else than it says.
  Error,
  /// Legal, but something a user should know.
  Warning,
};

/// One thing that is wrong with a file.
struct Finding {
  /// Stable kebab-case word, listed in docs/om-format.md, "Check list".
  std::string id;
  Severity severity = Severity::Error;
  /// Index into `File::models`; -1 when the finding is about the file.
  int model = -1;
  /// What it is about: "op 'conv1'", "task 3", "header", ...
  std::string where;
  /// Byte in the file where that begins, when there is one.
  std::optional<uint64_t> offset;
  std::string expected;
  std::string found;
  /// "expected ..., found ...", with the place in front.
  std::string text;
};

/// Checks a file. The order of the findings is that of the file and the same on
/// every run. Dynamic models are checked as containers only, and say so. Takes
/// time linear in the size of the graphs; weights are not read.
std::vector<Finding> check(const File &file);

/// "error" or "warning".
llvm::StringRef getName(Severity severity);

} // namespace gemlir::om

#endif // GEDIALECT_TARGET_OM_CHECK_H
