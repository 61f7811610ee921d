#include "witness/change_note.hpp"

#include <string>
#include <utility>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover {

void ChangeNote::tell(const Result<void>& outcome) {
  auto now = outcome ? std::string{} : outcome.error().while_doing(work_).message;
  if (now == last_) return;
  if (events_ != nullptr) {
    events_->note(outcome ? Level::info : Level::warning, outcome ? work_ + ": it works again" : now);
  }
  last_ = std::move(now);
}

}  // namespace failover
