#include "restore/demands.hpp"

#include <optional>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "support/catch.hpp"

using namespace failover;

namespace {

VerifiedBackup good() {
  VerifiedBackup backup;
  backup.files = 100;
  backup.bytes = 1000;
  backup.contents.kind = "3CX";
  backup.contents.version = "20.0.5";
  backup.contents.fqdn = "pbx.example";
  backup.contents.extensions = 80;
  return backup;
}

RestoredGeneration last() {
  RestoredGeneration generation;
  generation.extensions = 100;
  generation.files = 100;
  generation.bytes = 1000;
  return generation;
}

BackupDemands fact(const char* key, const char* glob) {
  BackupDemands demands;
  demands.facts.emplace_back(key, glob);
  return demands;
}

BackupDemands shrink(unsigned percent) {
  BackupDemands demands;
  demands.max_shrink = percent;
  return demands;
}

bool refused(const Result<void>& result) {
  return !result && result.error().kind == ErrorKind::refused;
}

}  // namespace

TEST_CASE("a fact must fit its glob") {
  CHECK(check_demands(fact("version", "20.*"), good(), std::nullopt));
  CHECK(check_demands(fact("kind", "3CX"), good(), std::nullopt));
  CHECK(refused(check_demands(fact("version", "18.*"), good(), std::nullopt)));
  CHECK(refused(check_demands(fact("fqdn", "other.example"), good(), std::nullopt)));
  auto both = fact("version", "20.*");
  both.facts.emplace_back("fqdn", "*.test");
  CHECK(refused(check_demands(both, good(), std::nullopt)));
}

TEST_CASE("an unknown fact never passes") {
  auto backup = good();
  backup.contents.version.reset();
  CHECK(refused(check_demands(fact("version", "*"), backup, std::nullopt)));
  backup.contents.extensions.reset();
  backup.contents.kind = "unknown";
  CHECK(refused(check_demands(fact("kind", "*"), backup, std::nullopt)));
  BackupDemands demands;
  demands.min_extensions = 0;
  CHECK(refused(check_demands(demands, backup, std::nullopt)));
  CHECK(refused(check_demands(shrink(100), backup, last())));
}

TEST_CASE("so many extensions at least") {
  BackupDemands demands;
  demands.min_extensions = 80;
  CHECK(check_demands(demands, good(), std::nullopt));
  demands.min_extensions = 81;
  CHECK(refused(check_demands(demands, good(), std::nullopt)));
}

TEST_CASE("extensions, files and bytes are each compared with the last one") {
  CHECK(check_demands(shrink(20), good(), last()));
  CHECK(refused(check_demands(shrink(19), good(), last())));
  CHECK(check_demands(shrink(0), good(), std::nullopt));
  auto backup = good();
  backup.contents.extensions = 200;
  backup.files = 79;
  CHECK(refused(check_demands(shrink(20), backup, last())));
  backup.files = 200;
  backup.bytes = 799;
  CHECK(refused(check_demands(shrink(20), backup, last())));
  auto before = last();
  before.bytes.reset();
  CHECK(check_demands(shrink(20), backup, before));
}

TEST_CASE("no backup has other keys") {
  CHECK(check_demand_keys(fact("version", "*")));
  CHECK(check_demand_keys(fact("colour", "*")).error().kind == ErrorKind::usage);
}
