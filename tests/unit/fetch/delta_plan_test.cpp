#include "fetch/delta_plan.hpp"

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <failover/source.hpp>

#include "fetch/delta_index.hpp"
#include "fetch/metered_source.hpp"
#include "fetch/range_set.hpp"
#include "support/catch.hpp"

namespace {

using failover::ByteRange;
using failover::DeltaPlan;
using failover::LinkEstimate;
using failover::PackedEntry;
using failover::PackedIndex;
using failover::plan_delta;

struct Spec {
  std::string name;
  std::uint32_t crc = 1;
  std::uint64_t compressed = 1000;
  std::uint64_t extra = 0;  ///< of the local header
  std::uint16_t flags = 0;
  std::uint64_t descriptor = 0;
};

PackedIndex index_of(const std::vector<Spec>& specs) {
  PackedIndex index;
  std::uint64_t at = 0;
  for (const auto& spec : specs) {
    PackedEntry entry;
    entry.name = spec.name;
    entry.crc = spec.crc;
    entry.compressed = entry.size = spec.compressed;
    entry.flags = spec.flags;
    entry.begin = at;
    entry.data = at + failover::local_header_size + spec.name.size() + spec.extra;
    at = entry.end = entry.data + spec.compressed + spec.descriptor;
    index.entries.push_back(entry);
  }
  index.directory = at;
  index.size = at + 100;
  return index;
}

std::string text_of(const DeltaPlan& plan) {
  std::string text;
  for (const auto& copy : plan.copies) {
    text += std::to_string(copy.from) + ">" + std::to_string(copy.to) + "+" + std::to_string(copy.length) + " ";
  }
  for (const auto& range : plan.fetch) text += std::to_string(range.offset) + "+" + std::to_string(range.length) + " ";
  return text;
}

/// Copies and fetched ranges together are each byte before the central directory exactly once.
void check_tiles(const DeltaPlan& plan, const PackedIndex& theirs) {
  failover::RangeSet all(plan.fetch);
  auto bytes = plan.to_fetch();
  for (const auto& copy : plan.copies) {
    all.add({copy.to, copy.length});
    bytes += copy.length;
  }
  CHECK(all.covers({0, theirs.directory}));
  CHECK(bytes == theirs.directory);
}

}  // namespace

TEST_CASE("Unchanged entries are copied in one piece, new and changed ones fetched") {
  const auto ours = index_of({{"a"}, {"b"}, {"c"}});
  const auto theirs = index_of({{"a"}, {"b", 2}, {"c"}, {"d"}});
  const auto plan = plan_delta(theirs, ours);
  CHECK(text_of(plan) == "0>0+1031 2062>2062+1031 1031+1031 3093+1031 ");
  check_tiles(plan, theirs);
}

TEST_CASE("An entry that moved is copied from where it was") {
  const auto plan = plan_delta(index_of({{"b"}, {"c"}}), index_of({{"a"}, {"b"}, {"c"}}));
  CHECK(text_of(plan) == "1031>0+2062 ");
}

TEST_CASE("A local header of another length, or that must differ, is fetched, its data copied") {
  const auto ours = index_of({{"a"}, {"b", 1, 1000, 0, failover::descriptor_flag, 16}});
  auto theirs = index_of({{"a", 1, 1000, 9}, {"b", 1, 1000, 9, failover::descriptor_flag, 16}});
  auto plan = plan_delta(theirs, ours);
  CHECK(text_of(plan) == "31>40+1000 1062>1080+1000 0+40 1040+40 2080+16 ");
  check_tiles(plan, theirs);
  theirs = index_of({{"a"}});
  theirs.entries.front().modified += std::chrono::seconds(2);
  plan = plan_delta(theirs, ours);
  CHECK(text_of(plan) == "31>31+1000 0+31 ");
}

