#include "core/secret.hpp"

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>

#include <failover/error.hpp>

#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "core/system_error.hpp"

namespace failover {

namespace {

constexpr std::size_t credential_limit = std::size_t{64} * 1024;

void wipe(std::string& value) noexcept {
  OPENSSL_cleanse(value.data(), value.capacity());
  value.clear();
}

std::filesystem::path find_credential(const std::filesystem::path& path) {
  std::error_code ignored;
  if (path.is_absolute() || std::filesystem::exists(path, ignored)) return path;
  const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
  return directory == nullptr ? path : std::filesystem::path(directory) / path;
}

}  // namespace

Secret::Secret(std::string value) noexcept : value_(std::move(value)) {}

// A moved-from std::string may keep a short value in its own storage: wipe it.
Secret::Secret(Secret&& other) noexcept : value_(std::move(other.value_)) {
  wipe(other.value_);
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe(value_);
    value_ = std::move(other.value_);
    wipe(other.value_);
  }
  return *this;
}

Secret::~Secret() {
  wipe(value_);
}

Result<Secret> read_credential_file(const std::filesystem::path& path) {
  const auto place = find_credential(path);
  const auto opened = open_file(place, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  // A setting that names no readable file: nothing was tried with it.
  if (!opened) return fail(ErrorKind::config, "credential file: " + opened.error().message);
  const Fd& fd = *opened;
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return fail_errno("cannot look at " + place.string());
  if (!S_ISREG(info.st_mode)) {
    return fail(ErrorKind::config, "credential file " + place.string() + " is not a regular file");
  }
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return fail(ErrorKind::config, "credential file " + place.string() +
                                       " can be read by others than its owner; type: chmod 600 " + place.string());
  }
  // Room for all of it at once, so that no reallocation leaves a copy behind.
  std::string content(static_cast<std::size_t>(info.st_size), '\0');
  if (content.size() > credential_limit) {
    return fail(ErrorKind::config, "credential file " + place.string() +
                                       " is larger than 64 KiB, so it is another file; name the right one");
  }
  const auto count = FO_TRY(
      while_doing("reading " + place.string(), read_at(fd.get(), 0, std::as_writable_bytes(std::span(content)))));
  content.resize(count);
  return Secret(std::move(content));
}

Result<Secret> read_password_file(const std::filesystem::path& path) {
  const Secret content = FO_TRY(read_credential_file(path));
  const auto line = content.reveal().substr(0, content.reveal().find_first_of("\r\n"));
  if (line.empty())
    return fail(ErrorKind::config,
                "password file " + path.string() + " has an empty first line; the password belongs there");
  return Secret(std::string(line));
}

}  // namespace failover
