#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/registry.hpp>

#include "dns/clouddns.hpp"
#include "dns/cloudflare.hpp"
#include "dns/exec.hpp"
#include "dns/hosts.hpp"
#include "dns/observe.hpp"
#include "dns/powerdns.hpp"
#include "dns/rfc2136.hpp"
#include "dns/route53.hpp"

namespace failover {

namespace {

struct Request {
  std::string_view url;
  std::string_view service;
  std::string_view epoch_record;
  std::string_view epoch_dns;
};

struct Scheme {
  std::string_view name;
  Result<DnsView> (*make)(const Request& request);
};

Result<DnsView> make_rfc2136(const Request& request) {
  return make_rfc2136_view(request.url, request.service, request.epoch_record, std::chrono::system_clock::now);
}

/// Those that carry the mark in the zone that they change.
template <Result<DnsView> (*make)(std::string_view, std::string_view, std::string_view)>
Result<DnsView> with_mark(const Request& request) {
  return make(request.url, request.service, request.epoch_record);
}

Result<DnsView> make_observe(const Request& request) {
  std::optional<DnsView> mark;
  if (!request.epoch_dns.empty()) {
    if (request.epoch_dns.starts_with("observe:")) return fail(ErrorKind::usage, "observe:// carries no epoch mark");
    // A view of nothing but the mark: the name that is moved is the mark's own, which has no addresses.
    mark = FO_TRY(make_dns_view(request.epoch_dns, request.epoch_record, request.epoch_record));
  }
  return make_observe_view(request.url, request.service, std::move(mark));
}

/// Every kind of updater there is.
constexpr std::array schemes{
    Scheme{"rfc2136", make_rfc2136},
    Scheme{"powerdns+https", with_mark<make_powerdns_view>},
    Scheme{"powerdns+http", with_mark<make_powerdns_view>},
    Scheme{"cloudflare", with_mark<make_cloudflare_view>},
    Scheme{"route53", with_mark<make_route53_view>},
    Scheme{"clouddns", with_mark<make_clouddns_view>},
    Scheme{"hosts", with_mark<make_hosts_view>},
    Scheme{"exec", with_mark<make_exec_view>},
    Scheme{"observe", make_observe},
};

}  // namespace

Result<DnsView> make_dns_view(std::string_view url, std::string_view service, std::string_view epoch_record,
                              std::string_view epoch_dns) {
  const auto wanted = url.substr(0, url.find("://"));
  std::string known;
  for (const auto& scheme : schemes) {
    if (wanted == scheme.name) return scheme.make({url, service, epoch_record, epoch_dns});
    known += fmt::format("{}{}://", known.empty() ? "" : ", ", scheme.name);
  }
  return fail(ErrorKind::usage, fmt::format("'{}' is no DNS updater known here; known are {}", url, known));
}

}  // namespace failover
