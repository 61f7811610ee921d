#include "net/known_hosts.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "net/base64.hpp"
#include "support/catch.hpp"

namespace {

using failover::HostKeyVerdict;
using failover::KnownHosts;

std::string blob(const std::string& type, char fill) {
  const auto prefixed = [](const std::string& text) {
    return std::string{0, 0, 0, static_cast<char>(text.size())} + text;
  };
  return prefixed(type) + prefixed(std::string(32, fill));
}

const std::string ed = "ssh-ed25519";
const std::string good = blob(ed, 'g');
const std::string bad = blob(ed, 'b');

std::string line(const std::string& hosts, const std::string& key) {
  return hosts + " " + failover::key_type(key) + " " + failover::base64_encode(key) + "\n";
}

HostKeyVerdict judge(const std::string& text, const std::string& key = good, std::uint16_t port = 12222) {
  return KnownHosts::parse(text).judge("127.0.0.1", port, key);
}

}  // namespace

TEST_CASE("A host key is trusted by the line for its host and port") {
  CHECK(judge(line("[127.0.0.1]:12222", good)) == HostKeyVerdict::known);
  CHECK(judge(line("127.0.0.1", good), good, 22) == HostKeyVerdict::known);
  CHECK(judge(line("other,[127.0.0.1]:12222", good)) == HostKeyVerdict::known);
  CHECK(judge("") == HostKeyVerdict::unknown);
  CHECK(judge(line("[127.0.0.1]:12223", good)) == HostKeyVerdict::unknown);
  CHECK(judge(line("[127.0.0.1]:12222", good), good, 22) == HostKeyVerdict::unknown);
  CHECK(KnownHosts::parse(line("PBX.Example", good)).judge("pbx.exampLE", 22, good) == HostKeyVerdict::known);
}

TEST_CASE("A line for the bare host vouches on another port but accuses nobody") {
  CHECK(judge(line("127.0.0.1", good)) == HostKeyVerdict::known);
  CHECK(judge(line("127.0.0.1", bad)) == HostKeyVerdict::unknown);
}

TEST_CASE("Another key is a changed key, another type is another type") {
  CHECK(judge(line("[127.0.0.1]:12222", bad)) == HostKeyVerdict::changed);
  CHECK(judge(line("[127.0.0.1]:12222", blob("ssh-rsa", 'r'))) == HostKeyVerdict::other_type);
  CHECK(judge(line("[127.0.0.1]:12222", bad) + line("[127.0.0.1]:12222", good)) == HostKeyVerdict::known);
}

TEST_CASE("A revoked key is revoked wherever the line stands") {
  const auto plain = line("[127.0.0.1]:12222", good);
  CHECK(judge("@revoked " + line("*", good) + plain) == HostKeyVerdict::revoked);
  CHECK(judge(plain + "@revoked " + line("[127.0.0.1]:12222", good)) == HostKeyVerdict::revoked);
  CHECK(judge(plain + "@revoked " + line("127.0.0.1", good)) == HostKeyVerdict::revoked);
  CHECK(judge(plain + "@revoked " + line("*", bad)) == HostKeyVerdict::known);
  CHECK(judge(plain + "@revoked " + line("elsewhere", good)) == HostKeyVerdict::known);
}

TEST_CASE("A certificate authority never vouches for a plain key") {
  CHECK(judge("@cert-authority " + line("*", good)) == HostKeyVerdict::unknown);
  CHECK(KnownHosts::parse("@cert-authority " + line("*", good)).key_types("127.0.0.1", 22).empty());
  CHECK(judge("@unheard-of " + line("*", good)) == HostKeyVerdict::unknown);
}

TEST_CASE("Wildcards match and a negated pattern takes its whole line out") {
  CHECK(judge(line("[127.0.0.*]:12222", good)) == HostKeyVerdict::known);
  CHECK(judge(line("[127.0.0.?]:12222", good)) == HostKeyVerdict::known);
  CHECK(judge(line("*", good)) == HostKeyVerdict::known);
  CHECK(judge(line("![127.0.0.1]:12222,[127.0.0.1]:12222", good)) == HostKeyVerdict::unknown);
  CHECK(judge(line("[127.0.0.1]:12222,![127.0.0.*]:12222", good)) == HostKeyVerdict::unknown);
  CHECK(judge(line("[12]:12222", good)) == HostKeyVerdict::unknown);
}

TEST_CASE("Hashed lines match as ssh-keygen -H writes them") {
  // The line for [127.0.0.1]:12222 with the salt 01 02 .. 14 (20 bytes).
  const std::string hashed = "|1|AQIDBAUGBwgJCgsMDQ4PEBESExQ=|To1/Nq2rzQY9P+VZFVcjIqjqYdE=";
  CHECK(judge(line(hashed, good)) == HostKeyVerdict::known);
  CHECK(judge(line(hashed, bad)) == HostKeyVerdict::changed);
  CHECK(judge(line(hashed, good), good, 22) == HostKeyVerdict::unknown);
  CHECK(judge(line("|1|AQ==|broken", good)) == HostKeyVerdict::unknown);
  CHECK(judge(line("|2|AQ==|AQ==", good)) == HostKeyVerdict::unknown);
}

TEST_CASE("Malformed lines are skipped and counted, line ends and comments do not matter") {
  const auto plain = line("[127.0.0.1]:12222", good);
  const std::string garbage = "host\nhost ssh-ed25519\nhost ssh-ed25519 !!!!\n" + line("host", "short");
  const auto known = KnownHosts::parse(garbage + plain);
  CHECK(known.judge("127.0.0.1", 12222, good) == HostKeyVerdict::known);
  CHECK(known.skipped_lines() == 4);
  auto crlf = plain;
  crlf.insert(crlf.size() - 1, "\r");
  CHECK(judge("# a comment\r\n\r\n  \t" + crlf) == HostKeyVerdict::known);
  CHECK(KnownHosts::parse("# c\n\n" + plain).skipped_lines() == 0);
  auto comment = plain;
  comment.insert(comment.size() - 1, " somebody@somewhere with blanks");
  CHECK(judge(comment) == HostKeyVerdict::known);
  // The written type and the blob's own must agree.
  CHECK(judge("[127.0.0.1]:12222 ssh-rsa " + failover::base64_encode(good)) == HostKeyVerdict::unknown);
}

TEST_CASE("The key types to ask for come from the lines of the host") {
  const auto known =
      KnownHosts::parse(line("[127.0.0.1]:12222", blob("ecdsa-sha2-nistp256", 'e')) + line("[127.0.0.1]:12222", good) +
                        line("127.0.0.1", blob("ssh-rsa", 'r')) + line("elsewhere", blob("ssh-dss", 'd')) +
                        "@revoked " + line("*", blob("ecdsa-sha2-nistp521", 'x')));
  CHECK(known.key_types("127.0.0.1", 12222) == std::vector<std::string>{"ecdsa-sha2-nistp256", ed, "ssh-rsa"});
}

TEST_CASE("Base64 goes both ways and is strict") {
  for (const auto& text :
       {std::string(), std::string("f"), std::string("fo"), std::string("foo"), std::string(1, '\0')}) {
    CHECK(failover::base64_decode(failover::base64_encode(text)) == text);
  }
  CHECK(failover::base64_encode("foob") == "Zm9vYg==");
  for (const char* wrong : {"Zm9", "Zm9v!", "Zm 9", "=m9v", "Z=9v", "Zm=v"})
    CHECK_FALSE(failover::base64_decode(wrong));
}
