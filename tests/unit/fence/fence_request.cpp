#include <cstdint>
#include <limits>
#include <string>

#include <failover/error.hpp>
#include <failover/fencer.hpp>
#include <failover/role.hpp>

#include "support/catch.hpp"

using failover::FenceAnswer;
using failover::FenceRequest;
using failover::FenceState;
using failover::FenceVerb;
using failover::parse_fence_answer;
using failover::parse_fence_request;

TEST_CASE("a fence request comes back as it was written") {
  for (const auto verb : {FenceVerb::status, FenceVerb::stop, FenceVerb::mask}) {
    CHECK(parse_fence_request(to_string(FenceRequest{verb, 0})) == FenceRequest{verb, 0});
  }
  for (const auto verb : {FenceVerb::fence, FenceVerb::give_back}) {
    for (const std::uint64_t epoch : {std::uint64_t{1}, std::numeric_limits<std::uint64_t>::max()}) {
      CHECK(parse_fence_request(to_string(FenceRequest{verb, epoch})) == FenceRequest{verb, epoch});
    }
  }
}

TEST_CASE("nothing but a fence request is one") {
  for (const std::string text : {"",         " ",         "status ",     "status 1",   "stop 1",
                                 "mask x",   "fence",     "fence ",      "fence 0",    "fence 07",
                                 "fence -7", "fence +7",  "fence 7 ",    "fence 7\n",  "fence  7",
                                 "fence\t7", "fence 0x7", "fence 7.0",   "fence 7;id", "fence 18446744073709551616",
                                 "FENCE 7",  "fences 7",  "give_back 7", "give-back"}) {
    INFO(text);
    CHECK_FALSE(parse_fence_request(text));
  }
  CHECK_FALSE(parse_fence_request(std::string("fence 7\0", 8)));
}

TEST_CASE("a fence answer comes back as it was written") {
  const FenceAnswer answer{FenceState::off, "a", "fenced", 7};
  CHECK(to_string(answer) == "off node=a role=fenced epoch=7");
  CHECK(parse_fence_answer(to_string(answer)) == answer);
  const FenceAnswer unset{FenceState::on, "pbx-2.example", "unset", 0};
  CHECK(parse_fence_answer(to_string(unset)) == unset);
}

TEST_CASE("unknown-is-not-down: nothing but a whole answer is one") {
  for (const std::string text :
       {"", "off", "off ", "off node=a", "off node=a role=fenced",
        "off node=a role=fenced epoch=", "OFF node=a role=fenced epoch=7", "off node= role=fenced epoch=7",
        "off node=a role=dead epoch=7", "off node=a role=fenced epoch=7 ", "off node=a role=fenced epoch=7 more=1",
        "off node=a role=fenced epoch=7\n", "off  node=a role=fenced epoch=7", "off node=a epoch=7 role=fenced",
        "off node=a role=fenced epoch=-7", "off node=a role=fenced epoch=07", "off node=\x1b[2J role=fenced epoch=7",
        "maybe node=a role=fenced epoch=7", "offnode=a role=fenced epoch=7"}) {
    INFO(text);
    const auto answer = parse_fence_answer(text);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().kind == failover::ErrorKind::protocol);
  }
}
