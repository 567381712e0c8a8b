// SPDX-License-Identifier: Apache-2.0
//
// Reads .npz: a zip archive of NumPy arrays. libzip interprets the archive. It
// reads through a source of ours over the mapped file, which notes where a
// member's bytes come from, so that a stored member can stay in the mapping.
#include "Formats.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/CRC.h"

#include <zip.h>

#include <cerrno>
#include <cstring>

using namespace gemlir;
using namespace gemlir::weightfile;

/// No deflate stream grows by more than this: 258 bytes out of 2 bits.
static constexpr uint64_t kMaxDeflateRatio = 1032;

namespace {
/// A seekable libzip source over a mapping. Outlives the archive.
class MappedZipSource {
public:
  explicit MappedZipSource(llvm::ArrayRef<uint8_t> bytes) : bytes(bytes) {
    zip_error_init(&error);
  }
  ~MappedZipSource() { zip_error_fini(&error); }
  MappedZipSource(const MappedZipSource &) = delete;
  MappedZipSource &operator=(const MappedZipSource &) = delete;

  static zip_int64_t callback(void *self, void *data, zip_uint64_t length,
                              zip_source_cmd_t command) {
    return static_cast<MappedZipSource *>(self)->run(data, length, command);
  }

  /// Forgets noted reads.
  void startNoting() { firstRead.reset(); }
  /// Where the first read since `startNoting` began.
  std::optional<uint64_t> getFirstRead() const { return firstRead; }

private:
  zip_int64_t run(void *data, zip_uint64_t length, zip_source_cmd_t command);

  llvm::ArrayRef<uint8_t> bytes;
  uint64_t position = 0;
  std::optional<uint64_t> firstRead;
  zip_error_t error;
};

/// Reads the members of one archive.
class NpzReader {
public:
  explicit NpzReader(std::shared_ptr<const MappedFile> file)
      : file(std::move(file)), source(this->file->bytes()) {}

  llvm::Expected<std::vector<NamedTensor>> read();

private:
  llvm::Error checkEntries(zip_t *archive);
  llvm::Expected<NamedTensor> readMember(zip_t *archive, uint64_t index,
                                         llvm::StringRef name);
  std::optional<llvm::ArrayRef<uint8_t>>
  findStored(const zip_stat_t &entry, llvm::ArrayRef<uint8_t> start) const;

  std::shared_ptr<const MappedFile> file;
  MappedZipSource source;
};
} // namespace

zip_int64_t MappedZipSource::run(void *data, zip_uint64_t length,
                                 zip_source_cmd_t command) {
  switch (command) {
  case ZIP_SOURCE_OPEN:
    position = 0;
    return 0;
  case ZIP_SOURCE_READ: {
    if (!firstRead)
      firstRead = position;
    uint64_t count = std::min<uint64_t>(length, bytes.size() - position);
    if (count)
      std::memcpy(data, bytes.data() + position, count);
    position += count;
    return count;
  }
  case ZIP_SOURCE_SEEK: {
    zip_int64_t offset = zip_source_seek_compute_offset(position, bytes.size(),
                                                        data, length, &error);
    if (offset < 0)
      return -1;
    position = offset;
    return 0;
  }
  case ZIP_SOURCE_TELL:
    return position;
  case ZIP_SOURCE_STAT: {
    if (length < sizeof(zip_stat_t))
      break;
    auto *stat = static_cast<zip_stat_t *>(data);
    zip_stat_init(stat);
    stat->valid = ZIP_STAT_SIZE;
    stat->size = bytes.size();
    return sizeof(zip_stat_t);
  }
  case ZIP_SOURCE_ERROR:
    return zip_error_to_data(&error, data, length);
  case ZIP_SOURCE_CLOSE:
  case ZIP_SOURCE_FREE:
    return 0;
  case ZIP_SOURCE_SUPPORTS:
    return zip_source_make_command_bitmap(
        ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL,
        ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR, ZIP_SOURCE_CLOSE, ZIP_SOURCE_FREE,
        ZIP_SOURCE_SUPPORTS, -1);
  default:
    break;
  }
  zip_error_set(&error, ZIP_ER_OPNOTSUPP, 0);
  return -1;
}

