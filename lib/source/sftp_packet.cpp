#include "source/sftp_packet.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <failover/error.hpp>

namespace failover {

namespace {

constexpr std::uint32_t open_to_read = 1;
constexpr std::size_t longest_handle = 256;
constexpr std::size_t length_bytes = 4;
constexpr std::size_t shortest_answer = 9;  ///< a type, an id, and a length or a status

constexpr std::uint32_t has_size = 1;
constexpr std::uint32_t has_owner = 2;
constexpr std::uint32_t has_permissions = 4;
constexpr std::uint32_t has_times = 8;

template <std::unsigned_integral T>
void append_number(std::string& out, T value) {
  for (unsigned shift = 8 * sizeof(T); shift > 0; shift -= 8) {
    out += static_cast<char>(static_cast<unsigned char>(value >> (shift - 8)));
  }
}

void append_packet(std::string& out, SftpType type, std::uint32_t id, std::string_view text, std::size_t more) {
  append_number(out, static_cast<std::uint32_t>(1 + 4 + 4 + text.size() + more));
  out += static_cast<char>(type);
  append_number(out, id);
  append_number(out, static_cast<std::uint32_t>(text.size()));
  out += text;
}

/// Numbers off the front of a packet; none any more once there were too few bytes for one.
class Fields {
 public:
  explicit Fields(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

  template <std::unsigned_integral T>
  T number() noexcept {
    T value = 0;
    for (const auto byte : take(sizeof(T))) {
      value = static_cast<T>((value << 8U) | std::to_integer<T>(byte));
    }
    return value;
  }

  std::span<const std::byte> take(std::size_t count) noexcept {
    good_ = good_ && count <= bytes_.size();
    if (!good_) return {};
    const auto front = bytes_.first(count);
    bytes_ = bytes_.subspan(count);
    return front;
  }

  [[nodiscard]] bool good() const noexcept { return good_; }
  [[nodiscard]] bool at_end() const noexcept { return good_ && bytes_.empty(); }

 private:
  std::span<const std::byte> bytes_;
  bool good_ = true;
};

void take_attributes(Fields& fields, SftpAnswer& answer) {
  const auto flags = fields.number<std::uint32_t>();
  if ((flags & has_size) != 0) answer.size = fields.number<std::uint64_t>();
  if ((flags & has_owner) != 0) fields.take(8);
  if ((flags & has_permissions) != 0) fields.take(4);
  if ((flags & has_times) == 0) return;
  fields.take(4);
  answer.modified = fields.number<std::uint32_t>();
}

/// Whether the fields are right to the last byte.
bool take_fields(Fields& fields, SftpAnswer& answer) {
  switch (answer.type) {
    case SftpType::status:
      // Some servers leave out the words behind it.
      answer.status = fields.number<std::uint32_t>();
      return fields.good();
    case SftpType::handle:
      answer.bytes = fields.take(fields.number<std::uint32_t>());
      return fields.at_end() && !answer.bytes.empty() && answer.bytes.size() <= longest_handle;
    case SftpType::data:
      answer.bytes = fields.take(fields.number<std::uint32_t>());
      return fields.at_end();
    case SftpType::attributes:
      take_attributes(fields, answer);
      return fields.good();
    default:
      return false;
  }
}

}  // namespace

void append_sftp_open(std::string& out, std::uint32_t id, std::string_view path) {
  append_packet(out, SftpType::open, id, path, 8);
  append_number(out, open_to_read);
  append_number(out, std::uint32_t{0});
}

void append_sftp_close(std::string& out, std::uint32_t id, std::string_view handle) {
  append_packet(out, SftpType::close, id, handle, 0);
}

void append_sftp_fstat(std::string& out, std::uint32_t id, std::string_view handle) {
  append_packet(out, SftpType::fstat, id, handle, 0);
}

void append_sftp_read(std::string& out, std::uint32_t id, std::string_view handle, std::uint64_t offset,
                      std::uint32_t length) {
  append_packet(out, SftpType::read, id, handle, 12);
  append_number(out, offset);
  append_number(out, length);
}

Result<std::optional<SftpAnswer>> take_sftp_answer(std::span<const std::byte>& stream) {
  if (stream.size() < length_bytes) return std::nullopt;
  const auto length = Fields(stream).number<std::uint32_t>();
  if (length < shortest_answer || length > largest_sftp_packet - length_bytes) {
    return fail(ErrorKind::protocol, fmt::format("the server sends an SFTP packet of {} bytes", length));
  }
  if (stream.size() - length_bytes < length) return std::nullopt;
  Fields fields(stream.subspan(length_bytes, length));
  SftpAnswer answer;
  answer.type = static_cast<SftpType>(fields.number<std::uint8_t>());
  answer.id = fields.number<std::uint32_t>();
  if (!take_fields(fields, answer)) {
    return fail(ErrorKind::protocol, fmt::format("the server sends an SFTP packet of type {} that is malformed",
                                                 static_cast<unsigned>(answer.type)));
  }
  stream = stream.subspan(length_bytes + length);
  return answer;
}

Error sftp_error(std::uint32_t status, std::string_view work) {
  constexpr std::uint32_t no_such_file = 2;
  constexpr std::uint32_t permission_denied = 3;
  constexpr std::uint32_t no_connection = 6;
  constexpr std::uint32_t connection_lost = 7;
  constexpr std::uint32_t no_such_path = 10;
  switch (status) {
    case no_such_file:
    case no_such_path:
      return {ErrorKind::not_found, fmt::format("{}: no such file or folder on the server", work)};
    case permission_denied:
      return {ErrorKind::permission, fmt::format("{}: the server denies it to this user", work)};
    case no_connection:
    case connection_lost:
      return {ErrorKind::unreachable, fmt::format("{}: the server lost the connection", work)};
    default:
      return {ErrorKind::protocol, fmt::format("{}: the server answers with SFTP error {}", work, status)};
  }
}

}  // namespace failover
