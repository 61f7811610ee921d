#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>

#include "core/journal.hpp"
#include "state/role_file.hpp"
#include "state/state_dir.hpp"

namespace failover {

/// What is known of one view of the name.
struct PromotionViewRecord {
  std::string how;                 ///< moving, moved, verified, or why it is open
  std::chrono::seconds caches{0};  ///< how long caches may hold what was there before; 0 = not known
  std::string caches_until;        ///< RFC 3339, once every server had followed; empty = not known
};

/// What STATE/promote/journal says of the last promotion of this host.
struct PromotionRecord {
  std::string service;
  std::string node;
  std::uint64_t epoch = 0;
  std::string begun;                      ///< RFC 3339
  std::optional<RoleRecord> role_before;  ///< to be put back when it is withdrawn
  bool unattended = false;                ///< nobody was asked
  std::string step;                       ///< the last one that was entered
  std::vector<std::string> left;          ///< steps that were completed
  std::vector<std::string> fence_tried;   ///< nodes that a fence command was sent for
  std::vector<std::string> fenced;        ///< nodes that were confirmed off
  std::map<std::string, PromotionViewRecord> views;
  std::string outcome;  ///< done, withdrawn, superseded; empty = it has not ended
  std::string ended;    ///< RFC 3339; empty = it has not
};

/// All that the journal says.
struct PromotionHistory {
  std::optional<PromotionRecord> last;
  std::uint64_t largest_epoch = 0;  ///< of all promotions in it (property epoch); 0 = none
};

/// STATE/promote/journal: what a promotion does is written and fsynced before it is done. Written by fo-promote only,
/// under the host's lock.
class PromotionJournal {
 public:
  static Result<PromotionJournal> open(const StateDir& state);
  /// What it says, without creating or mending anything.
  static Result<PromotionHistory> read(const StateDir& state);

  [[nodiscard]] const PromotionHistory& history() const noexcept { return history_; }

  /// @param touched nodes that an interrupted run, which this one replaces, may have switched off
  Result<void> begin(std::string_view service, std::string_view node, std::uint64_t epoch,
                     const std::optional<RoleRecord>& role_before, const std::vector<std::string>& touched,
                     bool unattended);
  /// @param left the step that was completed right before it, in the same record: one flush for both; empty = none
  Result<void> enter(std::string_view step, std::string_view left = {});
  Result<void> leave(std::string_view step);
  Result<void> try_fence(std::string_view node, std::string_view fencer);
  Result<void> confirm_fence(std::string_view node, std::string_view fencer);
  /// One view has come this far; what it does not know of the caches stays as it was written before.
  Result<void> view(std::string_view name, const PromotionViewRecord& record);
  Result<void> end(std::string_view outcome);

 private:
  explicit PromotionJournal(Journal journal) noexcept;
  Result<void> add(const std::string& json);
  Journal journal_;
  PromotionHistory history_;
  bool broken_ = false;
};

}  // namespace failover
