#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>

#include "core/journal.hpp"
#include "state/role_file.hpp"
#include "state/state_dir.hpp"

namespace failover {

/// What STATE/promote/journal says of the last promotion of this host.
struct PromotionRecord {
  std::string service;
  std::string node;
  std::uint64_t epoch = 0;
  std::string begun;                      ///< RFC 3339
  std::optional<RoleRecord> role_before;  ///< to be put back when it is withdrawn
  std::string step;                       ///< the last one that was entered
  std::vector<std::string> left;          ///< steps that were completed
  std::vector<std::string> fence_tried;   ///< nodes that a fence command was sent for
  std::vector<std::string> fenced;        ///< nodes that were confirmed off
  std::string outcome;                    ///< done, withdrawn, superseded; empty = it has not ended
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
                     const std::optional<RoleRecord>& role_before, const std::vector<std::string>& touched);
  Result<void> enter(std::string_view step);
  Result<void> leave(std::string_view step);
  Result<void> try_fence(std::string_view node, std::string_view fencer);
  Result<void> confirm_fence(std::string_view node, std::string_view fencer);
  /// One view reached this case: for people who read the journal.
  Result<void> view(std::string_view name, std::string_view how);
  Result<void> end(std::string_view outcome);

 private:
  explicit PromotionJournal(Journal journal) noexcept;
  Result<void> add(const std::string& json);
  Journal journal_;
  PromotionHistory history_;
  bool broken_ = false;
};

}  // namespace failover
