#pragma once

#include <cstdint>
#include <string_view>

#include <failover/error.hpp>

#include "archive/zip_central.hpp"

namespace failover {

/// Holds the local header (APPNOTE 4.3.7) and the data descriptor of one entry against its central record and fills in
/// entry.place.offset.
/// @param end where the next thing in the file begins: header, data and descriptor fill the room to there exactly
Result<void> check_local(int fd, CentralEntry& central, std::uint64_t end);

}  // namespace failover
