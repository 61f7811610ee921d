#include "fetch/delta_base.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "archive/proven_entries.hpp"
#include "core/crc.hpp"
#include "core/fd.hpp"
#include "core/file_io.hpp"
#include "core/sha256.hpp"
#include "fetch/delta_index.hpp"
#include "fetch/delta_plan.hpp"
#include "fetch/part_map.hpp"
#include "fetch/partial.hpp"
#include "fetch/verify.hpp"
#include "state/backup_sidecar.hpp"

namespace failover {

namespace {

constexpr std::size_t read_size = std::size_t{1024} * 1024;

Result<DeltaBase> open_base(const StoredBackup& backup, const Context& context) {
  DeltaBase base{backup.path, backup.sidecar, {}, {}};
  base.fd = FO_TRY(open_file(backup.path, O_RDONLY | O_NOFOLLOW));
  base.index = FO_TRY(read_packed_index(base.fd.get(), base.sidecar.size, context));
  FO_TRY(find_packed_data(base.fd.get(), base.index, context));
  return base;
}

/// What of `copies` is still wanted, in the order in which the base is read.
std::vector<CopyPart> still_wanted(const std::vector<CopyPart>& copies, const Partial& partial) {
  std::vector<CopyPart> wanted;
  for (const auto& copy : copies) {
    for (const auto& part : partial.missing_from({copy.to, copy.length})) {
      wanted.push_back({copy.from + (part.offset - copy.to), part.offset, part.length});
    }
  }
  std::ranges::sort(wanted, {}, &CopyPart::from);
  return wanted;
}

/// Hands on those bytes of a block of the base that are wanted; one byte may be wanted in two places.
class Copier {
 public:
  Copier(std::vector<CopyPart> wanted, Partial& partial)
      : wanted_(std::move(wanted)), writer_(partial, Origin::copied) {}

  Result<void> take(std::uint64_t offset, std::span<const std::byte> block) {
    const auto end = offset + block.size();
    for (auto i = first_; i < wanted_.size() && wanted_[i].from < end; ++i) {
      const auto& part = wanted_[i];
      const auto from = std::max(part.from, offset);
      const auto to = std::min(part.from + part.length, end);
      if (from >= to) continue;
      FO_TRY(writer_.write(part.to + (from - part.from), block.subspan(from - offset, to - from)));
    }
    while (first_ < wanted_.size() && wanted_[first_].from + wanted_[first_].length <= end) ++first_;
    return {};
  }
  Result<void> finish() { return writer_.flush(); }

 private:
  std::vector<CopyPart> wanted_;
  std::size_t first_ = 0;
  PartWriter writer_;
};

/// Whether a stored backup still is what was verified.
class RotCheck {
 public:
  explicit RotCheck(const BackupSidecar& sidecar) : sidecar_(sidecar) {}
  void add(std::span<const std::byte> block) {
    if (sidecar_.crc64.empty()) {
      sha256_.add(block);
    } else {
      crc64_ = crc64(block, crc64_);
    }
  }
  bool passed() {
    if (sidecar_.crc64.empty()) return sha256_.hex() == sidecar_.sha256;
    return fmt::format("{:016x}", crc64_) == sidecar_.crc64;
  }

 private:
  const BackupSidecar& sidecar_;
  std::uint64_t crc64_ = 0;
  Sha256 sha256_;
};

}  // namespace

std::optional<DeltaBase> open_delta_base(std::span<const StoredBackup> stored, std::string_view source,
                                         const Context& context) {
  const auto of_source =
      std::ranges::find_if(stored, [source](const StoredBackup& backup) { return backup.sidecar.source == source; });
  const auto chosen = of_source != stored.end() ? of_source : stored.begin();
  if (chosen == stored.end()) return std::nullopt;
  auto base = open_base(*chosen, context);
  if (!base) return std::nullopt;
  return std::move(*base);
}

Result<bool> copy_from(const DeltaBase& base, const std::vector<CopyPart>& copies, Partial& partial,
                       const Context& context) {
  Copier copier(still_wanted(copies, partial), partial);
  RotCheck check(base.sidecar);
  std::vector<std::byte> buffer(read_size);
  for (std::uint64_t done = 0;;) {
    FO_TRY(context.check());
    const auto count = FO_TRY(while_doing("reading " + base.path.string(), read_at(base.fd.get(), done, buffer)));
    if (count == 0) break;
    const auto block = std::span<const std::byte>(buffer).first(count);
    check.add(block);
    FO_TRY(copier.take(done, block));
    done += count;
  }
  FO_TRY(copier.finish());
  return check.passed();
}

void add_entries(const DeltaBase& base, ProvenEntries& proven) {
  if (!has_every_crc(base.sidecar.verified)) return;
  for (const auto& entry : base.index.entries) {
    proven.add({entry.data, entry.compressed, entry.method}, entry.size, entry.crc);
  }
}

}  // namespace failover
