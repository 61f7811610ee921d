#pragma once

#include <string>
#include <string_view>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover {

/// Tells of a failure that repeats: once, again when it is another one, and when it is over.
class ChangeNote {
 public:
  /// @param events not owned; may be null
  ChangeNote(Events* events, std::string work) : events_(events), work_(std::move(work)) {}

  void tell(const Result<void>& outcome);

 private:
  Events* events_;
  std::string work_;
  std::string last_;  // empty = it works
};

}  // namespace failover
