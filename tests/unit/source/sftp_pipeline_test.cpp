#include "source/sftp_pipeline.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "source/sftp_packet.hpp"
#include "support/catch.hpp"

using failover::ByteRange;
using failover::ErrorKind;
using failover::ObjectInfo;
using failover::Result;
using failover::SftpAnswer;
using failover::SftpPipeline;
using failover::SftpType;
using failover::take_sftp_answer;
using failover::WallTime;

namespace {

std::span<const std::byte> bytes(const std::string& text) {
  return std::as_bytes(std::span(text));
}

std::uint64_t number(const std::string& text, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8U | static_cast<unsigned char>(text.at(at + i));
  return value;
}

struct Asked {
  SftpType type = SftpType::fstat;
  std::uint32_t id = 0;
  std::uint64_t offset = 0;
  std::size_t length = 0;
};

std::vector<Asked> asked(std::string text) {
  std::vector<Asked> all;
  while (!text.empty()) {
    const auto length = number(text, 0, 4);
    Asked one{static_cast<SftpType>(text.at(4)), static_cast<std::uint32_t>(number(text, 5, 4))};
    if (one.type == SftpType::read) {
      const auto at = 13 + number(text, 9, 4);
      one.offset = number(text, at, 8);
      one.length = number(text, at + 8, 4);
    }
    all.push_back(one);
    text.erase(0, 4 + length);
  }
  return all;
}

/// A file of so many bytes, read by a pipeline.
struct Reading {
  explicit Reading(std::size_t size, std::vector<ByteRange> ranges = {})
      : content(size, '\0'),
        object{"a.zip", "/a.zip", size, WallTime(std::chrono::seconds(1'000)), {}},
        pipeline(object, "h", ranges.empty() ? std::vector{ByteRange{0, size}} : std::move(ranges), id) {
    for (std::size_t i = 0; i < size; ++i) content[i] = static_cast<char>(i * 7 + i / 251);
  }

  Result<void> give(const SftpAnswer& answer) {
    return pipeline.take(answer, [this](std::uint64_t offset, std::span<const std::byte> part) -> Result<void> {
      if (!offsets.empty()) CHECK(offset > offsets.back());
      offsets.push_back(offset);
      got.append(reinterpret_cast<const char*>(part.data()), part.size());
      return {};
    });
  }
  Result<void> look(const Asked& one, std::uint32_t modified = 1'000) {
    return give({SftpType::attributes, one.id, 0, {}, content.size(), modified});
  }
  Result<void> data(const Asked& one, std::size_t most = 1 << 20) {
    const auto text = content.substr(one.offset, std::min(one.length, most));
    return give({SftpType::data, one.id, 0, bytes(text), {}, {}});
  }
  Result<void> answer(const Asked& one, std::size_t most = 1 << 20) {
    return one.type == SftpType::fstat ? look(one) : data(one, most);
  }

  std::uint32_t id = 5;
  std::string content;
  ObjectInfo object;
  SftpPipeline pipeline;
  std::string got;
  std::vector<std::uint64_t> offsets;
};

template <typename T>
ErrorKind kind(const Result<T>& result) {
  REQUIRE(!result);
  return result.error().kind;
}

}  // namespace

TEST_CASE("reads of many ranges are under way at once, between two looks") {
  Reading reading(100'000, {{10, 5}, {1'000, 40'000}, {90'000, 10'000}});
  const auto all = asked(reading.pipeline.requests());
  REQUIRE(all.size() == 6);
  CHECK(all.front().type == SftpType::fstat);
  CHECK(all.back().type == SftpType::fstat);
  CHECK(all[1].offset == 10);
  CHECK(all[1].length == 5);
  CHECK(all[4].offset == 90'000);
  for (const auto& one : all) REQUIRE(reading.answer(one));
  CHECK(reading.pipeline.requests().empty());
  CHECK(reading.pipeline.done());
  CHECK(reading.got ==
        reading.content.substr(10, 5) + reading.content.substr(1'000, 40'000) + reading.content.substr(90'000));
}

TEST_CASE("answers out of turn and short ones come out in order and whole") {
  Reading reading(200'000);
  auto todo = asked(reading.pipeline.requests());
  while (!todo.empty()) {
    const auto one = todo.back();
    todo.pop_back();
    REQUIRE(reading.answer(one, 9'000));
    for (const auto& more : asked(reading.pipeline.requests())) todo.push_back(more);
  }
  CHECK(reading.pipeline.done());
  CHECK(reading.got == reading.content);
}

TEST_CASE("what is under way is bounded") {
  Reading reading(100'000'000 / 4);
  std::size_t under_way = 0;
  for (const auto& one : asked(reading.pipeline.requests())) under_way += one.length;
  CHECK(under_way >= 8'000'000);
  CHECK(under_way <= 9'000'000);
  Reading crumbs(10'000, std::vector<ByteRange>(5'000, ByteRange{0, 1}));
  CHECK(asked(crumbs.pipeline.requests()).size() <= 512);
}

TEST_CASE("an answer that was not asked for, or not like that, is an error of the protocol") {
  Reading reading(100'000);
  const auto all = asked(reading.pipeline.requests());
  REQUIRE(reading.look(all[0]));
  SECTION("another id") {
    CHECK(kind(reading.data({SftpType::read, 99, 0, 10})) == ErrorKind::protocol);
  }
  SECTION("the same twice") {
    REQUIRE(reading.data(all[2]));
    CHECK(kind(reading.data(all[2])) == ErrorKind::protocol);
  }
  SECTION("more than asked for") {
    auto more = all[1];
    ++more.length;
    CHECK(kind(reading.data(more)) == ErrorKind::protocol);
  }
  SECTION("nothing") {
    CHECK(kind(reading.data(all[1], 0)) == ErrorKind::protocol);
  }
  SECTION("done, without bytes") {
    CHECK(kind(reading.give({.type = SftpType::status, .id = all[1].id})) == ErrorKind::protocol);
  }
  SECTION("attributes") {
    CHECK(kind(reading.look(all[1])) == ErrorKind::protocol);
  }
  SECTION("a look without a size") {
    CHECK(kind(reading.give({.type = SftpType::attributes, .id = all.back().id})) == ErrorKind::protocol);
  }
  CHECK(reading.got.empty());
}

TEST_CASE("an object that is not the one that was listed is a conflict") {
  Reading reading(50'000);
  const auto all = asked(reading.pipeline.requests());
  SECTION("before") {
    CHECK(kind(reading.look(all[0], 1'001)) == ErrorKind::conflict);
  }
  SECTION("after") {
    CHECK(kind(reading.look(all.back(), 1'001)) == ErrorKind::conflict);
  }
  SECTION("it ends too early") {
    CHECK(kind(reading.give({.type = SftpType::status, .id = all[1].id, .status = 1})) == ErrorKind::conflict);
  }
  SECTION("denied") {
    CHECK(kind(reading.give({.type = SftpType::status, .id = all[1].id, .status = 3})) == ErrorKind::permission);
  }
}

TEST_CASE("packets are taken off a stream one by one") {
  const std::string data("\0\0\0\x0c\x67\0\0\0\7\0\0\0\3abc", 16);
  const auto text = data + data.substr(0, 9);
  auto stream = bytes(text);
  const auto answer = take_sftp_answer(stream);
  REQUIRE((answer && *answer));
  CHECK((*answer)->id == 7);
  CHECK((*answer)->bytes.size() == 3);
  CHECK(stream.size() == 9);
  const auto rest = take_sftp_answer(stream);
  REQUIRE(rest);
  CHECK(!*rest);
}

TEST_CASE("packets whose lengths are wrong are errors of the protocol") {
  const std::vector<std::string> wrong{
      {"\0\0\0\x0c\x67\0\0\0\7\0\0\0\4abc", 16},  // longer than the packet
      {"\0\0\0\x0c\x67\0\0\0\7\0\0\0\2abc", 16},  // bytes behind it
      {"\0\0\0\x0c\x67\0\0\0\7\xff\xff\xff\xff"
       "abc",
       16},                                       // nearly 2^32
      {"\0\0\0\x08\x67\0\0\0\7abc", 12},          // too short for anything
      {"\xff\xff\xff\xff\x67\0\0\0\7abc", 12},    // too long, and not waited for
      {"\0\4\0\0\x67\0\0\0\7abc", 12},            // just too long
      {"\0\0\0\x09\x66\0\0\0\7\0\0\0\0", 13},     // a handle of nothing
      {"\0\0\0\x0c\x69\0\0\0\7\0\0\0\1abc", 16},  // a size that is cut off
      {"\0\0\0\x0c\x68\0\0\0\7\0\0\0\3abc", 16},  // names, that nobody asked for
  };
  for (const auto& text : wrong) {
    auto stream = bytes(text);
    const auto answer = take_sftp_answer(stream);
    CAPTURE(text.size(), static_cast<int>(text[4]));
    CHECK(kind(answer) == ErrorKind::protocol);
  }
}
