#include "fence/exec_fencer.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>

#include "core/child_process.hpp"
#include "core/pause.hpp"
#include "core/url.hpp"
#include "fence/fence_program.hpp"

namespace failover {

namespace {

constexpr Duration status_interval = std::chrono::milliseconds(250);

std::string_view name_of(FenceKind kind) noexcept {
  return kind == FenceKind::power ? "power" : "service";
}

class ExecFencer final : public Fencer {
 public:
  ExecFencer(std::string file, FenceKind kind, bool gives_back, Duration timeout) noexcept
      : file_(std::move(file)), kind_(kind), gives_back_(gives_back), timeout_(timeout) {}

  [[nodiscard]] std::string describe() const override { return fmt::format("{} ({})", file_, name_of(kind_)); }
  [[nodiscard]] FenceKind kind() const noexcept override { return kind_; }

  Result<FenceState> status(const FenceTarget& target, const Context& context) override {
    const auto result = FO_TRY(run({"status"}, target, context.within(timeout_)));
    const auto answer = first_clause(result.output);
    if (answer == "off") return FenceState::off;
    if (answer == "on") return FenceState::on;
    return fail(ErrorKind::protocol, fmt::format("{} status answered '{}' for {}: only 'on' or 'off' is an answer",
                                                 file_, answer, target.node));
  }

  Result<void> fence(const FenceTarget& target, const Context& context) override {
    const auto limited = context.within(timeout_);
    FO_TRY(run({"fence", std::to_string(target.epoch)}, target, limited));
    // A host takes a moment to go off after the command; whether it went is what the status says, not the exit status.
    while (true) {
      if (FO_TRY(status(target, limited)) == FenceState::off) return {};
      FO_TRY(while_doing(fmt::format("{} still says 'on' for {} after it was told to fence", file_, target.node),
                         pause_between_tries(status_interval, limited)));
    }
  }

  [[nodiscard]] bool gives_back() const noexcept override { return gives_back_; }

  Result<void> give_back(const FenceTarget& target, const Context& context) override {
    if (!gives_back_) return Fencer::give_back(target, context);
    FO_TRY(run({"give-back", std::to_string(target.epoch)}, target, context.within(timeout_)));
    return {};
  }

 private:
  Result<ChildResult> run(std::vector<std::string> arguments, const FenceTarget& target, const Context& context) const {
    ChildCommand command;
    command.environment = {{"FO_FENCE_VERB", arguments.front()},
                           {"FO_FENCE_NODE", target.node},
                           {"FO_FENCE_ADDRESS", target.address},
                           {"FO_FENCE_EPOCH", std::to_string(target.epoch)},
                           {"FO_FENCE_KIND", std::string(name_of(kind_))}};
    const auto verb = arguments.front();
    command.argv = {file_};
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    command.limit = timeout_;
    auto result = FO_TRY(run_child(command, context));
    if (!result.ok()) {
      const auto said = first_clause(result.errors);
      return fail(ErrorKind::io, fmt::format("{} {} for {} ended with {}{}{}", file_, verb, target.node,
                                             result.how_it_ended(), said.empty() ? "" : ": ", said));
    }
    return result;
  }

  std::string file_;
  FenceKind kind_;
  bool gives_back_;
  Duration timeout_;
};

}  // namespace

Result<std::unique_ptr<Fencer>> make_exec_fencer(std::string_view spec) {
  const auto url = FO_TRY(parse_url(spec));
  if (!url.host.empty()) return fail(ErrorKind::usage, "exec fencers are written exec:///FILE, with three slashes");
  const auto file = FO_TRY(url.decoded_path());
  std::string kind;
  bool gives_back = false;
  auto timeout = default_fence_timeout;
  for (const auto& [key, value] : FO_TRY(url.parameters())) {
    if (key == "kind") {
      kind = value;
    } else if (key == "give-back" && (value == "yes" || value == "no")) {
      gives_back = value == "yes";
    } else if (key == "timeout") {
      timeout = FO_TRY(parse_fence_timeout(value));
    } else {
      return fail(ErrorKind::usage,
                  fmt::format("'{}' is no parameter of an exec fencer (kind, timeout, give-back=yes|no)", key));
    }
  }
  if (kind != "power" && kind != "service") {
    return fail(ErrorKind::usage, fmt::format("the fencer {} needs ?kind=power or ?kind=service", spec));
  }
  if (gives_back && kind != "service") {
    return fail(ErrorKind::usage, "give-back=yes goes with kind=service: a host that was switched off starts by hand");
  }
  if (!file.starts_with('/')) return fail(ErrorKind::usage, "a fencer's FILE must be an absolute path: exec:///FILE");
  FO_TRY(check_fence_program(file));
  return std::make_unique<ExecFencer>(file, kind == "power" ? FenceKind::power : FenceKind::service, gives_back,
                                      timeout);
}

}  // namespace failover
