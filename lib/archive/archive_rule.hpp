#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include <failover/error.hpp>

namespace failover {

/// The strict profile: an archive is used only if every reader must see the same tree in it. Each refusal names one
/// of these. "APPNOTE" is PKWARE's description of the format.
enum class ArchiveRule : std::uint8_t {
  end_record,          ///< exactly one end record, whose comment ends the file (APPNOTE 4.3.16)
  zip64_record,        ///< the Zip64 end record and its locator agree with the end record (4.3.14, 4.3.15)
  multi_disk,          ///< one disk only
  directory_bounds,    ///< the central directory ends where the end record begins
  central_header,      ///< the central directory holds exactly the entries the end record counts
  extra_field,         ///< extra fields are well formed; Zip64 values stand exactly where they are needed (4.5.3)
  unicode_path,        ///< a Unicode Path field says the same name as the header (4.6.9)
  encrypted,           ///< nothing is encrypted, unless there is a password
  password,            ///< the password opens every entry
  method,              ///< stored or deflated
  entry_type,          ///< regular files and directories only
  directory_data,      ///< a directory holds no bytes
  stored_size,         ///< a stored entry is as large packed as unpacked
  local_header,        ///< a local header stands where the central directory says
  local_mismatch,      ///< the local header says what the central directory says
  descriptor,          ///< the data descriptor fits exactly and says what the central directory says (4.3.9)
  overlap,             ///< no byte belongs to two entries
  hidden_bytes,        ///< every byte of the file belongs to something
  name_empty,          ///< no empty name or component
  name_absolute,       ///< no leading slash, no drive letter
  name_dotdot,         ///< no component ".."
  name_control,        ///< no NUL, no control character
  name_backslash,      ///< no backslash
  name_utf8,           ///< valid UTF-8
  name_encoding,       ///< a name beyond ASCII is marked as UTF-8 (4.4.4, bit 11)
  name_length,         ///< 255 bytes a component, 4095 in all
  name_reserved,       ///< no component ".failover": it is ours
  duplicate,           ///< one entry for one path
  file_and_directory,  ///< a path is a file or a directory
  case_duplicate,      ///< no two paths that a target which folds case takes for one
  data,                ///< the packed bytes are a whole deflate stream and nothing else
  size,                ///< unpacks to the stated size
  crc,                 ///< unpacks to the stated CRC-32
  max_files,           ///< ArchiveLimits
  max_size,            ///< ArchiveLimits
  max_ratio,           ///< ArchiveLimits
  link,                ///< a symbolic link, where they are allowed at all, ends beneath the same map
  empty_archive,       ///< a backup without a file is none
};

/// The rule's name as messages carry it: "name-dotdot".
std::string_view to_string(ArchiveRule rule) noexcept;

/// For messages: bytes that a terminal could take amiss are written as \xNN.
std::string printable(std::string_view name);

/// An error of kind integrity that names the rule, and the entry when there is one.
std::unexpected<Error> refuse(ArchiveRule rule, std::string_view entry, std::string_view sentence);
std::unexpected<Error> refuse(ArchiveRule rule, std::string_view sentence);

}  // namespace failover
