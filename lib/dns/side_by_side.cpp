#include "dns/side_by_side.hpp"

#include <cstddef>
#include <functional>
#include <system_error>
#include <thread>
#include <vector>

namespace failover {

void side_by_side(std::size_t count, const std::function<void(std::size_t)>& deed) {
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < count; ++i) {
    bool running = false;
    try {
      if (i + 1 < count) {
        threads.emplace_back([&deed, i] { deed(i); });
        running = true;
      }
    } catch (const std::system_error&) {
      running = false;
    }
    if (!running) deed(i);
  }
}

}  // namespace failover
