#include "workers/inspect_job.hpp"

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "archive/archive_format.hpp"
#include "archive/entry_record.hpp"
#include "core/secret.hpp"
#include "inspect/inspector.hpp"
#include "workers/entry_taker.hpp"
#include "workers/read_jobs.hpp"

namespace failover {

namespace {

class Inspecting final : public EntryTaker {
 public:
  /// Tells the inspector of what it does not want to read, and hands out the rest.
  std::vector<UnpackJob> pass_over(std::vector<UnpackJob> entries) {
    Inspector scout;
    std::vector<UnpackJob> wanted;
    for (auto& job : entries) {
      if (scout.begin_entry(job.entry.path, job.entry.modified)) {
        wanted.push_back(std::move(job));
      } else {
        inspector_.begin_entry(job.entry.path, job.entry.modified);
      }
    }
    return wanted;
  }

  [[nodiscard]] std::string_view doing() const noexcept override { return "looking into"; }
  Result<void> begin(const UnpackJob& job) override {
    if (inspector_.begin_entry(job.entry.path, job.entry.modified)) return {};
    return fail(ErrorKind::internal, "the inspector wants an entry no more: " + job.entry.path);
  }
  Result<void> take(std::span<const std::byte> bytes) override { return inspector_.feed(bytes); }
  Result<void> end(const UnpackJob& /*job*/) override { return inspector_.end_entry(); }

  [[nodiscard]] BackupContents contents() const { return inspector_.contents(); }

 private:
  Inspector inspector_;
};

}  // namespace

Result<BackupContents> inspect_entries_of(int fd, ArchiveFormat format, std::vector<UnpackJob> entries,
                                          const Secret* password) {
  Inspecting inspecting;
  auto wanted = inspecting.pass_over(std::move(entries));
  FO_TRY(read_jobs(fd, format, std::move(wanted), password, inspecting));
  return inspecting.contents();
}

}  // namespace failover
