#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "fuzz/must.hpp"
#include "fuzz/target.hpp"
#include "source/s3_xml.hpp"

using failover::S3Entry;
using failover::S3Page;
using failover::test::must;

namespace {

constexpr std::size_t longest = std::size_t{64} * 1024;

/// As a store writes it; as a number what a line's end or a tab would be read as otherwise.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = static_cast<unsigned char>(c) >= ' ' && c != '<' && c != '>' && c != '&';
    out += plain ? std::string(1, c) : fmt::format("&#{};", static_cast<unsigned>(c));
  }
  return out;
}

std::string written(const S3Page& page, std::string_view truncated) {
  std::string xml = "<ListBucketResult>";
  for (const auto& entry : page.entries) {
    xml += fmt::format(
        "<Contents><Key>{}</Key><Size>{}</Size><LastModified>{}</LastModified><ETag>\"{}\"</ETag></Contents>",
        escaped(entry.key), entry.size, failover::rfc3339(entry.modified), escaped(entry.etag));
  }
  return fmt::format("{}{}<NextContinuationToken>{}</NextContinuationToken></ListBucketResult>", xml, truncated,
                     escaped(page.next));
}

bool same(const S3Entry& a, const S3Entry& b) {
  return a.key == b.key && a.size == b.size && a.modified == b.modified && a.etag == b.etag;
}

void check_page(const S3Page& page) {
  must(page.entries.size() <= 1000 && page.next.size() <= longest, "a page has its limits");
  for (const auto& entry : page.entries) {
    must(!entry.key.empty() && entry.key.size() <= longest, "an object has a name");
  }
  const bool more = !page.next.empty();
  const auto back = failover::parse_s3_page(
      written(page, more ? "<IsTruncated>true</IsTruncated>" : "<IsTruncated>false</IsTruncated>"));
  must(back && back->next == page.next && std::ranges::equal(back->entries, page.entries, same),
       "a page that is written again reads the same");
  must(!failover::parse_s3_page(written(page, "")), "a page that does not say whether it is the last is none");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto xml = failover::test::as_text(data, size);
  if (const auto page = failover::parse_s3_page(xml)) check_page(*page);
  const auto said = failover::s3_error_text(xml);
  must(said.size() <= 1000, "an error is a line");
  must(std::ranges::none_of(said, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }),
       "which moves no terminal");
  return 0;
}
