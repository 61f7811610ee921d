#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/resource.h>

#include <failover/error.hpp>

#include "core/journal.hpp"
#include "support/catch.hpp"
#include "support/temporary_directory.hpp"

using namespace failover;

namespace {

/// Files of this process cannot grow beyond `bytes`: a write that would is cut short first, as on a full disk.
class SizeLimit {
 public:
  explicit SizeLimit(rlim_t bytes) {
    before_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  SizeLimit(const SizeLimit&) = delete;
  SizeLimit& operator=(const SizeLimit&) = delete;
  ~SizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, before_handler_);
  }

 private:
  rlimit before_{};
  void (*before_handler_)(int) = nullptr;
};

}  // namespace

TEST_CASE("half a record that did not fit leaves no damage for the next one", "[all-or-nothing]") {
  const test::TemporaryDirectory folder;
  const auto path = folder / "journal";
  auto journal = *Journal::open(path);
  REQUIRE(journal.append(R"({"n":1})"));
  {
    const SizeLimit limit(std::filesystem::file_size(path) + 5);
    CHECK_FALSE(journal.append(R"({"n":2})"));
  }
  REQUIRE(journal.append(R"({"n":3})"));
  REQUIRE(journal.append(R"({"n":4})"));
  const auto records = Journal::read(path);
  REQUIRE(records);
  CHECK(*records == std::vector<std::string>{R"({"n":1})", R"({"n":3})", R"({"n":4})"});
}
