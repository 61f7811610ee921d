#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fetcher.hpp>
#include <failover/source.hpp>

#include "core/clock.hpp"
#include "core/file_io.hpp"
#include "core/file_lock.hpp"
#include "core/pause.hpp"
#include "core/secret.hpp"
#include "fetch/bring.hpp"
#include "fetch/choose.hpp"
#include "fetch/digest.hpp"
#include "fetch/keep.hpp"
#include "fetch/local_copy.hpp"
#include "fetch/metered_source.hpp"
#include "fetch/partial.hpp"
#include "fetch/publish.hpp"
#include "fetch/restored_backups.hpp"
#include "fetch/retry.hpp"
#include "fetch/survey.hpp"
#include "fetch/verify.hpp"
#include "state/backup_sidecar.hpp"
#include "state/fetch_counters.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

constexpr unsigned most_rounds = 3;
constexpr std::size_t most_connections = 64;
constexpr std::size_t digest_file_limit = std::size_t{1024} * 1024;
constexpr std::chrono::seconds between_looks{1};
/// Something written so recently may still be under way; older ones are looked at twice without a wait.
constexpr std::chrono::minutes recent{2};

class SourceFetcher : public Fetcher {
 public:
  SourceFetcher(std::unique_ptr<Source> source, FetchOptions options, std::optional<Secret> password) noexcept
      : meter_(std::make_shared<LinkMeter>()),
        source_(std::make_unique<MeteredSource>(std::move(source), meter_)),
        options_(std::move(options)),
        password_(std::move(password)) {}

  Result<std::vector<FetchCandidate>> survey(const Context& context) override {
    return survey_source(*source_, options_.retries, indexes_, context);
  }

  Result<FetchPlan> plan(const Context& context) override;
  Result<FetchOutcome> run(const Context& context) override;
  Result<FetchCounters> count(const Result<FetchOutcome>& outcome) override;

 private:
  Result<FetchCandidate> choose(FetchPlan& plan, const Context& context);
  Result<bool> moved_meanwhile(FetchCandidate& candidate, const Context& context);
  Result<std::vector<ExpectedDigest>> expected_digests(const ObjectInfo& object, const Context& context);
  Result<FetchOutcome> one_round(const Context& context);
  Result<FetchOutcome> fetch(const FetchPlan& plan, const Context& context);
  void learn_age(FetchCandidate& chosen, WallTime content, std::vector<std::string>& warnings) const;
  Result<FetchOutcome> keep_what_is_here(const FetchPlan& plan, const Context& context);
  Result<void> unseal(const FetchPlan& plan, FetchOutcome& outcome, BackupSidecar& sidecar,
                      const Context& context) const;
  [[nodiscard]] std::vector<std::filesystem::path> removals(const std::optional<std::filesystem::path>& next,
                                                            std::vector<std::string>& warnings) const;
  void remove_old(FetchOutcome& outcome) const;

  std::shared_ptr<LinkMeter> meter_;
  std::unique_ptr<Source> source_;
  FetchOptions options_;
  std::optional<Secret> password_;  ///< of encrypted archives
  IndexesSeen indexes_;
};

/// The second look: a size, time or version that moves means that somebody is writing.
Result<bool> SourceFetcher::moved_meanwhile(FetchCandidate& candidate, const Context& context) {
  if (std::chrono::system_clock::now() - candidate.object.modified < recent)
    FO_TRY(pause_between_tries(between_looks, context));
  const auto again = retrying(options_.retries, context, [&] { return source_->stat(candidate.object.path, context); });
  if (!again && again.error().kind == ErrorKind::not_found) return true;
  if (!again) return std::unexpected(again.error());
  if (!same_object(*again, candidate.object)) return true;
  // Some stores tell digests only of the one object that is asked for.
  if (!again->digests.empty()) candidate.object.digests = again->digests;
  return false;
}

