#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "inspect/entry_parser.hpp"

namespace failover {

/// What a backup of FreePBX says of itself: `metadata.json` of version 15 and later (date, and the modules with their
/// versions), or `manifest` of older ones (PHP's serialized text with ctime and pbx_framework_version).
/// Source: FreePBX's module "backup", Models/BackupSplFileInfo.php and Handlers/Backup/Multiple.php.
class FreepbxMetadata final : public EntryParser {
 public:
  Result<void> feed(std::span<const std::byte> bytes) override;
  Result<void> end() override;

  [[nodiscard]] bool known() const noexcept { return known_; }
  [[nodiscard]] const std::optional<std::string>& version() const noexcept { return version_; }
  [[nodiscard]] const std::optional<WallTime>& made() const noexcept { return made_; }

 private:
  void read_json();
  void read_serialized();

  std::string text_;
  bool too_large_ = false;
  bool known_ = false;
  std::optional<std::string> version_;
  std::optional<WallTime> made_;
};

}  // namespace failover
