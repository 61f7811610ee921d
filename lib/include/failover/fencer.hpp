#pragma once

#include <cstdint>
#include <string>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/export.hpp>

namespace failover {

/// power: the host is off and its status says so. service: the services are stopped and kept from starting there.
/// person: somebody gave his word.
enum class FenceKind { power, service, person };

enum class FenceState { on, off };

struct FenceTarget {
  std::string node;
  std::string address;
  std::uint64_t epoch = 0;  ///< of the promotion; nothing may start there below epoch + 1
};

/// Makes sure that a host is off (property fence-first). A time-out is a failure, silence confirms nothing.
class FAILOVER_EXPORT Fencer {
 public:
  virtual ~Fencer() = default;
  [[nodiscard]] virtual std::string describe() const = 0;
  [[nodiscard]] virtual FenceKind kind() const noexcept = 0;
  /// What the fence device says now.
  virtual Result<FenceState> status(const FenceTarget& target, const Context& context) = 0;
  /// Acts and reads back; success means that status() said off afterwards.
  virtual Result<void> fence(const FenceTarget& target, const Context& context) = 0;
  /// Whether it can also tell the node to serve again.
  [[nodiscard]] virtual bool gives_back() const noexcept { return false; }
  /// The node becomes the active one of target.epoch, unmasks and starts its services and sees them up. Refused where
  /// it cannot be told.
  virtual Result<void> give_back(const FenceTarget& target, const Context& context);
};

}  // namespace failover
