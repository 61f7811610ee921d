#pragma once

#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fetcher.hpp>

#include "cli/tool.hpp"
#include "fo-fetch/options.hpp"

namespace failover::cli {

/// fo-fetch: bring the newest good backup here.
class FetchTool final : public Tool {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "fo-fetch"; }
  [[nodiscard]] std::string_view summary() const noexcept override {
    return "Bring the newest good backup of a PBX to this host and print its path";
  }
  void declare(CLI::App& app) override;
  Result<Outcome> run(Session& session) override;

 private:
  void write_metrics(Fetcher& fetcher, const std::string& location, const Result<FetchOutcome>& outcome, Duration took,
                     Session& session);
  FetchCommand command_;
};

}  // namespace failover::cli
