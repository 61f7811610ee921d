#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <failover/source.hpp>

#include "fetch/part_map.hpp"
#include "fetch/range_set.hpp"
#include "fetch/work_queue.hpp"
#include "support/catch.hpp"

namespace {

using failover::ByteRange;
using failover::RangeSet;
using failover::WorkQueue;

std::string text_of(const std::vector<ByteRange>& ranges) {
  std::string text;
  for (const auto& range : ranges) text += std::to_string(range.offset) + "+" + std::to_string(range.length) + " ";
  return text;
}

}  // namespace

TEST_CASE("A set of ranges joins, cuts and tells what is missing") {
  RangeSet set;
  set.add({10, 5});
  set.add({20, 5});
  CHECK(text_of(set.ranges()) == "10+5 20+5 ");
  set.add({15, 5});
  CHECK(text_of(set.ranges()) == "10+15 ");
  set.remove({12, 3});
  CHECK(text_of(set.ranges()) == "10+2 15+10 ");
  CHECK(text_of(set.missing_from({0, 30})) == "0+10 12+3 25+5 ");
  CHECK(set.covers({16, 9}));
  CHECK_FALSE(set.covers({16, 10}));
  set.remove({0, 100});
  CHECK(set.empty());
}

TEST_CASE("A set of ranges agrees with a row of flags") {
  std::mt19937 random(11);
  constexpr std::size_t size = 64;
  RangeSet set;
  std::vector<bool> flags(size);
  for (int step = 0; step < 20'000; ++step) {
    const ByteRange range{random() % size, random() % (size / 4)};
    const bool adds = random() % 2 == 0;
    adds ? set.add(range) : set.remove(range);
    for (auto i = range.offset; i < std::min<std::uint64_t>(size, end_of(range)); ++i) flags[i] = adds;
    set.remove({size, size});
    std::vector<bool> seen(size);
    for (const auto& part : set.ranges()) {
      for (auto i = part.offset; i < end_of(part); ++i) seen[i] = true;
    }
    REQUIRE(seen == flags);
    for (const auto& hole : set.missing_from({0, size})) {
      for (auto i = hole.offset; i < end_of(hole); ++i) seen[i] = !seen[i];
    }
    REQUIRE(std::ranges::count(seen, true) == static_cast<std::ptrdiff_t>(size));
  }
}

TEST_CASE("A map survives what a power loss does to its end") {
  const failover::MapRecord record{{0x1000, 0x20}, 0xdeadbeef, failover::Origin::copied};
  const auto line = failover::map_line(record);
  const auto read = failover::parse_map("garbage\n" + line + "f 10 0 1\nf 1 2\nx 1 2 3\nf 7fffffffffffffff 2 0\n" +
                                        std::string(40, '\0') + "\n" + line.substr(0, line.size() - 1));
  REQUIRE(read.size() == 1);
  CHECK(read.front().range.offset == 0x1000);
  CHECK(read.front().range.length == 0x20);
  CHECK(read.front().crc == 0xdeadbeef);
  CHECK(read.front().origin == failover::Origin::copied);
}

TEST_CASE("Work is shared out once and whole, however the workers take it") {
  std::mt19937 random(5);
  for (int round = 0; round < 200; ++round) {
    std::vector<ByteRange> wanted;
    std::uint64_t at = 0;
    for (auto n = random() % 600; n > 0; --n) {
      at += 1 + random() % 1000;
      const auto length = 1 + random() % 200'000;
      wanted.push_back({at, length});
      at += length;
    }
    const std::size_t workers = 1 + random() % 5;
    WorkQueue queue(wanted, workers);
    CHECK(queue.left() == bytes_of(wanted));
    RangeSet done;
    std::uint64_t taken = 0;
    for (int idle = 0; idle < 50;) {
      const auto worker = random() % workers;
      const auto limit = 1 + random() % 3'000'000;
      const auto batch = queue.take(worker, limit);
      idle = batch.empty() ? idle + 1 : 0;
      REQUIRE(bytes_of(batch) <= limit);
      if (!batch.empty() && random() % 10 == 0) {
        queue.give_back(worker, batch);
        continue;
      }
      for (const auto& range : batch) done.add(range);
      taken += bytes_of(batch);
    }
    CHECK(queue.left() == 0);
    CHECK(taken == bytes_of(wanted));
    CHECK(text_of(done.ranges()) == text_of(RangeSet(wanted).ranges()));
  }
}

TEST_CASE("Work is given out from the front, so that what is there has few gaps before it") {
  constexpr std::uint64_t mebibyte = std::uint64_t{1024} * 1024;
  constexpr std::size_t workers = 4;
  const std::vector<ByteRange> wanted{{0, 1024 * mebibyte}};
  WorkQueue queue(wanted, workers);
  RangeSet done;
  for (std::size_t worker = 0; queue.left() > 0; worker = (worker + 1) % workers) {
    for (const auto& range : queue.take(worker, 4 * mebibyte)) done.add(range);
    CHECK(done.bytes() - done.front() <= workers * 64 * mebibyte);
  }
  CHECK(done.front() == 1024 * mebibyte);
}
