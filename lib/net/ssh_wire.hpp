#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace failover {

/// Data types of RFC 4251 section 5, appended.
void put_uint32(std::string& bytes, std::uint32_t value);
void put_string(std::string& bytes, std::string_view value);

/// Takes them off again. Whatever does not fit is none, and then everything after it too.
class SshReader {
 public:
  explicit SshReader(std::string_view bytes) noexcept : rest_(bytes) {}
  std::optional<std::uint32_t> uint32() noexcept;
  /// A view into the bytes.
  std::optional<std::string_view> string() noexcept;
  [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace failover
