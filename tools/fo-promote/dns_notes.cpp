#include "fo-promote/dns_notes.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <functional>
#include <iterator>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "cli/exit_status.hpp"
#include "cli/output.hpp"
#include "cli/session.hpp"
#include "cli/tool.hpp"

namespace failover::promote_tool {

namespace {

/// Passes everything on and remembers, once each, what was said.
class HeardNotes final : public Events {
 public:
  explicit HeardNotes(Events& next) noexcept : next_(next) {}

  void progress(std::string_view task, std::uint64_t done, std::uint64_t total) noexcept override {
    next_.progress(task, done, total);
  }
  void note(Level level, std::string_view sentence) noexcept override {
    next_.note(level, sentence);
    try {
      const std::scoped_lock lock(mutex_);
      auto& heard = level == Level::info ? remarks_ : warnings_;
      if (level != Level::debug && std::ranges::find(heard, sentence) == heard.end()) heard.emplace_back(sentence);
    } catch (const std::exception&) {
      // It was said, which is what matters.
      return;
    }
  }

  /// To be read once nobody notes any more.
  [[nodiscard]] const std::vector<std::string>& warnings() const noexcept { return warnings_; }
  [[nodiscard]] const std::vector<std::string>& remarks() const noexcept { return remarks_; }

 private:
  Events& next_;
  std::mutex mutex_;
  std::vector<std::string> warnings_;
  std::vector<std::string> remarks_;
};

}  // namespace

Result<cli::Outcome> with_notes(cli::Session& session, const std::function<Result<cli::Outcome>()>& verb) {
  HeardNotes heard(session.output);
  auto* const before = std::exchange(session.context.events, &heard);
  auto outcome = verb();
  session.context.events = before;
  for (const auto& remark : heard.remarks()) session.output.print(remark);
  if (!outcome) return outcome;
  auto told = heard.warnings();
  std::ranges::copy(heard.remarks(), std::back_inserter(told));
  if (!told.empty())
    outcome->message += fmt::format("{}{}", outcome->message.empty() ? "" : "; ", fmt::join(told, "; "));
  if (!heard.warnings().empty() && outcome->status == cli::status_done) outcome->status = cli::status_warning;
  return outcome;
}

}  // namespace failover::promote_tool
