#include "workers/unpack_job.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/error.hpp>

#include "archive/archive_format.hpp"
#include "archive/entry_record.hpp"
#include "core/secret.hpp"
#include "workers/entry_taker.hpp"
#include "workers/read_jobs.hpp"
#include "workers/slot_file.hpp"

namespace failover {

namespace {

class SlotTaker final : public EntryTaker {
 public:
  explicit SlotTaker(std::span<const int> folders) noexcept : folders_(folders) {}

  [[nodiscard]] std::string_view doing() const noexcept override { return "unpacking"; }
  Result<void> begin(const UnpackJob& job) override {
    slot_.reset();
    if (job.folder == no_folder) return {};
    if (job.folder >= folders_.size()) return fail(ErrorKind::internal, "a job names a folder that was not given");
    slot_ = FO_TRY(SlotFile::make(folders_[job.folder], job.slot));
    return {};
  }
  Result<void> take(std::span<const std::byte> bytes) override { return slot_ ? slot_->write(bytes) : Result<void>(); }
  Result<void> end(const UnpackJob& job) override { return slot_ ? slot_->finish(job.entry.modified) : Result<void>(); }

 private:
  std::span<const int> folders_;
  std::optional<SlotFile> slot_;  ///< none: the entry is only checked
};

}  // namespace

Result<void> unpack_into(std::span<const int> folders, int fd, ArchiveFormat format, std::vector<UnpackJob> jobs,
                         const Secret* password) {
  SlotTaker slots(folders);
  return read_jobs(fd, format, std::move(jobs), password, slots);
}

}  // namespace failover
