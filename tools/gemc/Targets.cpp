// SPDX-License-Identifier: Apache-2.0
//
// gemc targets: the chips that can be compiled for, and what is known of them.
#include "Commands.h"
#include "Text.h"

#include "GeDialect/Layout/Targets.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace gemlir;
using namespace gemlir::gemc;
namespace cl = llvm::cl;

static cl::opt<bool> asJSON("json", cl::desc("print JSON"),
                            cl::sub(targetsCommand));

static void printJSON() {
  llvm::json::Array entries;
  for (const Target &target : getTargets()) {
    llvm::json::Object entry{{"soc", target.soc},
                             {"default", target.soc == kDefaultTarget},
                             {"cube_reads_linear", target.cubeReadsLinear}};
    auto add = [&](const char *key, double number) {
      if (number != 0)
        entry[key] = number;
    };
    llvm::json::Array aliases;
    for (const TargetAlias &alias : getTargetAliases())
      if (alias.soc == target.soc)
        aliases.push_back(alias.name);
    if (!aliases.empty())
      entry["aliases"] = std::move(aliases);
    add("cube_cores", target.cubeCores);
    add("vector_cores", target.vectorCores);
    add("clock_mhz", target.clockMHz);
    add("memory_gb_per_s", target.memoryGBs);
    add("l2_mib", target.l2MiB);
    entries.push_back(std::move(entry));
  }
  llvm::outs() << llvm::formatv("{0:2}\n",
                                llvm::json::Value(std::move(entries)));
}

static std::string formatNumber(double number) {
  return number == 0 ? "-" : std::to_string(static_cast<int64_t>(number));
}

static void printText() {
  auto row = [](auto... cells) {
    llvm::outs() << llvm::formatv("{0,-18}{1,6}{2,8}{3,7}{4,8}{5,8}  {6}\n",
                                  cells...);
  };
  row("target", "cube", "vector", "MHz", "GB/s", "L2 MiB", "matrices");
  for (const Target &target : getTargets())
    row((target.soc + (target.soc == kDefaultTarget ? " *" : "")).str(),
        formatNumber(target.cubeCores), formatNumber(target.vectorCores),
        formatNumber(target.clockMHz), formatNumber(target.memoryGBs),
        formatNumber(target.l2MiB),
        target.cubeReadsLinear ? "linear or fractal" : "fractal");
  for (const TargetAlias &alias : getTargetAliases())
    llvm::outs() << alias.name << ": the same as " << alias.soc << "\n";
  llvm::outs() << "* default; '-': not known\n";
}

int gemlir::gemc::targetsMain() {
  if (asJSON)
    printJSON();
  else
    printText();
  return finishOutput(kSuccess);
}
