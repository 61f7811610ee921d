#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "cli/tool.hpp"
#include "fo-restore/options.hpp"

namespace failover::cli {

/// fo-restore: apply a backup to this host, all or nothing, and be able to go back.
class RestoreTool final : public Tool {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "fo-restore"; }
  [[nodiscard]] std::string_view summary() const noexcept override {
    return "Apply a backup to this host, all or nothing, and be able to go back";
  }
  [[nodiscard]] bool takes_program() const noexcept override { return true; }
  [[nodiscard]] std::string_view timeout_help() const noexcept override {
    return "Deadline for everything before the first change (default 6h)";
  }
  void declare(CLI::App& app) override;
  Result<Outcome> run(Session& session) override;

 private:
  /// Does the work of a run and counts it.
  Result<RestoreReport> counted(Restorer& restorer, Session& session,
                                const std::function<Result<RestoreReport>()>& work);
  static Result<void> write_metrics(const std::filesystem::path& file, Restorer& restorer,
                                    const Result<RestoreReport>& outcome, Duration took);

  RestoreCommand command_;
};

}  // namespace failover::cli
