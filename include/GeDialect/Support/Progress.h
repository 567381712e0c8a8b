// SPDX-License-Identifier: Apache-2.0
//
// Progress of long work on a terminal: phase names, nothing else.
#ifndef GEDIALECT_SUPPORT_PROGRESS_H
#define GEDIALECT_SUPPORT_PROGRESS_H

#include "llvm/ADT/StringRef.h"

#include <chrono>
#include <string>

namespace gemlir {

/// Shows the name of the current phase on standard error when it is a terminal
/// and the work has lasted more than a second; silent on a pipe. One object
/// per command, used from one thread.
class Progress {
public:
  Progress();
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

  /// Enters the phase `name`, e.g. "planning memory".
  void phase(llvm::StringRef name);

  /// Reports `done` of `total` units inside the current phase.
  void update(uint64_t done, uint64_t total);

private:
  void print(llvm::StringRef text);

  bool enabled;
  bool shown = false;
  std::chrono::steady_clock::time_point start;
  std::string current;
};

} // namespace gemlir

#endif // GEDIALECT_SUPPORT_PROGRESS_H
