#include "probe/target_parameter.hpp"

#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include <failover/error.hpp>

#include "core/ascii.hpp"
#include "net/dns_type_text.hpp"
#include "probe/status_set.hpp"

namespace failover {

namespace {

Result<void> check_record_type(std::string_view value) {
  const auto type = dns_type_of(value);
  // RFC 6895 section 3.1: those of 128 to 255, and OPT, are questions and pseudo-records that no name has.
  constexpr std::uint16_t opt = 41;
  if (!type || *type == opt || (*type >= 128 && *type <= 255)) {
    return fail(ErrorKind::usage, fmt::format("type '{}' is not a record type such as A, AAAA, SRV or TYPE257", value));
  }
  return {};
}

}  // namespace

bool is_host_name(std::string_view name) noexcept {
  return consists_of_alphanumerics(name, "-._") && name.size() <= 253 && name.front() != '.' && name.front() != '-';
}

Result<void> check_target_parameter(std::string_view, std::string_view name, std::string_view value) {
  if (name == "transport" && value != "udp" && value != "tcp") {
    return fail(ErrorKind::usage,
                fmt::format("transport '{}' is not known; known are udp and tcp (TLS is sips://)", value));
  }
  if (name == "verify" && value != "require") {
    return fail(ErrorKind::usage, fmt::format("verify '{}' is not known; known is require", value));
  }
  if (name == "name" && !is_host_name(value)) {
    return fail(ErrorKind::usage, fmt::format("name '{}' is not a host name", value));
  }
  if (name == "type") return check_record_type(value);
  if (name == "expect") FO_TRY(while_doing("expect", StatusSet::parse(value)));
  if (name == "body" && value.empty()) return fail(ErrorKind::usage, "body needs the text that the page must hold");
  return {};
}

bool may_repeat(std::string_view name) noexcept {
  return name == "arg";
}

}  // namespace failover