/// Reads up to `count` bytes; fewer at the end of the member.
static llvm::Expected<uint64_t> readUpTo(zip_file_t *member, uint8_t *to,
                                         uint64_t count) {
  uint64_t done = 0;
  while (done < count) {
    zip_int64_t got = zip_fread(member, to + done, count - done);
    if (got < 0)
      return makeErrorf("cannot be read: {0}", zip_file_strerror(member));
    if (got == 0)
      break;
    done += got;
  }
  return done;
}

/// Where the stored member `entry`, which begins with `start`, lies in the
/// file; empty when that cannot be told for sure.
std::optional<llvm::ArrayRef<uint8_t>>
NpzReader::findStored(const zip_stat_t &entry,
                      llvm::ArrayRef<uint8_t> start) const {
  std::optional<uint64_t> offset = source.getFirstRead();
  if (entry.comp_method != ZIP_CM_STORE || !offset || *offset > file->size() ||
      entry.size > file->size() - *offset)
    return std::nullopt;
  llvm::ArrayRef<uint8_t> bytes = file->bytes().slice(*offset, entry.size);
  if (!bytes.take_front(start.size()).equals(start))
    return std::nullopt;
  // libzip checks this sum only for bytes that it hands out itself.
  if (llvm::crc32(bytes) != entry.crc)
    return std::nullopt;
  return bytes;
}

llvm::Expected<NamedTensor>
NpzReader::readMember(zip_t *archive, uint64_t index, llvm::StringRef name) {
  zip_stat_t entry;
  if (zip_stat_index(archive, index, 0, &entry) != 0)
    return makeErrorf("cannot be read: {0}", zip_strerror(archive));
  std::unique_ptr<zip_file_t, int (*)(zip_file_t *)> member(
      zip_fopen_index(archive, index, 0), zip_fclose);
  if (!member)
    return makeErrorf("cannot be read: {0}", zip_strerror(archive));

  source.startNoting();
  std::vector<uint8_t> start(kNpyPreambleBytes);
  llvm::Expected<uint64_t> got =
      readUpTo(member.get(), start.data(), start.size());
  if (!got)
    return got.takeError();
  start.resize(*got);
  llvm::Expected<uint64_t> headerBytes = getNpyHeaderBytes(start);
  if (!headerBytes)
    return headerBytes.takeError();
  if (*headerBytes > start.size()) {
    size_t have = start.size();
    start.resize(*headerBytes);
    got = readUpTo(member.get(), start.data() + have, start.size() - have);
    if (!got)
      return got.takeError();
    start.resize(have + *got);
  }
  llvm::Expected<NpyHeader> header = parseNpyHeader(start);
  if (!header)
    return header.takeError();

  if (entry.size < header->headerBytes ||
      entry.size - header->headerBytes != header->dataBytes)
    return makeErrorf("the npy header announces {0} bytes of elements, but the "
                      "member has {1} bytes, {2} of them header",
                      header->dataBytes, entry.size, header->headerBytes);
  if (std::optional<llvm::ArrayRef<uint8_t>> bytes = findStored(entry, start))
    return makeNpyTensor(name, *header, bytes->drop_front(header->headerBytes),
                         file);

  llvm::Expected<std::shared_ptr<llvm::WritableMemoryBuffer>> buffer =
      allocateBytes(header->dataBytes);
  if (!buffer)
    return buffer.takeError();
  auto *data = reinterpret_cast<uint8_t *>((*buffer)->getBufferStart());
  // A preamble longer than the header has read the first elements already.
  uint64_t early = start.size() - header->headerBytes;
  std::memcpy(data, start.data() + header->headerBytes, early);
  got = readUpTo(member.get(), data + early, header->dataBytes - early);
  if (!got)
    return got.takeError();
  if (*got != header->dataBytes - early)
    return makeErrorf("ends after {0} of {1} bytes", start.size() + *got,
                      entry.size);
  // libzip compares the checksum when it meets the end.
  uint8_t more;
  got = readUpTo(member.get(), &more, 1);
  if (!got)
    return got.takeError();
  if (*got != 0)
    return makeErrorf("goes on after its {0} bytes", entry.size);
  return makeNpyTensor(name, *header, {data, (*buffer)->getBufferSize()},
                       *buffer);
}

