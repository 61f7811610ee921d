#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/dns_name.hpp"

namespace failover {

/// What makes and checks the MACs of TSIG records: a key shared with the server (RFC 8945) or a security context agreed
/// upon with it (RFC 3645). What is signed, and what an answer must say, is decided in net/tsig, once for both.
class TsigSigner {
 public:
  virtual ~TsigSigner() = default;
  [[nodiscard]] virtual const DnsName& key_name() const noexcept = 0;
  [[nodiscard]] virtual const DnsName& algorithm() const noexcept = 0;
  /// Octets of every right MAC; 0 = it varies.
  [[nodiscard]] virtual std::size_t mac_size() const noexcept = 0;
  /// A security context, which servers have been seen to sign with in ways of their own.
  [[nodiscard]] virtual bool is_context() const noexcept = 0;

  virtual Result<std::string> mac(std::string_view bytes, const Context& context) = 0;
  /// Whether the server made this MAC of these bytes. An error says that it could not be checked.
  virtual Result<bool> is_mac(std::string_view bytes, std::string_view mac, const Context& context) = 0;
};

}  // namespace failover
