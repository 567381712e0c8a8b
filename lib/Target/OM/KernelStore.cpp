// SPDX-License-Identifier: Apache-2.0
//
// Items of magic, u32 name length, u32 binary length, name, binary, one behind
// the other (docs/om-format.md, "Kernel stores").
#include "GeDialect/Target/OM/KernelStore.h"

#include "ByteReader.h"

#include "GeDialect/Support/Error.h"
#include "GeDialect/Target/OM/FileFormat.h"

#include "llvm/Support/EndianStream.h"

using namespace gemlir;
using namespace gemlir::om;

llvm::Expected<std::vector<StoredKernel>>
om::parseKernelStore(llvm::ArrayRef<uint8_t> bytes, uint64_t position,
                     llvm::StringRef where) {
  std::vector<StoredKernel> kernels;
  ByteReader reader(bytes, position, "kernel-store", where);
  while (reader.remaining() != 0) {
    StoredKernel kernel;
    kernel.offset = reader.position();
    uint32_t magic = 0, nameLength = 0, binaryLength = 0;
    if (llvm::Error error = reader.read(magic, "a kernel item"))
      return std::move(error);
    if (magic != kKernelItemMagic)
      return reader.fail(kernel.offset,
                         "magic 0x" + llvm::Twine::utohexstr(kKernelItemMagic) +
                             " of a kernel item",
                         "0x" + llvm::Twine::utohexstr(magic));
    if (llvm::Error error = reader.read(nameLength, "a kernel item"))
      return std::move(error);
    if (llvm::Error error = reader.read(binaryLength, "a kernel item"))
      return std::move(error);
    llvm::ArrayRef<uint8_t> name;
    if (llvm::Error error = reader.take(nameLength, name, "a kernel name"))
      return std::move(error);
    kernel.name.assign(name.begin(), name.end());
    if (llvm::Error error =
            reader.take(binaryLength, kernel.binary, "a kernel binary"))
      return std::move(error);
    kernels.push_back(std::move(kernel));
  }
  return kernels;
}

llvm::Expected<std::string> om::makeKernelHead(llvm::StringRef name,
                                               uint64_t binaryBytes) {
  if (name.size() > UINT32_MAX || binaryBytes > UINT32_MAX)
    return makeErrorf("expected a kernel of at most {0} bytes, found {1}",
                      UINT32_MAX, binaryBytes);
  std::string head;
  llvm::raw_string_ostream stream(head);
  llvm::support::endian::Writer writer(stream, llvm::endianness::little);
  writer.write<uint32_t>(kKernelItemMagic);
  writer.write<uint32_t>(name.size());
  writer.write<uint32_t>(binaryBytes);
  stream << name;
  return head;
}
