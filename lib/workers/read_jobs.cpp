#include "workers/read_jobs.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/archive_entry.hpp"
#include "archive/archive_format.hpp"
#include "archive/archive_rule.hpp"
#include "archive/entry_reader.hpp"
#include "archive/entry_record.hpp"
#include "core/crc.hpp"
#include "core/secret.hpp"
#include "workers/entry_taker.hpp"
#include "workers/stream_archive.hpp"
#include "workers/unpack_report.hpp"

namespace failover {

namespace {

class Reading {
 public:
  Reading(int fd, EntryTaker& taker) noexcept : fd_(fd), taker_(taker) {}

  /// By our own parser, in the order that was asked for.
  Result<void> entries(const std::vector<UnpackJob>& jobs) {
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      // A cold source: the next entry's bytes come while this one is unpacked.
      if (i + 1 < jobs.size()) fetch_ahead(jobs[i + 1].entry);
      FO_TRY(while_doing(doing(jobs[i]), one(jobs[i])));
    }
    return {};
  }

  /// From front to back; what no job asks for is passed over.
  Result<void> stream(ArchiveFormat format, std::vector<UnpackJob> jobs, const Secret* password) {
    std::ranges::sort(jobs, {}, [](const UnpackJob& job) { return job.entry.place.offset; });
    auto archive = FO_TRY(StreamArchive::open(fd_, format, password));
    auto wanted = jobs.begin();
    while (wanted != jobs.end()) {
      const auto entry = FO_TRY(archive->next());
      if (!entry) return fail(ErrorKind::conflict, "the archive became shorter while it was unpacked");
      if (entry->place.offset != wanted->entry.place.offset) {
        const auto pass = [&](std::span<const std::byte>) { return report_.add(0); };
        if (entry->kind == EntryKind::file) FO_TRY(archive->read(pass));
        continue;
      }
      if (entry->path != wanted->entry.path || entry->size != wanted->entry.size) {
        return fail(ErrorKind::conflict, "the archive was changed while it was unpacked");
      }
      FO_TRY(while_doing(doing(*wanted), streamed(*archive, *wanted)));
      ++wanted;
    }
    return {};
  }

 private:
  [[nodiscard]] std::string doing(const UnpackJob& job) const {
    return std::string(taker_.doing()) + " " + printable(job.entry.path);
  }

  void fetch_ahead(const ArchiveEntry& entry) const noexcept {
    constexpr std::uint64_t enough = std::uint64_t{8} * 1024 * 1024;
    ::posix_fadvise(fd_, static_cast<off_t>(entry.place.offset),
                    static_cast<off_t>(std::min(entry.place.packed, enough)), POSIX_FADV_WILLNEED);
  }

  Result<void> take(std::span<const std::byte> bytes) {
    FO_TRY(taker_.take(bytes));
    return report_.add(bytes.size());
  }

  Result<void> one(const UnpackJob& job) {
    FO_TRY(taker_.begin(job));
    FO_TRY(reader_.read(fd_, job.entry, [&](std::span<const std::byte> bytes) { return take(bytes); }, Context{}));
    return taker_.end(job);
  }

  Result<void> streamed(StreamArchive& archive, const UnpackJob& job) {
    FO_TRY(taker_.begin(job));
    std::uint32_t crc = 0;
    FO_TRY(archive.read([&](std::span<const std::byte> bytes) {
      crc = crc32(bytes, crc);
      return take(bytes);
    }));
    if (crc != job.entry.crc) return refuse(ArchiveRule::crc, job.entry.path, "its content is not what was verified");
    return taker_.end(job);
  }

  int fd_;
  EntryTaker& taker_;
  EntryReader reader_;
  UnpackReport report_;
};

}  // namespace

Result<void> read_jobs(int fd, ArchiveFormat format, std::vector<UnpackJob> jobs, const Secret* password,
                       EntryTaker& taker) {
  Reading reading(fd, taker);
  if (format == ArchiveFormat::zip) return reading.entries(jobs);
  return reading.stream(format, std::move(jobs), password);
}

}  // namespace failover
