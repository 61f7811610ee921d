#include "restore/demands.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <fnmatch.h>

#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "state/restored_generation.hpp"

namespace failover {

namespace {

constexpr unsigned whole = 100;

bool is_key(std::string_view key) {
  return key == "kind" || key == "version" || key == "fqdn";
}

std::optional<std::string> fact(const BackupContents& contents, std::string_view key) {
  if (key == "kind") return contents.kind == "unknown" ? std::nullopt : std::optional(contents.kind);
  return key == "version" ? contents.version : contents.fqdn;
}

Result<void> check_fact(const std::string& key, const std::string& glob, const VerifiedBackup& backup) {
  const auto value = fact(backup.contents, key);
  if (!value) {
    return fail(ErrorKind::refused, fmt::format("the {} of {} is unknown; --require {}={} demands one", key,
                                                backup.path.string(), key, glob));
  }
  if (::fnmatch(glob.c_str(), value->c_str(), 0) == 0) return {};
  return fail(ErrorKind::refused, fmt::format("the {} of {} is {}, not {}, as --require demands; nothing was changed",
                                              key, backup.path.string(), *value, glob));
}

Result<void> check_shrink(std::string_view what, std::optional<std::uint64_t> now, std::optional<std::uint64_t> before,
                          unsigned percent) {
  if (!before) return {};
  if (!now) {
    return fail(ErrorKind::refused, fmt::format("how many {} the backup has is unknown; the last restored one had {}, "
                                                "and --max-shrink demands a comparison",
                                                what, *before));
  }
  const auto least = static_cast<double>(*before) * (whole - percent) / whole;
  if (static_cast<double>(*now) >= least) return {};
  return fail(ErrorKind::refused, fmt::format("the backup has {} {}, the last restored one had {}; --max-shrink allows "
                                              "{} % less",
                                              *now, what, *before, percent));
}

}  // namespace

Result<void> check_demand_keys(const BackupDemands& demands) {
  for (const auto& [key, glob] : demands.facts) {
    if (!is_key(key)) {
      return fail(ErrorKind::usage, "--require knows kind, version and fqdn, not \"" + key + "\"");
    }
  }
  if (demands.max_shrink.value_or(0) > whole) return fail(ErrorKind::usage, "--max-shrink is at most 100%");
  return {};
}

Result<void> check_demands(const BackupDemands& demands, const VerifiedBackup& backup,
                           const std::optional<RestoredGeneration>& last) {
  for (const auto& [key, glob] : demands.facts) FO_TRY(check_fact(key, glob, backup));
  const auto& extensions = backup.contents.extensions;
  if (demands.min_extensions && !extensions) {
    return fail(ErrorKind::refused, fmt::format("how many extensions {} has is unknown; --min-extensions demands {}",
                                                backup.path.string(), *demands.min_extensions));
  }
  if (demands.min_extensions && *extensions < *demands.min_extensions) {
    return fail(ErrorKind::refused, fmt::format("{} has {} extensions; --min-extensions demands {}",
                                                backup.path.string(), *extensions, *demands.min_extensions));
  }
  if (!demands.max_shrink || !last) return {};
  FO_TRY(check_shrink("extensions", extensions, last->extensions, *demands.max_shrink));
  FO_TRY(check_shrink("files", backup.files, last->files, *demands.max_shrink));
  return check_shrink("bytes", backup.bytes, last->bytes, *demands.max_shrink);
}

}  // namespace failover
