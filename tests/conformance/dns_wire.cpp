// Reads and writes DNS messages by hand, so that another implementation can judge them: test_dns_wire.py drives it.
//
//   conformance_dns_wire sign KEY_FILE UNIX_TIME HEX               -> {"wire": HEX, "mac": HEX}
//   conformance_dns_wire verify KEY_FILE UNIX_TIME MAC_HEX HEX     -> {"ok": .., "kind": .., "message": ..}
//   conformance_dns_wire parse HEX                                 -> the message
//   conformance_dns_wire swap ZONE SERVICE EPOCH_RECORD FROM TO    -> {"wire": HEX}, one address each, "-" for none
//   conformance_dns_wire files KEY_FILE FILE...                    -> one line per file: {"file": .., "parsed": ..,
//   "verified": ..}

#include <chrono>
#include <cstddef>
#include <fstream>
#include <iostream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "dns/rfc2136_update.hpp"
#include "net/dns_message.hpp"
#include "net/dns_name.hpp"
#include "net/tsig.hpp"
#include "net/tsig_hmac.hpp"
#include "net/tsig_key.hpp"

namespace {

using failover::DnsMessage;
using failover::DnsName;
using failover::DnsRecord;
using failover::Result;
using failover::ServiceRecord;
using nlohmann::json;

std::string to_hex(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return hex;
}

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

failover::WallTime to_time(const char* unix_seconds) {
  return failover::WallTime(std::chrono::seconds(std::stoll(unix_seconds)));
}

template <typename T>
json outcome(const Result<T>& result) {
  if (!result) return {{"ok", false}, {"kind", to_string(result.error().kind)}, {"message", result.error().message}};
  return {{"ok", true}};
}

json section(const std::vector<DnsRecord>& records) {
  auto list = json::array();
  for (const auto& record : records) {
    list.push_back({{"name", record.name.to_text()},
                    {"type", record.type},
                    {"class", record.rr_class},
                    {"ttl", record.ttl},
                    {"rdata", to_hex(record.rdata)}});
  }
  return list;
}

json parse(std::string_view hex) {
  const auto message = failover::parse_dns_message(from_hex(hex));
  auto result = outcome(message);
  if (!message) return result;
  result.update({{"id", message->id},
                 {"rcode", message->rcode},
                 {"opcode", message->opcode},
                 {"authoritative", message->authoritative},
                 {"response", message->response},
                 {"truncated", message->truncated},
                 {"answers", section(message->answers)},
                 {"authorities", section(message->authorities)},
                 {"additionals", section(message->additionals)},
                 {"tsig", message->tsig.has_value()}});
  result["questions"] = json::array();
  for (const auto& question : message->questions) {
    result["questions"].push_back(
        {{"name", question.name.to_text()}, {"type", question.type}, {"class", question.rr_class}});
  }
  return result;
}

json sign(std::span<char*> arguments) {
  auto key = failover::read_tsig_key(arguments[1]);
  if (!key) return outcome(key);
  failover::TsigHmac signer(std::move(*key));
  const auto made = failover::sign_tsig(from_hex(arguments[3]), signer, to_time(arguments[2]), {});
  auto result = outcome(made);
  if (made) result.update({{"wire", to_hex(made->wire)}, {"mac", to_hex(made->mac)}});
  return result;
}

json verify(std::span<char*> arguments) {
  auto key = failover::read_tsig_key(arguments[1]);
  if (!key) return outcome(key);
  failover::TsigHmac signer(std::move(*key));
  return outcome(
      failover::verify_tsig(from_hex(arguments[4]), signer, from_hex(arguments[3]), to_time(arguments[2]), {}));
}

ServiceRecord one_address(std::string_view text) {
  ServiceRecord record;
  if (text != "-") record.addresses.emplace_back(text);
  return record;
}

json swap(std::span<char*> arguments) {
  const auto zone = DnsName::from_text(arguments[1]);
  const auto service = DnsName::from_text(arguments[2]);
  const auto epoch = DnsName::from_text(arguments[3]);
  const auto update = failover::swap_update(*zone, {*service, *epoch}, one_address(arguments[4]),
                                            one_address(arguments[5]), std::chrono::seconds(60));
  if (!update) return outcome(update);
  return {{"wire", to_hex(*failover::build_dns_message(*update))}};
}

void files(std::span<char*> arguments) {
  failover::TsigHmac signer(std::move(*failover::read_tsig_key(arguments[1])));
  for (const char* name : arguments.subspan(2)) {
    std::ifstream file(name, std::ios::binary);
    const std::string wire{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    const auto message = failover::parse_dns_message(wire);
    const auto verified = failover::verify_tsig(wire, signer, {}, std::chrono::system_clock::now(), {});
    // What was read can be written, and reads the same again.
    bool same = true;
    if (message) {
      auto copy = *message;
      copy.tsig.reset();
      copy.tsig_offset = 0;
      const auto again = failover::build_dns_message(copy);
      const auto read = again ? failover::parse_dns_message(*again) : Result<DnsMessage>(copy);
      same = read && *read == copy;
    }
    std::cout << json{{"file", name},
                      {"parsed", message.has_value()},
                      {"verified", verified.has_value()},
                      {"same", same},
                      {"tsig", message && message->tsig}}
              << '\n';
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::span<char*> arguments(argv + 1, static_cast<std::size_t>(argc - 1));
  const std::string_view act = arguments.empty() ? "" : arguments[0];
  if (act == "sign" && arguments.size() == 4) {
    std::cout << sign(arguments) << '\n';
  } else if (act == "verify" && arguments.size() == 5) {
    std::cout << verify(arguments) << '\n';
  } else if (act == "parse" && arguments.size() == 2) {
    std::cout << parse(arguments[1]) << '\n';
  } else if (act == "swap" && arguments.size() == 6) {
    std::cout << swap(arguments) << '\n';
  } else if (act == "files" && arguments.size() > 2) {
    files(arguments);
  } else {
    return 2;
  }
  return 0;
}
