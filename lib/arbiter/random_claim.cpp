#include "arbiter/random_claim.hpp"

#include <array>
#include <cstdint>
#include <string>

#include <fmt/format.h>
#include <sys/random.h>
#include <sys/types.h>

#include <failover/error.hpp>

#include "core/system_error.hpp"

namespace failover {

Result<std::string> random_claim() {
  std::array<std::uint64_t, 2> bits{};
  if (::getrandom(bits.data(), sizeof bits, 0) != static_cast<ssize_t>(sizeof bits)) {
    return fail_errno("cannot get random bytes");
  }
  return fmt::format("{:016x}{:016x}", bits[0], bits[1]);
}

}  // namespace failover
