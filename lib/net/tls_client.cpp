#include "net/tls_client.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/tls1.h>
#include <openssl/types.h>
#include <openssl/x509_vfy.h>

#include <failover/error.hpp>

#include "net/address.hpp"

namespace failover {

TlsClient::TlsClient(std::string host, bool has_ca_file, SSL_CTX* context) noexcept
    : host_(std::move(host)), has_ca_file_(has_ca_file), context_(context) {}

TlsClient::~TlsClient() {
  SSL_CTX_free(context_);
}

Result<std::unique_ptr<TlsClient>> TlsClient::create(std::string host,
                                                     const std::optional<std::filesystem::path>& ca_file) {
  ERR_clear_error();
  std::unique_ptr<TlsClient> client(
      new TlsClient(std::move(host), ca_file.has_value(), SSL_CTX_new(TLS_client_method())));
  auto* const context = client->context_;
  if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1) {
    return fail(ErrorKind::internal, "OpenSSL does not start");
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  const int loaded = ca_file ? SSL_CTX_load_verify_file(context, ca_file->c_str())
                             : SSL_CTX_load_verify_dir(context, "/etc/ssl/certs");
  if (loaded == 1) return client;
  return fail(ErrorKind::config, fmt::format("the file of --ca-file cannot be used: {} holds no certificate as PEM",
                                             ca_file ? ca_file->string() : "/etc/ssl/certs"));
}

Result<SSL*> TlsClient::connection(int fd, SSL* like) const {
  SSL* const ssl = SSL_new(context_);
  if (ssl == nullptr) return fail(ErrorKind::internal, "OpenSSL gives no connection");
  const bool is_address = Address::parse(host_, 0).has_value();
  bool accepted = SSL_set_fd(ssl, fd) == 1;
  if (is_address) {
    accepted = accepted && X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host_.c_str()) == 1;
  } else {
    // What SSL_set_tlsext_host_name() stands for; OpenSSL takes no const pointer, and does not write through it.
    char* const name = const_cast<char*>(host_.c_str());
    accepted = accepted && SSL_set1_host(ssl, name) == 1 &&
               SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name) == 1;
  }
  if (like != nullptr) {
    SSL_SESSION* const session = SSL_get1_session(like);
    accepted = accepted && (session == nullptr || SSL_set_session(ssl, session) == 1);
    SSL_SESSION_free(session);
  }
  if (accepted) return ssl;
  SSL_free(ssl);
  return fail(ErrorKind::internal, "OpenSSL does not take the name of " + host_);
}

Error TlsClient::handshake_error(const SSL* ssl, const std::string& detail) const {
  if (const auto verdict = SSL_get_verify_result(ssl); verdict != X509_V_OK) {
    return {
        ErrorKind::refused,
        fmt::format("the certificate of {} does not prove who it is ({}); see {}, or the name by which it is called",
                    host_, X509_verify_cert_error_string(verdict),
                    has_ca_file_ ? "whether --ca-file holds its authority" : "--ca-file")};
  }
  return {ErrorKind::unreachable, fmt::format("the TLS handshake with {} failed: {}", host_, detail)};
}

}  // namespace failover
