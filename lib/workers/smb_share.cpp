#include "workers/smb_share.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <libsmbclient.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/clock.hpp"
#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "core/secret.hpp"
#include "core/system_error.hpp"
#include "core/url.hpp"
#include "workers/smb_plaintext.hpp"

namespace failover {

namespace {

/// One smbc_read() keeps several requests in flight within itself; this size was the fastest of 16 KiB .. 64 MiB.
constexpr std::size_t read_size = std::size_t{1024} * 1024;
// What may stand in a URL for libsmbclient as it is.
constexpr std::string_view plain = "-._~/";

std::int64_t ns_of(const timespec& time) {
  return std::chrono::nanoseconds(wall_time(time.tv_sec, time.tv_nsec).time_since_epoch()).count();
}

SmbEntry entry_of(std::string name, const struct stat& info) {
  return {std::move(name), S_ISREG(info.st_mode), static_cast<std::uint64_t>(info.st_size), ns_of(info.st_mtim)};
}

/// libsmbclient asks by callback; its context carries who we are.
struct Identity {
  SmbPlace place;
  Secret password{std::string()};
};

void copy_to(char* there, int size, std::string_view text) noexcept {
  if (size <= 0) return;
  const auto count = std::min(text.size(), static_cast<std::size_t>(size) - 1);
  std::memcpy(there, text.data(), count);
  there[count] = '\0';
}

void give_identity(SMBCCTX* context, const char* /*server*/, const char* /*share*/, char* domain, int domain_size,
                   char* user, int user_size, char* password, int password_size) noexcept {
  const auto* identity = static_cast<const Identity*>(::smbc_getOptionUserData(context));
  if (!identity->place.domain.empty()) copy_to(domain, domain_size, identity->place.domain);
  copy_to(user, user_size, identity->place.user);
  copy_to(password, password_size, identity->password.reveal());
}

/// What cannot be set by calls. Nothing of this host's own smb.conf counts: it is about another program.
Result<Fd> configuration(const SmbPlace& place) {
  const auto* const signing = place.guest ? "if_required" : "required";
  const auto text = fmt::format(
      "[global]\n"
      "  client min protocol = SMB2_10\n  client max protocol = SMB3_11\n"
      "  client signing = {}\n  client ipc signing = {}\n  client smb encrypt = {}\n"
      "  client use kerberos = {}\n"
      "  client use spnego = yes\n  client NTLMv2 auth = yes\n  name resolve order = host\n  disable netbios = yes\n",
      signing, signing, place.encrypt ? "required" : "if_required", place.ticket_cache.empty() ? "off" : "required");
  Fd file(::memfd_create("smb.conf", MFD_CLOEXEC));
  if (!file) return fail_errno("cannot make a configuration for libsmbclient");
  FO_TRY(write_all(file.get(), text));
  return file;
}

}  // namespace

Result<SmbShare> SmbShare::open(SmbPlace place, std::optional<Secret> password) {
  SmbShare share(std::move(place));
  FO_TRY(share.prepare(std::move(password)));
  return share;
}

Result<void> SmbShare::prepare(std::optional<Secret> password) {
  const auto file = FO_TRY(configuration(place_));
  const auto path = fmt::format("/proc/self/fd/{}", file.get());
  ::setenv("SMB_CONF_PATH", path.c_str(), 1);
  ::unsetenv("HOME");
  if (!place_.ticket_cache.empty()) ::setenv("KRB5CCNAME", ("FILE:" + place_.ticket_cache).c_str(), 1);
  if (!place_.krb5_config.empty()) ::setenv("KRB5_CONFIG", place_.krb5_config.c_str(), 1);
  context_ = ::smbc_new_context();
  if (context_ == nullptr) return fail(ErrorKind::internal, "libsmbclient makes no context");
  // They live as long as the context, which is as long as the process.
  auto* identity = new Identity{place_, password ? std::move(*password) : Secret(std::string())};
  ::smbc_setOptionUserData(context_, identity);
  ::smbc_setFunctionAuthDataWithContext(context_, give_identity);
  ::smbc_setDebug(context_, 0);
  ::smbc_setOptionDebugToStderr(context_, 1);
  ::smbc_setPort(context_, place_.port);
  ::smbc_setTimeout(context_, static_cast<int>(place_.silence.count() * 1000));
  ::smbc_setOptionUseKerberos(context_, place_.ticket_cache.empty() ? 0 : 1);
  ::smbc_setOptionFallbackAfterKerberos(context_, 0);
  // Otherwise a server makes a guest of a user whom it does not know, and we would not see it.
  ::smbc_setOptionNoAutoAnonymousLogin(context_, place_.guest ? 0 : 1);
  ::smbc_setOptionSmbEncryptionLevel(context_, place_.encrypt ? SMBC_ENCRYPTLEVEL_REQUIRE : SMBC_ENCRYPTLEVEL_NONE);
  if (::smbc_init_context(context_) == nullptr) return fail_errno("libsmbclient does not start");
  if (::smbc_setConfiguration(context_, path.c_str()) != 0) return fail_errno("libsmbclient takes no configuration");
  // After the initialisation, which loads what the configuration says.
  if (::smbc_setOptionProtocols(context_, "SMB2_10", "SMB3_11") == 0) {
    return fail(ErrorKind::internal, "this libsmbclient does not know SMB 3.1.1");
  }
  if (place_.encrypt) forbid_plaintext();
  buffer_.resize(read_size);
  return {};
}

std::string SmbShare::url(const std::string& path) const {
  // No user in it: that would be taken instead of what the callback says.
  const auto host = place_.host.contains(':') ? "[" + place_.host + "]" : place_.host;
  return fmt::format("smb://{}/{}/{}", host, percent_encode(place_.share, plain), percent_encode(path, plain));
}

std::unexpected<Error> SmbShare::failure(const std::string& work) const {
  const int error = errno;
  const auto server = host_and_port(place_.host, place_.port);
  if (plaintext_was_held_back()) {
    return fail(ErrorKind::permission,
                fmt::format("{}: {} does not encrypt, which --smb-encryption asks for", work, server));
  }
  switch (error) {
    case ENOENT:
    case ENODEV:
      return fail(ErrorKind::not_found, work + ": no such file, folder or share on the server");
    case EACCES:
    case EPERM:
      if (!place_.ticket_cache.empty()) {
        return fail(
            ErrorKind::permission,
            fmt::format("{}: {} does not let {} in by its Kerberos ticket; look at the rights on the share, at the "
                        "server's name (the ticket is for cifs/{}), at both clocks, and whether it signs",
                        work, server, place_.user, place_.host));
      }
      return fail(ErrorKind::permission,
                  fmt::format("{}: {} does not let {} in; look at user, password and the rights on the share{}", work,
                              server, place_.guest ? "a guest" : "'" + place_.user + "'",
                              place_.guest ? "" : ", and whether it signs"));
    case ETIMEDOUT:
      return fail(ErrorKind::timeout, work + ": " + server + " was silent");
    case ECONNREFUSED:
    case ECONNRESET:
    case ECONNABORTED:
    case ENOTCONN:
    case EPIPE:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETRESET:
    case EIO:
      return std::unexpected(
          Error{ErrorKind::unreachable, work + ": " + system_error(error, "the connection to " + server).message});
    case EINVAL:
      if (!place_.ticket_cache.empty()) {
        return fail(ErrorKind::permission,
                    fmt::format("{}: libsmbclient cannot use the ticket for cifs/{}; look at the server's clock and at "
                                "ours (timedatectl), and by klist whether the ticket has ended",
                                work, place_.host));
      }
      [[fallthrough]];
    default:
      return fail(ErrorKind::protocol, work + ": " + system_error(error, "the server's answer").message);
  }
}

Result<void> SmbShare::list(const std::string& folder, const Each& each) {
  SMBCFILE* handle = ::smbc_getFunctionOpendir(context_)(context_, url(folder).c_str());
  if (handle == nullptr) return failure("cannot list /" + place_.share + "/" + folder);
  Result<void> result;
  while (result) {
    struct stat info{};
    errno = 0;
    const auto* found = ::smbc_getFunctionReaddirPlus2(context_)(context_, handle, &info);
    if (found == nullptr && errno != 0) result = failure("cannot list /" + place_.share + "/" + folder);
    if (found == nullptr) break;
    result = each(entry_of(found->name, info));
  }
  ::smbc_getFunctionClosedir(context_)(context_, handle);
  return result;
}

Result<SmbEntry> SmbShare::stat(const std::string& path) {
  struct stat info{};
  if (::smbc_getFunctionStat(context_)(context_, url(path).c_str(), &info) != 0) {
    return failure("cannot look at /" + place_.share + "/" + path);
  }
  return entry_of(path.substr(path.rfind('/') + 1), info);
}

Result<void> SmbShare::open_file(const std::string& path, const SmbEntry& expected) {
  const bool same = file_ != nullptr && open_path_ == path && open_as_.size == expected.size &&
                    open_as_.modified_ns == expected.modified_ns;
  if (same) return {};
  close_file();
  const auto work = "cannot open /" + place_.share + "/" + path;
  file_ = ::smbc_getFunctionOpen(context_)(context_, url(path).c_str(), O_RDONLY, 0);
  if (file_ == nullptr) return failure(work);
  struct stat info{};
  if (::smbc_getFunctionFstat(context_)(context_, file_, &info) != 0) {
    auto error = failure(work);
    close_file();
    return error;
  }
  open_path_ = path;
  open_as_ = expected;
  const auto now = entry_of({}, info);
  if (now.size == expected.size && now.modified_ns == expected.modified_ns) return {};
  close_file();
  return fail(ErrorKind::conflict, path.substr(path.rfind('/') + 1) + " was replaced or written to meanwhile");
}

void SmbShare::close_file() {
  if (file_ != nullptr) ::smbc_getFunctionClose(context_)(context_, file_);
  file_ = nullptr;
}

Result<void> SmbShare::read(const std::string& path, const SmbEntry& expected, std::span<const ByteRange> ranges,
                            const Sink& sink) {
  FO_TRY(open_file(path, expected));
  const auto work = "cannot read /" + place_.share + "/" + path;
  for (const auto& range : ranges) {
    if (::smbc_getFunctionLseek(context_)(context_, file_, static_cast<off_t>(range.offset), SEEK_SET) < 0) {
      return failure(work);
    }
    for (std::uint64_t done = 0; done < range.length;) {
      const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(buffer_.size(), range.length - done));
      const auto count = ::smbc_getFunctionRead(context_)(context_, file_, buffer_.data(), want);
      if (count < 0) return failure(work);
      if (count == 0) {
        // Its handle goes on to show what was replaced: the next read opens anew.
        close_file();
        return {};
      }
      FO_TRY(sink(std::span<const std::byte>(buffer_).first(static_cast<std::size_t>(count))));
      done += static_cast<std::uint64_t>(count);
    }
  }
  return {};
}

}  // namespace failover
