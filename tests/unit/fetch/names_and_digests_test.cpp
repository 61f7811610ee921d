#include <chrono>
#include <string>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "fetch/digest.hpp"
#include "fetch/publish.hpp"
#include "fetch/retry.hpp"
#include "support/catch.hpp"

using failover::ErrorKind;
using namespace std::chrono;

namespace {

const failover::WallTime when = sys_days(2026y / 11 / 23) + 6h + 7min + 8s;
const std::string digest(64, 'a');

std::string name_of(const std::string& name) {
  return failover::stored_name(name, when, digest);
}

}  // namespace

TEST_CASE("A stored backup's name has its time and its digest") {
  CHECK(name_of("3CXScheduledBackup.zip") == "3CXScheduledBackup.20261123T060708Z-aaaaaaaa.zip");
  CHECK(name_of("backup") == "backup.20261123T060708Z-aaaaaaaa.zip");
  CHECK(name_of("pbx.tar.gz") == "pbx.20261123T060708Z-aaaaaaaa.tar.gz");
  CHECK(name_of(".tar.gz") == "_tar.20261123T060708Z-aaaaaaaa.gz");
  CHECK(name_of("a.1.zip") == "a.1.20261123T060708Z-aaaaaaaa.zip");
}

TEST_CASE("A store's name can do no harm as a name here") {
  CHECK(name_of("-rf x\n.zip") == "_rf_x_.20261123T060708Z-aaaaaaaa.zip");
  CHECK(name_of(".hidden.zip") == "_hidden.20261123T060708Z-aaaaaaaa.zip");
  CHECK(name_of("a/b\\c\x1b[2J.zip").find_first_of("/\\\x1b") == std::string::npos);
  CHECK(name_of(std::string(300, 'x') + ".zip").size() < 240);
}

TEST_CASE("A digest is 64 hex digits") {
  CHECK(failover::parse_sha256(std::string(64, 'A')) == digest);
  CHECK_FALSE(failover::parse_sha256(std::string(63, 'a')));
  CHECK_FALSE(failover::parse_sha256(std::string(63, 'a') + "g"));
}

TEST_CASE("A digest file is read as sha256sum writes it") {
  const std::string other(64, 'b');
  CHECK(failover::digest_in(digest, "x.zip") == digest);
  CHECK(failover::digest_in(digest + "\r\n", "x.zip") == digest);
  CHECK(failover::digest_in(other + "  y.zip\n" + digest + " *folder/x.zip\n", "x.zip") == digest);
  // The digest of another file is not the digest of this one.
  CHECK(failover::digest_in(other + "  y.zip\n", "x.zip").error().kind == ErrorKind::config);
  CHECK_FALSE(failover::digest_in("", "x.zip"));
  CHECK_FALSE(failover::digest_in("no digest here\n", "x.zip"));
}

TEST_CASE("Only what may pass by itself is tried again, later and later") {
  CHECK(failover::worth_a_retry({ErrorKind::unreachable, ""}));
  CHECK(failover::worth_a_retry({ErrorKind::timeout, ""}));
  for (const auto kind : {ErrorKind::refused, ErrorKind::permission, ErrorKind::not_found, ErrorKind::integrity}) {
    CHECK_FALSE(failover::worth_a_retry({kind, ""}));
  }
  CHECK(failover::backoff(1) == 1s);
  CHECK(failover::backoff(3) == 4s);
  CHECK(failover::backoff(100) == 30s);
}

TEST_CASE("bounded: a try that the deadline would not see is not waited for, and what went wrong is said") {
  failover::Context context;
  context.deadline = failover::Deadline::after(900ms);
  const auto began = std::chrono::steady_clock::now();
  const auto next = failover::before_next_try({ErrorKind::unreachable, "refused"}, 1, 5, context);
  REQUIRE_FALSE(next);
  CHECK(next.error().message == "refused");
  CHECK(std::chrono::steady_clock::now() - began < 900ms);
}
