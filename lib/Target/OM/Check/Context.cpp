// SPDX-License-Identifier: Apache-2.0
//
// What several checks need.
#include "Context.h"

#include "llvm/Support/Path.h"

using namespace gemlir;
using namespace gemlir::om;

void Reporter::add(Severity severity, llvm::StringRef id, const Place &place,
                   const llvm::Twine &expected, const llvm::Twine &found) {
  Finding finding = makeFinding(id, place.name, place.offset, expected, found);
  finding.severity = severity;
  finding.model = model;
  findings.push_back(std::move(finding));
}

void Reporter::add(llvm::Error error) {
  llvm::handleAllErrors(std::move(error), [&](const ReadError &fault) {
    findings.push_back(fault.getFinding());
    findings.back().model = model;
  });
}

bool om::leavesDirectory(llvm::StringRef path) {
  namespace path_ns = llvm::sys::path;
  for (path_ns::Style style :
       {path_ns::Style::posix, path_ns::Style::windows_backslash}) {
    if (path_ns::has_root_directory(path, style))
      return true;
    for (auto it = path_ns::begin(path, style), end = path_ns::end(path);
         it != end; ++it)
      if (*it == "..")
        return true;
  }
  return false;
}
