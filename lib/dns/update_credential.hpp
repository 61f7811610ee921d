#pragma once

#include <functional>
#include <memory>
#include <string>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/address.hpp"
#include "net/dns_client.hpp"
#include "net/gss_context.hpp"
#include "net/tsig_key.hpp"
#include "net/tsig_signer.hpp"

namespace failover {

/// By what a server knows that an update is ours. Used by one thread at a time.
class UpdateCredential {
 public:
  virtual ~UpdateCredential() = default;
  /// For messages: "the key fo-pbx".
  [[nodiscard]] virtual std::string describe() const = 0;
  /// What signs for the server at this address; agreed upon with it first where that is how it works.
  virtual Result<std::reference_wrapper<TsigSigner>> signer(const Address& server, const Context& context) = 0;
  /// Whether reading may go on without a signature where the server's cannot be checked.
  [[nodiscard]] virtual bool may_go_without() const noexcept = 0;
  /// After an error: what was agreed upon may no longer hold. @return whether there was anything of the kind
  virtual bool forget() noexcept = 0;
};

std::unique_ptr<UpdateCredential> make_key_credential(TsigKey key);
std::unique_ptr<UpdateCredential> make_gss_credential(GssAccount account, WallClock clock);

}  // namespace failover
