#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "state/restore_manifest.hpp"

namespace failover {

/// One entry of a manifest as a line of text, at the end of `text`; its path has no line break. A file or a symbolic
/// link: "f" or "l", CRC-32, size, inode, birth time ("-": unknown), mtime, ctime, path, with one space between two,
/// the CRC-32 in hex and times in nanoseconds since 1970. A directory: "d", "made" or "kept", path.
void append_manifest_line(std::string& text, const ManifestEntry& entry);

/// The same back, without its line break; none when the line is not exactly what append_manifest_line() writes.
std::optional<ManifestEntry> parse_manifest_line(std::string_view line);

}  // namespace failover
