#include "dns/authority_verifier.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "dns/name_servers.hpp"
#include "dns/pause.hpp"
#include "dns/server_place.hpp"
#include "dns/service_reading.hpp"
#include "dns/side_by_side.hpp"
#include "net/dns_name.hpp"

namespace failover {

namespace {

constexpr std::chrono::milliseconds first_pause{50};
constexpr std::chrono::milliseconds longest_pause{2000};

/// Why an answer is not the wanted one; empty if it is.
std::string complaint(const ServerAnswer& answer, const ServiceRecord& wanted, const ServiceNames& names) {
  if (!answer.record) return fmt::format("{}: {}", answer.server, answer.record.error().message);
  if (agrees(answer, wanted)) return {};
  const auto record = only(*answer.record, names);
  std::vector<std::string> parts;
  const auto endpoints = endpoints_of(record);
  if (names.has_service) {
    parts.push_back(endpoints.empty() ? "no address" : fmt::format("{}", fmt::join(endpoints, ", ")));
  }
  if (names.has_mark) parts.push_back(record.mark ? "epoch " + std::to_string(record.mark->epoch) : "no epoch mark");
  return fmt::format("{} still says {}", answer.server, fmt::join(parts, ", "));
}

/// Every server at once; what each says lies at its place in the result.
std::vector<PlaceAnswer> ask_places(std::span<ServerPlace> places, const ServiceNames& names,
                                    const std::optional<DnsName>& zone, const Context& context) {
  std::vector<PlaceAnswer> answers(places.size(), PlaceAnswer{ServiceRecord{}, {}});
  side_by_side(places.size(), [&](std::size_t i) { answers[i] = ask_place(places[i], names, zone, context); });
  return answers;
}

class AuthorityVerifier final : public DnsVerifier {
 public:
  AuthorityVerifier(std::string view, ServiceNames names, FindServers find, std::optional<DnsName> zone)
      : view_(std::move(view)), names_(std::move(names)), find_(std::move(find)), zone_(std::move(zone)) {}

  Result<std::vector<std::string>> find(const Context& context) override {
    remembered_ = FO_TRY(find_places(context));
    std::vector<std::string> labels;
    labels.reserve(remembered_.size());
    for (const auto& place : remembered_) labels.push_back(place.label);
    return labels;
  }

  void warm_up(const Context& context) override {
    for (auto& place : remembered_) failover::warm_up(place, names_, zone_, context);
  }

  Result<std::vector<ServerAnswer>> ask_all(const Context& context) override {
    auto round = FO_TRY(ask_round(context));
    return std::move(round.answers);
  }

  Result<void> wait_until(const ServiceRecord& wanted, const Context& context) override {
    auto pause_length = first_pause;
    std::string last;
    while (true) {
      const auto round = ask_round(context);
      if (!round && !may_pass(round.error())) return std::unexpected(round.error());
      const auto behind = round ? laggards(round->answers, wanted) : std::vector<std::string>{round.error().message};
      if (behind.empty() && !round->list_is_old) return {};
      // A round that the deadline cut short would blame servers that only had no time to answer.
      if (!behind.empty() && (last.empty() || !context.deadline.passed())) {
        last = round ? fmt::format("{}: {} of {} authoritative servers do not have the change: {}", view_,
                                   behind.size(), round->answers.size(), fmt::join(behind, "; "))
                     : behind.front();
      }
      if (!behind.empty()) pause(pause_length, context);
      if (last.empty()) last = view_ + ": its name servers change while they are asked";
      if (context.stop.stop_requested()) return fail(ErrorKind::cancelled, last);
      if (context.deadline.passed()) return fail(ErrorKind::timeout, last);
      pause_length = std::min(pause_length * 2, longest_pause);
    }
  }

 private:
  struct Round {
    std::vector<ServerAnswer> answers;
    bool list_is_old = false;  ///< an answer names other servers than those that were asked
  };

  static bool may_pass(const Error& error) noexcept {
    return error.kind == ErrorKind::timeout || error.kind == ErrorKind::unreachable;
  }

  Result<std::vector<ServerPlace>> find_places(const Context& context) {
    const auto servers = FO_TRY(while_doing(view_ + ": finding its authoritative servers", find_(context)));
    asked_names_.clear();
    for (const auto& server : servers) {
      if (!server.ask) asked_names_.insert(server.name);
    }
    return places_of(servers);
  }

  /// Asks the servers that were found before, once; without such, those that are found now.
  Result<Round> ask_round(const Context& context) {
    const bool from_memory = !remembered_.empty();
    auto places = from_memory ? std::exchange(remembered_, {}) : FO_TRY(find_places(context));
    auto said = ask_places(places, names_, from_memory ? zone_ : std::nullopt, context);
    if (context.stop.stop_requested()) return fail(ErrorKind::cancelled, view_ + ": stopped by a signal");
    Round round;
    for (std::size_t i = 0; i < places.size(); ++i) {
      const bool others = !said[i].name_servers.empty() && said[i].name_servers != asked_names_;
      round.list_is_old = round.list_is_old || others;
      round.answers.push_back({places[i].label, std::move(said[i].record), names_.has_service, names_.has_mark});
    }
    return round;
  }

  [[nodiscard]] std::vector<std::string> laggards(const std::vector<ServerAnswer>& answers,
                                                  const ServiceRecord& wanted) const {
    std::vector<std::string> behind;
    for (const auto& answer : answers) {
      if (auto why = complaint(answer, wanted, names_); !why.empty()) behind.push_back(std::move(why));
    }
    return behind;
  }

  std::string view_;
  ServiceNames names_;
  FindServers find_;
  std::optional<DnsName> zone_;
  std::vector<ServerPlace> remembered_;
  std::set<std::string> asked_names_;
};

}  // namespace

bool agrees(const ServerAnswer& answer, const ServiceRecord& wanted) {
  if (!answer.record) return false;
  ServiceNames part;
  part.has_service = answer.has_service;
  part.has_mark = answer.has_mark;
  return same_content(only(*answer.record, part), only(wanted, part));
}

Result<std::vector<std::string>> DnsVerifier::find(const Context& /*context*/) {
  return std::vector<std::string>();
}

void DnsVerifier::warm_up(const Context& /*context*/) {}

std::unique_ptr<DnsVerifier> make_authority_verifier(std::string view, ServiceNames names, FindServers find,
                                                     std::optional<DnsName> zone) {
  return std::make_unique<AuthorityVerifier>(std::move(view), std::move(names), std::move(find), std::move(zone));
}

}  // namespace failover
