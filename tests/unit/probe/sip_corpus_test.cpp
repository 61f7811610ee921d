#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>

#include "net/address.hpp"
#include "probe/sip_message.hpp"
#include "probe/sip_options.hpp"
#include "support/catch.hpp"

using failover::Address;
using failover::classify_sip_answer;
using failover::parse_sip_message;
using failover::SipAnswer;

namespace {

/// Beside the project; a clone without it skips these tests and says so.
std::filesystem::path corpus() {
  auto folder = std::filesystem::read_symlink("/proc/self/exe");
  while (folder.has_relative_path()) {
    folder = folder.parent_path();
    if (std::filesystem::exists(folder / "shared" / "corpora" / "sip")) return folder / "shared" / "corpora" / "sip";
  }
  return {};
}

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// RFC 5118's messages are stored as text: line ends of text files, a last empty line perhaps lost, and one with the
/// length that its body had before it was printed in the RFC.
std::string with_crlf(const std::string& text) {
  if (text.find('\r') != std::string::npos) return text;
  std::string result;
  for (const char c : text) result += c == '\n' ? std::string("\r\n") : std::string(1, c);
  if (result.find("\r\n\r\n") == std::string::npos) result += "\r\n";
  const auto length = result.find("Content-Length: 268");
  if (length != std::string::npos) result.replace(length, 19, "Content-Length: 251");
  return result;
}

/// None of them is an answer to a request of ours.
void never_up(const std::string& text) {
  const auto request =
      failover::make_sip_options(failover::SipTransport::udp, *Address::parse("192.0.2.9", 40000), "pbx.example", 5060);
  REQUIRE(request);
  const auto message = parse_sip_message(text);
  if (message) CHECK(classify_sip_answer(*message, *request) == SipAnswer::foreign);
}

}  // namespace

TEST_CASE("RFC 4475: the valid messages parse, the invalid are flagged, none makes a target up") {
  const auto folder = corpus();
  if (folder.empty()) {
    std::cout << "skipped: ../shared/corpora/sip is not there\n";
    return;
  }
  // Their flaw lies in the URI of a header that no prober reads, or in a body.
  const std::set<std::string> beyond_us{};
  std::istringstream table(content(folder / "EXPECTED-rfc4475.tsv"));
  std::string line;
  std::getline(table, line);
  int read = 0;
  while (std::getline(table, line)) {
    const auto name = line.substr(0, line.find('\t'));
    const auto kind = line.substr(line.rfind('\t') + 1);
    INFO(name << " " << kind);
    const auto text = content(folder / "rfc4475" / name);
    REQUIRE_FALSE(text.empty());
    ++read;
    never_up(text);
    const auto message = parse_sip_message(text);
    if (!message) UNSCOPED_INFO(message.error().message);
    if (kind.starts_with("valid")) CHECK(message);
    if (kind.starts_with("invalid") && !beyond_us.contains(name)) CHECK_FALSE(message);
  }
  CHECK(read == 49);
}

TEST_CASE("RFC 5118: all but ipv6-bad are accepted, none makes a target up") {
  const auto folder = corpus();
  if (folder.empty()) {
    std::cout << "skipped: ../shared/corpora/sip is not there\n";
    return;
  }
  int read = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "rfc5118")) {
    INFO(entry.path().filename().string());
    const auto text = with_crlf(content(entry.path()));
    never_up(text);
    const auto message = parse_sip_message(text);
    if (!message) UNSCOPED_INFO(message.error().message);
    CHECK(message.has_value() == (entry.path().filename() != "ipv6-bad"));
    ++read;
  }
  CHECK(read == 12);
}
