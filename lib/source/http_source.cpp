#include "source/http_source.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/secret.hpp"
#include "net/http_client.hpp"
#include "net/http_exchange.hpp"
#include "net/http_message.hpp"
#include "net/http_status.hpp"
#include "net/transfer.hpp"
#include "source/content_range.hpp"
#include "source/multipart_ranges.hpp"

namespace failover {

namespace {

constexpr std::uint64_t kibibyte = 1024;
/// The first read at a new place may be a look at an archive's end: what is asked for in vain breaks the connection.
constexpr std::uint64_t first_window = 64 * kibibyte;
constexpr std::size_t piece = 256 * kibibyte;
/// Ranges of one request: its header stays below the 8 KiB that servers take.
constexpr std::size_t most_parts = 64;
constexpr std::uint64_t most_in_parts = 8 * kibibyte * kibibyte;
/// Requests under way side by side, and how many bytes they may promise: large ranges come one after the other.
constexpr std::size_t most_questions = 4;
constexpr std::uint64_t most_ahead = 1024 * kibibyte;
constexpr std::size_t short_answer = 4 * kibibyte * kibibyte;
constexpr std::size_t error_answer = 64 * kibibyte;

std::uint64_t bytes_of(std::span<const ByteRange> ranges) {
  std::uint64_t sum = 0;
  for (const auto& range : ranges) sum += range.length;
  return sum;
}

bool is_same(const ObjectInfo& a, const ObjectInfo& b) {
  return a.path == b.path && a.size == b.size && a.modified == b.modified && a.version == b.version;
}

std::string range_field(std::span<const ByteRange> ranges) {
  std::string value = "bytes=";
  for (const auto& range : ranges) {
    value += fmt::format("{}{}-{}", value.back() == '=' ? "" : ",", range.offset, range.offset + range.length - 1);
  }
  return value;
}

/// The kinds whose message speaks of the object get its name in front.
std::unexpected<Error> about(const ObjectInfo& object, const Error& error) {
  return std::unexpected(error.while_doing("reading " + object.name));
}

}  // namespace

HttpSource::HttpSource(std::unique_ptr<HttpClient> client, bool many_ranges) noexcept
    : client_(std::move(client)), many_ranges_(many_ranges) {}

Result<bool> HttpSource::renew_credentials(const Context& /*context*/) {
  return false;
}

std::string HttpSource::error_detail(const HttpHead& /*head*/, std::string_view /*body*/) const {
  return {};
}

Error HttpSource::status_error(HttpExchange& exchange, std::string_view what, const Context& context) {
  const auto head = exchange.head(context);
  if (!head) return head.error();
  client_->respect(**head);
  const auto body = exchange.read_body(error_answer, context);
  return http_status_error(exchange.request(), **head, what, body ? error_detail(**head, *body) : std::string{});
}

Result<HttpResponse> HttpSource::ask(std::string_view what, const MakeRequest& make, const Context& context) {
  for (bool renewed = false;; renewed = true) {
    auto request = FO_TRY(make());
    const auto exchange = FO_TRY(client_->begin(std::move(request), context));
    const auto* const head = FO_TRY(exchange->head(context));
    if (head->status == 401 && !renewed && FO_TRY(renew_credentials(context))) continue;
    if (head->status != 200) return std::unexpected(status_error(*exchange, what, context));
    HttpResponse response{*head, {}};
    response.body = FO_TRY(exchange->read_body(short_answer, context));
    return response;
  }
}

Result<std::unique_ptr<HttpExchange>> HttpSource::begin(const ObjectInfo& object, std::span<const ByteRange> ranges,
                                                        const Context& context) {
  auto request = FO_TRY(object_request(object, context));
  request.fields.push_back({"Range", range_field(ranges)});
  return client_->begin(std::move(request), context);
}

Result<const HttpHead*> HttpSource::answer(const ObjectInfo& object, Question& question, const Context& context) {
  for (bool renewed = false;; renewed = true) {
    const auto* const head = FO_TRY(question.exchange->head(context));
    if (head->status == 401 && !renewed && FO_TRY(renew_credentials(context))) {
      question.exchange = FO_TRY(begin(object, question.ranges, context));
      continue;
    }
    if (head->status != 200 && head->status != 206) {
      return std::unexpected(status_error(*question.exchange, "reading " + object.name, context));
    }
    if (auto same = check_object(object, *head); !same) return about(object, same.error());
    return head;
  }
}

Result<HttpSource::Open> HttpSource::open(const ObjectInfo& object, ByteRange range, const Context& context) {
  Question question{{range}, FO_TRY(begin(object, std::array{range}, context))};
  const auto* const head = FO_TRY(answer(object, question, context));
  const auto body = answered_range(*head, range, object.size);
  if (!body) return about(object, body.error());
  return Open{object, *body, std::move(question.exchange)};
}

Result<std::size_t> HttpSource::read_open(Open& open, std::span<std::byte> buffer, const Context& context) {
  const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), open.range.length));
  const auto count = FO_TRY(open.exchange->read(buffer.first(want), context));
  if (count == 0) {
    return fail(ErrorKind::protocol, fmt::format("reading {}: the answer is shorter than it says", open.object.name));
  }
  open.range.offset += count;
  open.range.length -= count;
  last_object_ = open.object;
  last_end_ = open.range.offset;
  if (open.range.length > 0) return count;
  // Nothing may follow; and read to its end the connection can be used again.
  std::array<std::byte, 1> surplus{};
  const auto more = open.exchange->read(surplus, context);
  if (more && *more > 0)
    return fail(ErrorKind::protocol, fmt::format("reading {}: the answer is longer than it says", open.object.name));
  return count;
}

