// SPDX-License-Identifier: Apache-2.0
//
// The texts of findings and of the errors that carry one.
#include "GeDialect/Target/OM/Finding.h"

#include "llvm/Support/raw_ostream.h"

using namespace gemlir;
using namespace gemlir::om;

char ReadError::ID = 0;

llvm::StringRef om::getName(Severity severity) {
  return severity == Severity::Error ? "error" : "warning";
}

static std::string makeText(const Finding &finding) {
  return finding.where + ": expected " + finding.expected + ", found " +
         finding.found;
}

Finding om::makeFinding(llvm::StringRef id, const llvm::Twine &where,
                        std::optional<uint64_t> offset,
                        const llvm::Twine &expected, const llvm::Twine &found) {
  Finding finding;
  finding.id = id.str();
  finding.where = where.str();
  finding.offset = offset;
  finding.expected = expected.str();
  finding.found = found.str();
  finding.text = makeText(finding);
  return finding;
}

llvm::Error om::makeReadError(llvm::StringRef id, const llvm::Twine &where,
                              std::optional<uint64_t> offset,
                              const llvm::Twine &expected,
                              const llvm::Twine &found) {
  return llvm::make_error<ReadError>(
      makeFinding(id, where, offset, expected, found));
}

void ReadError::setPlace(const llvm::Twine &where,
                         std::optional<uint64_t> offset) {
  fault.where = where.str();
  fault.offset = offset;
  fault.text = makeText(fault);
}

void ReadError::log(llvm::raw_ostream &out) const {
  if (!path.empty())
    out << path << ": ";
  if (fault.model >= 0)
    out << "sub-model " << fault.model << ": ";
  out << fault.where;
  if (fault.offset)
    out << " at byte " << *fault.offset;
  out << ": expected " << fault.expected << ", found " << fault.found;
}
