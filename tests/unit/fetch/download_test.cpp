#include "fetch/download.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "fetch/part_map.hpp"
#include "fetch/partial.hpp"
#include "support/catch.hpp"
#include "support/folder.hpp"

namespace {

using failover::Context;
using failover::ErrorKind;
using failover::ObjectInfo;
using failover::Partial;
using failover::Result;

/// Gives `content` in small reads; breaks off as often as told to; may change the object under way.
class ScriptedSource : public failover::Source {
 public:
  explicit ScriptedSource(std::string bytes) : content(std::move(bytes)) { object.size = content.size(); }

  std::string describe() const override { return "scripted"; }
  Result<std::vector<ObjectInfo>> list(const Context&) override { return std::vector{object}; }
  Result<ObjectInfo> stat(const std::string&, const Context&) override { return object; }
  Result<std::size_t> read(const ObjectInfo&, std::uint64_t offset, std::span<std::byte> buffer,
                           const Context&) override {
    offsets.push_back(offset);
    if (offset >= break_at && breaks > 0) {
      --breaks;
      if (replaced) ++object.size;
      return failover::fail(break_kind, "the line broke");
    }
    const auto end = std::min<std::uint64_t>(content.size(), offset + 10);
    const auto count = std::min<std::size_t>(buffer.size(), end - offset);
    std::memcpy(buffer.data(), content.data() + offset, count);
    return count;
  }

  std::string content;
  ObjectInfo object{"b.zip", "/b.zip", 0, {}, {}};
  std::uint64_t break_at = 0;
  int breaks = 0;
  ErrorKind break_kind = ErrorKind::unreachable;
  bool replaced = false;
  std::vector<std::uint64_t> offsets;
};

/// Leaves off after the first read.
class ForgetfulSource : public ScriptedSource {
 public:
  using ScriptedSource::ScriptedSource;
  Result<void> read_ranges(const ObjectInfo&, std::span<const failover::ByteRange> ranges, const Sink& sink,
                           const Context&) override {
    return sink(ranges.front().offset, std::as_bytes(std::span(content)).subspan(ranges.front().offset, 10));
  }
};

constexpr std::size_t mebibyte = std::size_t{1024} * 1024;

/// Gives what `content` says on as many connections as allowed; the later ones may be of no use.
class ManySource : public failover::Source {
 public:
  struct Shared {
    std::string content;
    std::atomic<int> made{0};
    int useless_from = 1000;  ///< connections from this one on never work
    int dying = -1;           ///< this one breaks for good after its first bytes
    std::mutex mutex;
    std::set<std::thread::id> threads{};
  };
  ManySource(Shared& shared, int number) : shared_(shared), number_(number) { ++shared_.made; }

