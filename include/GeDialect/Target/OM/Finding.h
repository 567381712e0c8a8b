// SPDX-License-Identifier: Apache-2.0
//
// What can be said against a file, in one vocabulary: the checks collect
// findings, and the reader, which stops at the first fault, makes an error of
// one.
#ifndef GEDIALECT_TARGET_OM_FINDING_H
#define GEDIALECT_TARGET_OM_FINDING_H

#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>
#include <string>

namespace gemlir::om {

enum class Severity {
  /// The model cannot run, or would compute something else than it says.
  Error,
  /// Legal, but something a user should know.
  Warning,
};

/// "error" or "warning".
llvm::StringRef getName(Severity severity);

/// One thing that is wrong with a file.
struct Finding {
  /// Stable kebab-case word, listed in docs/om-format.md, "Check list" and
  /// "What the reader refuses".
  std::string id;
  Severity severity = Severity::Error;
  /// Index into `File::models`; -1 when the finding is about the file. A reader
  /// gives the index in a bundle only.
  int model = -1;
  /// What it is about: "op 'conv1'", "task 3", "header", ...
  std::string where;
  /// Byte in the file where that begins; for what the reader refuses, the byte
  /// that is wrong. Absent when there is none.
  std::optional<uint64_t> offset;
  std::string expected;
  std::string found;
  /// "expected ..., found ...", with the place in front.
  std::string text;
};

/// A finding of severity error about no model in particular.
Finding makeFinding(llvm::StringRef id, const llvm::Twine &where,
                    std::optional<uint64_t> offset, const llvm::Twine &expected,
                    const llvm::Twine &found);

/// The fault that ended the reading of a file. The message has one line: file,
/// sub-model, place, byte, what was expected and what was found.
class ReadError : public llvm::ErrorInfo<ReadError> {
public:
  static char ID;

  explicit ReadError(Finding finding) : fault(std::move(finding)) {}

  const Finding &getFinding() const { return fault; }

  /// These complete what the place of the fault cannot know.
  void setPath(llvm::StringRef newPath) { path = newPath.str(); }
  void setModel(int model) { fault.model = model; }
  /// Replaces the place by a more exact one.
  void setPlace(const llvm::Twine &where, std::optional<uint64_t> offset);

  void log(llvm::raw_ostream &out) const override;
  std::error_code convertToErrorCode() const override {
    return llvm::inconvertibleErrorCode();
  }

private:
  Finding fault;
  std::string path;
};

/// A `ReadError` with the finding that `makeFinding` makes of the arguments.
llvm::Error makeReadError(llvm::StringRef id, const llvm::Twine &where,
                          std::optional<uint64_t> offset,
                          const llvm::Twine &expected,
                          const llvm::Twine &found);

/// Changes the `ReadError` in `error`; success and other errors stay.
template <typename Change>
llvm::Error changeReadError(llvm::Error error, Change change) {
  return llvm::handleErrors(
      std::move(error), [&](std::unique_ptr<ReadError> fault) -> llvm::Error {
        change(*fault);
        return llvm::Error(std::move(fault));
      });
}

} // namespace gemlir::om

#endif // GEDIALECT_TARGET_OM_FINDING_H
