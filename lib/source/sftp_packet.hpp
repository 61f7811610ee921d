#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <failover/error.hpp>

namespace failover {

/// Packets of SFTP version 3 (draft-ietf-secsh-filexfer-02), as far as reading a file needs them.
enum class SftpType : std::uint8_t {
  open = 3,
  close = 4,
  read = 5,
  fstat = 8,
  status = 101,
  handle = 102,
  data = 103,
  attributes = 105
};

constexpr std::uint32_t sftp_ok = 0;
constexpr std::uint32_t sftp_end_of_file = 1;
/// The most that is taken from a server, its length included; OpenSSH's own limit.
constexpr std::size_t largest_sftp_packet = std::size_t{256} * 1024;

void append_sftp_open(std::string& out, std::uint32_t id, std::string_view path);  ///< to read
void append_sftp_close(std::string& out, std::uint32_t id, std::string_view handle);
void append_sftp_fstat(std::string& out, std::uint32_t id, std::string_view handle);
void append_sftp_read(std::string& out, std::uint32_t id, std::string_view handle, std::uint64_t offset,
                      std::uint32_t length);

/// What a server says to one request.
struct SftpAnswer {
  SftpType type = SftpType::status;
  std::uint32_t id = 0;
  std::uint32_t status = sftp_ok;
  std::span<const std::byte> bytes = {};  ///< of a handle or of data; part of the stream
  std::optional<std::uint64_t> size = {};
  std::optional<std::uint32_t> modified = {};  ///< seconds since 1970
};

/// Takes the first answer off the stream; nothing while not all of it is there. An error of kind protocol where a
/// length or a type is not what it should be.
Result<std::optional<SftpAnswer>> take_sftp_answer(std::span<const std::byte>& stream);

/// What a status that is not sftp_ok means.
Error sftp_error(std::uint32_t status, std::string_view work);

}  // namespace failover
