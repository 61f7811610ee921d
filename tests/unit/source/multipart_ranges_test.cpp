#include "source/multipart_ranges.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>
#include <failover/source.hpp>

#include "support/catch.hpp"

using namespace failover;

namespace {

const std::vector<ByteRange> wanted{{0, 2}, {6, 3}};

std::string part(std::string_view range, std::string_view bytes) {
  return "\r\n--x\r\nContent-Range: bytes " + std::string(range) + "\r\n\r\n" + std::string(bytes);
}

struct Read {
  std::string bytes;
  std::vector<std::uint64_t> offsets;
  bool complete = false;
};

/// @param piece how many bytes come at once
Result<Read> read(std::string_view body, std::size_t piece = 1) {
  MultipartRanges parts("x", wanted, 10);
  Read read;
  const auto take = [&](std::uint64_t offset, std::span<const std::byte> bytes) -> Result<void> {
    read.offsets.push_back(offset);
    read.bytes.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  };
  for (std::size_t at = 0; at < body.size(); at += piece) {
    FO_TRY(parts.add(std::as_bytes(std::span(body.substr(at, piece))), take));
  }
  read.complete = parts.complete();
  return read;
}

}  // namespace

TEST_CASE("The parts come as they were asked for, however they are cut") {
  const auto body = part("0-1/10", "ab") + part("6-8/*", "cde") + "\r\n--x--\r\n";
  for (const std::size_t piece : {1U, 7U, 1000U}) {
    const auto got = read(body, piece);
    REQUIRE(got);
    CHECK(got->bytes == "abcde");
    CHECK(got->offsets.front() == 0);
    CHECK(got->complete);
  }
  CHECK_FALSE(read(part("0-1/10", "ab"))->complete);
}

TEST_CASE("A part that was not asked for is an error, and so is one of an object of another size") {
  for (const std::string_view range : {"1-2/10", "0-2/10", "0-0/10", "6-8/10", "x", ""}) {
    INFO(range);
    CHECK(read(part(range, "abc")).error().kind == ErrorKind::protocol);
  }
  CHECK(read(part("0-1/11", "ab")).error().kind == ErrorKind::conflict);
  CHECK(read(part("0-1/10", "ab") + part("6-8/9", "cde")).error().kind == ErrorKind::conflict);
  const auto endless = part("0-1/10", "ab") + part("6-8/10", "cde") + part("6-8/10", std::string(5000, 'x'));
  for (const std::size_t piece : {1U, 1000U, 10'000U}) CHECK(read(endless, piece).error().kind == ErrorKind::protocol);
}
