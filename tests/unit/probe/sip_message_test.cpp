#include "probe/sip_message.hpp"

#include <string>
#include <string_view>

#include <failover/error.hpp>

#include "net/address.hpp"
#include "probe/sip_options.hpp"
#include "support/catch.hpp"

using failover::Address;
using failover::classify_sip_answer;
using failover::make_sip_options;
using failover::parse_sip_message;
using failover::SipAnswer;
using failover::SipLimits;
using failover::SipOptions;

namespace {

SipOptions request() {
  auto options =
      make_sip_options(failover::SipTransport::udp, *Address::parse("192.0.2.9", 40000), "pbx.example", 5060);
  REQUIRE(options);
  return *options;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), with);
}

std::string answer(const SipOptions& options, std::string_view status_line = "SIP/2.0 200 OK") {
  return std::string(status_line) + "\r\nVia: SIP/2.0/UDP " + options.sent_by + ";branch=" + options.branch +
         ";rport=40000;received=192.0.2.9\r\nFrom: <sip:fo-probe@192.0.2.9>;tag=" + options.from_tag +
         "\r\nTo: <sip:pbx.example:5060>;tag=abc\r\nCall-ID: " + options.call_id +
         "\r\nCSeq: " + std::to_string(options.cseq) + " OPTIONS\r\nContent-Length: 0\r\n\r\n";
}

SipAnswer meaning(const SipOptions& options, const std::string& text) {
  const auto message = parse_sip_message(text);
  if (!message) return SipAnswer::foreign;
  return classify_sip_answer(*message, options);
}

}  // namespace

TEST_CASE("our own request is well-formed, and every one is another") {
  const auto one = request();
  const auto two = request();
  const auto message = parse_sip_message(one.text);
  REQUIRE(message);
  CHECK(message->method == "OPTIONS");
  CHECK(message->request_uri == "sip:pbx.example:5060");
  CHECK(message->vias.front().branch == one.branch);
  CHECK(message->from_tag == one.from_tag);
  CHECK(one.text.find(";rport\r\n") != std::string::npos);
  CHECK(one.branch != two.branch);
  CHECK(one.call_id != two.call_id);
  CHECK(one.from_tag != two.from_tag);
  const auto v6 =
      make_sip_options(failover::SipTransport::udp, *Address::parse("2001:db8::9", 40000), "2001:db8::1", 5060);
  REQUIRE(v6);
  CHECK(parse_sip_message(v6->text)->request_uri == "sip:[2001:db8::1]:5060");
}

TEST_CASE("final answers are up or down by their status") {
  const auto options = request();
  for (const int status : {200, 202, 400, 401, 403, 404, 405, 407, 420, 481, 486, 489, 499}) {
    INFO(status);
    CHECK(meaning(options, answer(options, "SIP/2.0 " + std::to_string(status) + " x")) == SipAnswer::up);
  }
  for (const int status : {300, 302, 399, 408, 410, 430, 480, 500, 503, 600, 603, 699}) {
    INFO(status);
    CHECK(meaning(options, answer(options, "SIP/2.0 " + std::to_string(status) + " x")) == SipAnswer::down);
  }
  CHECK(meaning(options, answer(options, "SIP/2.0 100 Trying")) == SipAnswer::provisional);
  CHECK(meaning(options, answer(options, "SIP/2.0 180 Ringing")) == SipAnswer::provisional);
}

TEST_CASE("an answer that is not ours in any one mark is foreign") {
  const auto options = request();
  const auto good = answer(options);
  REQUIRE(meaning(options, good) == SipAnswer::up);
  CHECK(meaning(options, replaced(good, options.branch, "z9hG4bKother")) == SipAnswer::foreign);
  CHECK(meaning(options, replaced(good, options.call_id, "other@192.0.2.9")) == SipAnswer::foreign);
  CHECK(meaning(options, replaced(good, options.from_tag, "other")) == SipAnswer::foreign);
  CHECK(meaning(options, replaced(good, std::to_string(options.cseq) + " OPTIONS",
                                  std::to_string(options.cseq + 1) + " OPTIONS")) == SipAnswer::foreign);
  CHECK(meaning(options, replaced(good, " OPTIONS", " INVITE")) == SipAnswer::foreign);
  CHECK(meaning(options, replaced(good, "\r\nFrom:", "\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKx\r\nFrom:")) ==
        SipAnswer::foreign);
  // Our own request, reflected.
  CHECK(meaning(options, options.text) == SipAnswer::foreign);
}

