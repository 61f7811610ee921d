#pragma once

#include <string>
#include <string_view>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

namespace failover {

/// How what is in a backup travels from fo-unpack to the library: JSON. Bytes that are no UTF-8 are replaced.
std::string contents_record(const BackupContents& contents);

/// kind internal: the bytes are no such record. What a worker says is believed no more than what an archive says.
Result<BackupContents> parse_contents(std::string_view bytes);

}  // namespace failover
