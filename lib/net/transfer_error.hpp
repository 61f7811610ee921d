#pragma once

#include <string>

#include <failover/error.hpp>

#include "net/server_origin.hpp"

namespace failover {

/// How a libcurl transfer ended.
struct TransferFailure {
  int code = 0;                 ///< CURLcode
  int os_error = 0;             ///< errno of the connection, 0 if it was not that
  int own_error = 0;            ///< errno of a socket that we could not make
  bool refused_header = false;  ///< we did not take its header
  std::string text;             ///< what libcurl says of it
};

/// One sentence and its kind. Connecting, breaking and waiting are worth a retry; a certificate that does not prove the
/// peer is kind refused, as an SSH host key is; a refused login is permission.
Error transfer_error(const TransferFailure& failure, const ServerOrigin& origin, bool has_ca_file);

}  // namespace failover
