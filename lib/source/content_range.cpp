#include "source/content_range.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/whole_number.hpp"
#include "net/http_message.hpp"

namespace failover {

namespace {

Result<void> check_length(const HttpHead& head, std::uint64_t length, ErrorKind kind) {
  const auto field = head.find("Content-Length");
  if (!field || whole_number<std::uint64_t>(*field) == length) return {};
  return fail(kind, fmt::format("the answer announces {} bytes where {} belong", *field, length));
}

}  // namespace

std::optional<ContentRange> parse_content_range(std::string_view text) {
  if (!text.starts_with("bytes ")) return std::nullopt;
  text.remove_prefix(6);
  const auto dash = text.find('-');
  const auto slash = text.find('/');
  if (dash == std::string_view::npos || slash == std::string_view::npos || dash > slash) return std::nullopt;
  const auto first = whole_number<std::uint64_t>(text.substr(0, dash));
  const auto last = whole_number<std::uint64_t>(text.substr(dash + 1, slash - dash - 1));
  const auto size = whole_number<std::uint64_t>(text.substr(slash + 1));
  if (!first || !last || *last < *first || *last == std::numeric_limits<std::uint64_t>::max()) return std::nullopt;
  if (!size && text.substr(slash + 1) != "*") return std::nullopt;
  return ContentRange{{*first, *last - *first + 1}, size};
}

Result<ByteRange> answered_range(const HttpHead& head, ByteRange wanted, std::uint64_t size) {
  if (head.status == 200) {
    if (wanted.offset != 0) {
      return fail(ErrorKind::protocol, "the server answers with the whole object where a part was asked for");
    }
    FO_TRY(check_length(head, size, ErrorKind::conflict));
    return ByteRange{0, size};
  }
  if (head.status != 206) {
    return fail(ErrorKind::protocol, fmt::format("the server answers a request for a part with {}", head.status));
  }
  const auto range = parse_content_range(head.find("Content-Range").value_or(""));
  if (!range) return fail(ErrorKind::protocol, "the server does not say which part it sends");
  if (range->size && *range->size != size) {
    return fail(ErrorKind::conflict, fmt::format("it has {} bytes now and had {}", *range->size, size));
  }
  if (range->range.offset != wanted.offset || range->range.length != wanted.length) {
    return fail(ErrorKind::protocol, "the server sends another part than the one that was asked for");
  }
  FO_TRY(check_length(head, wanted.length, ErrorKind::protocol));
  return wanted;
}

}  // namespace failover