Result<FetchCandidate> SourceFetcher::choose(FetchPlan& plan, const Context& context) {
  auto candidates = FO_TRY(survey(context));
  while (true) {
    auto choice = choose_newest(candidates, source_->describe());
    if (!choice) {
      if (choice.error().kind != ErrorKind::integrity) return std::unexpected(choice.error());
      auto& newest = candidates.front();
      if (newest.state == ArchiveState::foreign || !FO_TRY(moved_meanwhile(newest, context))) {
        return std::unexpected(choice.error());
      }
      return fail(ErrorKind::unreachable, newest.object.name + " is still being written; try again when it is done");
    }
    auto& chosen = candidates[choice->index];
    if (FO_TRY(moved_meanwhile(chosen, context))) {
      chosen.state = ArchiveState::incomplete;
      chosen.why = "it is still being written";
      continue;
    }
    plan.reasons = std::move(choice->reasons);
    plan.warnings = std::move(choice->warnings);
    return chosen;
  }
}

Result<FetchPlan> SourceFetcher::plan(const Context& context) {
  FetchPlan plan;
  plan.chosen = FO_TRY(choose(plan, context));
  const auto stored = FO_TRY(list_stored_backups(options_.output));
  auto copy = FO_TRY(find_local_copy(stored, source_->describe(), plan.chosen, context));
  plan.already_here = copy.path;
  if (!plan.chosen.content) plan.chosen.content = copy.content;
  const auto old = age_warnings(plan.chosen, options_.max_age, std::chrono::system_clock::now());
  plan.warnings.insert(plan.warnings.end(), old.begin(), old.end());
  if (copy.path) plan.reasons.push_back("it is already here, and its bytes are as they were verified");
  plan.warnings.insert(plan.warnings.end(), copy.warnings.begin(), copy.warnings.end());
  if (!copy.path) {
    const auto there = Partial::left_over(options_.output, source_->describe(), plan.chosen.object);
    if (there > 0) plan.reasons.push_back(fmt::format("{} of it are here from an interrupted run", human_size(there)));
    plan.to_download = plan.chosen.object.size - there;
  }
  // A stand-in for the name, which has the digest of bytes that are not here yet.
  const auto next = copy.path ? *copy.path : options_.output / "next";
  plan.to_remove = removals(next, plan.warnings);
  return plan;
}

Result<std::vector<ExpectedDigest>> SourceFetcher::expected_digests(const ObjectInfo& object, const Context& context) {
  std::vector<ExpectedDigest> expected;
  if (options_.sha256) expected.push_back({FO_TRY(parse_sha256(*options_.sha256)), "--sha256"});
  if (options_.sha256_file) {
    const auto text = FO_TRY(while_doing("--sha256-file", read_file(*options_.sha256_file, digest_file_limit)));
    expected.push_back({FO_TRY(while_doing(options_.sha256_file->string(), digest_in(text, object.name))),
                        options_.sha256_file->string()});
  }
  if (!expected.empty()) return expected;
  if (auto beside = FO_TRY(digest_beside(*source_, object, options_.retries, context))) {
    expected.push_back(std::move(*beside));
  }
  return expected;
}

/// A tar tells how old its content is only when all of it was read.
void SourceFetcher::learn_age(FetchCandidate& chosen, WallTime content, std::vector<std::string>& warnings) const {
  const auto now = std::chrono::system_clock::now();
  const bool told = !age_warnings(chosen, options_.max_age, now).empty();
  // Later than the archive itself: somebody's clock was wrong.
  if (content > chosen.object.modified) return;
  chosen.content = content;
  const auto old = age_warnings(chosen, options_.max_age, now);
  if (!told) warnings.insert(warnings.end(), old.begin(), old.end());
}

