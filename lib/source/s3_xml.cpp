#include "source/s3_xml.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/clock.hpp"
#include "core/whole_number.hpp"
#include "net/xml_walk.hpp"

namespace failover {

namespace {

constexpr std::size_t max_entries = 1000;
constexpr std::size_t max_said = 300;

bool read_number(const std::string& text, std::uint64_t& value) {
  const auto number = whole_number<std::uint64_t>(text);
  value = number.value_or(0);
  return number.has_value();
}

bool read_flag(const std::string& text, std::optional<bool>& value) {
  value = text == "true" ? std::optional(true) : text == "false" ? std::optional(false) : std::nullopt;
  return value.has_value();
}

bool read_time(const std::string& text, WallTime& value) {
  // Stores write milliseconds into listings and leave them out of HEAD.
  const auto whole = text.substr(0, text.find('.'));
  const auto time = parse_rfc3339(whole.ends_with('Z') ? whole : whole + "Z");
  if (time) value = *time;
  return time.has_value();
}

std::string unquoted(const std::string& etag) {
  const bool quoted = etag.size() >= 2 && etag.front() == '"' && etag.back() == '"';
  return quoted ? etag.substr(1, etag.size() - 2) : etag;
}

}  // namespace

Result<S3Page> parse_s3_page(std::string_view xml) {
  S3Page page;
  S3Entry entry;
  std::optional<bool> truncated;
  bool whole = false;
  bool has_size = false;
  bool has_time = false;
  const auto on_end = [&](std::string_view path, const std::string& text) {
    constexpr std::string_view root = "ListBucketResult";
    if (path == root) return whole = true;
    if (!path.starts_with(root)) return path.find('/') != std::string_view::npos;
    const auto rest = path.substr(root.size() + 1);
    if (rest == "IsTruncated") return read_flag(text, truncated);
    if (rest == "NextContinuationToken") page.next = text;
    if (rest == "Contents/Key") entry.key = text;
    if (rest == "Contents/ETag") entry.etag = unquoted(text);
    if (rest == "Contents/Size") return has_size = read_number(text, entry.size);
    if (rest == "Contents/LastModified") return has_time = read_time(text, entry.modified);
    if (rest != "Contents") return true;
    if (entry.key.empty() || !has_size || !has_time || page.entries.size() == max_entries) return false;
    page.entries.push_back(std::exchange(entry, {}));
    has_size = has_time = false;
    return true;
  };
  // A page that does not say that it is the last is no whole listing.
  if (!walk_xml(xml, on_end) || !whole || !truncated || (*truncated && page.next.empty())) {
    return fail(ErrorKind::protocol, "the listing is not as S3 writes it");
  }
  if (!*truncated) page.next.clear();
  return page;
}

std::string s3_error_text(std::string_view xml) {
  std::string code;
  std::string message;
  const auto on_end = [&](std::string_view path, const std::string& text) {
    if (path == "Error/Code") code = text.substr(0, max_said);
    if (path == "Error/Message") message = text.substr(0, max_said);
    return true;
  };
  if (!walk_xml(xml, on_end) || code.empty()) return {};
  auto said = code + ": " + message;
  for (char& c : said) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return said;
}

}  // namespace failover
