#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <libssh2.h>
#include <libssh2_sftp.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "net/ssh_session.hpp"
#include "source/sftp_packet.hpp"

namespace failover {

/// One SFTP conversation over one SSH connection (draft-ietf-secsh-filexfer-02, what every server speaks). libssh2
/// lists and looks at files; they are read by packets of our own over its channel, since it cannot have reads of
/// several places under way. The two take turns: in between no answer is to come.
class SftpLink {
 public:
  static Result<std::unique_ptr<SftpLink>> open(const SshPeer& peer, const SshOptions& options, const Context& context);
  ~SftpLink();
  SftpLink(const SftpLink&) = delete;
  SftpLink& operator=(const SftpLink&) = delete;

  struct Entry {
    std::string name;
    LIBSSH2_SFTP_ATTRIBUTES attributes{};
  };
  Result<std::vector<Entry>> list(const std::string& folder, const Context& context);
  /// Follows symbolic links.
  Result<LIBSSH2_SFTP_ATTRIBUTES> stat(const std::string& path, const Context& context);
  /// As Source::read_ranges. The file that was read last stays open; what opens must be the object that was listed,
  /// else it is an error of kind conflict.
  Result<void> read(const ObjectInfo& object, std::span<const ByteRange> ranges, const Source::Sink& sink,
                    const Context& context);
  /// The next read opens anew.
  Result<void> close_file(const Context& context);
  /// Whether every request has its answer.
  [[nodiscard]] bool in_order() const noexcept { return in_order_; }

 private:
  using Taker = std::function<Result<void>(const SftpAnswer& answer)>;
  SftpLink(std::unique_ptr<SshSession> session, LIBSSH2_SFTP* sftp) noexcept;
  Result<LIBSSH2_SFTP_HANDLE*> open_handle(const std::string& path, int type, const Context& context);
  Result<void> open_file(const ObjectInfo& object, const Context& context);
  Result<void> send(const std::string& packets, const Context& context);
  /// Gives all answers that have come, at least one byte of them.
  Result<void> receive(const Taker& take, const Context& context);
  /// One request and its one answer, whose bytes are given.
  Result<std::string> ask(const std::string& packet, std::uint32_t id, SftpType type, const std::string& work,
                          const Context& context);
  Result<void> close_handle(LIBSSH2_SFTP_HANDLE* handle, const Context& context);
  [[nodiscard]] Error error_of(long code, const std::string& work) const;

  std::unique_ptr<SshSession> session_;
  LIBSSH2_SFTP* sftp_;
  LIBSSH2_SFTP_HANDLE* folder_ = nullptr;
  LIBSSH2_CHANNEL* channel_;  ///< of sftp_
  std::string file_;          ///< handle; empty: none is open
  ObjectInfo open_object_;
  std::uint32_t next_id_ = 1;
  bool in_order_ = true;
  std::vector<std::byte> input_;
  std::size_t filled_ = 0;
};

}  // namespace failover
