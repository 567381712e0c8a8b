// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Support/Progress.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

using namespace gemlir;

/// Work shorter than this stays silent.
static constexpr std::chrono::seconds kQuietTime(1);

Progress::Progress()
    : enabled(llvm::sys::Process::StandardErrIsDisplayed()),
      start(std::chrono::steady_clock::now()) {}

Progress::~Progress() {
  if (shown)
    llvm::errs() << "\r\033[K";
}

void Progress::print(llvm::StringRef text) {
  if (!enabled || std::chrono::steady_clock::now() - start < kQuietTime)
    return;
  llvm::errs() << "\r\033[K" << text << "...";
  llvm::errs().flush();
  shown = true;
}

void Progress::phase(llvm::StringRef name) {
  current = name.str();
  print(current);
}

void Progress::update(uint64_t done, uint64_t total) {
  if (total != 0)
    print(llvm::formatv("{0} {1}%", current,
                        static_cast<unsigned>(100.0 * done / total))
              .str());
}
