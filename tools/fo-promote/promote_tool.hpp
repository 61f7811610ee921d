#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "cli/tool.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

/// fo-promote: makes this host the active one.
class PromoteTool final : public cli::Tool {
 public:
  /// @param arguments the command line, for the commands that messages name
  explicit PromoteTool(std::vector<std::string> arguments) { options_.command_line = std::move(arguments); }

  [[nodiscard]] std::string_view name() const noexcept override { return "fo-promote"; }
  [[nodiscard]] std::string_view summary() const noexcept override {
    return "Make this host the active one: prove the old one is off, start, move DNS, prove it";
  }
  void declare(CLI::App& app) override;
  Result<cli::Outcome> run(cli::Session& session) override;
  // A person may think about an answer for a while.
  [[nodiscard]] Duration default_timeout() const noexcept override {
    return options_.verb == Verb::init ? std::chrono::hours(6) : std::chrono::minutes(15);
  }
  // init writes it.
  [[nodiscard]] bool reads_configuration() const noexcept override { return options_.verb != Verb::init; }
  [[nodiscard]] int status_of(const Error& error, int signal_number) const noexcept override;

 private:
  PromoteOptions options_;
  int touched_status_ = 0;  ///< of a run that has sent a fence command; 0 = none has
};

}  // namespace failover::promote_tool
