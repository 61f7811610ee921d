#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <failover/error.hpp>

namespace failover {

/// A password or key. Cannot be copied, printed or compared; its memory is wiped when it goes (property secret).
class Secret {
 public:
  explicit Secret(std::string value) noexcept;
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  /// The bytes, for the one call that needs them; the view must not outlive the Secret.
  [[nodiscard]] std::string_view reveal() const noexcept { return value_; }

 private:
  std::string value_;
};

/// Reads a credential file. Refused (kind config) when it cannot be opened, when group or others may read it, when it
/// is no regular file, or when it is larger than 64 KiB. A relative name that does not exist here is looked up in
/// $CREDENTIALS_DIRECTORY.
Result<Secret> read_credential_file(const std::filesystem::path& path);

/// The first line of a credential file, without its line end: a password.
Result<Secret> read_password_file(const std::filesystem::path& path);

}  // namespace failover
