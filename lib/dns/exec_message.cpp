#include "dns/exec_message.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <failover/dns.hpp>
#include <failover/error.hpp>

namespace failover {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t max_addresses = 64;
constexpr std::uint64_t max_ttl = 0x7fffffff;

Json record_json(const ServiceRecord& record) {
  Json json{{"addresses", record.addresses}, {"ttl", record.ttl.count()}, {"mark", nullptr}};
  if (record.mark) json["mark"] = to_txt(*record.mark);
  return json;
}

std::string mark_text(const ServiceRecord& record) {
  return record.mark ? to_txt(*record.mark) : std::string();
}

std::unexpected<Error> no_answer(std::string_view why) {
  return fail(ErrorKind::protocol,
              fmt::format("its answer is not {{\"addresses\":[..],\"ttl\":N,\"mark\":TEXT or null}}: {}", why));
}

}  // namespace

std::string exec_request_json(const ExecRequest& request) {
  Json json{{"format", 1},
            {"verb", request.verb},
            {"service", request.service},
            {"epoch_record", request.epoch_record},
            {"seconds", request.seconds}};
  if (request.from != nullptr) json["from"] = record_json(*request.from);
  if (request.to != nullptr) json["to"] = record_json(*request.to);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::vector<std::pair<std::string, std::string>> exec_request_variables(const ExecRequest& request) {
  std::vector<std::pair<std::string, std::string>> variables{{"FO_DNS_VERB", std::string(request.verb)},
                                                             {"FO_DNS_SERVICE", request.service},
                                                             {"FO_DNS_EPOCH_RECORD", request.epoch_record}};
  if (request.from != nullptr) {
    variables.emplace_back("FO_DNS_FROM", fmt::format("{}", fmt::join(request.from->addresses, " ")));
    variables.emplace_back("FO_DNS_FROM_MARK", mark_text(*request.from));
  }
  if (request.to != nullptr) {
    variables.emplace_back("FO_DNS_TO", fmt::format("{}", fmt::join(request.to->addresses, " ")));
    variables.emplace_back("FO_DNS_TO_MARK", mark_text(*request.to));
    variables.emplace_back("FO_DNS_TTL", std::to_string(request.to->ttl.count()));
  }
  return variables;
}

Result<ServiceRecord> parse_exec_answer(std::string_view text) {
  const auto json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return no_answer("it is no JSON object");
  ServiceRecord record;
  const auto addresses = json.find("addresses");
  if (addresses == json.end() || !addresses->is_array() || addresses->size() > max_addresses) {
    return no_answer("it has no list of at most 64 addresses");
  }
  for (const auto& address : *addresses) {
    if (!address.is_string()) return no_answer("an address is no text");
    record.addresses.push_back(address.get<std::string>());
  }
  auto canonical = canonical_addresses(record.addresses);
  if (!canonical) return no_answer(canonical.error().message);
  record.addresses = std::move(*canonical);
  if (const auto ttl = json.find("ttl"); ttl != json.end()) {
    if (!ttl->is_number_unsigned() || ttl->get<std::uint64_t>() > max_ttl) return no_answer("its ttl is no number");
    record.ttl = std::chrono::seconds(ttl->get<std::uint64_t>());
  }
  const auto mark = json.find("mark");
  if (mark == json.end() || mark->is_null()) return record;
  if (!mark->is_string()) return no_answer("its mark is no text");
  // An empty text is how shell scripts say null.
  const auto said = mark->get<std::string>();
  if (!said.empty()) record.mark = FO_TRY(parse_epoch_mark(said));
  return record;
}

ErrorKind exec_error_kind(int exit_status) noexcept {
  switch (exit_status) {
    case 2:
      return ErrorKind::config;
    case 4:
      return ErrorKind::conflict;
    case 5:
      return ErrorKind::not_found;
    case 6:
      return ErrorKind::unreachable;
    case 77:  // EX_NOPERM of sysexits.h
      return ErrorKind::permission;
    default:
      return ErrorKind::io;
  }
}

}  // namespace failover
