#include "state/host_lock.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>
#include <sys/types.h>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/fd.hpp"
#include "core/file_lock.hpp"
#include "core/pause.hpp"
#include "core/process_identity.hpp"
#include "state/lent_lock.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

using nlohmann::json;

constexpr int format_number = 1;
constexpr std::array<std::string_view, 2> purpose_names{"restore", "promotion"};
constexpr std::chrono::milliseconds between_looks{50};
/// How often somebody may hold the lock and not be known yet: he has it, but has not written who he is.
constexpr int most_unknown_looks = 20;

struct Holder {
  ProcessIdentity process;
  bool restores = false;
};

std::string note_on(const ProcessIdentity& self, LockPurpose purpose) {
  return json{{"format", format_number},
              {"pid", self.pid},
              {"started", self.started},
              {"boot", self.boot},
              {"purpose", purpose_names.at(static_cast<std::size_t>(purpose))}}
             .dump() +
         "\n";
}

std::optional<Holder> read_holder(const StateDir& state) {
  const auto note = FileLock::note_of(state.host_lock());
  if (!note) return std::nullopt;
  try {
    const auto value = json::parse(*note);
    if (value.at("format") != format_number) return std::nullopt;
    Holder holder;
    value.at("pid").get_to(holder.process.pid);
    value.at("started").get_to(holder.process.started);
    value.at("boot").get_to(holder.process.boot);
    holder.restores = value.at("purpose") == purpose_names.front();
    return holder;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

/// Who is asked to give way.
enum class Asked { restores, everybody };

/// Asks each holder once: a second signal would end it at once.
class StopAsker {
 public:
  StopAsker(Asked asked, const Context& context) noexcept : everybody_(asked == Asked::everybody), context_(context) {}

  /// @return whether waiting makes sense: who holds it was asked, or nobody knows yet who does
  Result<bool> ask(const std::optional<Holder>& holder) {
    if (holder && holder->process == asked_) return true;
    const auto process = holder ? pin_process(holder->process) : Result<Fd>(fail(ErrorKind::not_found, ""));
    if (!process && process.error().kind != ErrorKind::not_found) return std::unexpected(process.error());
    if (!process) return everybody_ || ++unknown_looks_ <= most_unknown_looks;
    unknown_looks_ = 0;
    if (!holder->restores && !everybody_) return false;
    const std::string what = holder->restores ? "restore" : "promotion";
    context_.note(Level::warning, "a " + what + " is at work here (process " + std::to_string(holder->process.pid) +
                                      "): it is asked to stop, and waited for");
    FO_TRY(while_doing("asking the running " + what + " to stop", signal_pinned(*process, SIGTERM)));
    // One that was halted would not hear it.
    if (everybody_) FO_TRY(signal_pinned(*process, SIGCONT));
    asked_ = holder->process;
    return true;
  }

 private:
  bool everybody_;
  const Context& context_;
  ProcessIdentity asked_;
  int unknown_looks_ = 0;
};

Result<FileLock> lock_after_asking(const StateDir& state, Asked asked, const Context& context) {
  StopAsker asker(asked, context);
  while (true) {
    auto lock = lock_host(state, LockPurpose::promotion);
    if (lock || lock.error().kind != ErrorKind::locked) return lock;
    if (!FO_TRY(asker.ask(read_holder(state)))) return lock;
    const auto waited = pause_between_tries(between_looks, context);
    if (!waited && waited.error().kind == ErrorKind::timeout) {
      return std::unexpected(lock.error().while_doing("waiting for a run that was asked to stop"));
    }
    if (!waited) return std::unexpected(waited.error());
  }
}

}  // namespace

Result<FileLock> lock_host(const StateDir& state, LockPurpose purpose) {
  const auto self = FO_TRY(identity_of(::getpid()));
  auto lock = FO_TRY(FileLock::take(state.host_lock(), note_on(self, purpose)));
  // A restore that borrowed it from an fo-promote that was killed since.
  FO_TRY(check_nobody_borrows(state));
  return lock;
}

std::optional<ProcessIdentity> promotion_that_holds(const StateDir& state) {
  const auto holder = read_holder(state);
  if (!holder || holder->restores) return std::nullopt;
  return holder->process;
}

Result<FileLock> lock_host_for_promotion(const StateDir& state, const Context& context) {
  return lock_after_asking(state, Asked::restores, context);
}

Result<FileLock> lock_host_for_fence(const StateDir& state, const Context& context) {
  return lock_after_asking(state, Asked::everybody, context);
}

}  // namespace failover
