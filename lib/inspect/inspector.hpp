#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "inspect/asterisk_facts.hpp"
#include "inspect/certificate_facts.hpp"
#include "inspect/entry_parser.hpp"
#include "inspect/freepbx_metadata.hpp"
#include "inspect/phone_system.hpp"

namespace failover {

/// What is in a backup. It is told of every entry of the archive in any order and fed those that it wants; it neither
/// opens nor waits for anything, so that it can work wherever the bytes are unpacked. Its memory does not grow with
/// the archive.
class Inspector {
 public:
  /// One more regular file. @return whether its bytes are wanted: feed() them, then end_entry()
  bool begin_entry(std::string_view path, WallTime modified);
  /// kind integrity: it is made to do harm, or not whole.
  Result<void> feed(std::span<const std::byte> bytes);
  Result<void> end_entry();
  /// After the last entry.
  [[nodiscard]] BackupContents contents() const;

 private:
  [[nodiscard]] bool want_certificate() const noexcept;

  EntryParser* current_ = nullptr;  ///< what reads the entry that is open
  std::string path_;
  std::unique_ptr<EntryParser> conf_;
  std::vector<std::unique_ptr<PhoneSystem>> databases_;
  std::vector<std::unique_ptr<CertificateFacts>> certificates_;
  std::vector<std::unique_ptr<FreepbxMetadata>> metadata_;
  AsteriskFacts asterisk_;
  bool has_asterisk_ = false;
  WallTime newest_;
  bool any_ = false;
};

}  // namespace failover
