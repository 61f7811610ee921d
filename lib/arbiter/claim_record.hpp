#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <failover/arbiter.hpp>
#include <failover/error.hpp>

namespace failover {

/// The record that an arbiter keeps of a service, whole under one key, so that every change is a compare-and-swap on
/// the text that was read. `claim` makes each epoch one of a kind: after a wipe the same number may be counted again
/// (tests/model, rule CLAIMANT).
struct ClaimRecord {
  std::uint64_t epoch = 0;
  std::string claimant;         ///< the node whose epoch it is
  std::string claim;            ///< random
  bool joined = false;          ///< the claimant was not in `maybe` before
  std::set<std::string> maybe;  ///< every node that may be serving
  std::string active;           ///< empty = none
  std::uint64_t active_epoch = 0;

  bool operator==(const ClaimRecord&) const = default;
  /// It was committed: the claimant is the active one.
  [[nodiscard]] bool committed() const noexcept { return active == claimant && active_epoch == epoch; }
};

/// Whether a text may be a node's name or a claim: what neither JSON, a TXT record, a terminal nor a key of a store
/// could take amiss.
bool is_record_name(std::string_view text);

/// One line of JSON, and back: strictly, a record that is not understood is an error of kind protocol, one of a newer
/// format of kind unfinished.
std::string to_text(const ClaimRecord& record);
Result<ClaimRecord> parse_claim_record(std::string_view text);

/// The first record: `node` serves, alone.
ClaimRecord adopted_by(const std::string& node, std::uint64_t epoch, std::string claim);
/// A promotion of request.node begins. Kind refused: the arbiter was wiped, or no epoch is left.
Result<ClaimRecord> claimed_by(const ClaimRecord& record, const ClaimRequest& request, std::string claim);
ClaimRecord without(ClaimRecord record, const std::string& node);
/// Kind refused unless the claimant is alone in `maybe`.
Result<ClaimRecord> committed_by_claimant(ClaimRecord record);
/// The claim is given back; the epoch stays taken.
ClaimRecord withdrawn(ClaimRecord record);
/// `node` serves no more: it is neither active nor one that may be serving. The epoch stays taken.
ClaimRecord left_by(ClaimRecord record, const std::string& node);
/// `from`, which serves no more or never started, hands over: `to` serves, alone, by an epoch of its own. Kind conflict
/// when neither the claim nor what is active is of `from`; refused when a third one may be serving, or no epoch is
/// left.
Result<ClaimRecord> handed_over(const ClaimRecord& record, const std::string& from, const std::string& to,
                                std::uint64_t floor, std::string claim);
/// Who must be proven off. When nobody else may be serving by the record, every peer: it should name at least the one
/// that was active, so something has gone before that it does not tell.
std::vector<std::string> others_to_fence(const ClaimRecord& record, const ClaimRequest& request);

/// The lock beside it, under a lease.
struct ClaimLock {
  std::string node;
  std::string claim;

  bool operator==(const ClaimLock&) const = default;
};
std::string to_text(const ClaimLock& lock);
Result<ClaimLock> parse_claim_lock(std::string_view text);

}  // namespace failover
