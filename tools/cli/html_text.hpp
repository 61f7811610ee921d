#pragma once

#include <string>
#include <string_view>

namespace failover::cli {

/// Text as it may stand between tags and in a quoted attribute: markup is escaped, control characters and bytes that
/// are no UTF-8 become '?', and so do the characters that turn the direction of writing around.
std::string html_text(std::string_view text);

}  // namespace failover::cli