/// Refuses archives whose directory promises more than the file can hold,
/// before anything is allocated for it.
llvm::Error NpzReader::checkEntries(zip_t *archive) {
  llvm::StringSet<> names;
  uint64_t totalCompressed = 0;
  for (zip_int64_t i = 0, e = zip_get_num_entries(archive, 0); i < e; ++i) {
    zip_stat_t entry;
    if (zip_stat_index(archive, i, 0, &entry) != 0)
      return makeErrorf("member {0} cannot be read: {1}", i,
                        zip_strerror(archive));
    constexpr zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE |
                                    ZIP_STAT_COMP_SIZE | ZIP_STAT_CRC |
                                    ZIP_STAT_COMP_METHOD;
    if ((entry.valid & needed) != needed)
      return makeErrorf("member {0} has an incomplete directory entry", i);
    auto fail = [&](const llvm::Twine &message) {
      return makeError(llvm::Twine("member '") + entry.name + "' " + message);
    };
    if (!names.insert(entry.name).second)
      return fail("occurs twice");
    if ((entry.valid & ZIP_STAT_ENCRYPTION_METHOD) &&
        entry.encryption_method != ZIP_EM_NONE)
      return fail("is encrypted");
    // Entries that share their bytes are how small files become large ones.
    if (entry.comp_size > file->size() - totalCompressed)
      return fail("overlaps another one: it claims " +
                  llvm::Twine(entry.comp_size) + " bytes, the members before " +
                  llvm::Twine(totalCompressed) + ", of a file of " +
                  llvm::Twine(file->size()));
    totalCompressed += entry.comp_size;
    if (entry.comp_method == ZIP_CM_STORE) {
      if (entry.size != entry.comp_size)
        return fail(
            "is stored, but has two sizes: " + llvm::Twine(entry.comp_size) +
            " and " + llvm::Twine(entry.size) + " bytes");
    } else if (entry.comp_method == ZIP_CM_DEFLATE) {
      if (entry.size / kMaxDeflateRatio > entry.comp_size)
        return fail("claims to hold " + llvm::Twine(entry.size) + " bytes in " +
                    llvm::Twine(entry.comp_size) + ", more than deflate can");
    } else {
      return fail("has compression method " + llvm::Twine(entry.comp_method) +
                  ", expected 0 (stored) or 8 (deflated)");
    }
  }
  return llvm::Error::success();
}

llvm::Expected<std::vector<NamedTensor>> NpzReader::read() {
  zip_error_t error;
  zip_error_init(&error);
  llvm::scope_exit finiError([&] { zip_error_fini(&error); });
  zip_source_t *zipSource =
      zip_source_function_create(MappedZipSource::callback, &source, &error);
  if (!zipSource)
    return makeErrorf("cannot be opened: {0}", zip_error_strerror(&error));
  std::unique_ptr<zip_t, void (*)(zip_t *)> archive(
      zip_open_from_source(zipSource, ZIP_RDONLY, &error), zip_discard);
  if (!archive) {
    zip_source_free(zipSource);
    return makeErrorf("is not a complete zip archive: {0}",
                      zip_error_strerror(&error));
  }

  if (llvm::Error failed = checkEntries(archive.get()))
    return failed;
  std::vector<NamedTensor> tensors;
  for (zip_int64_t i = 0, e = zip_get_num_entries(archive.get(), 0); i < e;
       ++i) {
    llvm::StringRef memberName = zip_get_name(archive.get(), i, 0);
    // Like NumPy, tell an array by its magic and not by its suffix.
    llvm::StringRef name = memberName;
    name.consume_back(".npy");
    llvm::Expected<NamedTensor> tensor = readMember(archive.get(), i, name);
    if (!tensor)
      return addContext(tensor.takeError(), "member '" + memberName + "'");
    tensors.push_back(std::move(*tensor));
  }
  return tensors;
}

bool weightfile::hasZipMagic(llvm::ArrayRef<uint8_t> bytes) {
  llvm::StringRef text = llvm::toStringRef(bytes);
  // The second one is an archive without members.
  return text.starts_with("PK\x03\x04") || text.starts_with("PK\x05\x06");
}

llvm::Expected<std::vector<NamedTensor>>
weightfile::readNpzFile(std::shared_ptr<const MappedFile> file) {
  return NpzReader(std::move(file)).read();
}
