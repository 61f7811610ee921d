#include "fetch/running_digests.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/sha256.hpp"
#include "fetch/partial.hpp"
#include "support/catch.hpp"
#include "support/folder.hpp"

namespace {

using failover::ByteRange;
using failover::Context;
using failover::ErrorKind;
using failover::Partial;
using failover::RunningDigests;

/// More than one reading's worth.
constexpr std::size_t size = std::size_t{3} * 1024 * 1024 + 17;

Partial begun(const Folder& folder) {
  const failover::ObjectInfo object{"b.zip", "/b.zip", size, failover::WallTime(std::chrono::hours(1)), "v1", {}};
  return Partial::open(folder.path, "s", object, Context{}).value();
}

void write(Partial& partial, std::uint64_t offset, std::string_view text) {
  failover::PartWriter writer(partial, failover::Origin::fetched);
  REQUIRE(writer.write(offset, std::as_bytes(std::span(text))));
  REQUIRE(writer.flush());
}

std::string sha256(std::string_view text) {
  failover::Sha256 digest;
  digest.add(std::as_bytes(std::span(text)));
  return digest.hex();
}

void wait_until_read(const RunningDigests& digests, std::uint64_t bytes) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (digests.read_so_far() < bytes) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace

TEST_CASE("Digests follow what is there without a gap, and are of all of it in the end") {
  const Folder folder;
  auto partial = begun(folder);
  const std::vector<failover::StoreDigest> stores{{"md5", ""}, {"whirlpool", ""}};
  RunningDigests digests(partial, stores);
  const std::string text(size, 'a');
  write(partial, 2000, text.substr(2000, 5000));
  write(partial, 0, text.substr(0, 1000));
  wait_until_read(digests, 1000);
  CHECK(digests.read_so_far() == 1000);
  write(partial, 1000, text.substr(1000, 1000));
  wait_until_read(digests, 7000);
  write(partial, 7000, text.substr(7000));
  for (int again = 0; again < 2; ++again) {
    const auto all = digests.of_all("", Context{}).value();
    CHECK(all.sha256 == sha256(text));
    CHECK(all.others.size() == 1);
    CHECK(all.others.at("md5") == "3112e9147448d72d800213e0a209052d");
  }
}

TEST_CASE("Bytes that were forgotten after they were read are read anew") {
  const Folder folder;
  auto partial = begun(folder);
  RunningDigests digests(partial, {});
  std::string text(size, 'a');
  write(partial, 0, text);
  wait_until_read(digests, size);
  const std::string_view other = "what the store has in this place";
  const ByteRange range{1500, other.size()};
  SECTION("one range") {
    REQUIRE(partial.forget(std::span(&range, 1)));
    write(partial, range.offset, other);
    text.replace(range.offset, other.size(), other);
  }
  SECTION("everything that was copied") {
    REQUIRE(partial.forget_copied());
    write(partial, range.offset, other);
    text.replace(range.offset, other.size(), other);
  }
  SECTION("all") {
    REQUIRE(partial.restart());
    text = std::string(size, 'b');
    write(partial, 0, text);
  }
  CHECK(digests.of_all("", Context{}).value().sha256 == sha256(text));
}

TEST_CASE("There is no digest of a file with holes, and none of one that was cut off") {
  const Folder folder;
  auto partial = begun(folder);
  const std::string text(size, 'a');
  SECTION("a hole") {
    RunningDigests digests(partial, {});
    write(partial, 0, text.substr(0, 1000));
    write(partial, 2000, text.substr(2000));
    CHECK(digests.of_all("", Context{}).error().kind == ErrorKind::internal);
  }
  SECTION("cut off") {
    write(partial, 0, text);
    std::filesystem::resize_file(partial.path(), size - 1);
    RunningDigests digests(partial, {});
    CHECK(digests.of_all("", Context{}).error().kind == ErrorKind::integrity);
  }
}

TEST_CASE("Digests end by a stop request") {
  const Folder folder;
  auto partial = begun(folder);
  write(partial, 0, std::string(size, 'a'));
  RunningDigests digests(partial, {});
  std::stop_source stop;
  stop.request_stop();
  Context context;
  context.stop = stop.get_token();
  CHECK(digests.of_all("", context).error().kind == ErrorKind::cancelled);
}
