#include "net/transfer_error.hpp"

#include <string>
#include <system_error>

#include <curl/curl.h>
#include <fmt/format.h>

#include <failover/error.hpp>

#include "net/libcurl.hpp"
#include "net/server_origin.hpp"

namespace failover {

namespace {

std::string certificate_advice(const ServerOrigin& origin, bool has_ca_file) {
  return fmt::format("the certificate of {} does not prove who it is; see {}, or the name by which it is called",
                     origin.text(), has_ca_file ? "whether --ca-file holds its authority" : "--ca-file");
}

}  // namespace

Error transfer_error(const TransferFailure& failure, const ServerOrigin& origin, bool has_ca_file) {
  const auto where = origin.text();
  const auto detail =
      !failure.text.empty() ? failure.text : libcurl().easy_strerror(static_cast<CURLcode>(failure.code));
  if (failure.own_error != 0) {
    return {ErrorKind::io,
            fmt::format("no connection to {}: {}", where, std::generic_category().message(failure.own_error))};
  }
  switch (failure.code) {
    case CURLE_PEER_FAILED_VERIFICATION:
      return {ErrorKind::refused, fmt::format("{} ({})", certificate_advice(origin, has_ca_file), detail)};
    case CURLE_SSL_CACERT_BADFILE:
      return {ErrorKind::config, fmt::format("the file of --ca-file cannot be used: {}", detail)};
    case CURLE_SSL_CERTPROBLEM:
      return {ErrorKind::config,
              fmt::format("the client certificate cannot be used: {}; the identity file must hold certificate and key "
                          "as PEM",
                          detail)};
    case CURLE_COULDNT_CONNECT:
      return {ErrorKind::unreachable,
              failure.os_error != 0
                  ? fmt::format("no connection to {}: {}", where, std::generic_category().message(failure.os_error))
                  : fmt::format("no connection to {}: {}", where, detail)};
    case CURLE_OPERATION_TIMEDOUT:
      return {ErrorKind::timeout, fmt::format("no connection to {} within the stall time-out", where)};
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE:
      return {ErrorKind::unreachable, fmt::format("the connection to {} broke: {}", where, detail)};
    case CURLE_LOGIN_DENIED:
    case CURLE_REMOTE_ACCESS_DENIED:
      return {ErrorKind::permission, fmt::format("{} denies it to us: {}", where, detail)};
    case CURLE_REMOTE_FILE_NOT_FOUND:
      return {ErrorKind::not_found, fmt::format("{} has no such object: {}", where, detail)};
    default:
      return {ErrorKind::protocol,
              fmt::format("{} does not answer as it should: {}", where,
                          failure.refused_header ? "its header is too large or malformed" : detail)};
  }
}

}  // namespace failover
