#include "probe/reference_round.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <failover/observer.hpp>

#include "probe/engine.hpp"

namespace failover {

ReferenceRound::ReferenceRound(Engine& engine, std::span<const Target> references, const Policy& policy,
                               Checked checked)
    : engine_(engine), references_(references), policy_(policy), checked_(std::move(checked)) {}

void ReferenceRound::vouch(Told told) {
  if (references_.empty()) return told({Health::up, "there are none"});
  waiting_.push_back(std::move(told));
  if (open_ == 0) start();
}

void ReferenceRound::start() {
  asking_ = std::exchange(waiting_, {});
  answers_.assign(references_.size(), std::nullopt);
  open_ = references_.size();
  for (std::size_t i = 0; i < references_.size(); ++i) {
    engine_.check(references_[i], [this, i](Observation observation) { on_answer(i, std::move(observation)); });
  }
}

void ReferenceRound::on_answer(std::size_t index, Observation observation) {
  checked_(observation);
  answers_.at(index) = std::move(observation);
  if (--open_ == 0) end();
}

void ReferenceRound::end() {
  std::vector<Observation> observations;
  for (auto& answer : answers_) {
    if (answer) observations.push_back(std::move(*answer));
  }
  // The answer of a reference's kernel vouches for the network as well as any.
  const auto ours = judge(observations, {.down_needed = policy_.down_needed, .weak_counts = true});
  const auto told = std::exchange(asking_, {});
  if (!waiting_.empty()) start();
  for (const auto& call : told) call(ours);
}

}  // namespace failover
