#include "state/backup_sidecar.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "fuzz/must.hpp"
#include "fuzz/target.hpp"
#include "support/temporary_directory.hpp"

using failover::BackupSidecar;
using failover::read_backup_sidecar;
using failover::test::must;

namespace {

bool same(const BackupSidecar& a, const BackupSidecar& b) {
  return a.source == b.source && a.object == b.object && a.name == b.name && a.version == b.version &&
         a.size == b.size && a.sha256 == b.sha256 && a.crc64 == b.crc64 && a.index_sha256 == b.index_sha256 &&
         a.modified == b.modified && a.content == b.content && a.match == b.match && a.base == b.base &&
         a.fetched_bytes == b.fetched_bytes && a.copied == b.copied && a.fetched == b.fetched &&
         a.verified == b.verified && a.warnings == b.warnings;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const failover::test::TemporaryDirectory folder;
  const auto backup = folder.path() / "backup.zip";
  std::ofstream(failover::sidecar_path(backup), std::ios::binary | std::ios::trunc)
      << failover::test::as_text(data, size);
  const auto read = read_backup_sidecar(backup);
  if (!read) return 0;
  const auto& sidecar = *read;
  must(sidecar.has_value(), "a file that is there is read or refused");
  must(sidecar->sha256.size() == 64 && !sidecar->verified.empty(), "a sidecar says what was verified, and how");
  must(sidecar->backup_time() <= sidecar->modified, "a backup is as old as the older of its times");

  must(write_backup_sidecar(backup, *sidecar).has_value(), "a sidecar that was read can be written");
  const auto again = read_backup_sidecar(backup);
  must(again && again->has_value() && same(**again, *sidecar), "what is written is what is read");
  return 0;
}
