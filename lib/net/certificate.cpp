#include "net/certificate.hpp"

#include <ctime>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <openssl/asn1.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <failover/context.hpp>

#include "core/clock.hpp"
#include "net/address.hpp"

namespace failover {

namespace {

std::optional<WallTime> end_of_life(const X509* certificate) {
  std::tm time{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &time) != 1) return std::nullopt;
  return wall_time(timegm(&time));
}

bool is_for(X509* certificate, const std::string& host) {
  if (Address::parse(host, 0)) return X509_check_ip_asc(certificate, host.c_str(), 0) == 1;
  return X509_check_host(certificate, host.data(), host.size(), 0, nullptr) == 1;
}

int judge_chain(X509_STORE_CTX* context, void* argument) noexcept {
  auto& judge = *static_cast<CertificateJudge*>(argument);
  auto& report = judge.report;
  report = {.seen = true, .problem = {}, .not_after = std::nullopt};
  if (X509_verify_cert(context) != 1) {
    report.problem = X509_verify_cert_error_string(X509_STORE_CTX_get_error(context));
  }
  X509* const certificate = X509_STORE_CTX_get0_cert(context);
  int error = X509_STORE_CTX_get_error(context);
  if (certificate != nullptr) {
    report.not_after = end_of_life(certificate);
    if (!is_for(certificate, judge.host)) {
      report.problem += fmt::format("{}it is not for {}", report.problem.empty() ? "" : "; ", judge.host);
      if (error == X509_V_OK) error = X509_V_ERR_HOSTNAME_MISMATCH;
    }
  }
  const bool pass = report.problem.empty() || !judge.require;
  // libcurl looks at this again after the handshake.
  X509_STORE_CTX_set_error(context, pass ? X509_V_OK : error);
  return pass ? 1 : 0;
}

}  // namespace

void CertificateJudge::attach(void* ssl_ctx) noexcept {
  SSL_CTX_set_cert_verify_callback(static_cast<SSL_CTX*>(ssl_ctx), &judge_chain, this);
}

}  // namespace failover
