#include "dns/hosts.hpp"

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "core/file_lock.hpp"
#include "core/pause.hpp"
#include "core/system_error.hpp"
#include "core/url.hpp"
#include "dns/hosts_text.hpp"
#include "dns/readback_verifier.hpp"
#include "dns/swap_rule.hpp"
#include "dns/view_settings.hpp"

namespace failover {

namespace {

constexpr std::size_t most_bytes = std::size_t{16} * 1024 * 1024;
constexpr Duration lock_pause = std::chrono::milliseconds(20);

/// What was read, and whose it is.
struct HostsFile {
  std::string text;
  struct stat info{};
};

Result<HostsFile> read_hosts(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_symlink(path, ignored)) {
    return fail(ErrorKind::config, path.string() + " is a symbolic link; name the file that it points at");
  }
  const Fd fd = FO_TRY(open_file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  HostsFile file;
  if (::fstat(fd.get(), &file.info) != 0) return fail_errno("cannot look at " + path.string());
  if (!S_ISREG(file.info.st_mode)) return fail(ErrorKind::config, path.string() + " is not a regular file");
  if ((file.info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return fail(ErrorKind::config, fmt::format("others than its owner may write to {}; type: chmod go-w {}",
                                               path.string(), path.string()));
  }
  file.text = FO_TRY(while_doing("reading " + path.string(), read_to_end(fd.get(), most_bytes)));
  return file;
}

/// dnsmasq reads every file of a --hostsdir but those that begin with a dot.
std::filesystem::path beside(const std::filesystem::path& path, std::string_view ending) {
  return path.parent_path() / fmt::format(".{}.{}", path.filename().string(), ending);
}

Result<void> write_hosts(const std::filesystem::path& path, std::string_view text, const struct stat& like) {
  const auto temporary = beside(path, "failover-new");
  ::unlink(temporary.c_str());  // what a crash left there
  const auto written = [&]() -> Result<void> {
    const Fd fd = FO_TRY(open_file(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
    FO_TRY(write_all(fd.get(), text));
    if (::fchown(fd.get(), like.st_uid, like.st_gid) != 0) return fail_errno("cannot keep the owner");
    if (::fchmod(fd.get(), like.st_mode & 07777U) != 0) return fail_errno("cannot keep the mode");
    FO_TRY(sync_file(fd.get()));
    if (::rename(temporary.c_str(), path.c_str()) != 0) return fail_errno("cannot put the new file in its place");
    return sync_directory(path.parent_path());
  };
  auto result = while_doing("writing " + path.string(), written());
  if (!result) ::unlink(temporary.c_str());
  return result;
}

class HostsUpdater final : public DnsUpdater {
 public:
  HostsUpdater(std::filesystem::path path, HostsNames names) : path_(std::move(path)), names_(std::move(names)) {}

  [[nodiscard]] std::string describe() const override { return "hosts " + path_.string(); }
  [[nodiscard]] Swap swap() const noexcept override { return Swap::checked; }

  Result<ServiceRecord> current(const Context& /*context*/) override {
    const auto file = FO_TRY(while_doing(describe(), read_hosts(path_)));
    return while_doing(describe(), service_in_hosts(file.text, names_));
  }

  Result<void> replace(const ServiceRecord& given_from, const ServiceRecord& given_to,
                       const Context& context) override {
    const auto from = FO_TRY(own_part(given_from));
    const auto to = FO_TRY(own_part(given_to));
    FO_TRY(while_doing(describe(), check_swap(from, to)));
    const auto lock = FO_TRY(take_lock(context));
    const auto file = FO_TRY(while_doing(describe(), read_hosts(path_)));
    const auto now = FO_TRY(while_doing(describe(), service_in_hosts(file.text, names_)));
    if (!same_content(now, from)) {
      return fail(ErrorKind::conflict,
                  fmt::format("{}: {} is not as it was read ({}), nothing was changed; it now has {}", describe(),
                              names_.service, in_words(from), in_words(now)));
    }
    const auto text = FO_TRY(while_doing(describe(), hosts_with(file.text, names_, to)));
    if (text == file.text) return {};
    FO_TRY(while_doing(describe(), write_hosts(path_, text, file.info)));
    const auto after = FO_TRY(current(context));
    if (same_content(after, to)) return {};
    return fail(ErrorKind::conflict, fmt::format("{}: it was changed, and by somebody else at the same time: it now "
                                                 "has {}",
                                                 describe(), in_words(after)));
  }

  Result<void> prove_access(const Context& context) override {
    FO_TRY(current(context));
    // The lock lies where the new file is made.
    FO_TRY(take_lock(context));
    return {};
  }

 private:
  [[nodiscard]] Result<ServiceRecord> own_part(const ServiceRecord& given) const {
    auto record = FO_TRY(canonical_record(given));
    if (names_.epoch_record.empty()) record.mark.reset();
    if (names_.service.empty()) record.addresses.clear();
    return record;
  }

  Result<FileLock> take_lock(const Context& context) const {
    const auto path = beside(path_, "failover-lock");
    while (true) {
      auto lock = FileLock::take(path);
      if (lock || lock.error().kind != ErrorKind::locked) return while_doing(describe(), std::move(lock));
      // Whoever has it changes a file: that takes no time worth giving up for.
      if (!pause_between_tries(lock_pause, context)) return while_doing(describe(), std::move(lock));
    }
  }

  std::filesystem::path path_;
  HostsNames names_;
};

Result<DnsView> make_view(std::string_view text, std::string_view service, std::string_view epoch_record) {
  const auto url = FO_TRY(parse_url(text));
  const auto settings = FO_TRY(parse_view_settings(url, {}));
  const auto path = FO_TRY(url.decoded_path());
  if (!url.host.empty() || path.size() < 2 || path.ends_with('/')) {
    return fail(ErrorKind::usage, "it must be hosts:///FILE, with three slashes");
  }
  if (!settings.verify.empty()) {
    return fail(ErrorKind::usage, "verify is no parameter of it: the file itself is read back");
  }
  const auto parsed = FO_TRY(service_names(service, epoch_record));
  HostsNames names;
  if (parsed.has_service) names.service = parsed.service.to_text();
  if (parsed.has_mark) names.epoch_record = parsed.epoch_record.to_text();
  DnsView view;
  view.name = text;
  view.from = settings.from;
  view.to = settings.to;
  view.ttl = settings.ttl;
  view.verifier = make_readback_verifier(std::make_unique<HostsUpdater>(path, names));
  view.updater = std::make_unique<HostsUpdater>(path, std::move(names));
  return view;
}

}  // namespace

Result<DnsView> make_hosts_view(std::string_view url, std::string_view service, std::string_view epoch_record) {
  return while_doing(fmt::format("'{}' cannot be used", url), make_view(url, service, epoch_record));
}

}  // namespace failover
