#include "fetch/survey.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fetcher.hpp>
#include <failover/source.hpp>

#include "fetch/archive_end.hpp"
#include "fetch/retry.hpp"

namespace failover {

namespace {

constexpr std::size_t most_looked_at = 64;
constexpr std::size_t most_index_bytes = std::size_t{64} * 1024 * 1024;
constexpr std::string_view digest_suffix = ".sha256";
/// Local times are at most so far from UTC, to the west and to the east.
constexpr std::chrono::hours furthest_west{12};
constexpr std::chrono::hours furthest_east{14};

void take_times(FetchCandidate& candidate, const ArchiveEnd& end) {
  const auto stored = candidate.object.modified;
  candidate.order = stored;
  if (!end.newest_entry) return;
  // An entry later than its archive is a wrong clock; it must not make this backup the newest for ever.
  if (*end.newest_entry > stored + (end.exact_time ? std::chrono::hours(0) : furthest_east)) return;
  candidate.order = *end.newest_entry;
  candidate.content = end.exact_time ? *end.newest_entry : *end.newest_entry + furthest_west;
}

bool newer(const FetchCandidate& a, const FetchCandidate& b) {
  if (a.order != b.order) return a.order > b.order;
  if (a.object.modified != b.object.modified) return a.object.modified > b.object.modified;
  return a.object.name > b.object.name;
}

}  // namespace

WallTime FetchCandidate::backup_time() const noexcept {
  return content ? std::min(*content, object.modified) : object.modified;
}

std::string_view to_string(ArchiveState state) noexcept {
  switch (state) {
    case ArchiveState::complete:
      return "complete";
    case ArchiveState::incomplete:
      return "incomplete";
    case ArchiveState::foreign:
      return "foreign";
  }
  return "foreign";
}

std::string_view to_string(FetchMatch match) noexcept {
  switch (match) {
    case FetchMatch::as_downloaded:
      return "as downloaded";
    case FetchMatch::byte_identical:
      return "byte-identical";
    case FetchMatch::every_entry_verified:
      return "every entry verified";
  }
  return "as downloaded";
}

bool same_object(const ObjectInfo& a, const ObjectInfo& b) noexcept {
  return a.path == b.path && a.size == b.size && a.modified == b.modified && a.version == b.version;
}

Result<void> still_the_same(Source& source, const ObjectInfo& object, unsigned retries, const Context& context) {
  const auto now = retrying(retries, context, [&] { return source.stat(object.path, context); });
  if (now && same_object(*now, object)) return {};
  if (!now && now.error().kind != ErrorKind::not_found) return std::unexpected(now.error());
  return fail(ErrorKind::conflict,
              object.name + " was replaced or written to while it was downloaded; try again later");
}

namespace {

/// One object; its index is kept while there is room.
Result<FetchCandidate> look_at(Source& source, const ObjectInfo& object, IndexesSeen& indexes, std::size_t& room,
                               const Context& context) {
  FetchCandidate candidate;
  candidate.object = object;
  auto end = FO_TRY(read_archive_end(
      [&](std::uint64_t offset, std::span<std::byte> buffer) { return source.read(object, offset, buffer, context); },
      object.size));
  candidate.state = end.state;
  candidate.why = end.why;
  candidate.index_sha256 = end.index_sha256;
  take_times(candidate, end);
  if (end.index.bytes.size() <= room) {
    room -= end.index.bytes.size();
    indexes[object.path] = std::move(end.index);
  }
  return candidate;
}

}  // namespace

Result<std::vector<FetchCandidate>> survey_source(Source& source, unsigned retries, IndexesSeen& indexes,
                                                  const Context& context) {
  std::size_t room = most_index_bytes;
  indexes.clear();
  auto objects = FO_TRY(retrying(retries, context, [&] { return source.list(context); }));
  std::erase_if(objects, [](const ObjectInfo& object) { return object.name.ends_with(digest_suffix); });
  std::ranges::sort(objects, [](const ObjectInfo& a, const ObjectInfo& b) { return a.modified > b.modified; });
  if (objects.size() > most_looked_at) {
    context.note(Level::info, fmt::format("{} holds {} objects; looking at the {} newest", source.describe(),
                                          objects.size(), most_looked_at));
    objects.resize(most_looked_at);
  }
  std::vector<FetchCandidate> candidates;
  for (const auto& object : objects) {
    auto candidate = retrying(retries, context, [&] { return look_at(source, object, indexes, room, context); });
    // Rotation takes objects away while we look; a single one that is gone was reported by list().
    if (!candidate && candidate.error().kind == ErrorKind::not_found && objects.size() > 1) continue;
    if (!candidate && candidate.error().kind == ErrorKind::conflict) {
      candidate =
          FetchCandidate{object, ArchiveState::incomplete, "it is still being written", {}, {}, object.modified};
    }
    if (!candidate && candidate.error().kind == ErrorKind::permission && objects.size() > 1) {
      candidate =
          FetchCandidate{object, ArchiveState::incomplete, "it may not be read: " + candidate.error().message, {},
                         {},     object.modified};
    }
    candidates.push_back(FO_TRY(std::move(candidate)));
  }
  std::ranges::sort(candidates, newer);
  return candidates;
}

}  // namespace failover
