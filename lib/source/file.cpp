#include "source/file.hpp"

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/clock.hpp"
#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "core/system_error.hpp"
#include "core/url.hpp"
#include "source/glob.hpp"

namespace failover {

namespace {

WallTime time_of(const timespec& time) {
  return wall_time(time.tv_sec, time.tv_nsec);
}

/// The inode tells a file that was replaced under the same name, size and time.
ObjectInfo info_of(const std::filesystem::path& path, const struct stat& info) {
  return {path.filename().string(), path.string(), static_cast<std::uint64_t>(info.st_size), time_of(info.st_mtim),
          std::to_string(info.st_dev) + ":" + std::to_string(info.st_ino)};
}

/// An open descriptor goes on to show what was replaced; another object under the name needs another one.
bool is_same(const ObjectInfo& a, const ObjectInfo& b) {
  return a.path == b.path && a.size == b.size && a.modified == b.modified && a.version == b.version;
}

class FileSource : public Source {
 public:
  FileSource(PathPattern pattern, std::string location) noexcept
      : pattern_(std::move(pattern)), location_(std::move(location)) {}

  [[nodiscard]] std::string describe() const override { return location_; }

  Result<std::vector<ObjectInfo>> list(const Context& context) override {
    if (!pattern_.is_listing()) return std::vector{FO_TRY(stat(pattern_.path(), context))};
    std::vector<ObjectInfo> objects;
    std::error_code error;
    std::filesystem::directory_iterator entry(pattern_.folder, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
      FO_TRY(context.check());
      struct stat info{};
      if (!pattern_.matches(entry->path().filename().string())) continue;
      // A name that goes while we list is simply not there any more.
      if (::stat(entry->path().c_str(), &info) == 0 && S_ISREG(info.st_mode)) {
        objects.push_back(info_of(entry->path(), info));
      }
    }
    if (error) return std::unexpected(system_error(error.value(), "cannot list " + pattern_.folder));
    return objects;
  }

  Result<ObjectInfo> stat(const std::string& path, const Context& context) override {
    FO_TRY(context.check());
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) return fail_errno("cannot look at " + path);
    if (!S_ISREG(info.st_mode)) {
      return fail(ErrorKind::not_found, path + " is not a regular file; end the path of a folder with '/'");
    }
    return info_of(path, info);
  }

  Result<std::size_t> read(const ObjectInfo& object, std::uint64_t offset, std::span<std::byte> buffer,
                           const Context& context) override {
    FO_TRY(context.check());
    if (!fd_ || !is_same(open_object_, object)) FO_TRY(open_object(object));
    auto count = while_doing("reading " + object.path, read_at(fd_.get(), offset, buffer));
    // The next read opens anew, so that an object that was replaced meanwhile is seen.
    if (!count || *count == 0) fd_.reset();
    return count;
  }

  [[nodiscard]] Result<std::unique_ptr<Source>> another() const override {
    return std::make_unique<FileSource>(pattern_, location_);
  }

 private:
  Result<void> open_object(const ObjectInfo& object) {
    // Without O_NONBLOCK a file that became a FIFO would hold us for ever.
    fd_ = FO_TRY(open_file(object.path, O_RDONLY | O_NONBLOCK | O_NOCTTY));
    open_object_ = object;
    struct stat info{};
    if (::fstat(fd_.get(), &info) != 0) return fail_errno("cannot look at " + object.path);
    if (is_same(info_of(object.path, info), object)) return {};
    fd_.reset();
    return fail(ErrorKind::conflict, object.name + " was replaced or written to meanwhile");
  }

  PathPattern pattern_;
  std::string location_;
  ObjectInfo open_object_;
  Fd fd_;
};

}  // namespace

Result<std::unique_ptr<Source>> make_file_source(const Url& url, const SourceOptions& /*options*/) {
  if (!url.host.empty() && url.host != "localhost") {
    return fail(ErrorKind::usage, "file:// names a file of this host: write file:///PATH with three slashes");
  }
  if (!url.user.empty() || url.port) return fail(ErrorKind::usage, "a file:// location has no user and no port");
  // '?' is a wildcard here and not the start of a query.
  const auto encoded = url.path + (url.has_query ? "?" + url.query : "");
  auto pattern = FO_TRY(parse_path_pattern(encoded));
  return std::make_unique<FileSource>(std::move(pattern), "file://" + encoded);
}

}  // namespace failover
