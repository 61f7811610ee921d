#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace failover {

/// Deals things out to so many workers that each gets about the same, each share from big to small: the biggest first,
/// always to the one with least. Pure. @return for each worker the places in `costs`; empty shares are left out
std::vector<std::vector<std::size_t>> share_out(std::span<const std::uint64_t> costs, std::size_t workers);

}  // namespace failover
