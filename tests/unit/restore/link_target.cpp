#include "restore/link_target.hpp"

#include "support/catch.hpp"

using failover::link_ends_inside;

TEST_CASE("a link may end beneath its own directory only") {
  CHECK(link_ends_inside("/srv", "a", "b"));
  CHECK(link_ends_inside("/srv", "d/a", "../b"));
  CHECK(link_ends_inside("/srv", "d/e/a", "./../../b/c"));
  CHECK(link_ends_inside("/srv", "a", "/srv/b"));
  CHECK(link_ends_inside("/srv", "a", "/srv"));
  CHECK(link_ends_inside("/", "a", "/etc/b"));
  CHECK_FALSE(link_ends_inside("/srv", "a", ""));
  CHECK_FALSE(link_ends_inside("/srv", "a", "../b"));
  CHECK_FALSE(link_ends_inside("/srv", "d/a", "../../b"));
  CHECK_FALSE(link_ends_inside("/srv", "d/a", "/etc/passwd"));
  CHECK_FALSE(link_ends_inside("/srv", "d/a", "/srv2/b"));
  CHECK_FALSE(link_ends_inside("/srv", "d/a", "/srv/../etc"));
}

TEST_CASE("going up behind a name may start from wherever that name leads") {
  CHECK_FALSE(link_ends_inside("/srv", "d/a", "other/../b"));
}
