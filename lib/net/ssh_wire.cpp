#include "net/ssh_wire.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace failover {

void put_uint32(std::string& bytes, std::uint32_t value) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) bytes.push_back(static_cast<char>((value >> shift) & 0xffU));
}

void put_string(std::string& bytes, std::string_view value) {
  put_uint32(bytes, static_cast<std::uint32_t>(value.size()));
  bytes.append(value);
}

std::optional<std::uint32_t> SshReader::uint32() noexcept {
  if (rest_.size() < 4) {
    rest_ = {};
    return std::nullopt;
  }
  std::uint32_t value = 0;
  for (const char c : rest_.substr(0, 4)) value = (value << 8U) | static_cast<unsigned char>(c);
  rest_.remove_prefix(4);
  return value;
}

std::optional<std::string_view> SshReader::string() noexcept {
  const auto length = uint32();
  if (!length || *length > rest_.size()) {
    rest_ = {};
    return std::nullopt;
  }
  const auto value = rest_.substr(0, *length);
  rest_.remove_prefix(*length);
  return value;
}

}  // namespace failover
