#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/dns.hpp>
#include <failover/error.hpp>

namespace failover {

/// What a program is asked: "current", "replace" or "prove_access".
struct ExecRequest {
  std::string_view verb;
  std::string service = {};
  std::string epoch_record = {};
  const ServiceRecord* from = nullptr;  ///< of replace
  const ServiceRecord* to = nullptr;
  double seconds = 0;  ///< until it must have answered
};

/// The request as one JSON object, for its standard input.
std::string exec_request_json(const ExecRequest& request);
/// The same as variables FO_DNS_*, lists with blanks between: for programs that have no JSON at hand.
std::vector<std::pair<std::string, std::string>> exec_request_variables(const ExecRequest& request);

/// {"addresses":[..],"ttl":60,"mark":"epoch=.. node=.. time=.." or null}.
Result<ServiceRecord> parse_exec_answer(std::string_view json);

/// What an exit status other than 0 means: see failover-dns(7).
ErrorKind exec_error_kind(int exit_status) noexcept;

}  // namespace failover
