#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <failover/error.hpp>

namespace failover {

/// Where a service of a domain is (RFC 2782).
struct SrvRecord {
  std::uint16_t priority = 0;
  std::uint16_t weight = 0;
  std::uint16_t port = 0;
  std::string target;  ///< empty: the service is decidedly not available at this domain
};

/// Which services a domain has (RFC 3403).
struct NaptrRecord {
  std::uint16_t order = 0;
  std::uint16_t preference = 0;
  std::string flags;
  std::string service;
  std::string replacement;
};

enum class ServiceType : std::uint16_t { ns = 2, srv = 33, naptr = 35 };

struct ServiceRecords {
  std::vector<SrvRecord> srv;
  std::vector<NaptrRecord> naptr;
  std::vector<std::string> name_servers;
};

/// Reads the records of one type from an answer as it came, at most 64 of them. An error of kind protocol when it is no
/// proper answer. Without such records it is empty.
Result<ServiceRecords> parse_service_records(std::span<const unsigned char> answer, ServiceType type);

}  // namespace failover
