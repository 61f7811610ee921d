#include "net/known_hosts.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/must.hpp"
#include "fuzz/target.hpp"
#include "net/base64.hpp"

using failover::HostKeyVerdict;
using failover::KnownHosts;
using failover::test::must;

namespace {

/// The ed25519 key that the corpus speaks of: 32 times 'g'.
const std::string& server_key() {
  static const std::string key = std::string("\0\0\0\x0bssh-ed25519\0\0\0\x20", 19) + std::string(32, 'g');
  return key;
}

void check_host(std::string_view text, std::string_view host, std::uint16_t port) {
  const auto hosts = KnownHosts::parse(text);
  const auto encoded = failover::base64_encode(server_key());
  if (hosts.judge(host, port, server_key()) == HostKeyVerdict::known) {
    must(text.contains(encoded), "a key is known only from a line that holds it");
  }
  const auto types = hosts.key_types(host, port);
  for (const auto& type : types) {
    must(std::ranges::count(types, type) == 1 && !type.empty(), "each type is named once");
  }
  const auto revoked = "@revoked * ssh-ed25519 " + encoded + "\n";
  const auto after = std::string(text) + "\n" + revoked;
  must(KnownHosts::parse(after).judge(host, port, server_key()) == HostKeyVerdict::revoked,
       "no line before it undoes a revocation");
  must(KnownHosts::parse(revoked + std::string(text)).judge(host, port, server_key()) == HostKeyVerdict::revoked,
       "no line behind it undoes a revocation");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = failover::test::as_text(data, size);
  check_host(text, "pbx.example", 22);
  check_host(text, "192.0.2.1", 2222);
  return 0;
}
