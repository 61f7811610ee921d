#include "net/http_status.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <failover/error.hpp>

#include "core/whole_number.hpp"
#include "net/http_message.hpp"

namespace failover {

namespace {

constexpr long longest_wait = 120;

struct Meaning {
  ErrorKind kind;
  std::string_view advice;
};

Meaning meaning_of(int status) noexcept {
  switch (status) {
    case 401:
      return {ErrorKind::permission, "the credentials are missing or wrong"};
    case 403:
    case 407:
      return {ErrorKind::permission, "it is denied to us"};
    case 404:
    case 410:
      return {ErrorKind::not_found, "it does not exist"};
    case 409:
    case 412:
    case 416:
      return {ErrorKind::conflict, "it is not what it was when we looked"};
    case 408:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
      return {ErrorKind::unreachable, "the server cannot do it now"};
    default:
      return {ErrorKind::protocol, "that is no answer that we can use"};
  }
}

}  // namespace

std::optional<std::chrono::seconds> retry_after(const HttpHead& head) {
  const auto seconds = whole_number<long>(head.find("Retry-After").value_or(""));
  if (!seconds) return std::nullopt;
  return std::chrono::seconds(std::min(*seconds, longest_wait));
}

Error http_status_error(const HttpRequest& request, const HttpHead& head, std::string_view what,
                        std::string_view detail) {
  const auto meaning = meaning_of(head.status);
  auto message = fmt::format("{}: {} answers {}: {}", what, request.origin.text(), head.status, meaning.advice);
  if (!detail.empty()) message += fmt::format(" ({})", detail);
  if (const auto wait = retry_after(head)) message += fmt::format("; it asks to wait {} s", wait->count());
  return {meaning.kind, std::move(message)};
}

}  // namespace failover