  std::string describe() const override { return "many"; }
  Result<std::vector<ObjectInfo>> list(const Context&) override { return std::vector{object()}; }
  Result<ObjectInfo> stat(const std::string&, const Context&) override { return object(); }
  Result<std::size_t> read(const ObjectInfo&, std::uint64_t offset, std::span<std::byte> buffer,
                           const Context&) override {
    if (number_ >= shared_.useless_from) return failover::fail(ErrorKind::permission, "one connection is enough");
    if (number_ == shared_.dying && ++reads_ > 1) return failover::fail(ErrorKind::unreachable, "gone for good");
    {
      const std::lock_guard lock(shared_.mutex);
      shared_.threads.insert(std::this_thread::get_id());
    }
    const auto count = std::min<std::size_t>({buffer.size(), shared_.content.size() - offset, 100'000});
    std::memcpy(buffer.data(), shared_.content.data() + offset, count);
    return count;
  }
  Result<std::unique_ptr<failover::Source>> another() const override {
    return std::make_unique<ManySource>(shared_, shared_.made.load());
  }
  [[nodiscard]] ObjectInfo object() const { return {"b.zip", "/b.zip", shared_.content.size(), {}, "v1"}; }

 private:
  Shared& shared_;
  int number_;
  int reads_ = 0;
};

std::string random_bytes(std::size_t size) {
  std::mt19937 random(7);
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

Result<std::uint64_t> fetch_many(ManySource::Shared& shared, const Folder& folder, std::size_t connections) {
  ManySource source(shared, 0);
  auto partial = Partial::open(folder.path, "many", source.object(), Context{}).value();
  return failover::download(source, source.object(), partial, {std::nullopt, 0, connections}, Context{});
}

Partial open_partial(const Folder& folder, const ScriptedSource& source) {
  return Partial::open(folder.path, "scripted", source.object, Context{}).value();
}

Result<void> fetch(ScriptedSource& source, const Folder& folder, unsigned retries = 1) {
  auto partial = open_partial(folder, source);
  const auto object = source.object;
  const auto done = failover::download(source, object, partial, {std::nullopt, retries, 1}, Context{});
  if (!done) return std::unexpected(done.error());
  return {};
}

constexpr const char* part = ".fo-fetch.part";

}  // namespace

TEST_CASE("A download goes on where the line broke") {
  const Folder folder;
  ScriptedSource source("0123456789abcdefghijABCDEFGHIJ");
  source.break_at = 20;
  source.breaks = 1;
  REQUIRE(fetch(source, folder));
  CHECK(folder.get(part) == source.content);
  CHECK(source.offsets == std::vector<std::uint64_t>{0, 10, 20, 20});
}

TEST_CASE("again: the next run goes on with what an interrupted one left, if it is the same object") {
  const Folder folder;
  ScriptedSource source("0123456789abcdefghijABCDEFGHIJ");
  source.break_at = 20;
  source.breaks = 1;
  CHECK(fetch(source, folder, 0).error().kind == ErrorKind::unreachable);
  CHECK(Partial::left_over(folder.path, "scripted", source.object) == 20);

  SECTION("the same object") {
    source.offsets.clear();
    REQUIRE(fetch(source, folder));
    CHECK(source.offsets.front() == 20);
    CHECK(folder.get(part) == source.content);
  }
  SECTION("a newer object under the same name") {
    source.object.modified += std::chrono::seconds(1);
    source.content = std::string(30, 'n');
    source.offsets.clear();
    REQUIRE(fetch(source, folder));
    CHECK(source.offsets.front() == 0);
    CHECK(folder.get(part) == source.content);
  }
  SECTION("another source") {
    CHECK(Partial::left_over(folder.path, "elsewhere", source.object) == 0);
  }
}

TEST_CASE("An object that was replaced under way is never put together from two") {
  const Folder folder;
  ScriptedSource source("0123456789abcdefghijABCDEFGHIJ");
  source.break_at = 10;
  source.breaks = 1;
  source.replaced = true;
  CHECK(fetch(source, folder).error().kind == ErrorKind::conflict);
  CHECK(source.offsets == std::vector<std::uint64_t>{0, 10});
}

TEST_CASE("A source that gives less than was asked for, and calls it all, is an error") {
  const Folder folder;
  ForgetfulSource source("0123456789abcdefghijABCDEFGHIJ");
  CHECK(fetch(source, folder).error().kind == ErrorKind::protocol);
  CHECK(Partial::left_over(folder.path, "scripted", source.object) == 10);
}

TEST_CASE("Tries are counted as long as no byte comes, and permanent errors are not tried again") {
  const Folder folder;
  ScriptedSource source("0123456789");
  source.breaks = 100;
  source.break_kind = ErrorKind::permission;
  CHECK(fetch(source, folder).error().kind == ErrorKind::permission);
  CHECK(source.offsets.size() == 1);
  source.break_kind = ErrorKind::unreachable;
  CHECK(fetch(source, folder, 1).error().kind == ErrorKind::unreachable);
  CHECK(source.offsets.size() == 3);
}

TEST_CASE("Several connections bring one object together") {
  const Folder folder;
  ManySource::Shared shared;
  shared.content = random_bytes(20 * mebibyte + 12'345);
  REQUIRE(fetch_many(shared, folder, 4).value() == shared.content.size());
  CHECK((folder.get(part) == shared.content));
  CHECK(shared.made == 4);
  CHECK(shared.threads.size() > 1);
}

TEST_CASE("A small object takes one connection only") {
  const Folder folder;
  ManySource::Shared shared;
  shared.content = random_bytes(mebibyte);
  REQUIRE(fetch_many(shared, folder, 4));
  CHECK(shared.made == 1);
}

TEST_CASE("A store that grants fewer connections is fetched from with those") {
  const Folder folder;
  ManySource::Shared shared;
  shared.content = random_bytes(20 * mebibyte);
  shared.useless_from = 1;
  REQUIRE(fetch_many(shared, folder, 4));
  CHECK((folder.get(part) == shared.content));
}

TEST_CASE("good-stays-good: what one connection did not bring before it died is not missing") {
  const Folder folder;
  ManySource::Shared shared;
  shared.content = random_bytes(20 * mebibyte);
  shared.dying = 2;
  const auto done = fetch_many(shared, folder, 4);
  // It may have been the last one at work; then the run fails, and the next one goes on.
  if (!done) {
    CHECK(done.error().kind == ErrorKind::unreachable);
    shared.dying = -1;
    REQUIRE(fetch_many(shared, folder, 4));
  }
  CHECK((folder.get(part) == shared.content));
}

TEST_CASE("again: bytes that a power loss spoilt are not there, the others are") {
  const Folder folder;
  ScriptedSource source(random_bytes(60));
  {
    auto partial = open_partial(folder, source);
    failover::PartWriter writer(partial, failover::Origin::fetched);
    const auto bytes = std::as_bytes(std::span(source.content));
    REQUIRE(writer.write(0, bytes.first(20)));
    REQUIRE(writer.flush());
    REQUIRE(writer.write(40, bytes.subspan(40)));
    REQUIRE(writer.flush());
  }
  auto spoilt = folder.get(part);
  spoilt[45] = static_cast<char>(spoilt[45] ^ 1);
  folder.put(part, spoilt);
  CHECK(open_partial(folder, source).present() == 20);
  REQUIRE(fetch(source, folder));
  CHECK(source.offsets.front() == 20);
  CHECK((folder.get(part) == source.content));
}

TEST_CASE("What was copied can be told from what was fetched, and taken back") {
  const Folder folder;
  ScriptedSource source(random_bytes(60));
  const auto bytes = std::as_bytes(std::span(source.content));
  {
    auto partial = open_partial(folder, source);
    failover::PartWriter fetched(partial, failover::Origin::fetched);
    failover::PartWriter copied(partial, failover::Origin::copied);
    REQUIRE(fetched.write(0, bytes.first(10)));
    REQUIRE(copied.write(10, bytes.subspan(10, 30)));
    REQUIRE(fetched.flush());
    REQUIRE(copied.flush());
    CHECK(fetched.write(50, bytes.first(11)).error().kind == ErrorKind::conflict);
  }
  auto partial = open_partial(folder, source);
  CHECK(partial.copied() == 30);
  const failover::ByteRange middle{15, 5};
  REQUIRE(partial.forget(std::span(&middle, 1)));
  CHECK(partial.copied() == 25);
  CHECK(partial.present() == 35);
  CHECK(open_partial(folder, source).present() == 35);
  REQUIRE(partial.forget_copied());
  CHECK(partial.present() == 10);
  CHECK(open_partial(folder, source).present() == 10);
}

TEST_CASE("The rate is kept") {
  const Folder folder;
  ScriptedSource source(std::string(300, 'x'));
  auto partial = open_partial(folder, source);
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE(failover::download(source, source.object, partial, {1000, 0, 1}, Context{}));
  CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(290));
}

TEST_CASE("bounded: a stop request ends a pause at once") {
  const Folder folder;
  ScriptedSource source(std::string(300, 'x'));
  auto partial = open_partial(folder, source);
  std::stop_source stop;
  stop.request_stop();
  Context context;
  context.stop = stop.get_token();
  CHECK(failover::download(source, source.object, partial, {1, 0, 1}, context).error().kind == ErrorKind::cancelled);
}
