#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "net/address.hpp"
#include "net/curl.hpp"
#include "net/loop.hpp"

namespace failover {

class KeptConnections;

/// What a prober found out at one address.
struct Finding {
  Result<Health> health = Health::down;  ///< an Error means unknown: we could not ask
  std::string detail;                    ///< a clause for a person
  Grade grade = Grade::ok;
  bool no_route = false;  ///< unknown because this host has no way to that kind of address
  bool silent = false;    ///< down because nothing came until the deadline
};

inline Finding found(Health health, std::string detail, Grade grade = Grade::ok) {
  return {health, std::move(detail), grade, false};
}

/// A check of one address that runs; destroying it cancels.
class RunningCheck {
 public:
  virtual ~RunningCheck() = default;
  /// What it means that the deadline came first.
  [[nodiscard]] virtual Finding at_deadline() const = 0;
  /// Something came that only the peer's service can have said, if not the answer: whoever is on a block list hears
  /// nothing at all.
  [[nodiscard]] virtual bool spoken_to() const { return false; }
};
using Pending = std::unique_ptr<RunningCheck>;

/// Called once, from the loop, never from within the start; the check may be destroyed in it.
using CheckDone = std::function<void(Finding)>;

/// What a check works with. Everything outlives it.
struct CheckPlace {
  Loop& loop;
  Curl& curl;
  const ProbeOptions& options;
  const std::optional<Address>& source;  ///< of options.source_address
  KeptConnections* kept = nullptr;       ///< takes the connection of an up, if there is one to take it (--keep-open)
};

/// Begins one check at one address. The caller keeps the deadline: when it comes it asks at_deadline() and destroys
/// the check; it is given here for those who plan with it.
using StartCheck = Pending (*)(const CheckPlace& place, const Target& target, const Address& address, Deadline deadline,
                               CheckDone done);

/// The same for a check that concerns no address: a program of this host.
using StartLocalCheck = Pending (*)(const CheckPlace& place, const Target& target, Deadline deadline, CheckDone done);

}  // namespace failover
