#include "cli/printable.hpp"

#include <string>

#include "support/catch.hpp"

using failover::cli::printable;

TEST_CASE("control characters of either set do not reach a terminal") {
  CHECK(printable("503 \x1b]0;owned\x07 \x1b[2J\rPROBE OK\n\tall up\x7f") == "503 ?]0;owned? ?[2J?PROBE OK??all up?");
  CHECK(printable(std::string("a\0b", 3)) == "a?b");
  CHECK(printable("\xc2\x9b"
                  "31m \x9b"
                  "31m") == "?31m ?31m");
}

TEST_CASE("what steers nothing stays as it is") {
  CHECK(printable("").empty());
  CHECK(printable("Stra\xc3\x9f"
                  "e \xe2\x82\xac \xf0\x9f\x93\x9e") ==
        "Stra\xc3\x9f"
        "e \xe2\x82\xac \xf0\x9f\x93\x9e");
  // Latin-1 and a character cut off.
  CHECK(printable("fr\xfch \xe2\x82") == "fr\xfch \xe2?");
  CHECK(printable("\xe2") == "\xe2");
}
