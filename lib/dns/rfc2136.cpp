#include "dns/rfc2136.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "dns/pause.hpp"
#include "dns/record_shape.hpp"
#include "dns/rfc2136_update.hpp"
#include "dns/service_reading.hpp"
#include "net/dns_message.hpp"
#include "net/tsig.hpp"

namespace failover {

namespace {

constexpr int most_looks = 5;
/// How long an update whose answer was lost may take to show.
constexpr std::chrono::seconds settle_limit{5};
constexpr std::chrono::milliseconds settle_pause{100};

std::string in_words(const ServiceRecord& record) {
  return fmt::format(
      "{} with {}",
      endpoints_of(record).empty() ? "no address" : fmt::format("{}", fmt::join(endpoints_of(record), ", ")),
      record.mark ? "'" + to_txt(*record.mark) + "'" : "no epoch mark");
}

/// After these nobody knows whether the server has done, or will yet do, what it was sent.
bool leaves_open(const Error& error) noexcept {
  return error.kind == ErrorKind::timeout || error.kind == ErrorKind::unreachable ||
         error.kind == ErrorKind::integrity || error.kind == ErrorKind::protocol;
}

/// How loud it is told that reading back had to decide: an answer that is no answer of the server's needs a look, one
/// that was lost does not.
Level level_of(const Error& error) noexcept {
  return error.kind == ErrorKind::timeout || error.kind == ErrorKind::unreachable ? Level::info : Level::warning;
}

class Rfc2136Updater final : public DnsUpdater {
 public:
  explicit Rfc2136Updater(Rfc2136Zone zone) : zone_(std::move(zone)) {}

  std::string describe() const override {
    return fmt::format("rfc2136 {} at {}", zone_.zone.to_text(), zone_.primary->describe());
  }

  [[nodiscard]] Swap swap() const noexcept override { return Swap::atomic; }

  Result<ServiceRecord> current(const Context& context) override {
    const auto ask = [this](std::span<const DnsQuestion> questions, const Context& within) {
      return zone_.primary->ask_all(questions, within);
    };
    // Three answers are no snapshot: an update may come between them. Two looks that agree are one.
    auto last = FO_TRY(while_doing(describe(), read_service(ask, zone_.names, context)));
    for (int look = 0; look < most_looks; ++look) {
      auto again = FO_TRY(while_doing(describe(), read_service(ask, zone_.names, context)));
      if (same_content(again, last)) {
        alias_ = shape_of(again) == RecordShape::alias;
        return again;
      }
      last = std::move(again);
    }
    return fail(ErrorKind::conflict, fmt::format("{}: {} changes while it is read", describe(), subject()));
  }

  Result<void> replace(const ServiceRecord& given_from, const ServiceRecord& given_to,
                       const Context& context) override {
    const auto from = only(FO_TRY(canonical(given_from)), zone_.names);
    const auto to = only(FO_TRY(canonical(given_to)), zone_.names);
    const auto update = FO_TRY(while_doing(describe(), swap_update(zone_.zone, zone_.names, from, to, zone_.ttl)));
    FO_TRY(while_doing(describe() + ": nothing was sent", zone_.primary->prepare(context)));
    // Half of the time is kept for reading back.
    const auto answer = zone_.primary->send(update, context.within(context.deadline.remaining() / 2));
    if (answer) return judge(*answer, from, to, context);
    if (leaves_open(answer.error())) return settle(level_of(answer.error()), answer.error(), from, to, context);
    auto error = answer.error().while_doing(describe());
    if (error.kind == ErrorKind::cancelled) error.message += "; whether the update was done is not known";
    return std::unexpected(std::move(error));
  }

  Result<void> prove_access(const Context& context) override {
    const auto update = FO_TRY(access_update(zone_.zone, zone_.names, alias_));
    const auto answer = FO_TRY(while_doing(describe(), zone_.primary->send(update, context)));
    const auto rcode = answer.message.rcode;
    if (is_unmet_prerequisite(rcode))
      return zone_.primary->credential().may_go_without() ? write_the_same(context) : Result<void>();
    if (rcode != dns_rcode::noerror) return std::unexpected(rejected(rcode));
    return fail(ErrorKind::protocol,
                fmt::format("{}: the server ignores the prerequisites of an update, so two hosts could "
                            "both change the name; use another server",
                            describe()));
  }

 private:
  /// Domain controllers look at prerequisites before they look at rights: only a change that would be made shows them.
  /// This one makes what is there what is there.
  Result<void> write_the_same(const Context& context) {
    const auto now = FO_TRY(current(context));
    if (now.addresses.empty()) return {};
    const auto update = FO_TRY(while_doing(describe(), swap_update(zone_.zone, zone_.names, now, now, zone_.ttl)));
    const auto answer = FO_TRY(while_doing(describe(), zone_.primary->send(update, context)));
    const auto rcode = answer.message.rcode;
    if (rcode == dns_rcode::noerror || is_unmet_prerequisite(rcode)) return {};
    return std::unexpected(rejected(rcode));
  }

  static Result<ServiceRecord> canonical(ServiceRecord record) {
    record.addresses = FO_TRY(canonical_addresses(record.addresses));
    std::ranges::sort(record.targets);
    return record;
  }

