#include "fetch/shared_beginning.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace failover {

namespace {

/// What is left is fetched: another round would cost more.
constexpr std::uint64_t near_enough = std::uint64_t{8} * 1024;

}  // namespace

std::vector<std::uint64_t> SharedBeginning::next(std::size_t count) const {
  std::vector<std::uint64_t> places;
  if (differs_ <= agreed_ || count == 0) return places;
  // The very beginning first: most entries that changed differ there.
  if (!looked_) places.push_back(0);
  if (looked_ && open() <= near_enough) return places;
  const auto first = places.size();
  for (std::size_t i = first; i < count; ++i) {
    const auto place = agreed_ + open() / (count - first + 1) * (i - first + 1);
    if (place + window <= most_ && (places.empty() || place >= places.back() + window)) places.push_back(place);
  }
  return places;
}

void SharedBeginning::saw(std::uint64_t place, bool same) noexcept {
  looked_ = true;
  if (place >= differs_) return;
  if (same) {
    agreed_ = std::max(agreed_, std::min(place + window, differs_));
  } else {
    differs_ = std::max(place, agreed_);
  }
}

}  // namespace failover
