#include "source/glob.hpp"

#include <cstddef>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <fnmatch.h>

#include <failover/error.hpp>

#include "core/url.hpp"

namespace failover {

namespace {

constexpr std::string_view wildcards = "*?[";

/// Decodes, and puts a backslash before every character that was encoded or is one, so that only wildcards that stand
/// there openly are special.
Result<std::string> decode_pattern(std::string_view encoded) {
  std::string pattern;
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    if (encoded[i] == '%') {
      const auto byte = FO_TRY(percent_decode(encoded.substr(i, 3)));
      pattern += '\\';
      pattern += byte.front();
      i += 2;
    } else {
      if (encoded[i] == '\\') pattern += '\\';
      pattern += encoded[i];
    }
  }
  return pattern;
}

}  // namespace

bool PathPattern::matches(const std::string& candidate) const {
  return ::fnmatch(pattern.c_str(), candidate.c_str(), FNM_PERIOD) == 0;
}

Result<PathPattern> parse_path_pattern(std::string_view encoded) {
  const auto slash = encoded.rfind('/');
  if (slash == std::string_view::npos) return fail(ErrorKind::usage, "the location has no path; end it with /PATH");
  const auto folder = encoded.substr(0, slash + 1);
  const auto last = encoded.substr(slash + 1);
  if (folder.find_first_of(wildcards) != std::string_view::npos) {
    return fail(ErrorKind::usage,
                fmt::format("'{}' has a wildcard before its last part; only the last part may have one", encoded));
  }
  PathPattern result;
  result.folder = FO_TRY(percent_decode(folder));
  if (last.empty()) {
    result.pattern.assign(1, '*');
  } else if (last.find_first_of(wildcards) != std::string_view::npos) {
    result.pattern = FO_TRY(decode_pattern(last));
  } else {
    result.name = FO_TRY(percent_decode(last));
    if (result.name.contains('/')) return fail(ErrorKind::usage, "an encoded '/' cannot be part of a file name");
    if (result.name == "." || result.name == "..") return fail(ErrorKind::usage, "end the path of a folder with '/'");
  }
  return result;
}

}  // namespace failover