Result<FetchOutcome> SourceFetcher::fetch(const FetchPlan& plan, const Context& context) {
  FetchOutcome outcome;
  const auto expected = FO_TRY(expected_digests(plan.chosen.object, context));
  const auto stored = FO_TRY(list_stored_backups(options_.output));
  auto partial = FO_TRY(Partial::open(options_.output, source_->describe(), plan.chosen.object, context));
  const BringJob job{*source_,
                     *meter_,
                     options_,
                     plan.chosen,
                     indexes_[plan.chosen.object.path],
                     stored,
                     expected,
                     password_ ? &*password_ : nullptr};
  const auto verified = bring(job, partial, outcome, context);
  if (!verified) {
    // Only what a later run can go on with stays; bad bytes and a full disk's do not.
    const auto kind = verified.error().kind;
    const bool goes_on = worth_a_retry(verified.error()) || kind == ErrorKind::cancelled;
    if (!goes_on) {
      if (const auto gone = Partial::discard(options_.output); !gone)
        context.note(Level::warning, gone.error().message);
    }
    return std::unexpected(verified.error());
  }
  auto chosen = plan.chosen;
  outcome.warnings.insert(outcome.warnings.end(), verified->warnings.begin(), verified->warnings.end());
  const auto& content = verified->content;
  if (!chosen.content && content) learn_age(chosen, *content, outcome.warnings);
  BackupSidecar sidecar;
  sidecar.source = source_->describe();
  sidecar.object = plan.chosen.object.path;
  sidecar.name = plan.chosen.object.name;
  sidecar.version = plan.chosen.object.version;
  sidecar.size = plan.chosen.object.size;
  sidecar.sha256 = verified->sha256;
  sidecar.crc64 = verified->crc64;
  sidecar.index_sha256 = plan.chosen.index_sha256;
  sidecar.modified = plan.chosen.object.modified;
  sidecar.content = chosen.content;
  sidecar.fetched = std::chrono::system_clock::now();
  sidecar.verified = verified->how;
  sidecar.match = to_string(verified->match);
  sidecar.base = outcome.base;
  sidecar.copied = outcome.copied;
  sidecar.fetched_bytes = meter_->bytes();
  sidecar.warnings = plan.warnings;
  sidecar.warnings.insert(sidecar.warnings.end(), outcome.warnings.begin(), outcome.warnings.end());
  outcome.path = FO_TRY(publish_backup(partial, options_.output, sidecar));
  outcome.downloaded = true;
  outcome.backup_time = chosen.backup_time();
  outcome.sha256 = verified->sha256;
  outcome.verified = verified->how;
  outcome.match = verified->match;
  outcome.fetched = meter_->bytes();
  return outcome;
}

/// What came when there was no password is looked into as soon as there is one.
Result<void> SourceFetcher::unseal(const FetchPlan& plan, FetchOutcome& outcome, BackupSidecar& sidecar,
                                   const Context& context) const {
  if (!password_) {
    if (sidecar.match != to_string(FetchMatch::byte_identical))
      outcome.warnings.push_back(sealed_warning(sidecar.name));
    return {};
  }
  const VerifyOptions options{.quick = false, .assembled = false, .password = &*password_, .proven = nullptr};
  const auto read_digests = [&](std::string_view task, const Context& quiet) {
    return digests_of_file(outcome.path, plan.chosen.object.digests, task, quiet);
  };
  auto verified = FO_TRY(verify_backup(outcome.path, plan.chosen, {}, options, read_digests, context));
  sidecar.verified = std::move(verified.how);
  return {};
}

Result<FetchOutcome> SourceFetcher::keep_what_is_here(const FetchPlan& plan, const Context& context) {
  FetchOutcome outcome;
  outcome.path = plan.already_here.value_or(std::filesystem::path{});
  auto sidecar = FO_TRY(read_backup_sidecar(outcome.path));
  if (!sidecar) return fail(ErrorKind::conflict, outcome.path.string() + " lost its sidecar meanwhile; run it again");
  for (const auto& digest : FO_TRY(expected_digests(plan.chosen.object, context))) {
    if (digest.sha256 == sidecar->sha256) continue;
    return fail(ErrorKind::integrity,
                fmt::format("{} has the SHA-256 {}, but {} says {}; see which of the two is wrong",
                            outcome.path.string(), sidecar->sha256, digest.from, digest.sha256));
  }
  const auto before = *sidecar;
  if (is_sealed(sidecar->verified)) FO_TRY(unseal(plan, outcome, *sidecar, context));
  // The warnings are of today: what restores it must hear that it has grown too old.
  sidecar->warnings = plan.warnings;
  sidecar->warnings.insert(sidecar->warnings.end(), outcome.warnings.begin(), outcome.warnings.end());
  if (sidecar->warnings != before.warnings || sidecar->verified != before.verified) {
    FO_TRY(write_backup_sidecar(outcome.path, *sidecar));
  }
  outcome.backup_time = plan.chosen.backup_time();
  outcome.sha256 = sidecar->sha256;
  outcome.verified = sidecar->verified;
  return outcome;
}

