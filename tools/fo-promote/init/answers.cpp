#include "fo-promote/init/answers.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace failover::promote_tool {

namespace {

std::string in_url(const std::string& address) {
  return address.contains(':') ? "[" + address + "]" : address;
}

std::string with_port(const std::string& port, std::string_view usual) {
  return port.empty() || port == usual ? "" : ":" + port;
}

/// Exchanges two flags, also where only one of them is settled.
void exchange(const Answers& from, Answers& to, std::string_view here, std::string_view there) {
  to.set(here, from.all(there));
  to.set(there, from.all(here));
}

}  // namespace

void Answers::set(std::string_view flag, std::vector<std::string> values) {
  values_.insert_or_assign(std::string(flag), std::move(values));
}

void Answers::add(std::string_view flag, std::string value) {
  values_[std::string(flag)].push_back(std::move(value));
}

void Answers::forget(std::string_view flag) {
  if (const auto found = values_.find(flag); found != values_.end()) values_.erase(found);
}

bool Answers::has(std::string_view flag) const {
  return values_.contains(flag);
}

const std::vector<std::string>& Answers::all(std::string_view flag) const {
  static const std::vector<std::string> none;
  const auto found = values_.find(flag);
  return found == values_.end() ? none : found->second;
}

const std::string& Answers::first(std::string_view flag) const {
  static const std::string none;
  const auto& values = all(flag);
  return values.empty() ? none : values.front();
}

std::vector<std::string> targets_at(const Answers& answers, const std::string& address) {
  std::vector<std::string> targets;
  const auto host = in_url(address);
  for (const auto& service : answers.all("services")) {
    if (service == "sip") targets.push_back("sip://" + host + with_port(answers.first("sip-port"), "5060"));
    if (service == "web") {
      targets.push_back(fmt::format("https://{}{}/?name={}", host, with_port(answers.first("web-port"), "443"),
                                    answers.first("service")));
    }
    if (service == "tunnel") targets.push_back("tunnel://" + host);
  }
  return targets;
}

std::vector<std::string> peer_probes(const Answers& answers) {
  const auto& given = answers.all("probe");
  return given.empty() ? targets_at(answers, answers.first("peer-address")) : given;
}

std::vector<std::string> self_probes(const Answers& answers) {
  const auto& given = answers.all("self-probe");
  return given.empty() ? targets_at(answers, answers.first("address")) : given;
}

std::vector<std::string> fencers_of(const Answers& answers, std::string_view node) {
  std::vector<std::string> fencers;
  for (const auto& text : answers.all("fence")) {
    const auto equals = text.find('=');
    const bool named = equals != std::string::npos && equals < text.find(':');
    const auto whose = named ? std::string_view(text).substr(0, equals) : std::string_view(answers.first("peer"));
    if (whose == node) fencers.push_back(named ? text.substr(equals + 1) : text);
  }
  return fencers;
}

Answers counterpart(const Answers& answers) {
  auto other = answers;
  exchange(answers, other, "node", "peer");
  exchange(answers, other, "address", "peer-address");
  exchange(answers, other, "machine-id", "peer-machine-id");
  other.set("probe", self_probes(answers));
  other.set("self-probe", peer_probes(answers));
  other.set("role", {answers.is("role", "active") ? "standby" : "active"});
  std::vector<std::string> fencers;
  for (const auto* flag : {"node", "peer"}) {
    const auto& node = answers.first(flag);
    for (const auto& fencer : fencers_of(answers, node)) fencers.push_back(node + "=" + fencer);
  }
  other.set("fence", fencers);
  return other;
}

}  // namespace failover::promote_tool
