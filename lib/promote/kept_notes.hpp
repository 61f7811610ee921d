#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>

namespace failover {

/// Keeps what the updater of a view says while it works, for the report: warnings, which make a run end as "done with a
/// warning", and what else is worth reading. The rest goes on to `next`.
class KeptNotes final : public Events {
 public:
  explicit KeptNotes(Events* next) noexcept : next_(next) {}

  void progress(std::string_view task, std::uint64_t done, std::uint64_t total) noexcept override;
  void note(Level level, std::string_view sentence) noexcept override;

  [[nodiscard]] std::vector<std::string> take_warnings();
  [[nodiscard]] std::vector<std::string> take_remarks();

 private:
  Events* next_;
  std::mutex mutex_;
  std::vector<std::string> warnings_;
  std::vector<std::string> remarks_;
};

}  // namespace failover
