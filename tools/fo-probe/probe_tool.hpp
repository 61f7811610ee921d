#pragma once

#include <span>
#include <string_view>

#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "cli/tool.hpp"
#include "fo-probe/probe_options.hpp"

namespace failover::cli {

/// fo-probe: one look as a monitoring plugin, or a watch.
class ProbeTool final : public Tool {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "fo-probe"; }
  [[nodiscard]] std::string_view summary() const noexcept override {
    return "Tell whether a phone system really serves";
  }
  void declare(CLI::App& app) override;
  Result<Outcome> run(Session& session) override;
  [[nodiscard]] bool changes_something() const noexcept override { return false; }
  [[nodiscard]] std::string_view timeout_help() const noexcept override { return "Deadline of one check (default 5s)"; }
  [[nodiscard]] bool timeout_bounds_run() const noexcept override { return false; }
  [[nodiscard]] int status_of(const Error& error, int signal_number) const noexcept override;

  /// As the command line and the configuration gave them.
  [[nodiscard]] const ProbeToolOptions& options() const noexcept { return options_; }

 private:
  Result<Outcome> look_once(Session& session);
  Result<Outcome> look(Session& session, std::span<const Target> targets, std::span<const Target> references);
  Result<Outcome> only_ask_observers(Session& session);

  ProbeToolOptions options_;
};

}  // namespace failover::cli
