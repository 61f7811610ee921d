#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>

#include "inspect/entry_parser.hpp"

namespace failover {

/// What a configuration file of Asterisk says, line by line.
struct AsteriskLines {
  /// `[name](!,template,..)`
  std::function<void(std::string_view name, bool is_template, const std::vector<std::string>& templates)> section;
  /// `key = value` or `key => value`, the key in lower case
  std::function<void(std::string_view key, std::string_view value)> setting;
};

/// Comments (`;` and `;-- .. --;`), continued lines and directives (`#include`) are passed over; so is a line that is
/// longer than 4 KiB. There is no text that it refuses: Asterisk itself passes over what it does not know.
class AsteriskConf final : public EntryParser {
 public:
  explicit AsteriskConf(AsteriskLines lines);
  Result<void> feed(std::span<const std::byte> bytes) override;
  Result<void> end() override;

 private:
  void line(std::string_view text);
  void header(std::string_view text);

  AsteriskLines lines_;
  std::string part_;
  bool too_long_ = false;
  bool in_comment_ = false;
};

}  // namespace failover
