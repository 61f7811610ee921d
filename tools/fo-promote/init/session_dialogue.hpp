#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>

#include "cli/session.hpp"
#include "fo-promote/init/dialogue.hpp"

namespace failover::promote_tool {

/// The person at the terminal, or events and warnings where there is none.
class SessionDialogue final : public Dialogue {
 public:
  SessionDialogue(cli::Session& session, bool attended) : session_(session), attended_(attended) {}

  [[nodiscard]] bool attended() const noexcept override { return attended_; }
  Result<std::string> ask(const std::string& prompt) override;
  void tell(const std::string& line) override;
  void found(std::string_view flag, const Finding& finding) override;
  void settled(std::string_view flag, const std::vector<std::string>& values, Origin origin) override;
  /// Whether something was kept that no check could confirm and that nobody said yes to.
  [[nodiscard]] bool doubted() const noexcept { return doubted_; }

 private:
  cli::Session& session_;
  bool attended_;
  bool doubted_ = false;
};

}  // namespace failover::promote_tool
