#include "inspect/inspector.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "inspect/asterisk_facts.hpp"
#include "inspect/certificate_facts.hpp"
#include "inspect/freepbx_metadata.hpp"
#include "inspect/phone_system.hpp"

namespace failover {

namespace {

constexpr std::size_t most_certificates = 200;
constexpr std::size_t most_databases = 4;
constexpr std::size_t most_metadata = 4;

constexpr std::array<std::string_view, 3> certificate_folders{"Certificates", "certificates", "keys"};
constexpr std::array<std::string_view, 4> certificate_endings{".pem", ".crt", ".cer", ".der"};
/// Any of these in a folder "asterisk", or at the top, makes it the configuration of an Asterisk.
constexpr std::array<std::string_view, 5> asterisk_marks{"asterisk.conf", "extensions.conf", "pjsip.conf", "sip.conf",
                                                         "voicemail.conf"};

std::string_view file_name_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view folder_name_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : file_name_of(path.substr(0, slash));
}

bool is_certificate(std::string_view path) {
  return std::ranges::find(certificate_folders, folder_name_of(path)) != certificate_folders.end() &&
         std::ranges::any_of(certificate_endings, [&](std::string_view ending) { return path.ends_with(ending); });
}

}  // namespace

bool Inspector::begin_entry(std::string_view path, WallTime modified) {
  const auto name = file_name_of(path);
  const auto folder = folder_name_of(path);
  newest_ = any_ ? std::max(newest_, modified) : modified;
  any_ = true;
  path_ = path;
  current_ = nullptr;
  const bool top = folder.empty();
  if (folder == "asterisk" || top) {
    has_asterisk_ = has_asterisk_ || std::ranges::find(asterisk_marks, name) != asterisk_marks.end();
    if (AsteriskFacts::wants(name)) {
      conf_ = asterisk_.parser(name);
      current_ = conf_.get();
    }
  }
  if (top && name.ends_with("Db.xml") && databases_.size() < most_databases) {
    current_ = databases_.emplace_back(std::make_unique<PhoneSystem>()).get();
  }
  if ((name == "metadata.json" || name == "manifest") && metadata_.size() < most_metadata) {
    current_ = metadata_.emplace_back(std::make_unique<FreepbxMetadata>()).get();
  }
  if (is_certificate(path) && certificates_.size() < most_certificates) {
    current_ = certificates_.emplace_back(std::make_unique<CertificateFacts>(path_)).get();
  }
  return current_ != nullptr;
}

Result<void> Inspector::feed(std::span<const std::byte> bytes) {
  return current_->feed(bytes);
}

Result<void> Inspector::end_entry() {
  auto* const parser = current_;
  current_ = nullptr;
  return parser->end();
}

BackupContents Inspector::contents() const {
  BackupContents contents;
  contents.kind = has_asterisk_ ? "Asterisk" : "other";
  if (any_) contents.made = newest_;
  asterisk_.tell(contents);
  for (const auto& metadata : metadata_) {
    if (!metadata->known()) continue;
    contents.kind = "FreePBX";
    contents.version = metadata->version();
    if (metadata->made()) contents.made = metadata->made();
  }
  const auto databases = std::ranges::count_if(databases_, [](const auto& one) { return one->known(); });
  for (const auto& database : databases_) {
    if (!database->known()) continue;
    contents.kind = "3CX";
    // Which of several is the one that counts nobody can say.
    if (databases == 1) database->tell(contents);
  }
  if (databases > 1) contents.remarks.emplace_back("several databases are in it: nothing is counted");
  std::set<std::string> hosts;
  for (const auto& certificate : certificates_) {
    if (const auto& found = certificate->found()) contents.certificates.push_back(*found);
    if (!certificate->host().empty()) hosts.insert(certificate->host());
  }
  if (!contents.fqdn && hosts.size() == 1) contents.fqdn = *hosts.begin();
  return contents;
}

}  // namespace failover
