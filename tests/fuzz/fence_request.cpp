#include <cstddef>
#include <cstdint>

#include <failover/fencer.hpp>
#include <failover/role.hpp>

#include "fuzz/must.hpp"
#include "fuzz/target.hpp"

using failover::FenceState;
using failover::FenceVerb;
using failover::test::must;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = failover::test::as_text(data, size);
  if (const auto request = failover::parse_fence_request(text)) {
    must(to_string(*request) == text, "a request has one spelling");
    const bool numbered = request->verb == FenceVerb::fence || request->verb == FenceVerb::give_back;
    must(numbered == (request->epoch != 0), "an epoch is there where it is meant");
  }
  if (const auto answer = failover::parse_fence_answer(text)) {
    must(to_string(*answer) == text, "an answer has one spelling");
    must(text.starts_with("off ") == (answer->state == FenceState::off), "off is said in so many letters");
    must(!answer->node.empty() && !answer->role.empty(), "who and what is said");
  }
  return 0;
}
