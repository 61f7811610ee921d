#include "net/etcd_client.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/file_io.hpp"
#include "core/secret.hpp"
#include "net/etcd_location.hpp"
#include "net/etcd_message.hpp"
#include "net/http_client.hpp"
#include "net/http_message.hpp"
#include "net/server_origin.hpp"
#include "net/transfer.hpp"

namespace failover {

namespace {

constexpr std::size_t largest_pem = std::size_t{256} * 1024;
constexpr std::size_t largest_answer = std::size_t{8} * 1024 * 1024;

// The statuses of gRPC that we tell apart (grpc.io, status codes).
constexpr int grpc_invalid = 3;
constexpr int grpc_deadline = 4;
constexpr int grpc_not_found = 5;
constexpr int grpc_permission = 7;
constexpr int grpc_precondition = 9;
constexpr int grpc_unavailable = 14;
constexpr int grpc_unauthenticated = 16;

ErrorKind kind_of(int grpc) noexcept {
  switch (grpc) {
    case grpc_deadline:
    case grpc_unavailable:
      return ErrorKind::unreachable;
    case grpc_not_found:
      return ErrorKind::not_found;
    // Also "user name is empty" (3), when it wants one and we have none.
    case grpc_invalid:
    case grpc_permission:
    case grpc_unauthenticated:
      return ErrorKind::permission;
    case grpc_precondition:
      return ErrorKind::conflict;
    default:
      return ErrorKind::protocol;
  }
}

/// Certificate and key in one, as the transfers want it.
Result<TransferTrust> trust_of(const EtcdLocation& location) {
  TransferTrust trust{.ca_file = location.ca_file, .identity = nullptr, .passphrase = nullptr};
  if (!location.certificate || !location.key) return trust;
  auto pem = FO_TRY(while_doing("reading the client certificate", read_file(*location.certificate, largest_pem)));
  const auto key = FO_TRY(read_credential_file(*location.key));
  // Room for both at once, so that no reallocation leaves a copy of the key behind.
  pem.reserve(pem.size() + key.reveal().size() + 1);
  pem += '\n';
  pem += key.reveal();
  trust.identity = std::make_shared<const Secret>(std::move(pem));
  return trust;
}

}  // namespace

struct EtcdClient::Failure {
  Error error;
  bool try_next = true;     ///< another endpoint may do better
  bool may_happen = false;  ///< it may have been carried out
  bool token_gone = false;  ///< refused since our token is not known any more
};

EtcdClient::EtcdClient(EtcdLocation location, TransferOptions options, std::optional<Secret> password,
                       std::unique_ptr<HttpClient> http, Duration patience) noexcept
    : location_(std::move(location)),
      options_(std::move(options)),
      password_(std::move(password)),
      http_(std::move(http)),
      patience_(patience) {}

Result<std::unique_ptr<EtcdClient>> EtcdClient::create(EtcdLocation location, Duration patience) {
  std::optional<Secret> password;
  if (location.password_file) password = FO_TRY(read_password_file(*location.password_file));
  TransferOptions options{.trust = FO_TRY(trust_of(location)), .stall_timeout = patience};
  auto http = FO_TRY(HttpClient::create(options));
  return std::unique_ptr<EtcdClient>(
      new EtcdClient(std::move(location), std::move(options), std::move(password), std::move(http), patience));
}

std::expected<std::string, EtcdClient::Failure> EtcdClient::ask_once(const ServerOrigin& endpoint,
                                                                     std::string_view path, std::string_view body,
                                                                     Again again, const Context& context) {
  HttpRequest request{.method = "POST",
                      .origin = endpoint,
                      .target = std::string(path),
                      .fields = {{"Content-Type", "application/json"}}};
  request.body.emplace(std::string(body));
  if (token_) request.secret_fields.emplace_back("Authorization", Secret(std::string(token_->reveal())));
  // What was sent over a kept connection that broke, libcurl sends again over another: not where that does harm.
  std::unique_ptr<HttpClient> own;
  if (again == Again::harmful) {
    auto created = HttpClient::create(options_);
    if (!created) return std::unexpected(Failure{std::move(created).error()});
    own = std::move(*created);
  }
  auto answer = (own ? own : http_)->send(std::move(request), largest_answer, context);
  if (!answer) {
    const bool stop = answer.error().kind == ErrorKind::cancelled || answer.error().kind == ErrorKind::config;
    return std::unexpected(Failure{std::move(answer).error(), !stop, true});
  }
  if (answer->head.status == 200) return std::move(answer->body);
  const auto refusal = read_etcd_refusal(answer->head.status, answer->body);
  const auto kind = kind_of(refusal.code);
  // "Unavailable" comes before the work or in the middle of it: etcd does not say which.
  const bool open = kind == ErrorKind::unreachable || kind == ErrorKind::protocol;
  return std::unexpected(Failure{.error = {kind, fmt::format("{} says: {}", endpoint.text(), refusal.message)},
                                 .try_next = open,
                                 .may_happen = open,
                                 .token_gone = refusal.code == grpc_unauthenticated});
}

std::expected<void, EtcdClient::Failure> EtcdClient::authenticate(const ServerOrigin& endpoint,
                                                                  const Context& context) {
  token_.reset();
  if (!password_) return std::unexpected(Failure{{ErrorKind::internal, "etcd asks for a login that is not set up"}});
  const Secret request(etcd_authenticate_request(location_.user, password_->reveal()));
  auto reply = ask_once(endpoint, "/v3/auth/authenticate", request.reveal(), Again::harmless, context);
  if (!reply) {
    reply.error().error = reply.error().error.while_doing(fmt::format("logging in as {}", location_.user));
    return std::unexpected(std::move(reply).error());
  }
  const Secret answer(std::move(*reply));
  auto token = read_etcd_token(answer.reveal());
  if (!token) return std::unexpected(Failure{std::move(token).error()});
  token_.emplace(std::move(*token));
  return {};
}

std::expected<std::string, EtcdClient::Failure> EtcdClient::ask(const ServerOrigin& endpoint, std::string_view path,
                                                                std::string_view body, Again again,
                                                                const Context& context) {
  const bool had_token = token_.has_value();
  if (password_ && !had_token) {
    if (auto done = authenticate(endpoint, context); !done) return std::unexpected(std::move(done).error());
  }
  auto reply = ask_once(endpoint, path, body, again, context);
  // A token of old: etcd forgets them after minutes, and with a restart.
  if (reply || !reply.error().token_gone || !had_token) return reply;
  if (auto done = authenticate(endpoint, context); !done) return std::unexpected(std::move(done).error());
  return ask_once(endpoint, path, body, again, context);
}

Result<std::string> EtcdClient::call(std::string_view path, std::string_view body, Again again,
                                     const Context& context) {
  const auto& endpoints = location_.endpoints;
  std::string reasons;
  std::optional<ErrorKind> kind;
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    FO_TRY(context.check());
    const std::size_t which = (preferred_ + i) % endpoints.size();
    const ServerOrigin origin{location_.tls ? "https" : "http", endpoints[which].host, endpoints[which].port};
    const auto share = context.deadline.remaining() / static_cast<int>(endpoints.size() - i);
    auto reply = ask(origin, path, body, again, context.within(std::min<Duration>(patience_, share)));
    if (reply) {
      preferred_ = which;
      return std::move(*reply);
    }
    auto& failure = reply.error();
    if (context.stop.stop_requested()) return std::unexpected(std::move(failure.error));
    if (failure.may_happen && again == Again::harmful) {
      return fail(ErrorKind::timeout, failure.error.message + "; whether it was carried out is open");
    }
    if (!failure.try_next) return std::unexpected(std::move(failure.error));
    kind = kind.value_or(failure.error.kind);
    reasons += (reasons.empty() ? "" : "; ") + failure.error.message;
  }
  return fail(kind.value_or(ErrorKind::internal), std::move(reasons));
}