Result<std::size_t> HttpSource::read(const ObjectInfo& object, std::uint64_t offset, std::span<std::byte> buffer,
                                     const Context& context) {
  FO_TRY(context.check());
  if (offset >= object.size || buffer.empty()) {
    open_.reset();
    return 0;
  }
  if (!open_ || open_->range.offset != offset || !is_same(open_->object, object)) {
    const bool onwards = last_end_ == offset && is_same(last_object_, object);
    const auto window = onwards ? object.size : std::max<std::uint64_t>(buffer.size(), first_window);
    open_.reset();
    open_ = FO_TRY(open(object, {offset, std::min(window, object.size - offset)}, context));
  }
  auto count = read_open(*open_, buffer, context);
  if (!count || open_->range.length == 0) open_.reset();
  return count;
}

std::deque<std::vector<ByteRange>> HttpSource::requests_for(std::span<const ByteRange> ranges) const {
  std::deque<std::vector<ByteRange>> requests;
  for (const auto& range : ranges) {
    if (range.length == 0) continue;
    const bool joins = many_ranges_ && !requests.empty() && requests.back().size() < most_parts &&
                       bytes_of(requests.back()) + range.length <= most_in_parts;
    if (joins) {
      requests.back().push_back(range);
    } else {
      requests.push_back({range});
    }
  }
  return requests;
}

Result<void> HttpSource::read_ranges(const ObjectInfo& object, std::span<const ByteRange> ranges, const Sink& sink,
                                     const Context& context) {
  for (const auto& range : ranges) {
    if (range.offset > object.size || range.length > object.size - range.offset) {
      return fail(ErrorKind::conflict, object.name + " ends before it should; it was changed meanwhile");
    }
  }
  auto todo = requests_for(ranges);
  return work_off(object, todo, sink, context);
}

std::size_t HttpSource::ranges_per_wait() const noexcept {
  return many_ranges_ ? most_questions * most_parts : most_questions;
}

