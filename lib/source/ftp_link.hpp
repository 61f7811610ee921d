#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "net/waiting_stream.hpp"
#include "source/ftp_control.hpp"
#include "source/ftp_listing.hpp"

namespace failover {

/// One log-in to an FTP server: listings, looks, and one file at a time whose bytes come over a data connection that
/// stays open for reading onwards. While it is open the control connection can carry no command, so that everything
/// else ends the reading first.
class FtpLink {
 public:
  static Result<std::unique_ptr<FtpLink>> open(const FtpPeer& peer, const Context& context);

  /// By MLSD, else by LIST.
  /// @param folder "/" or without a '/' at its end
  Result<std::vector<FtpEntry>> list(const std::string& folder, const Context& context);
  /// Size and time of a regular file, links followed; the kinds not_found and permission leave the link in order.
  Result<ObjectInfo> stat(const std::string& path, const Context& context);

  /// At least one byte of the object from `offset` on, which lies before its end. Where the last read ended is the fast
  /// case; else it is looked whether it is still the object that was listed (kind conflict).
  /// @param ahead so many bytes will be wanted from there; 0: not known, perhaps all
  Result<std::size_t> read(const ObjectInfo& object, std::uint64_t offset, std::uint64_t ahead,
                           std::span<std::byte> buffer, const Context& context);
  /// Whether such a read would be the fast case.
  [[nodiscard]] bool goes_on(const ObjectInfo& object, std::uint64_t offset, std::uint64_t ahead) const noexcept;
  /// Where the open file stands, if it is this one.
  [[nodiscard]] std::optional<std::uint64_t> position(const ObjectInfo& object) const noexcept;
  /// Ends what is read, early perhaps, and waits until the server has taken notice.
  Result<void> end_reading(const Context& context);
  /// Whether every command but that which reads has had its last reply.
  [[nodiscard]] bool in_order() const noexcept { return in_order_; }

 private:
  explicit FtpLink(std::unique_ptr<FtpControl> control) noexcept : control_(std::move(control)) {}
  Result<std::string> fetch_listing(std::string_view command, const std::string& argument, const std::string& folder,
                                    const Context& context);
  Result<std::vector<FtpEntry>> list_by_name(const std::string& folder, const Context& context);
  Result<ObjectInfo> look_by_facts(const std::string& path, const Context& context);
  Result<ObjectInfo> look_by_size_and_time(const std::string& path, const Context& context);
  Result<void> begin_reading(const ObjectInfo& object, std::uint64_t offset, std::uint64_t ahead,
                             const Context& context);
  Result<void> retrieve(const ObjectInfo& object, std::uint64_t offset, std::uint64_t ahead, const Context& context);
  Result<void> end_of_object(const Context& context);
  /// Takes the reply to RETR once the server has ended the data connection.
  Result<void> take_last_reply(const Context& context);

  std::unique_ptr<FtpControl> control_;
  std::unique_ptr<WaitingStream> data_;
  ObjectInfo object_;
  std::uint64_t position_ = 0;
  bool short_read_ = false;  ///< the server may not be far ahead
  bool in_order_ = true;
};

}  // namespace failover