Result<EtcdEntries> EtcdClient::range(const EtcdKeys& keys, std::size_t limit, const Context& context) {
  const auto reply = FO_TRY(call("/v3/kv/range", etcd_range_request(keys, limit), Again::harmless, context));
  return read_etcd_range(reply);
}

Result<EtcdHeader> EtcdClient::put(std::string_view key, std::string_view value, std::string_view lease,
                                   const Context& context) {
  // The same value under the same lease: twice is once.
  const auto reply = FO_TRY(call("/v3/kv/put", etcd_put_request(key, value, lease), Again::harmless, context));
  return read_etcd_header(reply);
}

Result<EtcdHeader> EtcdClient::remove(const EtcdKeys& keys, const Context& context) {
  const auto reply = FO_TRY(call("/v3/kv/deleterange", etcd_remove_request(keys), Again::harmful, context));
  return read_etcd_header(reply);
}

Result<EtcdOutcome> EtcdClient::transact(const EtcdTransaction& transaction, const Context& context) {
  const auto reply = FO_TRY(call("/v3/kv/txn", etcd_transaction_request(transaction), Again::harmful, context));
  return read_etcd_outcome(reply, transaction);
}

Result<EtcdLease> EtcdClient::grant(std::chrono::seconds lifetime, const Context& context) {
  // Twice leaves one lease too many, which ends by itself.
  const auto reply = FO_TRY(call("/v3/lease/grant", etcd_grant_request(lifetime), Again::harmless, context));
  return read_etcd_grant(reply);
}

Result<std::optional<EtcdLeaseLife>> EtcdClient::keep_alive(std::string_view id, const Context& context) {
  const auto reply = FO_TRY(call("/v3/lease/keepalive", etcd_lease_request(id), Again::harmless, context));
  return read_etcd_keepalive(reply);
}

Result<std::optional<EtcdLeaseLife>> EtcdClient::lease_life(std::string_view id, const Context& context) {
  const auto reply = FO_TRY(call("/v3/lease/timetolive", etcd_lease_request(id), Again::harmless, context));
  return read_etcd_lease_life(reply);
}

Result<void> EtcdClient::revoke(std::string_view id, const Context& context) {
  const auto reply = FO_TRY(call("/v3/lease/revoke", etcd_lease_request(id), Again::harmless, context));
  FO_TRY(read_etcd_header(reply));
  return {};
}

}  // namespace failover
