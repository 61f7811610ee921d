#include "core/beneath.hpp"

#include <filesystem>
#include <fstream>

#include <fcntl.h>

#include <failover/error.hpp>

#include "core/file_io.hpp"
#include "support/catch.hpp"
#include "support/temporary_directory.hpp"

using namespace failover;

TEST_CASE("nothing outside can be opened from a directory, whatever the path", "[inside]") {
  const test::TemporaryDirectory folder;
  std::filesystem::create_directories(folder / "in/deep");
  std::filesystem::create_directories(folder / "out");
  std::ofstream(folder / "out/file") << "safe";
  std::filesystem::create_symlink(folder / "out", folder / "in/link");
  std::filesystem::create_symlink("deep", folder / "in/inner");
  const auto root = *open_file(folder / "in", O_RDONLY | O_DIRECTORY);
  CHECK(open_beneath(root.get(), "deep", O_RDONLY | O_DIRECTORY));
  CHECK(open_beneath(root.get(), "", O_RDONLY | O_DIRECTORY));
  for (const char* path : {"link", "link/file", "inner", "..", "deep/../../out", "/etc"}) {
    const auto opened = open_beneath(root.get(), path, O_RDONLY);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == ErrorKind::refused);
  }
  CHECK(open_beneath(root.get(), "none", O_RDONLY).error().kind == ErrorKind::not_found);
}
