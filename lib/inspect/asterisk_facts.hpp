#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/restorer.hpp>

#include "inspect/entry_parser.hpp"

namespace failover {

/// What the configuration files of an Asterisk say together. A PJSIP endpoint or a SIP peer is a trunk when it is named
/// by an `identify` or a `registration`, or has an address of its own; else it is an extension.
class AsteriskFacts {
 public:
  /// Whether this file of a folder "asterisk" says something: pjsip*.conf, sip*.conf, queues*.conf.
  static bool wants(std::string_view file_name) noexcept;
  /// Its parser, which must not outlive this.
  std::unique_ptr<EntryParser> parser(std::string_view file_name);
  void tell(BackupContents& contents) const;

 private:
  enum class File { pjsip, sip, queues };
  struct Section {
    File file = File::pjsip;
    std::string name;
    bool is_template = false;
    bool adds = false;  ///< `[name](+)` goes on with an earlier one
    std::vector<std::string> templates;
    std::string type;
    std::string host;      ///< sip: host=; registration: the host in server_uri
    std::string endpoint;  ///< of identify and registration
    std::optional<std::uint16_t> port;
  };
  void begin(File file, std::string_view name, bool is_template, const std::vector<std::string>& templates);
  void set(std::string_view key, std::string_view value);
  using Templates = std::map<std::pair<File, std::string>, const Section*>;
  struct Totals {
    std::set<std::string> peers;
    std::set<std::string> trunks;
    std::set<std::string> queues;
    std::vector<BackupGateway> gateways;
  };
  [[nodiscard]] Templates templates() const;
  [[nodiscard]] static Section resolved(const Section& section, const Templates& templates);
  static void add(const Section& section, Totals& totals);
  [[nodiscard]] Totals add_up() const;

  std::vector<Section> sections_;
  bool has_peers_ = false;
  bool has_queues_ = false;
  bool too_many_ = false;
};

}  // namespace failover
