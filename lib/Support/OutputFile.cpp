// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Support/OutputFile.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/FileSystem.h"

#include <csignal>

using namespace gemlir;

/// Runs `write` on `stream` and turns a failed write into an error.
static llvm::Error
runWriter(llvm::raw_fd_ostream &stream, llvm::StringRef path,
          llvm::function_ref<llvm::Error(llvm::raw_pwrite_stream &)> write) {
  llvm::Error error = write(stream);
  stream.flush();
  std::error_code streamError = stream.error();
  // An unread stream error would abort in the stream's destructor.
  stream.clear_error();
  if (error)
    return addContext(std::move(error), "cannot write '" + path + "'");
  if (streamError)
    return makeError("cannot write '" + path + "': " + streamError.message());
  return llvm::Error::success();
}

llvm::Error gemlir::writeFileAtomically(
    llvm::StringRef path,
    llvm::function_ref<llvm::Error(llvm::raw_pwrite_stream &)> write) {
  // A file-size limit raises SIGXFSZ, which would kill the process and leave
  // the temporary file behind; as an error code it is an ordinary failure.
  ::signal(SIGXFSZ, SIG_IGN);

  // A pipe or a terminal cannot be seeked: collect, then write.
  auto writeThroughMemory = [&](llvm::raw_fd_ostream &out) -> llvm::Error {
    llvm::SmallVector<char, 0> buffer;
    llvm::raw_svector_ostream memory(buffer);
    if (llvm::Error error = write(memory))
      return error;
    return runWriter(out, path, [&](llvm::raw_pwrite_stream &stream) {
      stream.write(buffer.data(), buffer.size());
      return llvm::Error::success();
    });
  };
  if (path == "-")
    return writeThroughMemory(llvm::outs());

  // Follow links, so that the link stays and its target is replaced.
  llvm::SmallString<256> target(path);
  llvm::sys::fs::file_status status;
  if (!llvm::sys::fs::status(path, status) && llvm::sys::fs::exists(status)) {
    if (llvm::sys::fs::is_directory(status))
      return makeError("cannot write '" + path + "': is a directory");
    if (!llvm::sys::fs::is_regular_file(status)) {
      std::error_code ec;
      llvm::raw_fd_ostream device(path, ec, llvm::sys::fs::CD_OpenExisting,
                                  llvm::sys::fs::FA_Write,
                                  llvm::sys::fs::OF_None);
      if (ec)
        return makeError("cannot write '" + path + "': " + ec.message());
      return writeThroughMemory(device);
    }
    if (std::error_code ec = llvm::sys::fs::real_path(path, target))
      return makeError("cannot write '" + path + "': " + ec.message());
  }

  llvm::Expected<llvm::sys::fs::TempFile> temp =
      llvm::sys::fs::TempFile::create(target + ".tmp-%%%%%%%%",
                                      llvm::sys::fs::all_read |
                                          llvm::sys::fs::owner_write);
  if (!temp)
    return addContext(temp.takeError(), "cannot write '" + path + "'");
  llvm::raw_fd_ostream stream(temp->FD, /*shouldClose=*/false);
  if (llvm::Error error = runWriter(stream, path, write)) {
    llvm::consumeError(temp->discard());
    return error;
  }
  if (llvm::Error error = temp->keep(target)) {
    llvm::consumeError(temp->discard());
    return addContext(std::move(error), "cannot write '" + path + "'");
  }
  return llvm::Error::success();
}
