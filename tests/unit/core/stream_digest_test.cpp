#include "core/stream_digest.hpp"

#include <span>
#include <string>
#include <string_view>

#include "support/catch.hpp"

namespace {

std::string digest(std::string_view algorithm, std::string_view text) {
  auto stream = failover::StreamDigest::of(algorithm).value();
  const auto bytes = std::as_bytes(std::span(text));
  stream.add(bytes.first(bytes.size() / 2));
  stream.add(bytes.subspan(bytes.size() / 2));
  return stream.hex();
}

}  // namespace

TEST_CASE("Digests by name: RFC 1321, FIPS 180, RFC 3720") {
  CHECK(digest("md5", "abc") == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(digest("sha1", "abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(digest("sha256", "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(digest("crc32c", "123456789") == "e3069283");
  CHECK(digest("crc32c", std::string(32, '\0')) == "8a9136aa");
  CHECK(digest("crc32c", "") == "00000000");
  CHECK_FALSE(failover::StreamDigest::of("whirlpool"));
}
