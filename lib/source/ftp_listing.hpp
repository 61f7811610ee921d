#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover {

/// One name of an FTP server's folder.
struct FtpEntry {
  enum class Kind { file, folder, link, other };
  Kind kind = Kind::other;
  std::string name;                   ///< one step of a path
  std::optional<std::uint64_t> size;  ///< where it is told for certain
  std::optional<WallTime> modified;   ///< UTC; where it is told for certain
};

/// A line of MLSD or MLST (RFC 3659 section 7.2): "FACT=VALUE;..FACT=VALUE; NAME". None for what is no such line. The
/// name is as it stands, for MLST perhaps a path.
std::optional<FtpEntry> parse_ftp_facts(std::string_view line);

/// What MLSD sends: the entries without the folder itself and its parent. An error of kind protocol for a line that
/// cannot be read, or a name that is no step of a path.
Result<std::vector<FtpEntry>> parse_ftp_facts_listing(std::string_view text);

/// What LIST sends, as `ls -l` of Unix or `dir` of DOS (IIS) writes it. Its times are of an unknown zone and its
/// sizes not always of bytes, so there are none here. An error of kind protocol for a line that is neither.
Result<std::vector<FtpEntry>> parse_ftp_listing(std::string_view text);

}  // namespace failover
