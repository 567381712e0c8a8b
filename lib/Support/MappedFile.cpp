// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Support/MappedFile.h"

#include "GeDialect/Support/Error.h"

#include "llvm/Support/MathExtras.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace gemlir;

llvm::Expected<std::shared_ptr<const MappedFile>>
MappedFile::open(llvm::StringRef path) {
  std::string name = path.str();
  int fd = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return makeError("cannot open '" + path + "': " + std::strerror(errno));
  struct stat info;
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    ::close(fd);
    return makeError("cannot open '" + path + "': not a regular file");
  }
  size_t length = static_cast<size_t>(info.st_size);
  // mmap refuses a length of 0; an empty file needs no mapping.
  if (length == 0) {
    ::close(fd);
    return std::shared_ptr<const MappedFile>(new MappedFile(name, nullptr, 0));
  }
  void *data = ::mmap(nullptr, length, PROT_READ, MAP_PRIVATE, fd, 0);
  int mapErrno = errno;
  ::close(fd);
  if (data == MAP_FAILED)
    return makeError("cannot map '" + path + "': " + std::strerror(mapErrno));
  return std::shared_ptr<const MappedFile>(
      new MappedFile(name, static_cast<const uint8_t *>(data), length));
}

MappedFile::~MappedFile() {
  if (data)
    ::munmap(const_cast<uint8_t *>(data), length);
}

void MappedFile::release(llvm::ArrayRef<uint8_t> part) const {
  // Whole pages only: the rest may belong to what somebody else reads.
  uint64_t page = static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  uint64_t begin = part.data() - data, end = begin + part.size();
  begin = llvm::alignTo(begin, page);
  end = llvm::alignDown(end, page);
  if (begin < end)
    (void)::madvise(const_cast<uint8_t *>(data + begin), end - begin,
                    MADV_DONTNEED);
}

llvm::Expected<llvm::ArrayRef<uint8_t>>
MappedFile::slice(uint64_t offset, uint64_t count) const {
  if (offset > length || count > length - offset)
    return makeErrorf("bytes {0} to {0}+{1} lie outside '{2}' ({3} bytes)",
                      offset, count, path, length);
  return llvm::ArrayRef<uint8_t>(data + offset, count);
}
