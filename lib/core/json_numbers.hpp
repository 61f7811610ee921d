#pragma once

#include <string_view>

namespace failover {

/// Whether the JSON is readable and every number in it an integer of 64 bits. A larger one is read as a fraction, and
/// taken for an integer it would be any: whoever needs none asks first.
bool has_integers_only(std::string_view json);

}  // namespace failover
