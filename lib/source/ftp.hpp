#pragma once

#include <memory>

#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/url.hpp"

namespace failover {

/// ftp:// and ftps:// (TLS by AUTH TLS; on port 990 from the first byte): files of an FTP server that tells sizes and
/// times (SIZE and MDTM, or MLST) and reads from the middle (REST). A path that begins with /~/ counts from the folder
/// after the log-in. Errors: usage.
Result<std::unique_ptr<Source>> make_ftp_source(const Url& url, const SourceOptions& options);

}  // namespace failover
