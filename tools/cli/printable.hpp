#pragma once

#include <string>
#include <string_view>

namespace failover::cli {

/// One line that steers no terminal and forges no second line, of a text that may come from a peer: control
/// characters, those of ISO 6429's second set (U+0080 to U+009F) too, become '?'. Other bytes stay: names of files.
std::string printable(std::string_view text);

}  // namespace failover::cli
