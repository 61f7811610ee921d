#include "inspect/freepbx_metadata.hpp"

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>

namespace failover {

namespace {

using nlohmann::json;

constexpr std::size_t largest_file = std::size_t{4} << 20U;
constexpr std::size_t longest_version = 64;
/// Seconds since 1970 up to about the year 2255: later no backup was made, and later times the clock's type cannot
/// hold.
constexpr std::int64_t latest_time = 9'000'000'000;

std::optional<WallTime> time_of(std::int64_t seconds) {
  if (seconds <= 0 || seconds > latest_time) return std::nullopt;
  return WallTime(std::chrono::seconds(seconds));
}

std::optional<std::string> version_of(std::string_view text) {
  constexpr std::string_view allowed = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-+_~";
  if (text.empty() || text.size() > longest_version) return std::nullopt;
  if (text.find_first_not_of(allowed) != std::string_view::npos) return std::nullopt;
  return std::string(text);
}

/// Empty when there is no such text.
std::string_view text_in(const json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  const auto* text = found == object.end() ? nullptr : found->get_ptr<const std::string*>();
  return text == nullptr ? std::string_view() : *text;
}

/// What follows `s:N:"KEY";` in PHP's serialized text; empty if the key is not there.
std::string_view after_key(std::string_view text, std::string_view key) {
  const auto marked = "s:" + std::to_string(key.size()) + ":\"" + std::string(key) + "\";";
  const auto at = text.find(marked);
  return at == std::string_view::npos ? std::string_view() : text.substr(at + marked.size());
}

std::optional<std::string> string_after(std::string_view text, std::string_view key) {
  const auto value = after_key(text, key);
  if (!value.starts_with("s:")) return std::nullopt;
  const auto quote = value.find('"');
  if (quote == std::string_view::npos) return std::nullopt;
  const auto rest = value.substr(quote + 1);
  const auto close = rest.find("\";");
  return close == std::string_view::npos ? std::nullopt : version_of(rest.substr(0, close));
}

std::optional<WallTime> time_after(std::string_view text, std::string_view key) {
  auto value = after_key(text, key);
  if (!value.starts_with("i:")) return std::nullopt;
  value.remove_prefix(2);
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (error != std::errc() || end == value.data() + value.size() || *end != ';') return std::nullopt;
  return time_of(seconds);
}

}  // namespace

Result<void> FreepbxMetadata::feed(std::span<const std::byte> bytes) {
  too_large_ = too_large_ || text_.size() + bytes.size() > largest_file;
  if (!too_large_) text_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return {};
}

Result<void> FreepbxMetadata::end() {
  if (!too_large_) {
    if (text_.starts_with("a:"))
      read_serialized();
    else
      read_json();
  }
  text_.clear();
  return {};
}

void FreepbxMetadata::read_json() {
  // Some other program's metadata.json, or a broken one, tells nothing.
  const auto whole = json::parse(text_, nullptr, false);
  if (!whole.is_object() || !whole.contains("modules") || !whole["modules"].is_array() || !whole.contains("date")) {
    return;
  }
  known_ = true;
  if (whole["date"].is_number_integer()) made_ = time_of(whole["date"].get<std::int64_t>());
  for (const auto& module : whole["modules"]) {
    if (text_in(module, "module") == "framework") version_ = version_of(text_in(module, "version"));
  }
}

void FreepbxMetadata::read_serialized() {
  version_ = string_after(text_, "pbx_framework_version");
  made_ = time_after(text_, "ctime");
  known_ = version_.has_value();
}

}  // namespace failover
