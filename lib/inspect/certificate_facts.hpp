#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "inspect/entry_parser.hpp"

namespace failover {

/// The first X.509 certificate in a file of PEM or DER; a file that holds a key only tells nothing. Keys are not kept.
class CertificateFacts final : public EntryParser {
 public:
  explicit CertificateFacts(std::string path) : path_(std::move(path)) {}
  Result<void> feed(std::span<const std::byte> bytes) override;
  Result<void> end() override;

  [[nodiscard]] const std::optional<BackupCertificate>& found() const noexcept { return found_; }
  /// A host's name that it is made for, without wildcards; empty if it names none, or is an authority's.
  [[nodiscard]] const std::string& host() const noexcept { return host_; }

 private:
  std::string path_;
  std::string text_;
  bool too_large_ = false;
  std::optional<BackupCertificate> found_;
  std::string host_;
};

}  // namespace failover
