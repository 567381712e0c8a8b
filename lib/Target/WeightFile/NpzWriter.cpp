// SPDX-License-Identifier: Apache-2.0
//
// Writes .npz with stored members. libzip writes through a source of ours into
// the output stream, so that neither the archive nor a second copy of the
// weights is ever in memory.
#include "Formats.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"

#include <zip.h>

#include <cerrno>
#include <deque>

using namespace gemlir;
using namespace gemlir::weightfile;

/// 1980-01-01, the first day of zip and what NumPy writes.
static constexpr zip_uint16_t kFixedDate = 0x21;
static constexpr size_t kMaxNameBytes = 65535;
static constexpr size_t kFlushBytes = 1 << 20;

namespace {
/// A libzip source that only takes a new archive. Outlives the archive.
class StreamZipSource {
public:
  explicit StreamZipSource(llvm::raw_pwrite_stream &out)
      : out(out), begin(out.tell()) {
    zip_error_init(&error);
  }
  ~StreamZipSource() { zip_error_fini(&error); }
  StreamZipSource(const StreamZipSource &) = delete;
  StreamZipSource &operator=(const StreamZipSource &) = delete;

  static zip_int64_t callback(void *self, void *data, zip_uint64_t length,
                              zip_source_cmd_t command) {
    return static_cast<StreamZipSource *>(self)->run(data, length, command);
  }

private:
  zip_int64_t run(void *data, zip_uint64_t length, zip_source_cmd_t command);
  void write(const char *data, uint64_t count);
  void flush();

  llvm::raw_pwrite_stream &out;
  /// The end of the archive that `out` does not have yet: libzip writes in
  /// pieces of 8 KiB, too small for one system call each.
  std::string pending;
  /// Where the archive begins in the stream.
  uint64_t begin;
  uint64_t position = 0;
  uint64_t size = 0;
  zip_error_t error;
};
} // namespace

void StreamZipSource::flush() {
  out << pending;
  pending.clear();
}

void StreamZipSource::write(const char *data, uint64_t count) {
  // libzip goes back to complete a member's header; a stream overwrites and
  // appends by different functions.
  uint64_t over = std::min(count, size - position);
  if (over) {
    flush();
    out.pwrite(data, over, begin + position);
  }
  pending.append(data + over, count - over);
  if (pending.size() >= kFlushBytes)
    flush();
  position += count;
  size = std::max(size, position);
}

zip_int64_t StreamZipSource::run(void *data, zip_uint64_t length,
                                 zip_source_cmd_t command) {
  switch (command) {
  case ZIP_SOURCE_STAT:
    // There is no archive yet.
    zip_error_set(&error, ZIP_ER_READ, ENOENT);
    return -1;
  case ZIP_SOURCE_WRITE:
    write(static_cast<const char *>(data), length);
    return length;
  case ZIP_SOURCE_SEEK_WRITE: {
    zip_int64_t offset =
        zip_source_seek_compute_offset(position, size, data, length, &error);
    if (offset < 0)
      return -1;
    position = offset;
    return 0;
  }
  case ZIP_SOURCE_TELL_WRITE:
    return position;
  case ZIP_SOURCE_ERROR:
    return zip_error_to_data(&error, data, length);
  case ZIP_SOURCE_COMMIT_WRITE:
    flush();
    return 0;
  case ZIP_SOURCE_BEGIN_WRITE:
  case ZIP_SOURCE_ROLLBACK_WRITE:
  case ZIP_SOURCE_CLOSE:
  case ZIP_SOURCE_FREE:
    return 0;
  case ZIP_SOURCE_SUPPORTS:
    // libzip demands the reading commands of everything it opens; for a new
    // archive it calls none of them.
    return ZIP_SOURCE_SUPPORTS_WRITABLE;
  default:
    zip_error_set(&error, ZIP_ER_OPNOTSUPP, 0);
    return -1;
  }
}

/// Whether a program that unpacks the archive would write outside of its
/// directory. Names come from model files.
static bool leavesDirectory(llvm::StringRef name) {
  bool hasDrive = name.size() > 1 && name[1] == ':' && llvm::isAlpha(name[0]);
  llvm::SmallVector<llvm::StringRef> parts;
  llvm::SplitString(name, parts, "/\\");
  return hasDrive || name.starts_with("/") || name.starts_with("\\") ||
         llvm::is_contained(parts, "..");
}

/// Adds one member made of a header and the tensor's own bytes.
static llvm::Error addMember(zip_t *archive, const TensorToWrite &tensor,
                             std::string &header) {
  llvm::Expected<std::string> formatted =
      formatNpyHeader(tensor.type, tensor.dims);
  if (!formatted)
    return formatted.takeError();
  header = std::move(*formatted);
  // libzip would cut the name off without a word.
  std::string name = tensor.name + ".npy";
  if (name.size() > kMaxNameBytes)
    return makeErrorf("its name has {0} bytes, more than a zip member can",
                      tensor.name.size());
  if (leavesDirectory(name))
    return makeError("its name is a path out of the directory where the file "
                     "is unpacked; a .safetensors file can hold it");
  zip_buffer_fragment_t fragments[2] = {};
  fragments[0].data = reinterpret_cast<zip_uint8_t *>(header.data());
  fragments[0].length = header.size();
  // libzip's fragments are not const, but a source for reading leaves them be.
  fragments[1].data = const_cast<zip_uint8_t *>(tensor.bytes.data());
  fragments[1].length = tensor.bytes.size();
  zip_source_t *source = zip_source_buffer_fragment(
      archive, fragments, tensor.bytes.empty() ? 1 : 2, /*freep=*/0);
  if (!source)
    return makeError(zip_strerror(archive));
  zip_int64_t index =
      zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(source);
    return makeError(zip_strerror(archive));
  }
  if (zip_set_file_compression(archive, index, ZIP_CM_STORE, 0) != 0 ||
      zip_file_set_dostime(archive, index, /*dostime=*/0, kFixedDate, 0) != 0)
    return makeError(zip_strerror(archive));
  return llvm::Error::success();
}

llvm::Error weightfile::writeNpzStream(llvm::raw_pwrite_stream &out,
                                       llvm::ArrayRef<TensorToWrite> tensors) {
  // libzip would remove an archive without members instead of writing it.
  if (tensors.empty()) {
    out << llvm::StringLiteral::withInnerNUL("PK\x05\x06");
    out.write_zeros(18);
    return llvm::Error::success();
  }

  StreamZipSource target(out);
  zip_error_t error;
  zip_error_init(&error);
  llvm::scope_exit finiError([&] { zip_error_fini(&error); });
  zip_source_t *source =
      zip_source_function_create(StreamZipSource::callback, &target, &error);
  if (!source)
    return makeError(zip_error_strerror(&error));
  // Headers must stay where they are until the archive is closed.
  std::deque<std::string> headers;
  std::unique_ptr<zip_t, void (*)(zip_t *)> archive(
      zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, &error),
      zip_discard);
  if (!archive) {
    zip_source_free(source);
    return makeError(zip_error_strerror(&error));
  }
  for (const TensorToWrite &tensor : tensors)
    if (llvm::Error failed =
            addMember(archive.get(), tensor, headers.emplace_back()))
      return addContext(std::move(failed), "tensor '" + tensor.name + "'");
  // Closing writes everything, and frees the archive only when it succeeds.
  if (zip_close(archive.get()) != 0)
    return makeError(zip_strerror(archive.get()));
  (void)archive.release();
  return llvm::Error::success();
}
