#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/arbiter.hpp>
#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "failover/role.hpp"
#include "promote/gather.hpp"
#include "state/promotion_journal.hpp"
#include "state/role_file.hpp"
#include "state/start_note.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

GuardAnswer no(std::string reason) {
  return {false, false, std::move(reason)};
}

GuardAnswer by_role(const GuardFacts& facts) {
  if (facts.role == "active") return {true, false, fmt::format("this host is active since epoch {}", facts.role_epoch)};
  if (facts.role == "promoting" && facts.committed) return {true, false, "the promotion of this host is committed"};
  return no(fmt::format("the role of this host is {}, not active", facts.role));
}

GuardAnswer by_record(const GuardFacts& facts, const ArbiterRecord& record) {
  if (record.promoting && *record.promoting != facts.node) return no(*record.promoting + " promotes at this moment");
  if (record.maybe != std::vector{facts.node} || record.active != facts.node) {
    return no(fmt::format("the arbiter says that {} is active and that {} may be serving",
                          record.active.value_or("nobody"),
                          record.maybe.empty() ? "nobody" : fmt::format("{}", fmt::join(record.maybe, ", "))));
  }
  // It gives the service away at this moment, or was stopped while it did.
  if (facts.role == "standby" && facts.role_epoch >= record.epoch) {
    return no(fmt::format("this host is a standby since epoch {}, though the arbiter still says that it is active",
                          facts.role_epoch));
  }
  if (facts.role_epoch > record.epoch) {
    return no(fmt::format("the arbiter knows epoch {} and this host {}: it was restored from an old copy", record.epoch,
                          facts.role_epoch));
  }
  return {true, true, fmt::format("the arbiter says that this host is active, epoch {}", record.epoch)};
}

/// Property unknown-is-not-down: only an arbiter that cannot be reached lets the note speak.
GuardAnswer by_note(const GuardFacts& facts, const Error& error) {
  const bool unreachable = error.kind == ErrorKind::unreachable || error.kind == ErrorKind::timeout;
  const bool holds = facts.note && !facts.boot_id.empty() && facts.note->boot_id == facts.boot_id &&
                     facts.role != "standby" && facts.note->service == facts.service &&
                     facts.note->node == facts.node && facts.note->epoch >= facts.role_epoch;
  if (unreachable && holds) {
    return {true, false,
            fmt::format("it was active earlier in this boot, and the arbiter cannot be reached: {}", error.message)};
  }
  return no(error.message);
}

bool committed_and_open(const StateDir& state) {
  const auto history = PromotionJournal::read(state);
  if (!history) return false;
  const auto earlier = earlier_promotion(*history);
  return earlier && !earlier->ended && earlier->committed();
}

}  // namespace

GuardAnswer judge_start(const GuardFacts& facts) {
  if (facts.role == "fenced") {
    return no(fmt::format("this host was fenced by the promotion to epoch {}: another one serves", facts.role_epoch));
  }
  if (!facts.keeps_record) return by_role(facts);
  return facts.record ? by_record(facts, *facts.record) : by_note(facts, facts.record.error());
}

GuardAnswer guard_start(const PromotionSettings& settings, Arbiter& arbiter, const std::filesystem::path& notes,
                        const Context& context) {
  const auto state = StateDir::at(settings.state_dir);
  const auto role = read_role(state);
  if (!role) return no(role.error().message);
  GuardFacts facts{.node = settings.node,
                   .role = role_name(*role),
                   .role_epoch = role->value_or(RoleRecord{}).epoch,
                   .committed = committed_and_open(state),
                   .keeps_record = arbiter.keeps_record(),
                   .record = ArbiterRecord{},
                   .note = read_start_note(notes, settings.service),
                   .service = settings.service,
                   .boot_id = boot_id_of_this_host()};
  if (facts.keeps_record) facts.record = arbiter.read(context);
  auto answer = judge_start(facts);
  if (!answer.by_record) return answer;
  const auto left =
      write_start_note(notes, {settings.service, settings.node, facts.boot_id, facts.record ? facts.record->epoch : 0});
  // Without it the next start needs the arbiter: worth a word, no reason to stay down.
  if (!left) context.note(Level::warning, left.error().message);
  return answer;
}

}  // namespace failover
