// DNS messages and TSIG by ldns, another implementation, for test_dns_wire.py to hold against ours. It has nothing of
// ours in it.
//
//   conformance_dns_ldns sign KEY ALGORITHM SECRET_BASE64 MAC_HEX HEX    -> {"wire": HEX, "mac": HEX}; MAC of the
//   request conformance_dns_ldns verify KEY SECRET_BASE64 MAC_HEX HEX            -> {"ok": ..} conformance_dns_ldns
//   parse HEX                                       -> {"ok": .., "sections": [[text, ..] x 4]} conformance_dns_ldns
//   update ZONE NAME FROM TO                        -> {"wire": HEX}: NAME has FROM -> it has TO

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

// Last: it makes bool and true macros of its own.
#include <ldns/ldns.h>

namespace {

using nlohmann::json;
using Packet = std::unique_ptr<ldns_pkt, decltype(&ldns_pkt_free)>;
using Field = std::unique_ptr<ldns_rdf, decltype(&ldns_rdf_deep_free)>;

std::vector<std::uint8_t> from_hex(std::string_view hex) {
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  std::string hex;
  for (const auto byte : bytes) hex += fmt::format("{:02x}", byte);
  return hex;
}

std::string wire_of(const ldns_pkt* packet) {
  std::uint8_t* bytes = nullptr;
  std::size_t size = 0;
  if (ldns_pkt2wire(&bytes, packet, &size) != LDNS_STATUS_OK) return {};
  auto hex = to_hex({bytes, size});
  std::free(bytes);
  return hex;
}

Packet read(const std::vector<std::uint8_t>& wire) {
  ldns_pkt* packet = nullptr;
  if (ldns_wire2pkt(&packet, wire.data(), wire.size()) != LDNS_STATUS_OK) packet = nullptr;
  return {packet, &ldns_pkt_free};
}

/// The MAC of a request as ldns wants it: its length before it. Null for none.
Field mac_of(std::string_view hex) {
  const auto bytes = from_hex(hex);
  std::vector<std::uint8_t> counted{static_cast<std::uint8_t>(bytes.size() >> 8U),
                                    static_cast<std::uint8_t>(bytes.size())};
  counted.insert(counted.end(), bytes.begin(), bytes.end());
  auto* made =
      bytes.empty() ? nullptr : ldns_rdf_new_frm_data(LDNS_RDF_TYPE_INT16_DATA, counted.size(), counted.data());
  return {made, &ldns_rdf_deep_free};
}

json sign(std::span<char*> arguments) {
  auto packet = read(from_hex(arguments[5]));
  if (!packet) return {{"ok", false}};
  const auto mac = mac_of(arguments[4]);
  const auto status = ldns_pkt_tsig_sign(packet.get(), arguments[1], arguments[3], 300,
                                         fmt::format("{}.", arguments[2]).c_str(), mac.get());
  if (status != LDNS_STATUS_OK) return {{"ok", false}, {"why", ldns_get_errorstr_by_id(status)}};
  const auto* made = ldns_rr_rdf(ldns_pkt_tsig(packet.get()), 3);
  const std::span data(ldns_rdf_data(made), ldns_rdf_size(made));
  return {{"ok", true}, {"wire", wire_of(packet.get())}, {"mac", to_hex(data.subspan(2))}};
}

json verify(std::span<char*> arguments) {
  const auto wire = from_hex(arguments[4]);
  auto packet = read(wire);
  if (!packet || ldns_pkt_tsig(packet.get()) == nullptr) return {{"ok", false}};
  const auto mac = mac_of(arguments[3]);
  return {{"ok", ldns_pkt_tsig_verify(packet.get(), wire.data(), wire.size(), arguments[1], arguments[2], mac.get())}};
}

json parse(std::span<char*> arguments) {
  const auto packet = read(from_hex(arguments[1]));
  if (!packet) return {{"ok", false}};
  json sections = json::array();
  for (const auto section :
       {LDNS_SECTION_QUESTION, LDNS_SECTION_ANSWER, LDNS_SECTION_AUTHORITY, LDNS_SECTION_ADDITIONAL}) {
    const std::unique_ptr<ldns_rr_list, decltype(&ldns_rr_list_deep_free)> records(
        ldns_pkt_get_section_clone(packet.get(), section), &ldns_rr_list_deep_free);
    json texts = json::array();
    for (std::size_t i = 0; i < ldns_rr_list_rr_count(records.get()); ++i) {
      char* text = ldns_rr2str(ldns_rr_list_rr(records.get(), i));
      texts.push_back(text);
      std::free(text);
    }
    sections.push_back(std::move(texts));
  }
  return {{"ok", true}, {"sections", std::move(sections)}, {"opcode", ldns_pkt_get_opcode(packet.get())}};
}

ldns_rr_list* list_of(const std::string& text, ldns_rr_class of) {
  ldns_rr* record = nullptr;
  auto* list = ldns_rr_list_new();
  if (ldns_rr_new_frm_str(&record, text.c_str(), 60, nullptr, nullptr) != LDNS_STATUS_OK) return list;
  ldns_rr_set_class(record, of);
  if (of == LDNS_RR_CLASS_NONE) ldns_rr_set_ttl(record, 0);
  ldns_rr_list_push_rr(list, record);
  return list;
}

json update(std::span<char*> arguments) {
  auto* wanted = list_of(fmt::format("{}. 0 IN A {}", arguments[2], arguments[3]), LDNS_RR_CLASS_IN);
  auto* changes = list_of(fmt::format("{}. 0 IN A {}", arguments[2], arguments[3]), LDNS_RR_CLASS_NONE);
  ldns_rr_list_cat(changes, list_of(fmt::format("{}. 60 IN A {}", arguments[2], arguments[4]), LDNS_RR_CLASS_IN));
  const Packet packet(
      ldns_update_pkt_new(ldns_dname_new_frm_str(arguments[1]), LDNS_RR_CLASS_IN, wanted, changes, nullptr),
      &ldns_pkt_free);
  if (!packet) return {{"ok", false}};
  return {{"ok", true}, {"wire", wire_of(packet.get())}};
}

}  // namespace

int main(int argc, char** argv) {
  const std::span<char*> arguments(argv + 1, static_cast<std::size_t>(argc - 1));
  const std::string_view act = arguments.empty() ? "" : arguments[0];
  if (act == "sign" && arguments.size() == 6) {
    std::cout << sign(arguments) << '\n';
  } else if (act == "verify" && arguments.size() == 5) {
    std::cout << verify(arguments) << '\n';
  } else if (act == "parse" && arguments.size() == 2) {
    std::cout << parse(arguments) << '\n';
  } else if (act == "update" && arguments.size() == 5) {
    std::cout << update(arguments) << '\n';
  } else {
    return 2;
  }
  return 0;
}