Result<void> HttpSource::work_off(const ObjectInfo& object, std::deque<std::vector<ByteRange>>& todo, const Sink& sink,
                                  const Context& context) {
  std::deque<Question> asked;
  while (!todo.empty() || !asked.empty()) {
    FO_TRY(context.check());
    std::uint64_t promised = 0;
    for (const auto& question : asked) promised += bytes_of(question.ranges);
    while (!todo.empty() && asked.size() < most_questions && (asked.empty() || promised < most_ahead)) {
      promised += bytes_of(todo.front());
      auto exchange = FO_TRY(begin(object, todo.front(), context));
      asked.push_back({std::move(todo.front()), std::move(exchange)});
      todo.pop_front();
    }
    auto question = std::move(asked.front());
    asked.pop_front();
    const auto missing = FO_TRY(take_answer(object, question, sink, context));
    if (missing.empty()) continue;
    // The server has its own mind about several ranges: one at a time from here on, what is under way included.
    many_ranges_ = false;
    std::vector<ByteRange> rest(missing);
    for (const auto& other : asked) rest.insert(rest.end(), other.ranges.begin(), other.ranges.end());
    for (const auto& other : todo) rest.insert(rest.end(), other.begin(), other.end());
    asked.clear();
    todo = requests_for(rest);
  }
  return {};
}

Result<std::vector<ByteRange>> HttpSource::take_answer(const ObjectInfo& object, Question& question, const Sink& sink,
                                                       const Context& context) {
  const auto* const head = FO_TRY(answer(object, question, context));
  if (question.ranges.size() > 1) {
    const auto boundary = multipart_boundary(head->find("Content-Type").value_or(""));
    if (head->status != 206 || boundary.empty()) return question.ranges;
    return take_parts(object, question, boundary, sink, context);
  }
  const auto body = answered_range(*head, question.ranges.front(), object.size);
  if (!body) return about(object, body.error());
  if (auto taken = take_single(question, *body, sink, context); !taken) return about(object, taken.error());
  return std::vector<ByteRange>{};
}

Result<void> HttpSource::take_single(Question& question, ByteRange body, const Sink& sink, const Context& context) {
  const auto& wanted = question.ranges.front();
  buffer_.resize(piece);
  for (std::uint64_t done = 0; done < wanted.length;) {
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(piece, wanted.length - done));
    const auto count = FO_TRY(question.exchange->read(std::span(buffer_).first(want), context));
    if (count == 0) return fail(ErrorKind::protocol, "the answer is shorter than it says");
    FO_TRY(sink(wanted.offset + done, std::span<const std::byte>(buffer_).first(count)));
    done += count;
  }
  // The whole object where a part was asked for: the rest is for nobody.
  if (body.length > wanted.length) return {};
  const auto more = FO_TRY(question.exchange->read(std::span(buffer_).first(1), context));
  return more == 0 ? Result<void>{} : fail(ErrorKind::protocol, "the answer is longer than it says");
}

Result<std::vector<ByteRange>> HttpSource::take_parts(const ObjectInfo& object, Question& question,
                                                      const std::string& boundary, const Sink& sink,
                                                      const Context& context) {
  MultipartRanges parts(boundary, question.ranges, object.size);
  bool sink_failed = false;
  const Sink watched = [&](std::uint64_t offset, std::span<const std::byte> bytes) -> Result<void> {
    auto done = sink(offset, bytes);
    sink_failed = !done;
    return done;
  };
  buffer_.resize(piece);
  while (const auto count = FO_TRY(question.exchange->read(buffer_, context))) {
    const auto added = parts.add(std::span<const std::byte>(buffer_).first(count), watched);
    if (added) continue;
    if (sink_failed || added.error().kind != ErrorKind::protocol) return about(object, added.error());
    return parts.missing();
  }
  return parts.missing();
}

Result<TransferOptions> transfer_options(const SourceOptions& options) {
  TransferOptions transfer;
  transfer.stall_timeout = options.stall_timeout;
  transfer.trust.ca_file = options.ca_file;
  if (!options.identity_file) return transfer;
  transfer.trust.identity = std::make_shared<const Secret>(FO_TRY(read_credential_file(*options.identity_file)));
  if (options.password_file && !options.username) {
    transfer.trust.passphrase = std::make_shared<const Secret>(FO_TRY(read_password_file(*options.password_file)));
  }
  return transfer;
}

}  // namespace failover
