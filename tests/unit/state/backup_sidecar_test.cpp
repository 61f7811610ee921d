#include "state/backup_sidecar.hpp"

#include <chrono>
#include <filesystem>
#include <string>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "support/catch.hpp"
#include "support/folder.hpp"

namespace {

using failover::BackupSidecar;
using failover::ErrorKind;
using failover::WallTime;

BackupSidecar example(int day) {
  BackupSidecar sidecar;
  sidecar.source = "sftp://backup@store.example/pbx/3CX*.zip";
  sidecar.object = "/pbx/3CXScheduledBackup.zip";
  sidecar.name = "3CXScheduledBackup.zip";
  sidecar.size = 5;
  sidecar.sha256 = std::string(64, 'a');
  sidecar.index_sha256 = std::string(64, 'b');
  sidecar.modified = std::chrono::sys_days(std::chrono::year(2026) / 11 / day) + std::chrono::nanoseconds(123456789);
  sidecar.fetched = std::chrono::sys_days(std::chrono::year(2026) / 11 / 30);
  sidecar.verified = {"every entry's CRC-32"};
  sidecar.warnings = {"a warning"};
  return sidecar;
}

}  // namespace

TEST_CASE("A sidecar of a time before 1970 says the same after it was written and read") {
  const Folder folder;
  auto sidecar = example(20);
  sidecar.modified = WallTime(std::chrono::nanoseconds(-1'500'000'001));
  REQUIRE(failover::write_backup_sidecar(folder.path / "a.zip", sidecar));
  const auto read = failover::read_backup_sidecar(folder.path / "a.zip");
  REQUIRE((read && *read));
  CHECK((*read)->modified == sidecar.modified);
}

TEST_CASE("A sidecar whose numbers are beyond their bounds is not believed") {
  const Folder folder;
  REQUIRE(failover::write_backup_sidecar(folder.path / "a.zip", example(20)));
  const auto text = folder.get("a.zip.json");
  const auto with = [&](const std::string& key, const std::string& number) {
    auto changed = text;
    const auto at = changed.find("\"" + key + "\": ") + key.size() + 4;
    changed.replace(at, changed.find_first_of(",\n", at) - at, number);
    folder.put("a.zip.json", changed);
    return failover::read_backup_sidecar(folder.path / "a.zip").error().kind;
  };
  CHECK(with("modified_ns", "1000000000") == ErrorKind::integrity);
  CHECK(with("modified_ns", "9223372036854775807") == ErrorKind::integrity);
  CHECK(with("modified_ns", "-1") == ErrorKind::integrity);
  CHECK(with("modified_ns", "12345618446744073709551615789") == ErrorKind::integrity);
  CHECK(with("size", "-5") == ErrorKind::integrity);
  CHECK(with("size", "5.5") == ErrorKind::integrity);
  CHECK(with("format", "-1") == ErrorKind::integrity);
  CHECK(with("format", "18446744073709551615") == ErrorKind::unfinished);
}

TEST_CASE("A sidecar says the same after it was written and read") {
  const Folder folder;
  folder.put("a.zip", "12345");
  auto sidecar = example(20);
  sidecar.content = sidecar.modified - std::chrono::hours(30);
  sidecar.crc64 = "0123456789abcdef";
  REQUIRE(failover::write_backup_sidecar(folder.path / "a.zip", sidecar));
  const auto read = failover::read_backup_sidecar(folder.path / "a.zip");
  REQUIRE(read);
  REQUIRE(*read);
  CHECK((*read)->modified == sidecar.modified);
  CHECK((*read)->sha256 == sidecar.sha256);
  CHECK((*read)->crc64 == sidecar.crc64);
  CHECK((*read)->warnings == sidecar.warnings);
  CHECK((*read)->backup_time() == std::chrono::floor<std::chrono::seconds>(*sidecar.content));
}

TEST_CASE("Damaged and newer sidecars are told apart, and none is none") {
  const Folder folder;
  CHECK(failover::read_backup_sidecar(folder.path / "none.zip").value() == std::nullopt);
  folder.put("torn.zip.json", "{\"format\":1,\"source\":");
  CHECK(failover::read_backup_sidecar(folder.path / "torn.zip").error().kind == ErrorKind::integrity);
  folder.put("bare.zip.json", "{\"format\":1}");
  CHECK(failover::read_backup_sidecar(folder.path / "bare.zip").error().kind == ErrorKind::integrity);
  auto wrong = example(20);
  wrong.crc64 = "0123456789ABCDEF";
  REQUIRE(failover::write_backup_sidecar(folder.path / "wrong.zip", wrong));
  CHECK(failover::read_backup_sidecar(folder.path / "wrong.zip").error().kind == ErrorKind::integrity);
  folder.put("newer.zip.json", "{\"format\":2}");
  CHECK(failover::read_backup_sidecar(folder.path / "newer.zip").error().kind == ErrorKind::unfinished);
}

TEST_CASE("Stored backups are listed newest first, without those that cannot be believed") {
  const Folder folder;
  for (const int day : {20, 22, 21}) {
    const auto name = "b" + std::to_string(day) + ".zip";
    folder.put(name, "12345");
    REQUIRE(failover::write_backup_sidecar(folder.path / name, example(day)));
  }
  folder.put("short.zip", "1");
  REQUIRE(failover::write_backup_sidecar(folder.path / "short.zip", example(28)));
  folder.put("unverified.zip", "12345");
  REQUIRE(failover::write_backup_sidecar(folder.path / "gone.zip", example(29)));

  const auto backups = failover::list_stored_backups(folder.path);
  REQUIRE(backups);
  REQUIRE(backups->size() == 3);
  CHECK(backups->at(0).path.filename() == "b22.zip");
  CHECK(backups->at(1).path.filename() == "b21.zip");
  CHECK(backups->at(2).path.filename() == "b20.zip");
  const auto orphans = failover::orphaned_sidecars(folder.path);
  REQUIRE(orphans);
  REQUIRE(orphans->size() == 1);
  CHECK(orphans->front().filename() == "gone.zip.json");
  CHECK(failover::list_stored_backups(folder.path / "absent")->empty());
}
