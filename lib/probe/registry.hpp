#pragma once

#include <span>
#include <string_view>

#include "probe/prober.hpp"

namespace failover {

/// What stands behind the host of a target.
enum class TargetPath {
  none,
  page,     ///< a web page, kept as it was written
  name,     ///< the domain name that is asked for, decoded
  program,  ///< no host at all, but the absolute path of an executable, decoded
};

/// One kind of target: how it is written, and who checks it.
struct TargetKind {
  static constexpr int port_missing = 0;  ///< there is no default: it must be given
  static constexpr int portless = -1;     ///< it must not be given

  std::string_view scheme;
  int port;   ///< the default, or one of the above
  bool weak;  ///< Target::weak()
  TargetPath path;
  std::string_view parameters;  ///< ours, with blanks between them
  StartCheck start;             ///< null for a program
  StartLocalCheck start_local;  ///< null for everything else

  [[nodiscard]] bool takes(std::string_view parameter) const noexcept;
};

/// The table of kinds: a new prober adds its row here and nowhere else.
std::span<const TargetKind> target_kinds() noexcept;
/// Null if there is no such kind.
const TargetKind* find_target_kind(std::string_view scheme) noexcept;

}  // namespace failover
