#include "dns/update_credential.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/address.hpp"
#include "net/dns_client.hpp"
#include "net/gss_context.hpp"
#include "net/gss_negotiation.hpp"
#include "net/tsig_hmac.hpp"
#include "net/tsig_key.hpp"
#include "net/tsig_signer.hpp"

namespace failover {

namespace {

class KeyCredential final : public UpdateCredential {
 public:
  explicit KeyCredential(TsigKey key) : signer_(std::move(key)) {}

  std::string describe() const override { return "the key " + signer_.key_name().to_text(); }
  Result<std::reference_wrapper<TsigSigner>> signer(const Address& /*server*/, const Context& /*context*/) override {
    return std::ref<TsigSigner>(signer_);
  }
  bool may_go_without() const noexcept override { return false; }
  bool forget() noexcept override { return false; }

 private:
  TsigHmac signer_;
};

/// One security context, with the server that was asked last.
class GssCredential final : public UpdateCredential {
 public:
  GssCredential(GssAccount account, WallClock clock) : account_(std::move(account)), clock_(std::move(clock)) {}

  std::string describe() const override {
    return account_.principal.empty() ? "the account of the keytab" : "the account " + account_.principal;
  }
  Result<std::reference_wrapper<TsigSigner>> signer(const Address& server, const Context& context) override {
    if (!gss_ || with_ != server.text()) {
      gss_ = FO_TRY(negotiate_gss(server, account_, clock_, context));
      with_ = server.text();
    }
    return std::ref<TsigSigner>(*gss_);
  }
  bool may_go_without() const noexcept override { return true; }
  bool forget() noexcept override { return std::exchange(gss_, nullptr) != nullptr; }

 private:
  GssAccount account_;
  WallClock clock_;
  std::unique_ptr<GssContext> gss_;
  std::string with_;
};

}  // namespace

std::unique_ptr<UpdateCredential> make_key_credential(TsigKey key) {
  return std::make_unique<KeyCredential>(std::move(key));
}

std::unique_ptr<UpdateCredential> make_gss_credential(GssAccount account, WallClock clock) {
  return std::make_unique<GssCredential>(std::move(account), std::move(clock));
}

}  // namespace failover
