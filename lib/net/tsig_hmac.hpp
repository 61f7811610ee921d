#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/dns_name.hpp"
#include "net/tsig_key.hpp"
#include "net/tsig_signer.hpp"

namespace failover {

/// Signs with a shared key (RFC 8945 section 6). May be used by several threads at once.
class TsigHmac final : public TsigSigner {
 public:
  explicit TsigHmac(TsigKey key);

  [[nodiscard]] const DnsName& key_name() const noexcept override { return key_.name; }
  [[nodiscard]] const DnsName& algorithm() const noexcept override { return algorithm_; }
  [[nodiscard]] std::size_t mac_size() const noexcept override;
  [[nodiscard]] bool is_context() const noexcept override { return false; }
  Result<std::string> mac(std::string_view bytes, const Context& context) override;
  Result<bool> is_mac(std::string_view bytes, std::string_view mac, const Context& context) override;

 private:
  TsigKey key_;
  DnsName algorithm_;
};

}  // namespace failover
