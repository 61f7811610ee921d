#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include <failover/arbiter.hpp>
#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/export.hpp>
#include <failover/promoter.hpp>

namespace failover {

/// What the guard left when it last let this host start: it holds for the boot it was written in, and no longer.
struct StartNote {
  std::string service;
  std::string node;
  std::string boot_id;  ///< /proc/sys/kernel/random/boot_id
  std::uint64_t epoch = 0;

  bool operator==(const StartNote&) const = default;
};

/// Everything that decides whether this host may start its services.
struct GuardFacts {
  std::string node;              ///< who we are
  std::string role;              ///< unset, standby, promoting, active, fenced
  std::uint64_t role_epoch = 0;  ///< of the role
  bool committed = false;        ///< a promotion of this host is past its commit and not done yet
  bool keeps_record = false;     ///< the arbiter keeps a record; else the role alone decides
  Result<ArbiterRecord> record;  ///< one linearizable read
  std::optional<StartNote> note;
  std::string service;
  std::string boot_id;
};

struct GuardAnswer {
  bool allowed = false;
  bool by_record = false;  ///< the record said so now: a note may be left
  std::string reason;      ///< a sentence
};

/// Facts in, answer out (properties fence-first, epoch). Pure. With a record it allows only maybe == {node}, active ==
/// node and no claim of another; a note of this boot stands in for a record that cannot be reached, not for one that is
/// missing or says no.
FAILOVER_EXPORT GuardAnswer judge_start(const GuardFacts& facts);

/// Gathers the facts, judges, and leaves the note when the record allowed it.
/// @param notes the folder of the notes, lost at every boot: /run/failover
FAILOVER_EXPORT GuardAnswer guard_start(const PromotionSettings& settings, Arbiter& arbiter,
                                        const std::filesystem::path& notes, const Context& context);

/// The epoch that an adoption would begin with, if nothing speaks against it; changes nothing.
FAILOVER_EXPORT Result<std::uint64_t> adoption_epoch(const PromotionSettings& settings, PromotionParts& parts,
                                                     const Context& context);

/// Makes this host, which serves, the active one on record: the first entry of an arbiter, and the role. Refused unless
/// every self-probe is up and no other node is; kind refused also when there is a record.
/// @return the epoch
FAILOVER_EXPORT Result<std::uint64_t> adopt_service(const PromotionSettings& settings, PromotionParts& parts,
                                                    const Context& context);

/// For so long no promotion of this host goes unattended; in place of an earlier pause. Durable when it returns. A
/// promotion that is at work heeds it up to its first fence command. Takes no lock.
/// @param length at most 31 days, for a pause that was forgotten is a failover that does not come
/// @param reason one line of at most 200 bytes, for whoever is refused; an error of kind usage if it is not
FAILOVER_EXPORT Result<PromotionPause> pause_promotions(const std::filesystem::path& state_dir, Duration length,
                                                        const std::string& reason);

/// Promotions may go unattended again. @return whether there was a pause that held
FAILOVER_EXPORT Result<bool> end_pause(const std::filesystem::path& state_dir);

}  // namespace failover
