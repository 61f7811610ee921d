#include "probe/sip_message.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/ascii.hpp"
#include "fuzz/must.hpp"
#include "fuzz/target.hpp"
#include "probe/sip_options.hpp"
#include "probe/sip_text.hpp"

using failover::classify_sip_answer;
using failover::SipAnswer;
using failover::SipLimits;
using failover::SipMessage;
using failover::SipOptions;
using failover::test::must;

namespace {

/// The request to which the corpus holds answers.
SipOptions request() {
  SipOptions options;
  options.branch = "z9hG4bK0123456789abcdef";
  options.call_id = "89abcdef01234567@192.0.2.9";
  options.cseq = 4711;
  options.from_tag = "fedcba9876543210";
  return options;
}

void limits_hold(std::string_view datagram, const SipMessage& message) {
  must(datagram.size() <= SipLimits::message, "a message over the limit is refused");
  must(!message.vias.empty(), "a message has a Via");
  must(message.vias.size() <= SipLimits::values * SipLimits::headers, "the number of Vias is bounded");
  must((message.status != 0) != !message.method.empty(), "a message is either a response or a request");
  must(message.status == 0 || (message.status >= 100 && message.status <= 699), "a status is one of 100 to 699");
  must(std::ranges::all_of(message.reason, [](char c) { return c >= 0x20 && c < 0x7f; }), "a reason is printable");
}

/// unknown-is-not-down has a twin: nothing but an answer to our own request makes a target up.
void no_false_up(std::string_view datagram, const SipMessage& message) {
  const auto ours = request();
  const auto answer = classify_sip_answer(message, ours);
  if (answer == SipAnswer::foreign) return;
  // RFC 3261 section 7.1: the version's case does not matter.
  must(failover::ascii_lower(datagram.substr(0, 8)) == "sip/2.0 ", "only a response is an answer");
  must(datagram.contains(ours.branch) && datagram.contains(ours.call_id) && datagram.contains(ours.from_tag) &&
           datagram.contains("4711"),
       "an answer carries every mark of ours");
  const auto status = datagram.substr(8, 3);
  must(answer != SipAnswer::provisional || status.starts_with('1'), "only 1xx is provisional");
  must(answer != SipAnswer::up || status.starts_with('2') || status.starts_with('4'), "only 2xx and 4xx are up");
  must(answer != SipAnswer::up || (status != "408" && status != "410" && status != "430" && status != "480"),
       "a service that is not there is not up");
  for (auto other : {&SipOptions::branch, &SipOptions::call_id, &SipOptions::from_tag}) {
    auto wrong = ours;
    wrong.*other += 'x';
    must(classify_sip_answer(message, wrong) == SipAnswer::foreign, "an answer to another request is foreign");
  }
  auto late = ours;
  ++late.cseq;
  must(classify_sip_answer(message, late) == SipAnswer::foreign, "a late answer is foreign");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto datagram = failover::test::as_text(data, size);
  const auto message = failover::parse_sip_message(datagram);
  if (!message) {
    must(!message.error().message.empty(), "a refusal names the flaw");
    return 0;
  }
  limits_hold(datagram, *message);
  no_false_up(datagram, *message);
  return 0;
}
