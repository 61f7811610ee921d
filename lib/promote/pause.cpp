#include <algorithm>
#include <chrono>
#include <cstddef>
#include <expected>
#include <filesystem>
#include <string>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/promoter.hpp>

#include "failover/role.hpp"
#include "state/pause_file.hpp"
#include "state/state_dir.hpp"

namespace failover {

namespace {

constexpr Duration longest = std::chrono::days(31);
constexpr std::size_t most_words = 200;

bool is_one_line(const std::string& text) noexcept {
  const auto steers = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  const auto blank = [](unsigned char c) { return c == ' '; };
  return text.size() <= most_words && std::ranges::none_of(text, steers) && !std::ranges::all_of(text, blank);
}

}  // namespace

Result<PromotionPause> pause_promotions(const std::filesystem::path& state_dir, Duration length,
                                        const std::string& reason) {
  if (length <= Duration::zero() || length > longest) {
    return fail(ErrorKind::usage,
                "a pause is longer than nothing and at most 31 days; type it again when that is over");
  }
  if (!is_one_line(reason)) {
    return fail(
        ErrorKind::usage,
        fmt::format("the reason of a pause is one line of at most {} bytes, for whoever is refused", most_words));
  }
  const auto state = FO_TRY(StateDir::open(state_dir));
  // A file of a newer version stays as it is.
  if (const auto before = read_pause(state); !before && before.error().kind == ErrorKind::unfinished) {
    return std::unexpected(before.error());
  }
  const auto now = std::chrono::system_clock::now();
  PromotionPause pause{now, now + std::chrono::duration_cast<WallTime::duration>(length), reason};
  FO_TRY(write_pause(state, pause));
  return pause;
}

Result<bool> end_pause(const std::filesystem::path& state_dir) {
  const auto state = StateDir::at(state_dir);
  const auto before = read_pause(state);
  // A damaged file holds promotions back, too; whoever ends the pause wants it away.
  if (!before && before.error().kind != ErrorKind::integrity) return std::unexpected(before.error());
  FO_TRY(remove_pause(state));
  if (!before) return true;
  const auto& pause = *before;
  return pause && pause->until > std::chrono::system_clock::now();
}

}  // namespace failover
