#include "source/s3_xml.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include <expat.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/clock.hpp"

namespace failover {

namespace {

constexpr std::size_t max_text = std::size_t{64} * 1024;
constexpr std::size_t max_depth = 16;
constexpr std::size_t max_entries = 1000;
constexpr std::size_t max_said = 300;

/// Walks over a document; `on_end` is given the path of every element ("A/B/C", without namespaces) and its text.
class Walk {
 public:
  using OnEnd = std::function<bool(std::string_view path, const std::string& text)>;

  explicit Walk(OnEnd on_end) : on_end_(std::move(on_end)), parser_(XML_ParserCreate(nullptr), &XML_ParserFree) {}

  bool run(std::string_view xml) {
    if (!parser_ || xml.size() > std::size_t{1} << 30U) return false;
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), &Walk::begin, &Walk::end);
    XML_SetCharacterDataHandler(parser_.get(), &Walk::text);
    XML_SetStartDoctypeDeclHandler(parser_.get(), &Walk::doctype);
    return XML_Parse(parser_.get(), xml.data(), static_cast<int>(xml.size()), 1) == XML_STATUS_OK && good_;
  }

 private:
  void stop() noexcept {
    good_ = false;
    XML_StopParser(parser_.get(), XML_FALSE);
  }
  template <typename Work>
  static void guarded(void* self, Work work) noexcept {
    auto& walk = *static_cast<Walk*>(self);
    try {
      if (!walk.good_ || !work(walk)) walk.stop();
    } catch (const std::exception&) {
      walk.stop();
    }
  }
  static void begin(void* self, const XML_Char* name, const XML_Char**) noexcept {
    guarded(self, [name](Walk& walk) {
      const std::string_view full(name);
      const auto colon = full.rfind(':');
      walk.lengths_.push_back(walk.path_.size());
      if (!walk.path_.empty()) walk.path_ += '/';
      walk.path_ += colon == std::string_view::npos ? full : full.substr(colon + 1);
      walk.text_.clear();
      return walk.lengths_.size() <= max_depth && walk.path_.size() <= max_text;
    });
  }
  static void end(void* self, const XML_Char*) noexcept {
    guarded(self, [](Walk& walk) {
      const bool wanted = walk.on_end_(walk.path_, walk.text_);
      walk.path_.resize(walk.lengths_.back());
      walk.lengths_.pop_back();
      walk.text_.clear();
      return wanted;
    });
  }
  static void text(void* self, const XML_Char* bytes, int size) noexcept {
    guarded(self, [bytes, size](Walk& walk) {
      walk.text_.append(bytes, static_cast<std::size_t>(size));
      return walk.text_.size() <= max_text;
    });
  }
  /// Entities of a document's own are how a kilobyte becomes a gigabyte.
  static void doctype(void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) noexcept {
    static_cast<Walk*>(self)->stop();
  }

  OnEnd on_end_;
  std::unique_ptr<std::remove_pointer_t<XML_Parser>, decltype(&XML_ParserFree)> parser_;
  std::string path_;
  std::vector<std::size_t> lengths_;
  std::string text_;
  bool good_ = true;
};

bool read_number(const std::string& text, std::uint64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return !text.empty() && error == std::errc() && end == text.data() + text.size();
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
  Walk walk([&](std::string_view path, const std::string& text) {
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
  });
  // A page that does not say that it is the last is no whole listing.
  if (!walk.run(xml) || !whole || !truncated || (*truncated && page.next.empty())) {
    return fail(ErrorKind::protocol, "the listing is not as S3 writes it");
  }
  if (!*truncated) page.next.clear();
  return page;
}

std::string s3_error_text(std::string_view xml) {
  std::string code;
  std::string message;
  Walk walk([&](std::string_view path, const std::string& text) {
    if (path == "Error/Code") code = text.substr(0, max_said);
    if (path == "Error/Message") message = text.substr(0, max_said);
    return true;
  });
  if (!walk.run(xml) || code.empty()) return {};
  auto said = code + ": " + message;
  for (char& c : said) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return said;
}

}  // namespace failover