TEST_CASE("An entry that is packed by another method, or marked otherwise, is not the same") {
  const auto ours = index_of({{"a"}});
  auto theirs = index_of({{"a"}});
  theirs.entries.front().method = 8;
  CHECK(text_of(plan_delta(theirs, ours)) == "0+1031 ");
  theirs = index_of({{"a"}});
  theirs.entries.front().flags = 0x800;  // a name in UTF-8: the local header says so, too
  CHECK(text_of(plan_delta(theirs, ours)) == "31>31+1000 0+31 ");
}

TEST_CASE("An entry whose directory states more bytes than there is room for is fetched") {
  for (const std::uint64_t stated : {1001ULL, 5'000'000ULL}) {
    const auto ours = index_of({{"a"}, {"b", 1, stated}, {"c"}});
    auto theirs = index_of({{"a"}, {"b"}, {"c"}});
    theirs.entries[1].compressed = theirs.entries[1].size = stated;
    for (const std::uint32_t crc : {1U, 2U}) {
      theirs.entries[1].crc = crc;
      const auto plan = plan_delta(theirs, ours);
      check_tiles(plan, theirs);
      CHECK(text_of(plan).ends_with(" 1031+1031 "));
      CHECK(plan.grown.empty());
    }
  }
}

TEST_CASE("What the central directory does not vouch for is known") {
  const auto ours = index_of({{"a"}, {"b", 1, 1000, 4, failover::descriptor_flag, 16}});
  const auto plan = plan_delta(ours, ours);
  REQUIRE(plan.unproved.size() == 3);
  CHECK(plan.unproved[0].length == 31);
  CHECK(plan.unproved[1].offset == 1031);
  CHECK(plan.unproved[1].length == 31 + 4 + 16);
  CHECK(end_of(plan.unproved[2]) == ours.directory);
}

TEST_CASE("A large entry with other content is worth a look, and what is known to be its beginning is not fetched") {
  constexpr std::uint64_t large = 1'000'000;
  const auto ours = index_of({{"a"}, {"dump", 1, large}});
  const auto theirs = index_of({{"a"}, {"dump", 2, large + 5000}});
  auto plan = plan_delta(theirs, ours);
  REQUIRE(plan.grown.size() == 1);
  auto grown = plan.grown;
  CHECK(grown[0].common == large);
  CHECK(grown[0].entry == 1);
  grown[0].common = 900'000;
  use_beginnings(plan, grown);
  CHECK(text_of(plan) == "0>0+1031 1065>1065+900000 1031+34 901065+105000 ");
  check_tiles(plan, theirs);
}

