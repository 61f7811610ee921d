#include "dns/route53_xml.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/error.hpp>

#include "core/whole_number.hpp"
#include "dns/provider_client.hpp"
#include "dns/record_set.hpp"
#include "dns/zone_api.hpp"
#include "net/dns_name.hpp"
#include "net/xml_walk.hpp"

namespace failover {

namespace {

constexpr std::size_t longest_id = 64;
constexpr std::size_t most_servers = 32;
constexpr std::size_t most_sets = 100;

std::unexpected<Error> not_route53() {
  return fail(ErrorKind::protocol, "the answer is not one of Route 53's; is a proxy in between?");
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

bool read_ttl(const std::string& text, std::uint32_t& ttl) {
  const auto number = whole_number<std::uint32_t>(text);
  ttl = number.value_or(0);
  return number.has_value();
}

/// A listed set, with what makes it one that we do not touch.
struct ListedSet {
  std::string name;
  RecordSet set;
  bool has_ttl = false;
  bool special = false;
};

/// Takes one element below ResourceRecordSet.
bool take_element(ListedSet& listed, std::string_view rest, const std::string& text) {
  if (rest == "Name") listed.name = text;
  if (rest == "Type") listed.set.type = text;
  if (rest == "TTL") return listed.has_ttl = read_ttl(text, listed.set.ttl);
  if (rest == "ResourceRecords/ResourceRecord/Value") listed.set.values.push_back(text);
  if (rest == "AliasTarget" || rest == "SetIdentifier" || rest == "TrafficPolicyInstanceId") listed.special = true;
  return listed.set.values.size() <= most_sets;
}

std::string change_xml(std::string_view action, const RecordSet& set) {
  auto xml = fmt::format(
      "<Change><Action>{}</Action><ResourceRecordSet><Name>{}.</Name><Type>{}</Type><TTL>{}</TTL><ResourceRecords>",
      action, escaped(set.name.to_text()), set.type, set.ttl);
  for (const auto& value : set.values) {
    xml += fmt::format("<ResourceRecord><Value>{}</Value></ResourceRecord>", escaped(value));
  }
  return xml + "</ResourceRecords></ResourceRecordSet></Change>";
}

/// The ways in which Route 53 says that the zone is not as the batch takes it to be.
bool is_mismatch(std::string_view message) {
  constexpr std::array<std::string_view, 3> words{"it was not found", "do not match the current values",
                                                  "it already exists"};
  return std::ranges::any_of(words, [&](std::string_view word) { return message.contains(word); });
}

}  // namespace

Result<ProviderZone> parse_route53_zone(std::string_view xml) {
  std::string name;
  ProviderZone zone;
  const auto on_end = [&](std::string_view path, const std::string& text) {
    if (path == "GetHostedZoneResponse/HostedZone/Name") name = text;
    if (path == "GetHostedZoneResponse/DelegationSet/NameServers/NameServer" && zone.servers.size() < most_servers) {
      zone.servers.push_back(text);
    }
    return true;
  };
  if (!walk_xml(xml, on_end) || name.empty()) return not_route53();
  auto read = DnsName::from_text(name);
  if (!read || *read == DnsName()) return not_route53();
  zone.name = std::move(*read);
  return zone;
}

Result<std::vector<RecordSet>> parse_route53_sets(std::string_view xml, const DnsName& name) {
  constexpr std::string_view root = "ListResourceRecordSetsResponse";
  constexpr std::string_view one = "ListResourceRecordSetsResponse/ResourceRecordSets/ResourceRecordSet";
  std::vector<RecordSet> sets;
  ListedSet listed;
  bool whole = false;
  bool truncated = false;
  bool past = false;  // a set of another name has come: all of ours are here
  std::string special;
  const auto on_end = [&](std::string_view path, const std::string& text) {
    if (path == root) return whole = true;
    if (path == "ListResourceRecordSetsResponse/IsTruncated") truncated = text != "false";
    if (path.starts_with(one) && path.size() > one.size()) {
      return take_element(listed, path.substr(one.size() + 1), text);
    }
    if (path != one) return true;
    auto done = std::exchange(listed, {});
    const auto owner = DnsName::from_text(done.name);
    past = !owner || *owner != name;
    if (past) return true;
    done.set.name = *owner;
    if (done.special) special = done.set.type;
    if (!done.special && (!done.has_ttl || done.set.type.empty() || done.set.values.empty())) return false;
    sets.push_back(std::move(done.set));
    return sets.size() <= most_sets;
  };
  if (!walk_xml(xml, on_end) || !whole) return not_route53();
  if (truncated && !past) return fail(ErrorKind::protocol, "more than a hundred record sets come where a few belong");
  if (!special.empty()) {
    return fail(ErrorKind::config, fmt::format("the {} of {} is an alias of Amazon's or has a routing policy; only "
                                               "simple records can be moved",
                                               special, name.to_text()));
  }
  return sets;
}

Result<Route53Change> parse_route53_change(std::string_view xml) {
  Route53Change change;
  std::string status;
  const auto on_end = [&](std::string_view path, const std::string& text) {
    const auto rest = path.substr(std::min(path.size(), path.find('/')));
    if (rest == "/ChangeInfo/Id") change.id = text.substr(text.rfind('/') + 1);
    if (rest == "/ChangeInfo/Status") status = text;
    return true;
  };
  const bool read = walk_xml(xml, on_end);
  const bool named = !change.id.empty() && change.id.size() <= longest_id &&
                     std::ranges::all_of(change.id, [](unsigned char c) { return c < 0x80 && std::isalnum(c) != 0; });
  if (!read || !named || (status != "PENDING" && status != "INSYNC")) return not_route53();
  change.in_sync = status == "INSYNC";
  return change;
}

std::string route53_batch(const RecordChange& change) {
  std::string xml =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ChangeResourceRecordSetsRequest "
      "xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><ChangeBatch><Changes>";
  for (const auto& set : change.remove) xml += change_xml("DELETE", set);
  for (const auto& set : change.add) xml += change_xml("CREATE", set);
  return xml + "</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>";
}

ProviderComplaint route53_complaint(int /*status*/, std::string_view body) {
  std::string code;
  std::string message;
  const auto on_end = [&](std::string_view path, const std::string& text) {
    if (path == "ErrorResponse/Error/Code") code = text;
    if (path == "ErrorResponse/Error/Message") message = text;
    if (path == "InvalidChangeBatch/Messages/Message") message += (message.empty() ? "" : "; ") + text;
    if (path == "InvalidChangeBatch") code = path;
    return message.size() <= body.size();
  };
  ProviderComplaint complaint;
  if (!walk_xml(body, on_end) || code.empty()) return complaint;
  complaint.text = fmt::format("{}: {}", code, message);
  if (code == "InvalidChangeBatch") complaint.kind = is_mismatch(message) ? ErrorKind::conflict : ErrorKind::config;
  complaint.try_later = code == "Throttling" || code == "PriorRequestNotComplete";
  return complaint;
}

}  // namespace failover
