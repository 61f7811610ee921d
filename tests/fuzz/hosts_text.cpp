#include "dns/hosts_text.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <failover/dns.hpp>

#include "fuzz/must.hpp"
#include "fuzz/target.hpp"

using failover::HostsNames;
using failover::ServiceRecord;
using failover::test::must;

namespace {

/// What is left of a file without every line that speaks of ours.
std::string others(std::string_view text, const HostsNames& names) {
  std::string kept;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    const auto alone = failover::service_in_hosts(line, names);
    if (alone && alone->addresses.empty() && !alone->mark) kept += std::string(line) + "\n";
  }
  return kept;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const HostsNames names{"sip.pbx.test", "_failover.sip.pbx.test"};
  const auto text = failover::test::as_text(data, size);
  const auto before = failover::service_in_hosts(text, names);
  if (!before) return 0;
  const ServiceRecord to{
      {"192.0.2.7", "2001:db8::7"}, std::chrono::seconds(0), failover::EpochMark{7, "n", "2026-11-23T06:07:00Z"}};
  const auto changed = failover::hosts_with(text, names, to);
  must(changed.has_value(), "what can be read can be changed");
  const auto after = failover::service_in_hosts(*changed, names);
  must(after && failover::same_content(*after, to), "after the change it says what it shall");
  must(failover::hosts_with(*changed, names, to) == *changed, "the same again changes nothing");
  must(others(*changed, names) == others(text, names), "everything else stays byte for byte");
  return 0;
}