  static bool is_unmet_prerequisite(std::uint16_t rcode) noexcept {
    return rcode == dns_rcode::nxrrset || rcode == dns_rcode::yxrrset || rcode == dns_rcode::nxdomain ||
           rcode == dns_rcode::yxdomain;
  }

  /// An answer that RFC 8945 would have us believe is believed; of any other the reading back decides.
  Result<void> judge(const JudgedMessage& answer, const ServiceRecord& from, const ServiceRecord& to,
                     const Context& context) {
    const auto rcode = answer.message.rcode;
    if (answer.proof == TsigProof::rfc8945 && rcode == dns_rcode::noerror) return {};
    const Error doubt{ErrorKind::integrity,
                      fmt::format("the server's answer ({}) {}", rcode_text(rcode), to_string(answer.proof))};
    if (rcode == dns_rcode::noerror) {
      // That one proves the server, which never answers otherwise: nothing to look at each time.
      return settle(answer.proven() ? Level::info : Level::warning, doubt, from, to, context);
    }
    if (!answer.proven()) {
      const auto now = current(context);
      if (now && same_content(*now, to)) return done_after_all(Level::warning, doubt, context);
    }
    if (is_unmet_prerequisite(rcode)) return conflict(from, context);
    return std::unexpected(rejected(rcode));
  }

  Result<void> done_after_all(Level level, const Error& why, const Context& context) const {
    context.note(level,
                 fmt::format("{}: {}; but reading back shows that the update was done", describe(), why.message));
    return {};
  }

  [[nodiscard]] Error rejected(std::uint16_t rcode) const {
    const auto zone = zone_.zone.to_text();
    const auto who = zone_.primary->credential().describe();
    const auto error = [this](ErrorKind kind, std::string_view why) {
      return Error{kind, fmt::format("{}: {}", describe(), why)};
    };
    switch (rcode) {
      case dns_rcode::refused:
        return error(
            ErrorKind::permission,
            fmt::format("the server refuses updates with {} (REFUSED); its update-policy, or the records' access "
                        "control list, must grant {}",
                        who, rights()));
      case dns_rcode::notauth:
        return error(ErrorKind::not_found, fmt::format("the server is not the primary of a zone {} (NOTAUTH)", zone));
      case dns_rcode::notzone:
        return error(ErrorKind::config, fmt::format("a name of the update is not in the zone {} (NOTZONE)", zone));
      case dns_rcode::servfail:
        return error(ErrorKind::unreachable, "the server failed to do the update (SERVFAIL); its log says why");
      case dns_rcode::notimp:
        return error(ErrorKind::protocol, "the server does not do updates (NOTIMP)");
      default:
        return error(ErrorKind::protocol, fmt::format("the server answered the update with {}", rcode_text(rcode)));
    }
  }

  [[nodiscard]] std::string rights() const {
    const auto& names = zone_.names;
    std::vector<std::string> each;
    if (names.has_service) {
      each.push_back(fmt::format("{} of {}",
                                 names.by_srv() ? "SRV"
                                 : alias_       ? "CNAME"
                                                : "A, AAAA",
                                 names.service.to_text()));
    }
    if (names.has_mark) each.push_back("TXT of " + names.epoch_record.to_text());
    return fmt::format("{}", fmt::join(each, " and "));
  }

  /// The name that messages are about.
  [[nodiscard]] std::string subject() const {
    return (zone_.names.has_service ? zone_.names.service : zone_.names.epoch_record).to_text();
  }

  Result<void> conflict(const ServiceRecord& from, const Context& context) {
    const auto now = current(context);
    return fail(ErrorKind::conflict, fmt::format("{}: {} is not as it was read ({}), nothing was changed; {}",
                                                 describe(), subject(), in_words(from),
                                                 now ? "it now has " + in_words(*now)
                                                     : "what it has now could not be read: " + now.error().message));
  }

  /// No usable answer came: what the server holds decides (property effect).
  Result<void> settle(Level level, const Error& why, const ServiceRecord& from, const ServiceRecord& to,
                      const Context& context) {
    // The update may still wait at a server that hung: as long as nothing has changed, give it a little time.
    const auto patience = context.deadline.sooner(Deadline::after(settle_limit));
    auto now = current(context);
    while (now && same_content(*now, from) && !same_content(from, to) && !patience.passed() && context.check()) {
      pause(settle_pause, context);
      if (auto again = current(context)) now = std::move(again);
    }
    if (!now) {
      return fail(why.kind,
                  fmt::format("{}: {}; whether the update was done is not known, since reading back failed too: {}",
                              describe(), why.message, now.error().message));
    }
    if (same_content(*now, to)) return done_after_all(level, why, context);
    if (same_content(*now, from)) {
      return fail(why.kind, fmt::format("{}: {}; so far nothing has changed", describe(), why.message));
    }
    return fail(ErrorKind::conflict, fmt::format("{}: {}; somebody else has changed {}: it now has {}", describe(),
                                                 why.message, subject(), in_words(*now)));
  }

  Rfc2136Zone zone_;
  bool alias_ = false;  ///< what current() saw: the right to change it is another one
};

}  // namespace

std::unique_ptr<DnsUpdater> make_rfc2136_updater(Rfc2136Zone zone) {
  return std::make_unique<Rfc2136Updater>(std::move(zone));
}

}  // namespace failover
