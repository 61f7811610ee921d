#include "fence/agent_fencer.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>

#include "core/child_process.hpp"
#include "core/pause.hpp"
#include "core/secret.hpp"
#include "fence/agent_metadata.hpp"
#include "fence/agent_spec.hpp"
#include "fence/fence_program.hpp"

namespace failover {

namespace {

constexpr Duration status_interval = std::chrono::seconds(1);

class AgentFencer final : public Fencer {
 public:
  explicit AgentFencer(AgentSpec spec) noexcept : spec_(std::move(spec)) {}

  [[nodiscard]] std::string describe() const override {
    const auto plug = spec_.value("plug", "port");
    const auto place = spec_.value("ip", "ipaddr");
    return fmt::format("{}{}{} (power)", spec_.file, plug.empty() ? "" : ", plug " + plug,
                       place.empty() ? "" : " at " + place);
  }
  [[nodiscard]] FenceKind kind() const noexcept override { return FenceKind::power; }

  Result<FenceState> status(const FenceTarget& target, const Context& context) override {
    const auto limited = context.within(spec_.timeout);
    FO_TRY(check_device(target, limited));
    return power(target, limited);
  }

  Result<void> fence(const FenceTarget& target, const Context& context) override {
    const auto limited = context.within(spec_.timeout);
    FO_TRY(check_device(target, limited));
    FO_TRY(must("off", target, limited));
    while (true) {
      if (FO_TRY(power(target, limited)) == FenceState::off) return {};
      FO_TRY(while_doing(fmt::format("{} still says 'on' for {} after off", spec_.file, target.node),
                         pause_between_tries(status_interval, limited)));
    }
  }

 private:
  Result<FenceState> power(const FenceTarget& target, const Context& context) const {
    const auto result = FO_TRY(run("status", context));
    switch (agent_power(result.exit_status.value_or(1), result.output)) {
      case AgentPower::on:
        return FenceState::on;
      case AgentPower::off:
        return FenceState::off;
      case AgentPower::unknown:
        break;
    }
    return failed("status", target, result);
  }

  /// The right agent, rightly called, at a device that has this plug. Whether that plug feeds the node no agent knows.
  Result<void> check_device(const FenceTarget& target, const Context& context) {
    if (!metadata_) {
      const auto said = FO_TRY(must("metadata", target, context));
      auto metadata = FO_TRY(while_doing(spec_.file, parse_agent_metadata(said)));
      FO_TRY(check_agent_spec(spec_, metadata));
      metadata_ = std::move(metadata);
    }
    if (metadata_->offers("list")) {
      const auto list = FO_TRY(must("list", target, context));
      if (!says_it_cannot_list(list)) return check_plugs(list);
    }
    if (metadata_->offers("monitor")) FO_TRY(must("monitor", target, context));
    return {};
  }

  [[nodiscard]] Result<void> check_plugs(std::string_view list) const {
    const auto between = spec_.value("plug_separator");
    const std::string separator = between.empty() ? "," : between;
    const auto column = spec_.value("separator");
    const auto plugs = spec_.value("plug", "port");
    // Two power supplies are two plugs.
    for (std::size_t at = 0; at <= plugs.size();) {
      const auto end = std::min(plugs.find(separator, at), plugs.size());
      FO_TRY(while_doing(spec_.file,
                         find_plug(list, plugs.substr(at, end - at), column.empty() ? std::string_view(",") : column)));
      at = end + separator.size();
    }
    return {};
  }

  /// Its output, once it has ended with 0.
  Result<std::string> must(std::string_view action, const FenceTarget& target, const Context& context) const {
    auto result = FO_TRY(run(action, context));
    if (!result.ok() || result.truncated) return failed(action, target, result);
    return std::move(result.output);
  }

  Result<ChildResult> run(std::string_view action, const Context& context) const {
    ChildCommand command;
    command.argv = {spec_.file};
    command.input = std::string(spec_.input(action).reveal());
    command.limit = spec_.timeout;
    command.output_cap = std::size_t{1024} * 1024;
    auto result = while_doing(std::string(action), run_child(command, context));
    const Secret wiped(std::move(command.input));
    return result;
  }

  [[nodiscard]] std::unexpected<Error> failed(std::string_view action, const FenceTarget& target,
                                              const ChildResult& result) const {
    const auto said = reason_clause(spec_.without_secrets(result.errors));
    return fail(ErrorKind::io, fmt::format("{} {} for {} ended with {}{}{}", spec_.file, action, target.node,
                                           result.how_it_ended(), said.empty() ? "" : ": ", said));
  }

  AgentSpec spec_;
  std::optional<AgentMetadata> metadata_;  ///< once it was asked
};

}  // namespace

Result<std::unique_ptr<Fencer>> make_agent_fencer(std::string_view spec) {
  return std::make_unique<AgentFencer>(FO_TRY(parse_agent_spec(spec)));
}

}  // namespace failover
