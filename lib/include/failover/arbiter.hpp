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
  std::optional<std::string> promoting;  ///< the node whose claim stands now
  bool overrulable = false;              ///< a person may claim all the same, since that node is then fenced, too
};

struct ClaimRequest {
  std::string node;                ///< who claims
  std::uint64_t epoch_floor = 0;   ///< the largest epoch seen in DNS and the journal
  std::vector<std::string> peers;  ///< every other configured node
};

struct ArbiterClaim {
  std::uint64_t epoch = 0;
  std::vector<std::string> others;  ///< nodes that may be serving: each must be proven off before the commit
};

/// Decides who may promote when two want to (property one-winner). A failed look-up is an error, never "free"; so is a
/// missing record (kind not_found). An error of kind timeout or cancelled leaves open whether a change happened. Used
/// by one thread at a time.
class FAILOVER_EXPORT Arbiter {
 public:
  virtual ~Arbiter() = default;
  [[nodiscard]] virtual std::string describe() const = 0;
  /// Whether there is a record that outlives a run and that every node can read.
  [[nodiscard]] virtual bool keeps_record() const noexcept = 0;
  /// Whether the record stands in the epoch mark in DNS: a claim has then written the mark before any address moves.
  [[nodiscard]] virtual bool claims_in_dns() const noexcept { return false; }
  /// Whether a promotion may run without a person at a terminal.
  [[nodiscard]] virtual Result<void> may_run_unattended() const = 0;
  virtual Result<ArbiterRecord> read(const Context& context) = 0;
  /// Writes the first record: `node` serves, alone. Kind refused when there is a record.
  virtual Result<void> adopt(const std::string& node, std::uint64_t epoch, const Context& context) = 0;
  /// Takes the lock and a new epoch, larger than every one known; kind refused when another holds it, or when the
  /// arbiter knows a smaller epoch than the request (it was wiped).
  virtual Result<ArbiterClaim> claim(const ClaimRequest& request, const Context& context) = 0;
  /// Goes on with a promotion that was committed by an earlier run of `node`; kind conflict when it was superseded.
  virtual Result<void> take_up(const std::string& node, std::uint64_t epoch, const Context& context) = 0;
  /// The claim still stands, or what was committed does; asked before each act. Kind conflict: it is lost.
  virtual Result<void> still_ours(const Context& context) = 0;
  /// `node` is proven off: it leaves `maybe`.
  virtual Result<void> confirm_off(const std::string& node, const Context& context) = 0;
  /// maybe == {me} and the epoch is mine -> active = me.
  virtual Result<void> commit(const Context& context) = 0;
  /// Gives the claim of `node` back, before its commit; nothing has started there. One that stands no more is success.
  virtual Result<void> withdraw(const std::string& node, std::uint64_t epoch, const Context& context) = 0;
  /// `from`, which serves no more or never started, hands what it has to `to`: `to` alone may be serving and is the
  /// active one, and nobody's claim is left. Once more for the same two is success. Kind conflict: `from` has it no
  /// longer; refused: a third node may be serving.
  /// @param floor the largest epoch seen in DNS and the journal
  /// @return the epoch, larger than every one known
  virtual Result<std::uint64_t> hand_over(const std::string& from, const std::string& to, std::uint64_t floor,
                                          const Context& context) = 0;
  /// `node`, which serves no more, leaves `maybe`, and `active` if it is it. Not being in it is success, and so is a
  /// missing record; kind conflict when somebody else changed the record in the same moment.
  virtual Result<void> leave(const std::string& node, const Context& context) = 0;
  /// The promotion is done: others may claim again.
  virtual Result<void> release(const Context& context) = 0;
};

}  // namespace failover
