#include "fetch/download.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

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

Result<void> fetch(ScriptedSource& source, const Folder& folder, unsigned retries = 1) {
  auto partial = Partial::open(folder.path, "scripted", source.object).value();
  const auto object = source.object;
  return failover::download(source, object, partial, {std::nullopt, retries}, Context{});
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

TEST_CASE("The rate is kept") {
  const Folder folder;
  ScriptedSource source(std::string(300, 'x'));
  auto partial = Partial::open(folder.path, "scripted", source.object).value();
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE(failover::download(source, source.object, partial, {1000, 0}, Context{}));
  CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(290));
}

TEST_CASE("bounded: a stop request ends a pause at once") {
  const Folder folder;
  ScriptedSource source(std::string(300, 'x'));
  auto partial = Partial::open(folder.path, "scripted", source.object).value();
  std::stop_source stop;
  stop.request_stop();
  Context context;
  context.stop = stop.get_token();
  CHECK(failover::download(source, source.object, partial, {1, 0}, context).error().kind == ErrorKind::cancelled);
}