TEST_CASE("Short gaps are fetched too, the shortest first, within a sixteenth") {
  DeltaPlan plan;
  plan.fetch = {{0, 16'000}, {16'300, 16'000}, {33'300, 16'000}, {900'000, 1000}};
  plan.copies = {{50, 16'000, 300}, {500, 32'300, 1000}, {5000, 49'300, 850'700}, {0, 901'000, 10}};
  const PackedIndex theirs{{}, 901'010, 901'010};
  check_tiles(plan, theirs);
  auto far = plan;
  coalesce(far, {0.1, 1e8});
  CHECK(far.fetch.size() == 2);
  check_tiles(far, theirs);
  SECTION("where ranges wait together a gap is fetched only if it is nearly nothing") {
    plan.fetch[2] = {40'300, 9000};
    plan.copies[1] = {500, 32'300, 8000};
    coalesce(plan, {0.1, 1e8, 1'000'000});
    CHECK(plan.fetch.size() == 3);
    check_tiles(plan, theirs);
  }
  SECTION("a budget") {
    plan.fetch[0].length = 6000;
    plan.copies.insert(plan.copies.begin(), {0, 6000, 10'000});
    coalesce(plan, {0.1, 1e8});
    CHECK(plan.fetch.size() == 3);
    check_tiles(plan, theirs);
  }
  SECTION("a near store") {
    plan.fetch[2] = {40'300, 9000};
    plan.copies[1] = {500, 32'300, 8000};
    coalesce(plan, {1e-6, 1e8});
    CHECK(plan.fetch.size() == 3);
    check_tiles(plan, theirs);
  }
}

TEST_CASE("Whether it pays is decided by bytes and by waits") {
  struct Case {
    std::string what;
    std::size_t ranges;
    std::uint64_t bytes;  ///< of each
    std::uint64_t size;   ///< of the archive
    LinkEstimate link;
    std::size_t connections;
    bool worth;
  };
  const auto seconds = [](double latency, std::size_t together) { return LinkEstimate{latency, 1e7, together}; };
  const Case cases[] = {
      {"one range of a hundredth", 1, 1'000'000, 100'000'000, seconds(0.02, 1), 4, true},
      {"most of it", 1, 1'000'000, 1'200'000, seconds(0.02, 1), 4, false},
      {"many waits, each short", 10'000, 10, 100'000'000, seconds(0.001, 1), 4, true},
      {"many waits, each felt: 50 s against 10", 10'000, 10, 100'000'000, seconds(0.02, 1), 4, false},
      {"the same with ten times the connections", 10'000, 10, 100'000'000, seconds(0.02, 1), 40, true},
      {"the same four at a time", 10'000, 10, 100'000'000, seconds(0.02, 4), 4, false},
      {"the same pipelined", 10'000, 10, 100'000'000, seconds(0.02, 512), 4, true},
      {"pipelined over a loaded link", 10'000, 10, 100'000'000, seconds(1.0, 512), 4, true},
      {"pipelined over a link that answers after 2 s", 10'000, 10, 100'000'000, seconds(2.0, 512), 4, false},
      {"waits are no matter while nobody feels them", 100, 10, 10'000, seconds(0.009, 1), 4, true},
  };
  for (const auto& each : cases) {
    INFO(each.what);
    DeltaPlan plan;
    for (std::uint64_t i = 0; i < each.ranges; ++i) plan.fetch.push_back({i * 2 * each.bytes, each.bytes});
    CHECK(worth_it(plan, each.size, each.link, each.connections) == each.worth);
  }
}

TEST_CASE("What fetching takes is its bytes, and one wait for all that wait together") {
  CHECK(failover::seconds_to_fetch(1000, 1, {0.5, 1000, 1}, 1) == Approx(1.5));
  CHECK(failover::seconds_to_fetch(1000, 8, {0.5, 1000, 1}, 2) == Approx(3.0));
  CHECK(failover::seconds_to_fetch(1000, 9, {0.5, 1000, 4}, 2) == Approx(2.0));
  CHECK(failover::seconds_to_fetch(0, 0, {0.5, 1000, 4}, 2) == Approx(0.0));
}

TEST_CASE("Any two archives give copies and ranges that fit together") {
  std::mt19937 random(3);
  for (int round = 0; round < 300; ++round) {
    const auto some = [&random] {
      std::vector<Spec> specs;
      for (char name = 'a'; name <= 'z'; ++name) {
        if (random() % 4 == 0) continue;
        const bool descriptor = random() % 3 == 0;
        specs.push_back({std::string(1 + random() % 3, name), static_cast<std::uint32_t>(random() % 2),
                         1000 + 200'000 * (random() % 2), random() % 3,
                         static_cast<std::uint16_t>(descriptor ? failover::descriptor_flag : 0),
                         descriptor ? 12 + 4 * (random() % 4) : 0});
      }
      return index_of(specs);
    };
    const auto theirs = some();
    auto plan = plan_delta(theirs, some());
    check_tiles(plan, theirs);
    auto known = plan.grown;
    for (auto& grown : known) grown.common = 1 + random() % grown.common;
    use_beginnings(plan, known);
    check_tiles(plan, theirs);
    coalesce(plan, {0.05, 1e6});
    check_tiles(plan, theirs);
  }
}
