#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include <failover/observer.hpp>

#include "probe/engine.hpp"

namespace failover {

/// Asks the references together and tells what they say: is this host cut off? (property isolation)
class ReferenceRound {
 public:
  using Told = std::function<void(const Verdict& ours)>;
  using Checked = std::function<void(const Observation&)>;

  /// @param checked hears of every single answer
  ReferenceRound(Engine& engine, std::span<const Target> references, const Policy& policy, Checked checked);

  /// Tells by a round that starts now or later, never by one that is already under way: what it found may be older than
  /// what it is to vouch for. The verdict is "up" when this host is not cut off; without references it always is.
  void vouch(Told told);

 private:
  void start();
  void on_answer(std::size_t index, Observation observation);
  void end();

  Engine& engine_;
  std::span<const Target> references_;
  Policy policy_;
  Checked checked_;
  std::vector<std::optional<Observation>> answers_;
  std::size_t open_ = 0;
  std::vector<Told> asking_;   ///< of the round under way
  std::vector<Told> waiting_;  ///< for the next one
};

}  // namespace failover
