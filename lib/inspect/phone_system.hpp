#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "inspect/entry_parser.hpp"
#include "inspect/xml_stream.hpp"

namespace failover {

/// The database of a 3CX backup, an XML document with the root PhoneSystem: header/version, Tenants/Tenant/DN with
/// Extension, Queue and ExternalLine in it, Gateways/Gateway with Name, Host, Port. (The shape is told by people who
/// looked into such files; the vendor documents none.) Another root is no error and tells nothing.
class PhoneSystem final : public EntryParser {
 public:
  PhoneSystem();
  Result<void> feed(std::span<const std::byte> bytes) override;
  Result<void> end() override;

  /// The root was PhoneSystem and the document was whole.
  [[nodiscard]] bool known() const noexcept { return known_; }
  void tell(BackupContents& contents) const;

 private:
  void started(std::string_view name, const XmlHandlers::Attribute& attribute);
  void heard(std::string_view text);
  void ended();
  void count(std::string_view name);
  void take_field(const std::string& name);
  [[nodiscard]] bool within(std::string_view parent) const noexcept;

  XmlStream xml_;
  std::vector<std::string> path_;  ///< names of the open elements, lower case
  std::string text_;
  bool is_phone_system_ = false;
  bool known_ = false;
  bool has_tenant_ = false;
  bool has_gateways_ = false;
  bool too_many_gateways_ = false;
  std::optional<std::string> version_;
  std::optional<std::string> fqdn_;
  std::uint64_t extensions_ = 0;
  std::uint64_t queues_ = 0;
  std::uint64_t trunks_ = 0;
  std::vector<BackupGateway> gateways_;
};

}  // namespace failover
