#include "state/promotion_journal.hpp"

#include <optional>
#include <string>
#include <vector>

#include "state/state_dir.hpp"
#include "support/catch.hpp"
#include "support/temporary_directory.hpp"

using failover::PromotionJournal;
using failover::StateDir;

TEST_CASE("a completed step stands in the record of the next one, or in one of its own") {
  const failover::test::TemporaryDirectory folder;
  const auto state = StateDir::open(folder.path() / "state");
  REQUIRE(state);
  {
    auto journal = PromotionJournal::open(*state);
    REQUIRE(journal);
    REQUIRE(journal->begin("pbx.example", "b", 4, std::nullopt, {}, false));
    REQUIRE(journal->enter("fence"));
    REQUIRE(journal->enter("commit", "fence"));
    REQUIRE(journal->leave("commit"));
    REQUIRE(journal->enter("pre-hook"));
  }
  const auto back = PromotionJournal::read(*state);
  REQUIRE(back);
  REQUIRE(back->last);
  CHECK(back->last->step == "pre-hook");
  CHECK(back->last->left == std::vector<std::string>{"fence", "commit"});
}
