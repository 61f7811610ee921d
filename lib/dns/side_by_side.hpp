#pragma once

#include <cstddef>
#include <functional>

namespace failover {

/// Does deed(0) to deed(count - 1), each in a thread of its own, the last one in this; without threads to be had, one
/// after the other. Returns when all are done.
void side_by_side(std::size_t count, const std::function<void(std::size_t)>& deed);

}  // namespace failover
