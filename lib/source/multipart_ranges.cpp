#include "source/multipart_ranges.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/error.hpp>
#include <failover/source.hpp>

#include "net/http_message.hpp"
#include "source/content_range.hpp"

namespace failover {

namespace {

constexpr std::size_t max_header = std::size_t{4} * 1024;

}  // namespace

std::string multipart_boundary(std::string_view content_type) {
  HttpHead head;
  head.fields.push_back({"Content-Type", std::string(content_type)});
  constexpr std::string_view key = "boundary=";
  const auto at = content_type.find(key);
  if (head.content_type() != "multipart/byteranges" || at == std::string_view::npos) return {};
  auto value = content_type.substr(at + key.size());
  if (value.starts_with('"')) {
    value.remove_prefix(1);
    value = value.substr(0, value.find('"'));
  } else {
    value = value.substr(0, value.find_first_of("; \t"));
  }
  return std::string(value);
}

MultipartRanges::MultipartRanges(std::string boundary, std::span<const ByteRange> wanted, std::uint64_t size)
    : delimiter_("--" + std::move(boundary)), wanted_(wanted.begin(), wanted.end()), size_(size) {}

std::vector<ByteRange> MultipartRanges::missing() const {
  std::vector<ByteRange> rest(wanted_.begin() + static_cast<std::ptrdiff_t>(next_), wanted_.end());
  if (left_ > 0) {
    const auto& open = wanted_[next_ - 1];
    rest.insert(rest.begin(), ByteRange{open.offset + open.length - left_, left_});
  }
  return rest;
}

Result<void> MultipartRanges::begin_part() {
  std::string_view rest(header_);
  while (rest.starts_with("\r\n")) rest.remove_prefix(2);
  const auto line_end = rest.find("\r\n");
  if (line_end == std::string_view::npos || rest.substr(0, line_end) != delimiter_ || next_ == wanted_.size()) {
    return fail(ErrorKind::protocol, "the parts of the answer are not those that were asked for");
  }
  HttpHeadReader fields;
  if (!fields.add("HTTP/1.1 206 part\r\n")) return fail(ErrorKind::internal, "a part has no beginning");
  for (rest.remove_prefix(line_end + 2); !rest.empty();) {
    const auto end = std::min(rest.find("\r\n"), rest.size() - 2) + 2;
    if (!fields.add(rest.substr(0, end)))
      return fail(ErrorKind::protocol, "a part of the answer has a malformed header");
    rest.remove_prefix(end);
  }
  const auto range = parse_content_range(fields.head().find("Content-Range").value_or(""));
  const auto& wanted = wanted_[next_];
  if (!range || range->range.offset != wanted.offset || range->range.length != wanted.length) {
    return fail(ErrorKind::protocol, "a part of the answer is not the one that was asked for");
  }
  if (range->size && *range->size != size_) return fail(ErrorKind::conflict, "it has another size now");
  ++next_;
  left_ = wanted.length;
  header_.clear();
  return {};
}

Result<std::size_t> MultipartRanges::add_header(std::span<const std::byte> bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    header_ += std::to_integer<char>(bytes[i]);
    if (header_.size() > max_header) return fail(ErrorKind::protocol, "a part of the answer has a header without end");
    if (header_.ends_with("\r\n\r\n") && header_.size() > 4) {
      FO_TRY(begin_part());
      return i + 1;
    }
  }
  return bytes.size();
}

Result<void> MultipartRanges::add_end(std::size_t count) {
  end_ += count;
  if (end_ <= max_header) return {};
  return fail(ErrorKind::protocol, "the answer goes on behind its last part");
}

Result<void> MultipartRanges::add(std::span<const std::byte> bytes, const Source::Sink& sink) {
  while (!bytes.empty()) {
    if (left_ == 0) {
      // Behind the last part only the closing delimiter comes, which says nothing new.
      if (next_ == wanted_.size()) return add_end(bytes.size());
      bytes = bytes.subspan(FO_TRY(add_header(bytes)));
      continue;
    }
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
    const auto& part = wanted_[next_ - 1];
    FO_TRY(sink(part.offset + part.length - left_, bytes.first(count)));
    left_ -= count;
    bytes = bytes.subspan(count);
  }
  return {};
}

}  // namespace failover
