#include "fence/ssh_fencer.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>
#include <failover/role.hpp>

#include "core/url.hpp"
#include "fence/fence_program.hpp"
#include "net/ssh_command.hpp"
#include "net/ssh_session.hpp"

namespace failover {

namespace {

constexpr std::uint16_t default_port = 22;
/// systemd gives a unit 90 seconds to stop; the forced command has 2 minutes, and then says why it was not enough.
constexpr Duration default_timeout = std::chrono::seconds(150);
/// A host that is dark keeps a failover waiting no longer than this.
constexpr Duration connect_limit = std::chrono::seconds(10);

class SshFencer final : public Fencer {
 public:
  SshFencer(SshPeer peer, SshOptions options, Duration timeout) noexcept
      : peer_(std::move(peer)), options_(std::move(options)), timeout_(timeout) {}

  [[nodiscard]] std::string describe() const override { return fmt::format("ssh://{} (service)", peer_.text()); }
  [[nodiscard]] FenceKind kind() const noexcept override { return FenceKind::service; }
  [[nodiscard]] bool gives_back() const noexcept override { return true; }

  Result<FenceState> status(const FenceTarget& target, const Context& context) override {
    const auto limited = context.within(timeout_);
    const auto session = FO_TRY(connect(limited));
    const auto answer = FO_TRY(ask(*session, {FenceVerb::status, 0}, target, limited));
    // Off by an older epoch than the one that asks: a start of that one may still come.
    return answer.epoch < target.epoch ? FenceState::on : answer.state;
  }

  Result<void> fence(const FenceTarget& target, const Context& context) override {
    const auto limited = context.within(timeout_);
    const auto session = FO_TRY(connect(limited));
    // Who is it? Only then anything is stopped.
    FO_TRY(ask(*session, {FenceVerb::status, 0}, target, limited));
    const auto answer = FO_TRY(ask(*session, {FenceVerb::fence, target.epoch}, target, limited));
    FO_TRY(check_fenced(answer, target));
    const auto after = FO_TRY(ask(*session, {FenceVerb::status, 0}, target, limited));
    return check_fenced(after, target);
  }

  Result<void> give_back(const FenceTarget& target, const Context& context) override {
    const auto limited = context.within(timeout_);
    const auto session = FO_TRY(connect(limited));
    FO_TRY(ask(*session, {FenceVerb::status, 0}, target, limited));
    const auto answer = FO_TRY(ask(*session, {FenceVerb::give_back, target.epoch}, target, limited));
    if (answer.state == FenceState::on && answer.role == "active" && answer.epoch == target.epoch) return {};
    return fail(ErrorKind::protocol, fmt::format("{} was told to start epoch {} and says afterwards '{}'", peer_.text(),
                                                 target.epoch, to_string(answer)));
  }

 private:
  [[nodiscard]] Result<std::unique_ptr<SshSession>> connect(const Context& context) const {
    return SshSession::connect(peer_, options_, context.within(connect_limit));
  }

  [[nodiscard]] Result<void> check_fenced(const FenceAnswer& answer, const FenceTarget& target) const {
    if (answer.state == FenceState::off && answer.role == "fenced" && answer.epoch == target.epoch) return {};
    return fail(ErrorKind::protocol, fmt::format("{} was told to fence by epoch {} and says afterwards '{}'",
                                                 peer_.text(), target.epoch, to_string(answer)));
  }

  Result<FenceAnswer> ask(SshSession& session, const FenceRequest& request, const FenceTarget& target,
                          const Context& context) const {
    const auto words = to_string(request);
    const auto what = fmt::format("asking {} for '{}'", peer_.text(), words);
    const auto result = FO_TRY(while_doing(what, run_over_ssh(session, words, context)));
    if (result.exit_status != 0 || !result.signal.empty()) {
      const auto how = result.signal.empty() ? fmt::format("exit status {}", result.exit_status)
                                             : fmt::format("signal {}", result.signal);
      const auto said = reason_clause(result.errors);
      return fail(ErrorKind::io, fmt::format("{}: it ended with {}{}{}", what, how, said.empty() ? "" : ": ", said));
    }
    if (!result.output.ends_with('\n')) {
      return fail(ErrorKind::protocol,
                  what + ": it gave no whole line; is fo-promote serve-fence the key's command there?");
    }
    const std::string_view line(result.output.data(), result.output.size() - 1);
    auto answer = FO_TRY(while_doing(what, parse_fence_answer(line)));
    if (answer.node == target.node) return answer;
    return fail(ErrorKind::refused, fmt::format("{} is the node {}, not {}; mend the host in the fencer of {}",
                                                peer_.text(), answer.node, target.node, target.node));
  }

  SshPeer peer_;
  SshOptions options_;
  Duration timeout_;
};

}  // namespace

Result<std::unique_ptr<Fencer>> make_ssh_fencer(std::string_view spec) {
  const auto url = FO_TRY(parse_url(spec));
  if (url.host.empty() || url.user.empty() || !(url.path.empty() || url.path == "/")) {
    return fail(ErrorKind::usage, fmt::format("the fencer {} is not ssh://USER@HOST[:PORT]?identity-file=FILE", spec));
  }
  SshOptions options;
  auto timeout = default_timeout;
  for (const auto& [key, value] : FO_TRY(url.parameters())) {
    if (key == "identity-file" && !value.empty()) {
      options.identity_file = value;
    } else if (key == "password-file" && !value.empty()) {
      options.password_file = value;
    } else if (key == "known-hosts" && !value.empty()) {
      options.known_hosts = value;
    } else if (key == "timeout") {
      timeout = FO_TRY(parse_fence_timeout(value));
    } else {
      return fail(
          ErrorKind::usage,
          fmt::format("'{}={}' is no parameter of an ssh fencer (identity-file, password-file, known-hosts, timeout)",
                      key, value));
    }
  }
  // Nobody is there to unlock an agent when the watch promotes; and a password would be sent to the server.
  if (!options.identity_file) {
    return fail(ErrorKind::usage, fmt::format("the fencer {} needs ?identity-file=FILE", spec));
  }
  // The other side is silent while its services end.
  options.stall_timeout = timeout;
  return std::make_unique<SshFencer>(SshPeer{url.host, url.port.value_or(default_port), url.user}, std::move(options),
                                     timeout);
}

}  // namespace failover
