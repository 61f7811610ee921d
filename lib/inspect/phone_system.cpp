#include "inspect/phone_system.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "core/ascii.hpp"
#include "core/whole_number.hpp"
#include "inspect/xml_stream.hpp"

namespace failover {

namespace {

constexpr std::size_t longest_field = 256;
constexpr std::size_t most_gateways = 10'000;

std::string trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(blanks) - first + 1));
}

std::optional<std::uint16_t> port_in(std::string_view text) {
  const auto port = whole_number<std::uint16_t>(text);
  return port == 0 ? std::nullopt : port;
}

}  // namespace

PhoneSystem::PhoneSystem()
    : xml_({.start = [this](std::string_view name, const auto& attribute) { started(name, attribute); },
            .text = [this](std::string_view text) { heard(text); },
            .end = [this] { ended(); }},
           {}) {}

Result<void> PhoneSystem::feed(std::span<const std::byte> bytes) {
  return xml_.feed(bytes);
}

Result<void> PhoneSystem::end() {
  FO_TRY(xml_.end());
  known_ = is_phone_system_;
  return {};
}

bool PhoneSystem::within(std::string_view parent) const noexcept {
  return !path_.empty() && path_.back() == parent;
}

void PhoneSystem::started(std::string_view name, const XmlHandlers::Attribute& attribute) {
  auto folded = ascii_lower(std::string_view(name).substr(0, longest_field));
  if (path_.empty()) is_phone_system_ = folded == "phonesystem";
  if (is_phone_system_) {
    if (within("dn")) count(folded);
    if (within("tenants") && folded == "tenant") has_tenant_ = true;
    if (folded == "gateways") has_gateways_ = true;
    if (within("gateways") && folded == "gateway") {
      too_many_gateways_ = too_many_gateways_ || gateways_.size() == most_gateways;
      if (!too_many_gateways_) gateways_.emplace_back();
    }
    if (path_.size() == 1 && folded == "header" && !attribute("version").empty()) {
      version_ = trimmed(attribute("version").substr(0, longest_field));
    }
  }
  text_.clear();
  path_.push_back(std::move(folded));
}

void PhoneSystem::count(std::string_view name) {
  if (path_.size() < 2 || path_[path_.size() - 2] != "tenant") return;
  if (name == "extension") ++extensions_;
  if (name == "queue") ++queues_;
  if (name == "externalline") ++trunks_;
}

void PhoneSystem::heard(std::string_view text) {
  text_.append(text.substr(0, longest_field - std::min(longest_field, text_.size())));
}

void PhoneSystem::take_field(const std::string& name) {
  auto value = trimmed(text_);
  if (value.empty()) return;
  if (path_.size() == 2 && path_[1] == "header") {
    if (name == "version") version_ = value;
    if (name == "fqdn") fqdn_ = value;
  }
  const bool in_gateway = path_.size() >= 2 && path_.back() == "gateway" && path_[path_.size() - 2] == "gateways";
  if (!in_gateway || gateways_.empty() || too_many_gateways_) return;
  auto& gateway = gateways_.back();
  if (name == "name") gateway.name = value;
  if (name == "host") gateway.host = value;
  if (name == "port") gateway.port = port_in(value);
}

void PhoneSystem::ended() {
  const auto name = path_.back();
  path_.pop_back();
  if (is_phone_system_) take_field(name);
  text_.clear();
}

void PhoneSystem::tell(BackupContents& contents) const {
  if (!known_) return;
  contents.version = version_;
  if (fqdn_) contents.fqdn = fqdn_;
  if (has_tenant_) {
    contents.extensions = extensions_;
    contents.queues = queues_;
    contents.trunks = trunks_;
  }
  if (has_gateways_ && !too_many_gateways_) contents.gateways = gateways_;
}

}  // namespace failover
