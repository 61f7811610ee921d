#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/secret.hpp"

// libsmbclient names its types so.
struct _SMBCCTX;   // NOLINT(bugprone-reserved-identifier)
struct _SMBCFILE;  // NOLINT(bugprone-reserved-identifier)

namespace failover {

struct SmbPlace {
  std::string host;  ///< an address; with Kerberos the name
  std::uint16_t port = 445;
  std::string share;
  std::string domain;  ///< may be empty
  std::string user;    ///< empty: nobody; with Kerberos whose ticket it is, NAME@REALM
  bool guest = false;  ///< as nobody, on purpose: such a session can be neither signed nor encrypted
  bool encrypt = false;
  std::string ticket_cache;  ///< file with a Kerberos ticket for cifs/HOST, by which alone to log in; empty: none
  std::string krb5_config;   ///< a krb5.conf(5); empty: the system's
  std::chrono::seconds silence{30};
};

struct SmbEntry {
  std::string name;
  bool regular = false;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;  ///< since 1970
};

/// One SMB 2 or 3 connection to one share, by libsmbclient. The library is not thread-safe, and its context cannot be
/// taken apart without waiting for the server: there is one for each process, and it goes with it.
class SmbShare {
 public:
  /// Nothing is connected yet.
  static Result<SmbShare> open(SmbPlace place, std::optional<Secret> password);

  using Sink = std::function<Result<void>(std::span<const std::byte> bytes)>;
  using Each = std::function<Result<void>(const SmbEntry& entry)>;
  /// @param folder,path decoded, counted from the share, without a slash at the beginning.
  Result<void> list(const std::string& folder, const Each& each);
  Result<SmbEntry> stat(const std::string& path);
  /// All of the ranges, in order, of the file that has this size and time; else an error of kind conflict. Where the
  /// file ends within a range, the reading ends.
  Result<void> read(const std::string& path, const SmbEntry& expected, std::span<const ByteRange> ranges,
                    const Sink& sink);

 private:
  explicit SmbShare(SmbPlace place) noexcept : place_(std::move(place)) {}
  Result<void> prepare(std::optional<Secret> password);
  [[nodiscard]] std::string url(const std::string& path) const;
  [[nodiscard]] std::unexpected<Error> failure(const std::string& work) const;
  Result<void> open_file(const std::string& path, const SmbEntry& expected);
  void close_file();

  SmbPlace place_;
  _SMBCCTX* context_ = nullptr;
  _SMBCFILE* file_ = nullptr;
  std::string open_path_;
  SmbEntry open_as_;
  std::vector<std::byte> buffer_;
};

}  // namespace failover
