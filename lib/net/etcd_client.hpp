#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/secret.hpp"
#include "net/etcd_location.hpp"
#include "net/etcd_message.hpp"
#include "net/http_client.hpp"
#include "net/server_origin.hpp"
#include "net/transfer.hpp"

namespace failover {

/// etcd 3.4 and later, over its JSON gateway. An endpoint that fails is left for the next one, within the deadline.
/// Every call waits; for one thread at a time.
///
/// Kinds of errors: unreachable, timeout, refused (a certificate), permission, not_found (a lease), conflict, protocol
/// (an answer that is not etcd's, or not whole). A change that fails as timeout or cancelled may have happened, or may
/// still happen: read again. It is not taken to another endpoint, so let a read or a grant find one that lives before
/// it.
class EtcdClient {
 public:
  /// @param patience with one endpoint, before the next is tried
  static Result<std::unique_ptr<EtcdClient>> create(EtcdLocation location, Duration patience = std::chrono::seconds(2));
  EtcdClient(const EtcdClient&) = delete;
  EtcdClient& operator=(const EtcdClient&) = delete;
  ~EtcdClient() = default;

  [[nodiscard]] const EtcdLocation& location() const noexcept { return location_; }

  /// What a majority of the cluster agrees on now (a linearizable read).
  Result<EtcdEntries> range(const EtcdKeys& keys, std::size_t limit, const Context& context);
  Result<EtcdHeader> put(std::string_view key, std::string_view value, std::string_view lease, const Context& context);
  Result<EtcdHeader> remove(const EtcdKeys& keys, const Context& context);
  /// All or nothing, and only if its conditions hold. The only thing that may decide between two hosts.
  Result<EtcdOutcome> transact(const EtcdTransaction& transaction, const Context& context);

  /// A lease; etcd may give more time than asked for. Count it from before the call.
  Result<EtcdLease> grant(std::chrono::seconds lifetime, const Context& context);
  /// Refills it; none: it is lost.
  Result<std::optional<EtcdLeaseLife>> keep_alive(std::string_view id, const Context& context);
  /// None: it is gone.
  Result<std::optional<EtcdLeaseLife>> lease_life(std::string_view id, const Context& context);
  /// Ends it, and every key under it. One that is gone already is not_found.
  Result<void> revoke(std::string_view id, const Context& context);

 private:
  enum class Again { harmless, harmful };  ///< to carry the same request out twice
  struct Failure;
  EtcdClient(EtcdLocation location, TransferOptions options, std::optional<Secret> password,
             std::unique_ptr<HttpClient> http, Duration patience) noexcept;
  Result<std::string> call(std::string_view path, std::string_view body, Again again, const Context& context);
  std::expected<std::string, Failure> ask(const ServerOrigin& endpoint, std::string_view path, std::string_view body,
                                          Again again, const Context& context);
  std::expected<std::string, Failure> ask_once(const ServerOrigin& endpoint, std::string_view path,
                                               std::string_view body, Again again, const Context& context);
  std::expected<void, Failure> authenticate(const ServerOrigin& endpoint, const Context& context);

  EtcdLocation location_;
  TransferOptions options_;
  std::optional<Secret> password_;
  std::unique_ptr<HttpClient> http_;
  Duration patience_;
  std::size_t preferred_ = 0;  // the endpoint that answered last
  std::optional<Secret> token_;
};

}  // namespace failover
