#include "archive/archive_format.hpp"

#include <span>
#include <string>

#include "support/catch.hpp"

using namespace failover;

namespace {

ArchiveFormat format(const std::string& bytes) {
  return format_of(std::as_bytes(std::span(bytes)));
}

}  // namespace

TEST_CASE("the first bytes tell what an archive is") {
  CHECK(format("PK\3\4") == ArchiveFormat::zip);
  CHECK(format("") == ArchiveFormat::zip);
  CHECK(format(std::string("\x1f\x8b\x08\x00", 4)) == ArchiveFormat::tar);
  CHECK(format(std::string("\xfd"
                           "7zXZ\0\0",
                           7)) == ArchiveFormat::tar);
  CHECK(format("\x28\xb5\x2f\xfd....") == ArchiveFormat::tar);
  CHECK(format(std::string(257, 'x') + "ustar") == ArchiveFormat::tar);
  CHECK(format(std::string(256, 'x') + "ustar") == ArchiveFormat::zip);
}