std::vector<std::filesystem::path> SourceFetcher::removals(const std::optional<std::filesystem::path>& next,
                                                           std::vector<std::string>& warnings) const {
  KeepRules rules;
  rules.keep = options_.keep;
  rules.source = source_->describe();
  const auto stored = list_stored_backups(options_.output);
  if (const auto known = protect_restored(options_.state_dir, rules); !stored || !known) {
    const auto& why = known ? stored.error().message : known.error().message;
    if (!stored || stored->size() > options_.keep) warnings.push_back("no old backup is removed now: " + why);
    return {};
  }
  return choose_removals(*stored, next, rules);
}

void SourceFetcher::remove_old(FetchOutcome& outcome) const {
  for (const auto& path : removals(outcome.path, outcome.warnings)) {
    if (const auto removed = remove_backup(path); removed) {
      outcome.removed.push_back(path);
    } else {
      outcome.warnings.push_back(removed.error().message);
    }
  }
  if (const auto swept = Partial::sweep(options_.output); !swept) outcome.warnings.push_back(swept.error().message);
  if (const auto swept = sweep_orphans(options_.output); !swept) outcome.warnings.push_back(swept.error().message);
}

Result<FetchOutcome> SourceFetcher::one_round(const Context& context) {
  const auto plan = FO_TRY(this->plan(context));
  if (options_.planned) options_.planned(plan);
  auto outcome = plan.already_here ? keep_what_is_here(plan, context) : fetch(plan, context);
  if (!outcome) return outcome;
  outcome->size = plan.chosen.object.size;
  outcome->warnings.insert(outcome->warnings.begin(), plan.warnings.begin(), plan.warnings.end());
  remove_old(*outcome);
  return outcome;
}

Result<FetchOutcome> SourceFetcher::run(const Context& context) {
  FO_TRY(while_doing("preparing the folder for backups", make_directories(options_.output, 0700)));
  const auto lock = FO_TRY(FileLock::take(options_.output / ".fo-fetch.lock"));
  for (unsigned round = 1;; ++round) {
    auto outcome = one_round(context);
    if (outcome || outcome.error().kind != ErrorKind::conflict) return outcome;
    if (round == most_rounds) {
      return fail(ErrorKind::unreachable, outcome.error().message + ", each of " + std::to_string(most_rounds) +
                                              " times; try again when the store is at rest");
    }
    context.note(Level::info, outcome.error().message + "; looking again");
  }
}

Result<FetchCounters> SourceFetcher::count(const Result<FetchOutcome>& outcome) {
  FetchRun run{!outcome, meter_->bytes(), {}, 0, std::chrono::system_clock::now()};
  if (outcome) {
    run.backup_time = outcome->backup_time;
    run.size = outcome->size;
  }
  const auto state = FO_TRY(StateDir::open(options_.state_dir));
  // A run that was stopped, or out of time, counts all the same.
  return count_fetch_run(state, source_->describe(), run, Context{});
}

}  // namespace

Result<std::unique_ptr<Fetcher>> make_fetcher(std::unique_ptr<Source> source, const FetchOptions& options) {
  if (options.output.empty()) return fail(ErrorKind::usage, "name a folder for the backups");
  if (options.keep == 0) return fail(ErrorKind::usage, "--keep must be at least 1: the last good backup always stays");
  if (options.connections == 0 || options.connections > most_connections) {
    return fail(ErrorKind::usage, fmt::format("--connections must be from 1 to {}", most_connections));
  }
  if (options.limit_rate == 0) return fail(ErrorKind::usage, "--limit-rate 0B would never end");
  if (options.sha256) FO_TRY(parse_sha256(*options.sha256));
  std::optional<Secret> password;
  if (!options.archive_password_file.empty()) password = FO_TRY(read_password_file(options.archive_password_file));
  return std::make_unique<SourceFetcher>(std::move(source), options, std::move(password));
}

}  // namespace failover
