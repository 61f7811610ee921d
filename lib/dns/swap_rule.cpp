#include "dns/swap_rule.hpp"

#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/dns.hpp>
#include <failover/error.hpp>

namespace failover {

Result<void> check_swap(const ServiceRecord& from, const ServiceRecord& to) {
  if (!from.targets.empty() || !to.targets.empty()) {
    return fail(ErrorKind::refused, "aliases and SRV records are moved by rfc2136:// only");
  }
  if (to.addresses.empty() && !from.addresses.empty()) {
    return fail(ErrorKind::refused, "the name would be left without an address; say which one it shall have");
  }
  if (to.mark) {
    const auto text = to_txt(*to.mark);
    const auto back = parse_epoch_mark(text);
    if (!back || *back != *to.mark || text.size() > 255) {
      return fail(ErrorKind::internal, fmt::format("the epoch mark '{}' would not be read back as it was meant", text));
    }
  }
  if (!from.mark) return {};
  if (!to.mark)
    return fail(ErrorKind::refused, "the epoch mark in DNS would be taken away; keep it or write a newer one");
  if (to.mark->epoch < from.mark->epoch) {
    return fail(ErrorKind::refused, fmt::format("DNS already carries epoch {} of node {}, newer than {}",
                                                from.mark->epoch, from.mark->node, to.mark->epoch));
  }
  if (to.mark->epoch == from.mark->epoch && to.mark->node != from.mark->node) {
    return fail(ErrorKind::refused,
                fmt::format("epoch {} already belongs to node {}", from.mark->epoch, from.mark->node));
  }
  return {};
}

Result<ServiceRecord> canonical_record(ServiceRecord record) {
  record.addresses = FO_TRY(canonical_addresses(record.addresses));
  return record;
}

std::string in_words(const ServiceRecord& record) {
  return fmt::format("{} with {}",
                     record.addresses.empty() ? "no address" : fmt::format("{}", fmt::join(record.addresses, ", ")),
                     record.mark ? "'" + to_txt(*record.mark) + "'" : "no epoch mark");
}

}  // namespace failover
