#include "fetch/bring.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fetcher.hpp>

#include "archive/proven_entries.hpp"
#include "fetch/delta.hpp"
#include "fetch/download.hpp"
#include "fetch/free_space.hpp"
#include "fetch/partial.hpp"
#include "fetch/running_digests.hpp"
#include "fetch/verify.hpp"

namespace failover {

namespace {

class Bringing {
 public:
  Bringing(const BringJob& job, Partial& partial, FetchOutcome& outcome)
      : job_(job),
        partial_(partial),
        outcome_(outcome),
        digests_(partial, job.chosen.object.digests),
        download_{job.options.limit_rate, job.options.retries, job.options.connections} {}

  Result<Verified> run(const Context& context) {
    outcome_.resumed_at = partial_.present();
    resumed_ = outcome_.resumed_at > 0;
    FO_TRY(check_space());
    if (job_.options.delta) FO_TRY(by_delta(context));
    if (!delta_ && partial_.copied() > 0) FO_TRY(partial_.forget_copied());
    FO_TRY(the_rest(context));
    while (true) {
      auto verified = verify(context);
      if (verified || verified.error().kind != ErrorKind::integrity || !FO_TRY(step_back(context))) {
        note_base();
        return verified;
      }
    }
  }

 private:
  /// While it is read back it is also written out to the disk, which otherwise takes as long again.
  Result<Verified> verify(const Context& context) {
    const VerifyOptions how{job_.options.quick, partial_.copied() > 0, job_.password, proven_ ? &*proven_ : nullptr};
    const auto read_digests = [&](std::string_view task, const Context& quiet) { return digests_.of_all(task, quiet); };
    Result<void> written;
    auto verified = [&] {
      const std::jthread writing([&] { written = partial_.write_out(context); });
      return verify_backup(partial_.path(), job_.chosen, job_.expected, how, read_digests, context);
    }();
    // The system tells but once that bytes were lost on their way.
    if (verified) FO_TRY(std::move(written));
    return verified;
  }

  Result<void> check_space() const {
    return check_free_space(job_.options.output, job_.chosen.object.size - partial_.present());
  }

  [[nodiscard]] DeltaJob delta_job() const {
    return {job_.source, job_.chosen.object, partial_, download_, job_.meter};
  }

  Result<void> by_delta(const Context& context) {
    std::string reason;
    delta_ = FO_TRY(prepare_delta(delta_job(), job_.index, job_.stored, job_.source.describe(), reason, context));
    if (!delta_) {
      context.note(Level::info, "fetching all of it: " + reason);
      return {};
    }
    proven_ = FO_TRY(apply_delta(delta_job(), *delta_, outcome_.warnings, context));
    return {};
  }

  Result<void> the_rest(const Context& context) {
    FO_TRY(download(job_.source, job_.chosen.object, partial_, download_, context));
    return {};
  }

  /// One step nearer to a whole download; false: this is one.
  Result<bool> step_back(const Context& context) {
    if (delta_ && partial_.copied() > 0 && !headers_fetched_) {
      headers_fetched_ = true;
      context.note(Level::info, "local headers of unchanged entries differ from those here; fetching them");
      if (FO_TRY(fetch_unproved(delta_job(), *delta_, context))) return true;
    }
    // Of the bytes that come now none was looked at.
    proven_.reset();
    if (partial_.copied() > 0) {
      context.note(Level::info, "what was put together is not what the store has; fetching all that was copied");
      FO_TRY(partial_.forget_copied());
      FO_TRY(the_rest(context));
      return true;
    }
    if (!resumed_) return false;
    resumed_ = false;
    outcome_.resumed_at = 0;
    context.note(Level::warning, "what an interrupted run had left was not good; fetching all of it again");
    FO_TRY(partial_.restart());
    FO_TRY(check_space());
    FO_TRY(the_rest(context));
    return true;
  }

  void note_base() {
    outcome_.copied = partial_.copied();
    if (outcome_.copied > 0 && delta_) outcome_.base = delta_->base.path.filename().string();
  }

  const BringJob& job_;
  Partial& partial_;
  FetchOutcome& outcome_;
  RunningDigests digests_;
  DownloadOptions download_;
  std::optional<Delta> delta_;
  std::optional<ProvenEntries> proven_;  ///< by it
  bool resumed_ = false;
  bool headers_fetched_ = false;
};

}  // namespace

Result<Verified> bring(const BringJob& job, Partial& partial, FetchOutcome& outcome, const Context& context) {
  return Bringing(job, partial, outcome).run(context);
}

}  // namespace failover
