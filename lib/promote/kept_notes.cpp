#include "promote/kept_notes.hpp"

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/context.hpp>

namespace failover {

namespace {

/// Once is enough: each try says it again.
void keep(std::vector<std::string>& kept, std::string_view sentence) {
  if (std::ranges::find(kept, sentence) == kept.end()) kept.emplace_back(sentence);
}

}  // namespace

void KeptNotes::progress(std::string_view task, std::uint64_t done, std::uint64_t total) noexcept {
  if (next_ != nullptr) next_->progress(task, done, total);
}

void KeptNotes::note(Level level, std::string_view sentence) noexcept {
  bool kept = false;
  try {
    const std::scoped_lock lock(mutex_);
    if (level == Level::warning) keep(warnings_, sentence);
    if (level == Level::info) keep(remarks_, sentence);
    kept = level == Level::warning || level == Level::info;
  } catch (const std::bad_alloc&) {
    kept = false;  // then it is said at once, at least
  }
  if (!kept && next_ != nullptr) next_->note(level, sentence);
}

std::vector<std::string> KeptNotes::take_warnings() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(warnings_, {});
}

std::vector<std::string> KeptNotes::take_remarks() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(remarks_, {});
}

}  // namespace failover
