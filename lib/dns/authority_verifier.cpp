#include "dns/authority_verifier.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "dns/name_servers.hpp"
#include "dns/pause.hpp"
#include "dns/service_reading.hpp"
#include "net/address.hpp"
#include "net/dns_client.hpp"
#include "net/dns_message.hpp"

namespace failover {

namespace {

constexpr std::chrono::seconds server_limit{5};
constexpr std::chrono::milliseconds first_pause{200};
constexpr std::chrono::milliseconds longest_pause{2000};

Result<DnsMessage> ask_plain(const Address& server, const DnsQuestion& question, const Context& context) {
  auto answer = ask_tcp(server, question, context);
  if (answer || answer.error().kind != ErrorKind::unreachable) return answer;
  auto by_udp = ask_udp(server, question, context);
  return !by_udp && by_udp.error().kind == ErrorKind::unreachable ? answer : by_udp;
}

/// Why an answer is not the wanted one; empty if it is.
std::string complaint(const ServerAnswer& answer, const ServiceRecord& wanted) {
  if (!answer.record) return fmt::format("{}: {}", answer.server, answer.record.error().message);
  const auto& record = *answer.record;
  if (same_content(record, wanted)) return {};
  return fmt::format("{} still says {}, {}", answer.server,
                     record.addresses.empty() ? "no address" : fmt::format("{}", fmt::join(record.addresses, ", ")),
                     record.mark ? "epoch " + std::to_string(record.mark->epoch) : "no epoch mark");
}

class AuthorityVerifier final : public DnsVerifier {
 public:
  AuthorityVerifier(std::string view, ServiceNames names, FindServers find)
      : view_(std::move(view)), names_(std::move(names)), find_(std::move(find)) {}

  Result<std::vector<ServerAnswer>> ask_all(const Context& context) override {
    const auto servers = FO_TRY(while_doing(view_ + ": finding its authoritative servers", find_(context)));
    std::vector<ServerAnswer> answers;
    std::vector<Address> addresses;  // one for each answer that is still to be had
    std::vector<std::size_t> places;
    for (const auto& server : servers) {
      if (!server.addresses) {
        answers.push_back({server.name, std::unexpected(server.addresses.error())});
        continue;
      }
      for (const auto& address : *server.addresses) {
        const bool known_by_name = server.name != address.host();
        places.push_back(answers.size());
        addresses.push_back(address);
        answers.push_back(
            {known_by_name ? fmt::format("{} ({})", server.name, address.text()) : address.text(), ServiceRecord{}});
      }
    }
    std::vector<std::jthread> threads;
    threads.reserve(addresses.size());
    for (std::size_t i = 0; i < addresses.size(); ++i) {
      const auto ask = [&, i] { answers[places[i]].record = ask_one(addresses[i], context); };
      try {
        threads.emplace_back(ask);
      } catch (const std::system_error&) {
        ask();  // no more threads to be had: one after the other
      }
    }
    threads.clear();  // joins
    FO_TRY(while_doing(view_, cancelled_only(context)));
    return answers;
  }

  Result<void> wait_until(const ServiceRecord& wanted, const Context& context) override {
    auto pause_length = first_pause;
    std::string last;
    while (true) {
      const auto answers = ask_all(context);
      if (!answers && !may_pass(answers.error())) return std::unexpected(answers.error());
      const auto behind = answers ? laggards(*answers, wanted) : std::vector<std::string>{answers.error().message};
      if (behind.empty()) return {};
      // A round that the deadline cut short would blame servers that only had no time to answer.
      if (last.empty() || !context.deadline.passed()) {
        last = answers ? fmt::format("{}: {} of {} authoritative servers do not have the change: {}", view_,
                                     behind.size(), answers->size(), fmt::join(behind, "; "))
                       : behind.front();
      }
      pause(pause_length, context);
      if (context.stop.stop_requested()) return fail(ErrorKind::cancelled, last);
      if (context.deadline.passed()) return fail(ErrorKind::timeout, last);
      pause_length = std::min(pause_length * 2, longest_pause);
    }
  }

 private:
  static Result<void> cancelled_only(const Context& context) {
    if (context.stop.stop_requested()) return fail(ErrorKind::cancelled, "stopped by a signal");
    return {};
  }

  static bool may_pass(const Error& error) noexcept {
    return error.kind == ErrorKind::timeout || error.kind == ErrorKind::unreachable;
  }

  static std::vector<std::string> laggards(const std::vector<ServerAnswer>& answers, const ServiceRecord& wanted) {
    std::vector<std::string> behind;
    for (const auto& answer : answers) {
      if (auto why = complaint(answer, wanted); !why.empty()) behind.push_back(std::move(why));
    }
    return behind;
  }

  Result<ServiceRecord> ask_one(const Address& server, const Context& context) const {
    const auto ask = [&server](const DnsQuestion& question, const Context& within) {
      return ask_plain(server, question, within);
    };
    return read_service(ask, names_, context.within(server_limit));
  }

  std::string view_;
  ServiceNames names_;
  FindServers find_;
};

}  // namespace

std::unique_ptr<DnsVerifier> make_authority_verifier(std::string view, ServiceNames names, FindServers find) {
  return std::make_unique<AuthorityVerifier>(std::move(view), std::move(names), std::move(find));
}

}  // namespace failover
