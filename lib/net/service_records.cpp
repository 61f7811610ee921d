#include "net/service_records.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <ares.h>
#include <fmt/format.h>

#include <failover/error.hpp>

#include "net/dns_message.hpp"
#include "net/dns_name.hpp"
#include "net/dns_rdata.hpp"

namespace failover {

namespace {

constexpr std::size_t most_records = 64;

struct FreeAresData {
  void operator()(void* data) const noexcept { ares_free_data(data); }
};

std::string text_of(const unsigned char* text) {
  std::string result;
  while (text != nullptr && *text != 0) result += static_cast<char>(*text++);
  return result;
}

/// c-ares writes the root as an empty name, some versions as a dot.
std::string name_of(const char* name) {
  const std::string_view text = name != nullptr ? name : "";
  return text == "." ? std::string{} : std::string(text);
}

Result<void> judge(int status) {
  if (status == ARES_SUCCESS || status == ARES_ENODATA) return {};
  return fail(ErrorKind::protocol, fmt::format("the name server's answer is malformed ({})", ares_strerror(status)));
}

Result<ServiceRecords> parse_srv(std::span<const unsigned char> answer) {
  ares_srv_reply* raw = nullptr;
  const int status = ares_parse_srv_reply(answer.data(), static_cast<int>(answer.size()), &raw);
  const std::unique_ptr<ares_srv_reply, FreeAresData> list(raw);
  FO_TRY(judge(status));
  ServiceRecords records;
  for (const auto* one = raw; one != nullptr && records.srv.size() < most_records; one = one->next) {
    records.srv.push_back({one->priority, one->weight, one->port, name_of(one->host)});
  }
  return records;
}

Result<ServiceRecords> parse_naptr(std::span<const unsigned char> answer) {
  ares_naptr_reply* raw = nullptr;
  const int status = ares_parse_naptr_reply(answer.data(), static_cast<int>(answer.size()), &raw);
  const std::unique_ptr<ares_naptr_reply, FreeAresData> list(raw);
  FO_TRY(judge(status));
  ServiceRecords records;
  for (const auto* one = raw; one != nullptr && records.naptr.size() < most_records; one = one->next) {
    records.naptr.push_back(
        {one->order, one->preference, text_of(one->flags), text_of(one->service), name_of(one->replacement)});
  }
  return records;
}

Result<ServiceRecords> parse_ns(std::span<const unsigned char> answer) {
  const auto message = FO_TRY(parse_dns_message({reinterpret_cast<const char*>(answer.data()), answer.size()}));
  ServiceRecords records;
  for (const auto& record : message.answers) {
    if (record.type != dns_type::ns || record.rr_class != dns_class::in) continue;
    if (records.name_servers.size() == most_records) break;
    records.name_servers.push_back(FO_TRY(name_in(record)).to_text());
  }
  return records;
}

}  // namespace

Result<ServiceRecords> parse_service_records(std::span<const unsigned char> answer, ServiceType type) {
  if (type == ServiceType::ns) return parse_ns(answer);
  return type == ServiceType::srv ? parse_srv(answer) : parse_naptr(answer);
}

}  // namespace failover
