#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/http_client.hpp"
#include "net/http_message.hpp"
#include "net/server_origin.hpp"

namespace failover {

/// What a provider says in an answer that is an error.
struct ProviderComplaint {
  std::string text = {};                         ///< a clause; is made fit for a terminal before it is shown
  std::optional<ErrorKind> kind = std::nullopt;  ///< where the status alone would mislead
  bool try_later = false;                        ///< nothing was done, we shall slow down
};

/// What tells one provider's interface from another's.
struct ProviderManners {
  /// Adds the credentials.
  std::function<Result<void>(HttpRequest& request, HttpClient& client, const Context& context)> sign;
  /// After a 401, which says that nothing was done: whether new credentials are worth another try.
  std::function<bool()> renew = nullptr;
  std::function<ProviderComplaint(int status, std::string_view body)> complaint;
};

/// Where the interface is, and by whose authorities its certificate is judged.
struct ProviderPlace {
  ServerOrigin origin;
  std::optional<std::filesystem::path> ca_file = std::nullopt;
};

/// What every provider's HTTP interface has in common: credentials, answers of at most 4 MiB, errors in one sentence,
/// no redirection, patience when it asks to slow down. One thread.
///
/// Errors: those of HttpClient and http_status_error(), with the provider's own words.
class ProviderClient {
 public:
  static Result<std::unique_ptr<ProviderClient>> create(const ProviderPlace& place, ProviderManners manners);

  [[nodiscard]] const ServerOrigin& origin() const noexcept { return origin_; }

  /// The body of an answer. What may pass is tried again, at most five times.
  /// @param what the work as a clause, "reading sip.example"
  Result<std::string> get(std::string_view what, const std::string& target, const Context& context);
  /// Sends a change. Again only if the provider said that it did nothing; else after timeout, unreachable or protocol
  /// nobody knows whether it was done.
  Result<std::string> change(std::string_view what, std::string_view method, const std::string& target,
                             std::string_view content_type, const std::string& body, const Context& context);

 private:
  enum class Again { harmless, harmful };  ///< to carry the same request out twice
  ProviderClient(std::unique_ptr<HttpClient> http, ServerOrigin origin, ProviderManners manners) noexcept;
  Result<std::string> ask(std::string_view what, const std::function<HttpRequest()>& make, Again again,
                          const Context& context);

  std::unique_ptr<HttpClient> http_;
  ServerOrigin origin_;
  ProviderManners manners_;
};

/// The origin that `endpoint=` names instead of the provider's own. https, or this very host: what is sent there proves
/// who we are.
Result<ServerOrigin> provider_origin(std::string_view usual, std::string_view endpoint);

}  // namespace failover
