#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fetcher.hpp>
#include <failover/source.hpp>

#include "core/stream_digest.hpp"
#include "fetch/part_map.hpp"
#include "fetch/partial.hpp"
#include "support/catch.hpp"
#include "support/folder.hpp"
#include "zip_bytes.hpp"

namespace {

using failover::Context;
using failover::ErrorKind;
using failover::ObjectInfo;
using failover::Result;

/// A store that vouches for the digests of its one object, but only when it is asked for that object alone.
class VouchingSource : public failover::Source {
 public:
  VouchingSource(std::string content, std::vector<failover::StoreDigest> digests)
      : content_(std::move(content)), digests_(std::move(digests)) {}
  std::string describe() const override { return "gs://store/b.zip"; }
  Result<std::vector<ObjectInfo>> list(const Context&) override {
    auto info = object();
    info.digests.clear();
    return std::vector{info};
  }
  Result<ObjectInfo> stat(const std::string& path, const Context&) override {
    if (path != "/b.zip") return failover::fail(ErrorKind::not_found, "no such object");
    return object();
  }
  Result<std::size_t> read(const ObjectInfo&, std::uint64_t offset, std::span<std::byte> buffer,
                           const Context&) override {
    const auto count = std::min<std::size_t>(buffer.size(), content_.size() - offset);
    std::memcpy(buffer.data(), content_.data() + offset, count);
    return count;
  }

  void replace(std::string content) { content_ = std::move(content); }

 private:
  [[nodiscard]] ObjectInfo object() const {
    return {"b.zip", "/b.zip", content_.size(), failover::WallTime(std::chrono::hours(1)), "7", digests_};
  }
  std::string content_;
  std::vector<failover::StoreDigest> digests_;
};

/// Its bytes change once it was chosen, and nothing else does: neither size nor time nor version.
class SwappingSource : public VouchingSource {
 public:
  using VouchingSource::VouchingSource;
  Result<ObjectInfo> stat(const std::string& path, const Context& context) override {
    if (path == "/b.zip") replace(TinyZip{.dos_time = 2}.bytes());
    return VouchingSource::stat(path, context);
  }
};

Result<failover::FetchOutcome> fetch(const Folder& folder, std::vector<failover::StoreDigest> digests,
                                     bool quick = false) {
  failover::FetchOptions options;
  options.output = folder.path / "out";
  options.state_dir = folder.path / "state";
  options.quick = quick;
  auto source = std::make_unique<VouchingSource>(TinyZip{}.bytes(), std::move(digests));
  return failover::make_fetcher(std::move(source), options).value()->run(Context{});
}

std::string digest_of_it(const std::string& algorithm) {
  auto digest = failover::StreamDigest::of(algorithm).value();
  const auto text = TinyZip{}.bytes();
  digest.add(std::as_bytes(std::span(text)));
  return digest.hex();
}

}  // namespace

TEST_CASE("effect: a digest of the store that agrees makes it byte-identical, one that does not refuses it") {
  const Folder folder;
  SECTION("each algorithm") {
    for (const std::string algorithm : {"md5", "sha1", "sha256", "crc32c"}) {
      const Folder own;
      const auto good = fetch(own, {{algorithm, digest_of_it(algorithm)}});
      REQUIRE(good);
      CHECK(good->match == failover::FetchMatch::byte_identical);
      CHECK(good->verified.front().find(" of the store") != std::string::npos);
      const Folder other;
      const auto bad = fetch(other, {{algorithm, std::string(digest_of_it(algorithm).size(), '0')}});
      REQUIRE_FALSE(bad);
      CHECK(bad.error().kind == ErrorKind::integrity);
      CHECK(bad.error().message.find("the store says") != std::string::npos);
      for (const auto& entry : std::filesystem::directory_iterator(other.path / "out")) {
        CHECK(entry.path().filename().string().front() == '.');
      }
    }
  }
  SECTION("one that nobody knows says nothing") {
    const auto done = fetch(folder, {{"whirlpool", "00"}});
    REQUIRE(done);
    CHECK(done->match == failover::FetchMatch::as_downloaded);
  }
}

TEST_CASE("Quickly: nothing is unpacked, and the sidecar's words say so") {
  const Folder folder;
  const auto done = fetch(folder, {{"md5", digest_of_it("md5")}}, true);
  REQUIRE(done);
  CHECK(done->verified.back().find("none unpacked") != std::string::npos);
}

TEST_CASE("What an interrupted run left is fetched anew when the whole is not what the store vouches for") {
  const Folder folder;
  std::filesystem::create_directory(folder.path / "out");
  {
    VouchingSource source(TinyZip{}.bytes(), {});
    const auto object = source.stat("/b.zip", Context{}).value();
    auto partial = failover::Partial::open(folder.path / "out", source.describe(), object, Context{}).value();
    failover::PartWriter writer(partial, failover::Origin::fetched);
    REQUIRE(writer.write(0, std::as_bytes(std::span(std::string_view("of another one")))));
    REQUIRE(writer.flush());
  }
  const auto done = fetch(folder, {{"md5", digest_of_it("md5")}});
  REQUIRE(done);
  CHECK(done->match == failover::FetchMatch::byte_identical);
  CHECK(done->resumed_at == 0);
}

TEST_CASE("An entry that is newer than its archive tells nothing of its age: somebody's clock was wrong") {
  const Folder folder;
  failover::FetchOptions options;
  options.output = folder.path / "out";
  options.state_dir = folder.path / "state";
  auto source = std::make_unique<VouchingSource>(TinyZip{}.bytes(), std::vector<failover::StoreDigest>{});
  const auto candidates = failover::make_fetcher(std::move(source), options).value()->survey(Context{});
  REQUIRE(candidates);
  CHECK_FALSE(candidates->front().content);
  CHECK(candidates->front().order == candidates->front().object.modified);
}

TEST_CASE("What comes must end as what was chosen: a good archive in its place is another one") {
  const Folder folder;
  failover::FetchOptions options;
  options.output = folder.path / "out";
  options.state_dir = folder.path / "state";
  auto source = std::make_unique<SwappingSource>(TinyZip{}.bytes(), std::vector<failover::StoreDigest>{});
  const auto done = failover::make_fetcher(std::move(source), options).value()->run(Context{});
  REQUIRE_FALSE(done);
  CHECK(done.error().kind == ErrorKind::integrity);
  CHECK(done.error().message.find("does not end as it did when it was chosen") != std::string::npos);
}
