#include "restore/read_back.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <fcntl.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/crc.hpp"
#include "core/fd.hpp"
#include "restore/slots.hpp"
#include "support/catch.hpp"
#include "support/folder.hpp"

using failover::Context;
using failover::crc32;
using failover::ErrorKind;
using failover::read_back_files;
using failover::slot_name;
using failover::WrittenFile;

namespace {

constexpr std::uint64_t count = 40;  // more than readers
constexpr std::uint64_t odd_one = 23;

/// Slots of a staging that a worker says it has filled, and did.
struct Staged {
  Staged() {
    for (std::uint64_t n = 0; n < count; ++n) {
      folder.put(slot_name(n), content);
      files.push_back({directory.get(), n, content.size(), crc32(std::as_bytes(std::span(content)), 0), "path"});
    }
  }
  [[nodiscard]] std::filesystem::path odd() const { return folder.path / slot_name(odd_one); }
  [[nodiscard]] bool is_refused() const {
    const auto done = read_back_files(files, Context{});
    return !done && done.error().kind == ErrorKind::io && done.error().message.contains("reading back path");
  }

  Folder folder;
  failover::Fd directory{::open(folder.path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  std::string content = std::string(300'000, 'x') + "end";
  std::vector<WrittenFile> files;
};

}  // namespace

TEST_CASE("effect: what was staged is what was to be staged, or nothing goes on") {
  Staged staged;
  REQUIRE(read_back_files(staged.files, Context{}));
  const auto name = slot_name(odd_one);

  SECTION("one byte differs") {
    staged.folder.put(name, "y" + staged.content.substr(1));
    CHECK(staged.is_refused());
  }
  SECTION("shorter") {
    staged.folder.put(name, staged.content.substr(1));
    CHECK(staged.is_refused());
  }
  SECTION("longer") {
    staged.folder.put(name, staged.content + "y");
    CHECK(staged.is_refused());
  }
  SECTION("not there") {
    std::filesystem::remove(staged.odd());
    CHECK(staged.is_refused());
  }
  SECTION("a link to a file that would do") {
    std::filesystem::remove(staged.odd());
    std::filesystem::create_symlink(slot_name(0), staged.odd());
    CHECK(staged.is_refused());
  }
  SECTION("a second name of a file that would do") {
    std::filesystem::remove(staged.odd());
    std::filesystem::create_hard_link(staged.folder.path / slot_name(0), staged.odd());
    CHECK(staged.is_refused());
  }
}
