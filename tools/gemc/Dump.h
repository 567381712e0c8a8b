// SPDX-License-Identifier: Apache-2.0
//
// Directories of tensors: what `gemc run --dump-all` writes and `gemc compare`
// reads. docs/gemc.md, "Dumps", describes the files.
#ifndef GEMC_DUMP_H
#define GEMC_DUMP_H

#include "GeDialect/Execution/Session.h"
#include "GeDialect/Target/WeightFile/WeightFile.h"

#include <string>
#include <vector>

namespace gemlir::gemc {

/// One tensor of a dump.
struct DumpEntry {
  std::string node;
  std::string type; // of the operator; "Data" and "NetOutput" for the model's
                    // inputs and outputs
  int64_t output = 0;
  std::string dtype; // of the model; bf16 is f32 in the file
  std::vector<int64_t> dims;
  std::string format;
  std::string file; // name in the directory
};

/// Writes a dump, tensor by tensor. It appears in its directory with `commit`
/// and not before; without it nothing is left behind.
class DumpWriter {
public:
  /// Makes the directory, which must be empty when it exists.
  static llvm::Expected<std::unique_ptr<DumpWriter>>
  create(llvm::StringRef directory);
  ~DumpWriter();
  DumpWriter(const DumpWriter &) = delete;
  DumpWriter &operator=(const DumpWriter &) = delete;

  llvm::Error add(const exec::NodeOutput &output);
  /// Adds an input ("Data") or output ("NetOutput") of the model.
  llvm::Error addPort(const exec::HostTensor &tensor, llvm::StringRef type);
  llvm::Error commit();

private:
  DumpWriter(llvm::StringRef directory, bool isNew)
      : directory(directory), isNew(isNew) {}
  std::string getPath(llvm::StringRef base, llvm::StringRef file) const;
  llvm::Error writeIndex() const;

  std::string directory;
  bool isNew;            // made by us
  std::string temporary; // where the files are until `commit`
  std::vector<DumpEntry> entries;
};

/// A directory that can be compared: a dump, or `.npy` files named after
/// tensors.
class Dump {
public:
  static llvm::Expected<Dump> open(llvm::StringRef directory);

  /// Whether names of nodes are known, and not just names of files.
  bool hasIndex() const { return indexed; }
  /// In the order of execution; without an index, by name.
  llvm::ArrayRef<DumpEntry> getEntries() const { return entries; }

  /// The elements of a tensor, mapped. An error when the file does not hold
  /// what the index says.
  llvm::Expected<NamedTensor> read(const DumpEntry &entry) const;

private:
  llvm::Error readIndex(llvm::StringRef path);
  llvm::Error listFiles();

  std::string directory;
  bool indexed = false;
  std::vector<DumpEntry> entries;
};

} // namespace gemlir::gemc

#endif // GEMC_DUMP_H
