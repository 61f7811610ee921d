#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/export.hpp>

namespace failover {

/// What the arbiter knows of a service. `maybe` holds every node that may be serving.
struct ArbiterRecord {
  std::uint64_t epoch = 0;
  std::vector<std::string> maybe;
  std::optional<std::string> active;
};

struct ClaimRequest {
  std::string node;                ///< who claims
  std::uint64_t epoch_floor = 0;   ///< the largest epoch seen in DNS and the journal
  std::vector<std::string> peers;  ///< every other configured node
};

/// Decides who may promote when two want to (property one-winner). A failed look-up is an error, never "free".
class FAILOVER_EXPORT Arbiter {
 public:
  virtual ~Arbiter() = default;
  [[nodiscard]] virtual std::string describe() const = 0;
  /// Whether a promotion may run without a person at a terminal.
  [[nodiscard]] virtual Result<void> may_run_unattended() const = 0;
  virtual Result<ArbiterRecord> read(const Context& context) = 0;
  /// Takes the lock and a new epoch, larger than every one known; kind refused when another holds it.
  virtual Result<std::uint64_t> claim(const ClaimRequest& request, const Context& context) = 0;
  /// The claim still stands; asked before each act.
  virtual Result<void> still_ours(const Context& context) = 0;
  /// `node` is proven off: it leaves `maybe`.
  virtual Result<void> confirm_off(const std::string& node, const Context& context) = 0;
  /// maybe == {me} and epoch == mine -> active = me.
  virtual Result<void> commit(const Context& context) = 0;
  /// Gives the claim back; nothing was touched.
  virtual Result<void> withdraw(const Context& context) = 0;
};

}  // namespace failover
