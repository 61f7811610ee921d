#include "fence/operator_fencer.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>

#include "core/clock.hpp"

namespace failover {

namespace {

constexpr auto word_holds = std::chrono::minutes(15);
/// Clocks of the person and of this host may differ a little.
constexpr auto clock_slack = std::chrono::minutes(1);

class OperatorFencer final : public Fencer {
 public:
  explicit OperatorFencer(std::optional<WallTime> word) noexcept : word_(word) {}

  [[nodiscard]] std::string describe() const override {
    return word_ ? "the operator's word of " + rfc3339(*word_) : "the operator's word";
  }
  [[nodiscard]] FenceKind kind() const noexcept override { return FenceKind::person; }

  Result<FenceState> status(const FenceTarget& target, const Context& /*context*/) override {
    if (!word_) {
      return fail(ErrorKind::refused,
                  fmt::format("nobody has said that {0} is off; power it off and add --i-have-powered-off {0}@TIME",
                              target.node));
    }
    const auto age = std::chrono::system_clock::now() - *word_;
    if (age > word_holds) {
      return fail(ErrorKind::refused, fmt::format("the word that {} is off is {} old; only 15 min count, look again",
                                                  target.node, human_duration(age)));
    }
    if (age < -clock_slack) {
      return fail(ErrorKind::refused, fmt::format("the word that {} is off is of {}, which is in the future",
                                                  target.node, rfc3339(*word_)));
    }
    return FenceState::off;
  }

  Result<void> fence(const FenceTarget& target, const Context& context) override {
    FO_TRY(status(target, context));
    return {};
  }

 private:
  std::optional<WallTime> word_;
};

}  // namespace

Result<std::unique_ptr<Fencer>> make_operator_fencer(std::string_view word) {
  std::optional<WallTime> time;
  if (!word.empty()) time = FO_TRY(while_doing("--i-have-powered-off", parse_rfc3339(word)));
  return std::make_unique<OperatorFencer>(time);
}

}  // namespace failover
