#include "fence/exec_fencer.hpp"

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>

#include "core/child_process.hpp"
#include "core/pause.hpp"
#include "core/system_error.hpp"
#include "core/url.hpp"

namespace failover {

namespace {

constexpr Duration default_timeout = std::chrono::seconds(60);
constexpr Duration longest_timeout = std::chrono::hours(1);
constexpr Duration status_interval = std::chrono::milliseconds(250);

std::string_view name_of(FenceKind kind) noexcept {
  return kind == FenceKind::power ? "power" : "service";
}

/// What a program said, as one clause for a message.
std::string clause(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  while (!text.empty() && (text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  constexpr std::size_t longest = 200;
  return std::string(text.substr(0, longest));
}

class ExecFencer final : public Fencer {
 public:
  ExecFencer(std::string file, FenceKind kind, bool gives_back, Duration timeout) noexcept
      : file_(std::move(file)), kind_(kind), gives_back_(gives_back), timeout_(timeout) {}

  [[nodiscard]] std::string describe() const override { return fmt::format("{} ({})", file_, name_of(kind_)); }
  [[nodiscard]] FenceKind kind() const noexcept override { return kind_; }

  Result<FenceState> status(const FenceTarget& target, const Context& context) override {
    const auto result = FO_TRY(run({"status"}, target, context.within(timeout_)));
    const auto answer = clause(result.output);
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
      const auto said = clause(result.errors);
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

Result<Duration> parse_timeout(const std::string& text) {
  std::int64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  const std::string_view unit(rest, end);
  const Duration one = unit == "ms"  ? Duration(std::chrono::milliseconds(1))
                       : unit == "s" ? Duration(std::chrono::seconds(1))
                       : unit == "m" ? Duration(std::chrono::minutes(1))
                                     : Duration::zero();
  if (error != std::errc() || one == Duration::zero() || number <= 0 || number > longest_timeout / one) {
    return fail(ErrorKind::usage, "timeout=" + text + " is not a duration of at most an hour, like 30s");
  }
  return number * one;
}

Result<void> check_program(const std::string& file) {
  const std::filesystem::path path(file);
  if (!path.is_absolute()) return fail(ErrorKind::usage, "a fencer's FILE must be an absolute path: exec:///FILE");
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return fail(ErrorKind::config, "the fencer " + file + " is not there or not a regular file");
  }
  if (::access(file.c_str(), X_OK) != 0) return fail_errno("the fencer " + file + " cannot be run");
  return {};
}

}  // namespace

Result<std::unique_ptr<Fencer>> make_exec_fencer(std::string_view spec) {
  const auto url = FO_TRY(parse_url(spec));
  if (!url.host.empty()) return fail(ErrorKind::usage, "exec fencers are written exec:///FILE, with three slashes");
  const auto file = FO_TRY(url.decoded_path());
  std::string kind;
  bool gives_back = false;
  auto timeout = default_timeout;
  for (const auto& [key, value] : FO_TRY(url.parameters())) {
    if (key == "kind") {
      kind = value;
    } else if (key == "give-back" && (value == "yes" || value == "no")) {
      gives_back = value == "yes";
    } else if (key == "timeout") {
      timeout = FO_TRY(parse_timeout(value));
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
  FO_TRY(check_program(file));
  return std::make_unique<ExecFencer>(file, kind == "power" ? FenceKind::power : FenceKind::service, gives_back,
                                      timeout);
}

}  // namespace failover
