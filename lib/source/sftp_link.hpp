#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <libssh2_sftp.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "net/ssh_session.hpp"

namespace failover {

/// One SFTP conversation over one SSH connection (draft-ietf-secsh-filexfer-02, what every server speaks). After an
/// error that is neither not_found nor permission it is of no more use.
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
  /// As Source::read. The file that was read last stays open; what opens must be the object that was listed, else it
  /// is an error of kind conflict.
  Result<std::size_t> read(const ObjectInfo& object, std::uint64_t offset, std::span<std::byte> buffer,
                           const Context& context);
  /// The next read opens anew.
  Result<void> close_file(const Context& context);

 private:
  SftpLink(std::unique_ptr<SshSession> session, LIBSSH2_SFTP* sftp) noexcept;
  Result<LIBSSH2_SFTP_HANDLE*> open_handle(const std::string& path, int type, const Context& context);
  Result<void> open_file(const ObjectInfo& object, const Context& context);
  Result<void> close_handle(LIBSSH2_SFTP_HANDLE* handle, const Context& context);
  [[nodiscard]] Error error_of(long code, const std::string& work) const;

  std::unique_ptr<SshSession> session_;
  LIBSSH2_SFTP* sftp_;
  LIBSSH2_SFTP_HANDLE* folder_ = nullptr;
  LIBSSH2_SFTP_HANDLE* file_ = nullptr;
  ObjectInfo open_object_;
  std::uint64_t position_ = 0;
};

}  // namespace failover
