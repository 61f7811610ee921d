#include "source/gs_json.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/clock.hpp"
#include "core/whole_number.hpp"
#include "net/base64.hpp"

namespace failover {

namespace {

using nlohmann::json;

constexpr std::size_t max_said = 300;

std::unexpected<Error> malformed() {
  return fail(ErrorKind::protocol, "the answer is not as Google Cloud Storage writes it");
}

std::string text_of(const json& object, std::string_view key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string hex_of_base64(std::string_view text, std::size_t size) {
  const auto bytes = base64_decode(text);
  if (!bytes || bytes->size() != size) return {};
  std::string hex;
  for (const char c : *bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return hex;
}

bool is_number(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !text.empty() && text.size() <= 20 && std::ranges::all_of(text, digit);
}

Result<ObjectInfo> object_of(const json& object) {
  if (!object.is_object()) return malformed();
  ObjectInfo info;
  info.path = text_of(object, "name");
  info.name = info.path.substr(info.path.rfind('/') + 1);
  info.version = text_of(object, "generation");
  // 64-bit numbers are strings in this API.
  const auto size = whole_number<std::uint64_t>(text_of(object, "size"));
  info.size = size.value_or(0);
  // `updated` moves when somebody changes a label or who may read it.
  const auto created = text_of(object, "timeCreated");
  const auto whole = created.substr(0, created.find('.'));
  const auto time = parse_rfc3339(whole.ends_with('Z') ? whole : whole + "Z");
  if (info.path.empty() || info.path.contains('\0') || !is_number(info.version) || !size || !time) return malformed();
  info.modified = *time;
  if (auto crc = hex_of_base64(text_of(object, "crc32c"), 4); !crc.empty()) {
    info.digests.push_back({"crc32c", std::move(crc)});
  }
  if (auto md5 = hex_of_base64(text_of(object, "md5Hash"), 16); !md5.empty()) {
    info.digests.push_back({"md5", std::move(md5)});
  }
  return info;
}

}  // namespace

Result<ObjectInfo> parse_gs_object(std::string_view text) {
  return object_of(json::parse(text, nullptr, false));
}

Result<GsPage> parse_gs_page(std::string_view text) {
  const auto answer = json::parse(text, nullptr, false);
  if (!answer.is_object()) return malformed();
  GsPage page;
  page.next = text_of(answer, "nextPageToken");
  // An empty page has no items at all, and nothing else may look like one.
  const auto items = answer.find("items");
  if (items == answer.end()) {
    const bool listing = text_of(answer, "kind") == "storage#objects" || answer.empty() || answer.contains("prefixes");
    return listing || !page.next.empty() ? Result<GsPage>(std::move(page)) : malformed();
  }
  if (!items->is_array()) return malformed();
  for (const auto& item : *items) page.objects.push_back(FO_TRY(object_of(item)));
  return page;
}

std::string gs_error_text(std::string_view text) {
  const auto answer = json::parse(text, nullptr, false);
  if (!answer.is_object()) return {};
  const auto error = answer.find("error");
  if (error == answer.end() || !error->is_object()) return {};
  auto message = text_of(*error, "message").substr(0, max_said);
  std::ranges::replace_if(message, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return message;
}

std::string gs_field_crc32c(std::string_view field) {
  constexpr std::string_view key = "crc32c=";
  const auto at = field.find(key);
  if (at == std::string_view::npos) return {};
  const auto value = field.substr(at + key.size());
  return hex_of_base64(value.substr(0, value.find(',')), 4);
}

}  // namespace failover