TEST_CASE("compact forms, folds and odd blanks are understood") {
  const auto options = request();
  const auto text = "SIP/2.0 200 \r\nv : SIP / 2.0 / UDP " + options.sent_by + " ;\r\n branch = " + options.branch +
                    "\r\nf: \"A \\\" B\" <sip:fo-probe@192.0.2.9> ; tag=" + options.from_tag +
                    "\r\nt: sip:x@y;tag=1\r\ni: " + options.call_id + "\r\ncSEQ: " + std::to_string(options.cseq) +
                    "\r\n\tOPTIONS\r\nl: 0\r\nX-Any: ;;,,\r\n\r\n";
  CHECK(meaning(options, text) == SipAnswer::up);
}

TEST_CASE("what is malformed is refused") {
  const auto options = request();
  const auto good = answer(options);
  CHECK_FALSE(parse_sip_message(""));
  CHECK_FALSE(parse_sip_message("\r\n\r\n"));
  CHECK_FALSE(parse_sip_message(good.substr(0, good.size() - 2)));
  for (std::size_t i = 0; i + 1 < good.size(); ++i) {
    INFO(i);
    CHECK_FALSE(parse_sip_message(std::string_view(good).substr(0, i)));
  }
  CHECK_FALSE(parse_sip_message("HTTP/1.1 200 OK\r\n" + good.substr(good.find("\r\n") + 2)));
  for (const auto* line : {"SIP/2.0 99 x", "SIP/2.0 700 x", "SIP/2.0 4294967496 x", "SIP/2.0  200 x", "SIP/2.0 200",
                           "SIP/3.0 200 OK", "SIP/2.0 2OO OK", "SIP/2.0 -20 x", " SIP/2.0 200 OK"}) {
    INFO(line);
    CHECK_FALSE(parse_sip_message(answer(options, line)));
  }
  for (const auto* header : {"CSeq: 1 OPTIONS", "Call-ID: other", "i: other", "From: <sip:a@b>;tag=1", "To: <sip:a@b>",
                             "Content-Length: 0", "Content-Length: 5", "l: -1", "no colon", "bad name: x", ": x",
                             "Via: SIP/2.0/UDP", "Via: a;;b", "X: a\nz", "X: a\rz"}) {
    INFO(header);
    CHECK_FALSE(parse_sip_message(replaced(good, "\r\nTo:", std::string("\r\n") + header + "\r\nTo:")));
  }
}

TEST_CASE("every limit holds, and just within it is fine") {
  const auto options = request();
  const auto good = answer(options);
  const auto with = [&](const std::string& lines) { return replaced(good, "To:", lines + "To:"); };
  std::string headers;
  for (std::size_t i = 0; i < SipLimits::headers - 6; ++i) headers += "X: y\r\n";
  CHECK(meaning(options, with(headers)) == SipAnswer::up);
  CHECK_FALSE(parse_sip_message(with(headers + "X: y\r\n")));
  CHECK(meaning(options, with("X: " + std::string(SipLimits::header_bytes - 3, 'a') + "\r\n")) == SipAnswer::up);
  CHECK_FALSE(parse_sip_message(with("X: " + std::string(SipLimits::header_bytes - 2, 'a') + "\r\n")));
  // The same by folding.
  std::string folded = "X: a\r\n";
  for (int i = 0; i < 40; ++i) folded += " " + std::string(500, 'b') + "\r\n";
  CHECK_FALSE(parse_sip_message(with(folded)));
  CHECK_FALSE(parse_sip_message(good + std::string(SipLimits::message, 'x')));
  std::string vias = "Via: SIP/2.0/UDP a";
  for (std::size_t i = 0; i < SipLimits::values; ++i) vias += ",SIP/2.0/UDP a";
  CHECK_FALSE(parse_sip_message(with(vias + "\r\n")));
  std::string parameters;
  for (std::size_t i = 0; i <= SipLimits::values; ++i) parameters += ";p";
  CHECK_FALSE(parse_sip_message(replaced(good, ";rport=40000", parameters)));
}

TEST_CASE("flipping any byte of an answer never crashes, and never makes a foreign one ours") {
  const auto options = request();
  const auto foreign = replaced(answer(options), options.branch, "z9hG4bKother");
  for (std::size_t i = 0; i < foreign.size(); ++i) {
    for (const int byte : {0, 9, 10, 13, 32, 34, 44, 58, 59, 60, 62, 127, 255}) {
      auto text = foreign;
      text[i] = static_cast<char>(byte);
      CHECK(meaning(options, text) == SipAnswer::foreign);
    }
  }
}
