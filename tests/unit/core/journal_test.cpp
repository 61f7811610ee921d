#include "core/journal.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <failover/error.hpp>

#include "support/catch.hpp"
#include "support/temporary_directory.hpp"

using failover::ErrorKind;
using failover::Journal;
using failover::test::TemporaryDirectory;

namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void put(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::filesystem::path journal_of_three(const TemporaryDirectory& directory) {
  auto path = directory / "journal";
  auto journal = Journal::open(path);
  REQUIRE(journal);
  for (const auto* record : {R"({"n":1})", R"({"n":2})", R"({"n":3})"}) REQUIRE(journal->append(record));
  return path;
}

}  // namespace

TEST_CASE("a journal gives back what was appended, over several openings") {
  const TemporaryDirectory directory;
  const auto path = journal_of_three(directory);
  auto journal = Journal::open(path);
  REQUIRE(journal);
  CHECK(journal->records().size() == 3);
  REQUIRE(journal->append(R"({"n":4})"));
  CHECK(Journal::read(path)->back() == R"({"n":4})");
}

TEST_CASE("all-or-nothing: a torn last line is ignored at every length, and cut off before the next append") {
  const TemporaryDirectory directory;
  const auto path = journal_of_three(directory);
  const auto whole = content(path);
  const auto last_line = whole.rfind('\n', whole.size() - 2) + 1;
  for (auto length = last_line; length < whole.size(); ++length) {
    put(path, whole.substr(0, length));
    CHECK(Journal::read(path)->size() == 2);
    auto journal = Journal::open(path);
    REQUIRE(journal);
    CHECK(journal->records().size() == 2);
    REQUIRE(journal->append(R"({"n":5})"));
    CHECK(Journal::read(path)->back() == R"({"n":5})");
  }
}

TEST_CASE("a torn last line whose bytes were never written but whose length was is ignored") {
  const TemporaryDirectory directory;
  const auto path = journal_of_three(directory);
  auto text = content(path);
  const auto last_line = text.rfind('\n', text.size() - 2) + 1;
  for (auto i = last_line; i + 1 < text.size(); ++i) text[i] = '\0';
  put(path, text);
  CHECK(Journal::open(path)->records().size() == 2);
}

TEST_CASE("damage before the last line stops, whichever byte it is") {
  const TemporaryDirectory directory;
  const auto path = journal_of_three(directory);
  const auto whole = content(path);
  const auto last_line = whole.rfind('\n', whole.size() - 2) + 1;
  for (std::size_t i = 0; i + 1 < last_line; ++i) {
    auto damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x01);
    put(path, damaged);
    const auto journal = Journal::open(path);
    REQUIRE_FALSE(journal);
    CHECK(journal.error().kind == ErrorKind::integrity);
    CHECK(journal.error().message.find("journal") != std::string::npos);
  }
}

TEST_CASE("a record with a line break is refused, an absent journal is empty") {
  const TemporaryDirectory directory;
  CHECK(Journal::read(directory / "absent")->empty());
  auto journal = Journal::open(directory / "journal");
  REQUIRE(journal);
  CHECK_FALSE(journal->append("{\n}"));
}
